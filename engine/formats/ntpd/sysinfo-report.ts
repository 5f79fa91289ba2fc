/**
 * What `ntpq -c sysinfo` prints (values in milliseconds) and `ntpdc -c sysinfo` (with " s" after them).
 *
 *     associd=0 status=0628 leap_none, sync_ntp, 2 events, no_sys_peer,     ntpq only
 *     system peer:        216.229.0.49:123
 *     leap indicator:     00
 *     stratum:            3
 *     root delay:         67.416           ntpdc: root distance
 *     root dispersion:    46.952
 *     reference time:     dd9e1c1e.67c8d279  Fri, Oct 27 2017 20:57:02.405
 */
import { reading, unreadable, type ReadResult } from '../clocks/clock-rows.ts';
import { errorBound, millisToSeconds, readDecimal, readWhole } from '../clocks/numbers.ts';
import type { UtcMicros } from '../../../shared/time.ts';
import { readNtpStamp } from './ntp-time.ts';
import { isOwnClock } from './peer-status.ts';
import { readVariables } from './variables.ts';

const LABELS = [
  ...['system peer', 'system peer mode', 'leap', 'leap indicator', 'stratum', 'log2 precision', 'precision'],
  ...['root delay', 'rootdelay', 'root distance', 'root dispersion', 'rootdisp', 'reference ID', 'reference time'],
  ...['system jitter', 'clock jitter', 'clock wander', 'jitter', 'stability', 'system flags', 'broadcast delay'],
  ...['broadcastdelay', 'authdelay', 'symm\\. auth\\. delay'],
];
const LINE = new RegExp(`^(${LABELS.join('|')})(?::\\s*| {2,})(\\S.*)?$`);

/** Label and value of a line of the report; `undefined` for other lines. */
export function sysinfoLine(text: string): readonly [string, string] | undefined {
  const parts = LINE.exec(text);
  return parts ? [parts[1] ?? '', (parts[2] ?? '').trim()] : undefined;
}

export interface SysinfoReport {
  readonly read: ReadResult;
  /** When the clock was last updated, which is not when the report was made. */
  readonly referenceTime: UtcMicros | undefined;
}

const UNSYNCHRONISED = 16;

/** Reads the lines of one report. It gives no offset. */
export function readSysinfo(lines: readonly string[]): SysinfoReport {
  const values = new Map(lines.flatMap((line) => [sysinfoLine(line) ?? ['', '']]));
  const value = (...labels: string[]): string | undefined =>
    labels.map((label) => values.get(label)).find((text) => text !== undefined);
  const words = readVariables(lines[0] ?? '').get('status_text');
  const leap = value('leap indicator', 'leap')?.slice(0, 2);
  const stratum = readWhole(value('stratum'), UNSYNCHRONISED);
  const referenceTime = readNtpStamp(value('reference time'));
  if (leap === undefined || stratum === undefined)
    return {
      read: unreadable('The report of sysinfo lacks "leap indicator" or "stratum": it is cut off.'),
      referenceTime,
    };
  const peer = value('system peer');
  const fields = {
    report: 'sysinfo',
    system_status_text: words,
    ...Object.fromEntries([...values].filter(([label]) => label !== '').map(([label, text]) => [snake(label), text])),
  };
  const isAlone = /\b(?:leap_alarm|sync_alarm|sync_unspec)\b/.test(words ?? '') || isNobody(peer);
  if (leap === '11' || stratum === UNSYNCHRONISED || isAlone)
    return { read: reading({ stratum, synchronised: false, fields }), referenceTime };
  const error_s = errorBound(
    seconds(value('root delay', 'rootdelay', 'root distance')),
    seconds(value('root dispersion', 'rootdisp')),
  );
  const reference = value('reference ID')?.replace(/^\[(.*)\]$/, '$1');
  return { read: reading({ error_s, stratum, reference, synchronised: true, fields }), referenceTime };
}

function isNobody(peer: string | undefined): boolean {
  return (
    peer !== undefined && (/^(?:0\.0\.0\.0|\[?::\]?)(?::\d+)?$/.test(peer) || isOwnClock(peer.replace(/:\d+$/, '')))
  );
}

/** ntpdc writes seconds and says so; ntpq writes milliseconds without a unit. */
function seconds(text: string | undefined): number | undefined {
  return text?.endsWith(' s') ? readDecimal(text.slice(0, -2)) : millisToSeconds(text?.replace(/ ms$/, ''));
}

const snake = (label: string): string => label.toLowerCase().replaceAll('.', '').replaceAll(' ', '_');
