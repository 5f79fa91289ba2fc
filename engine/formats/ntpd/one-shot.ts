/**
 * What programs print that ask a server once: sntp and ntpdig (which is also ntpdate of ntpsec), and ntpdate.
 *
 *     2025-10-18 02:53:22.082645 (+0500) +1.151036 +/- 0.767510 time.apple.com 17.253.2.37 s1 no-leap
 *     {"time":"2026-11-25T17:26:26.357319+0000","offset":-0.499971,"precision":0.000211,"host":...}   ntpdig -j
 *     +0.023456 +/- 0.012345 time.apple.com 17.253.2.37                               sntp of macOS
 *     server 162.159.200.1, stratum 3, offset -1.428301, delay 0.03212                ntpdate
 *     26 Aug 16:55:02 ntpdate[4711]: adjust time server 162.159.200.1 offset -1.428301 sec
 *
 * All are offsets of the server against the clock, in seconds: positive when the clock is BEHIND.
 */
import { parseInstant, type UtcMicros } from '../../../shared/time.ts';
import type { ClockReading } from '../clocks/clock-rows.ts';
import { negated, readDecimal, readWhole } from '../clocks/numbers.ts';

export interface OneShot {
  readonly sample: ClockReading;
  /** When the server answered, by its own clock; the lines of ntpdate have no year and no zone. */
  readonly time: UtcMicros | undefined;
}

const NUMBER = '[+-]?\\d+\\.\\d+';
const SNTP = new RegExp(
  `^(?:(\\d{4}-\\d\\d-\\d\\d) (\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?) \\(([+-]\\d\\d)(\\d\\d)\\) )?(${NUMBER}) \\+/- (\\d+\\.\\d+) (\\S+)(?: (\\d{1,3}(?:\\.\\d{1,3}){3}|[0-9a-fA-F:.]*:\\S*))?(?: s(\\d{1,2}))?(?: (no-leap|leap-\\S+|add-leap|del-leap|unsync))?$`,
);
const NTPDIG_JSON = new RegExp(
  `^\\{"time":"(\\d{4}-\\d\\d-\\d\\d)T([\\d:.]+)([+-]\\d\\d)(\\d\\d)","offset":(-?[\\d.e-]+),"precision":([\\d.e-]+),"host":"([^"]*)","ip":"([^"]*)","stratum":(\\d{1,2}),"leap":"([^"]*)","adjusted":(?:true|false)\\}$`,
);
const NTPDATE_SERVER = new RegExp(`^server (\\S+), stratum (\\d{1,2}), offset (${NUMBER}), delay (\\d+\\.\\d+)$`);
const NTPDATE_DONE = new RegExp(
  `^\\s?(\\d{1,2} [A-Z][a-z]{2} \\d\\d:\\d\\d:\\d\\d) ntpdate\\[\\d+\\]: (adjust|step) time server (\\S+) offset (${NUMBER}) sec$`,
);
const UNSYNCHRONISED = 16;

/** Reads a line; `undefined` for lines of other programs. */
export function readOneShot(text: string): OneShot | undefined {
  return readSntp(text) ?? readNtpdateServer(text) ?? readNtpdateDone(text);
}

function readSntp(text: string): OneShot | undefined {
  const parts = SNTP.exec(text) ?? NTPDIG_JSON.exec(text);
  if (!parts) return undefined;
  const [, day, time = '', hours = '', minutes = '', offset, error, name = '', address, stratum, leap] = parts;
  const written = readDecimal(offset);
  const fields = { report: 'sntp', offset_s: written, error_s: readDecimal(error), address, leap };
  const known = readWhole(stratum, UNSYNCHRONISED);
  const isNothing = known === 0 || known === UNSYNCHRONISED || leap === 'unsync' || leap === 'leap-unsync';
  const common = { stratum: known, reference: name, fields };
  const sample = isNothing
    ? { ...common, synchronised: false }
    : { ...common, offset_s: negated(written), error_s: fields.error_s };
  return { sample, time: day === undefined ? undefined : parseInstant(`${day}T${time}${hours}:${minutes}`) };
}

/** Without an answer ntpdate writes stratum 0 and zeros. Half of the delay alone is no bound: the server's own error is not known. */
function readNtpdateServer(text: string): OneShot | undefined {
  const parts = NTPDATE_SERVER.exec(text);
  if (!parts) return undefined;
  const [, reference = '', stratum, offset, delay] = parts;
  const known = readWhole(stratum, 99);
  const written = readDecimal(offset);
  const fields = { report: 'ntpdate', offset_s: written, delay_s: readDecimal(delay) };
  const isNothing = known === undefined || known === 0 || known >= UNSYNCHRONISED;
  const sample = isNothing
    ? { reference, synchronised: false, fields }
    : { reference, stratum: known, offset_s: negated(written), fields };
  return { sample, time: undefined };
}

/** What the clock was off by, before it was set. */
function readNtpdateDone(text: string): OneShot | undefined {
  const parts = NTPDATE_DONE.exec(text);
  if (!parts) return undefined;
  const [, writtenTime, action, reference = '', offset] = parts;
  const written = readDecimal(offset);
  const fields = { report: 'ntpdate', action, written_time: writtenTime, offset_s: written };
  return { sample: { reference, offset_s: negated(written), fields }, time: undefined };
}
