/**
 * What ntpstat prints, of ntpd or chronyd: three lines, the first of which says whether the clock is synchronised.
 *
 *     synchronised to NTP server (69.36.182.57) at stratum 3
 *        time correct to within 50 ms
 *        polling server every 64 s
 */
import { reading, unreadable, type ReadResult } from '../clocks/clock-rows.ts';
import { millisToSeconds, readWhole } from '../clocks/numbers.ts';

const FIRST = /^(unsynchronised|synchronised to (.+?)(?: \(([^)]*)\))? at stratum (\d{1,2}))\s*$/;
const BOUND = /^\s*time correct to within (\d+) ms$/;
const POLL = /^\s*poll(?:ing)? (?:server |interval )?(?:every )?(\d+) s$|^\s*poll interval unknown$/;

export function isFirstOfNtpstat(text: string): boolean {
  return FIRST.test(text);
}

/** A line after the first. */
export function isOfNtpstat(text: string): boolean {
  return BOUND.test(text) || POLL.test(text) || /^\s*time server re-?starting$/.test(text);
}

/** Reads the lines of one report. It gives the bound of the error, and no offset. */
export function readNtpstat(lines: readonly string[]): ReadResult {
  const [, all = '', kind, name, stratum] = FIRST.exec(lines[0] ?? '') ?? [];
  const bound = lines.map((line) => BOUND.exec(line)?.[1]).find((text) => text !== undefined);
  const fields = { report: 'ntpstat', state: all, within_ms: bound };
  if (all === 'unsynchronised') return reading({ synchronised: false, fields });
  if (bound === undefined)
    return unreadable('The report of ntpstat says "synchronised", but not how exact the time is: it is cut off.');
  // "local net" is the computer's own clock; "unspecified" names no source.
  if (kind === 'local net' || kind === 'unspecified') return reading({ synchronised: false, fields });
  return reading({
    error_s: millisToSeconds(bound),
    stratum: readWhole(stratum, 16),
    reference: name ?? kind,
    synchronised: true,
    fields,
  });
}
