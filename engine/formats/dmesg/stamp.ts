/**
 * What dmesg puts before a message, by its options:
 *
 *     [ 1925.680738] text                          seconds since boot; also [ 1925.680738 <    0.100393>] with -d
 *     [Sat Nov 21 06:25:00 2026] text              -T, in the zone of whoever ran dmesg
 *     2026-11-21T06:25:00,249907+00:00 text        --time-format=iso
 *     [Nov21 06:25] text, [  +0.100393] text       -e: relative to a minute of an unnamed year
 *     [<    0.100393>] text                        --time-format=delta
 *     kern  :warn  : [ 1925.680738] text           -x, before any of these
 *     <4>[ 1925.680738] text                       -r
 *     4,1234,1925680738,-;text                     /dev/kmsg: priority, sequence, microseconds since boot, flags
 *     [ 1925.680738][  T123] text                  a kernel that names the thread, or the processor, that wrote
 */
import { parseInstant, type UtcMicros } from '../../../shared/time.ts';
import { isFacility, facilityOf, severityNamed, severityOf } from '../syslog-messages/priority.ts';

/** `wall`: a clock of an unnamed zone, in microseconds as if UTC. `relative`: no time can be told from it. */
export type Stamp =
  | { readonly kind: 'instant'; readonly time: UtcMicros }
  | { readonly kind: 'wall'; readonly wall: bigint }
  | { readonly kind: 'since_boot'; readonly micros: bigint }
  | { readonly kind: 'relative' };

export interface KernelLine {
  readonly stamp: Stamp;
  readonly facility: string | undefined;
  readonly severity: string | undefined;
  /** The number of dmesg -J, which is not quite a priority. */
  readonly priority: number | undefined;
  readonly caller: string | undefined;
  readonly sequence: bigint | undefined;
  readonly message: string;
}

interface Level {
  readonly facility: string | undefined;
  readonly severity: string | undefined;
  readonly end: number;
}

const DECODED = /^([a-z0-9]{2,8}) *:([a-z]{2,7}) *: ?/;
const PRIORITY = /^<(\d{1,3})>/;

/** Reads a line; `undefined` for one without a stamp. */
export function readKernelLine(text: string): KernelLine | undefined {
  const kmsg = readKmsg(text);
  if (kmsg) return kmsg;
  const { facility, severity, end } = readLevel(text);
  const stamped = readStamp(text.slice(end));
  if (!stamped) return undefined;
  const rest = text.slice(end + stamped.end);
  const [callerText = '', caller] = CALLER.exec(rest) ?? [];
  const message = rest.slice(callerText.length).replace(/^ /, '');
  return { stamp: stamped.stamp, facility, severity, priority: undefined, caller, sequence: undefined, message };
}

function readLevel(text: string): Level {
  const [decoded = '', facility = '', level = ''] = DECODED.exec(text) ?? [];
  const severity = severityNamed(level);
  if (severity !== undefined && isFacility(facility)) return { facility, severity, end: decoded.length };
  const [raw = '', digits] = PRIORITY.exec(text) ?? [];
  return digits === undefined
    ? { facility: undefined, severity: undefined, end: 0 }
    : { ...levelOf(Number(digits)), end: raw.length };
}

/** Facility and severity of a priority. */
function levelOf(priority: number): Omit<Level, 'end'> {
  return { facility: facilityOf(priority), severity: severityOf(priority) };
}

const CALLER = /^ ?\[ {0,8}([TC]\d{1,10})\](?= |$)/;
const DELTA = '(?: <[ \\d.+-]{1,24}>)?';
const SINCE_BOOT = new RegExp(`^\\[ {0,11}(\\d{1,12})\\.(\\d{6})${DELTA}\\]`);
const CTIME = new RegExp(
  `^\\[(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat) ([A-Z][a-z]{2}) ([ \\d]\\d) (\\d\\d):(\\d\\d):(\\d\\d) (\\d{4})${DELTA}\\](?! \\[(?:emerg|alert|crit|error|warn|notice|info|debug)\\])`,
);
// With a decimal comma, by which a line is told from those of syslog daemons.
const ISO = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d,\d{6}(?:Z|[+-]\d\d:?\d\d))(?= |\[|$)/;
const RELATIVE = /^\[(?:[A-Z][a-z]{2}[ \d]\d \d\d:\d\d| {0,11}\+\d{1,9}\.\d{6}|< {0,11}\d{1,9}\.\d{6}>)\](?= |$)/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

interface Stamped {
  readonly stamp: Stamp;
  readonly end: number;
}

/** The stamp at the beginning of a text. */
export function readStamp(text: string): Stamped | undefined {
  const [boot, seconds = '', micros = ''] = SINCE_BOOT.exec(text) ?? [];
  if (boot !== undefined) return { stamp: { kind: 'since_boot', micros: BigInt(seconds + micros) }, end: boot.length };
  const [iso = ''] = ISO.exec(text) ?? [];
  const time = parseInstant(iso);
  if (time !== undefined) return { stamp: { kind: 'instant', time }, end: iso.length };
  const [relative] = RELATIVE.exec(text) ?? [];
  if (relative !== undefined) return { stamp: { kind: 'relative' }, end: relative.length };
  return readCtime(text);
}

function readCtime(text: string): Stamped | undefined {
  const [head, month = '', day = '', hour, minute, second, year] = CTIME.exec(text) ?? [];
  const number = MONTHS.indexOf(month) + 1;
  if (head === undefined || number === 0) return undefined;
  const date = `${year}-${String(number).padStart(2, '0')}-${day.replace(' ', '0')}`;
  const wall = parseInstant(`${date}T${hour}:${minute}:${second}Z`);
  return wall === undefined ? undefined : { stamp: { kind: 'wall', wall }, end: head.length };
}

const KMSG = /^(\d{1,4}),(\d{1,18}),(\d{1,17}),[^;]{1,100};/;

function readKmsg(text: string): KernelLine | undefined {
  const [head, priority, sequence = '', micros = ''] = KMSG.exec(text) ?? [];
  if (head === undefined) return undefined;
  const caller = /,caller=([TC]\d+)/.exec(head)?.[1];
  return {
    stamp: { kind: 'since_boot', micros: BigInt(micros) },
    ...levelOf(Number(priority)),
    priority: undefined,
    caller,
    sequence: BigInt(sequence),
    message: unescape(text.slice(head.length)),
  };
}

/** /dev/kmsg writes bytes that are not printable, and backslashes, as `\x0a`. */
function unescape(text: string): string {
  if (!text.includes('\\x')) return text;
  const bytes = text.replace(/\\x([0-9a-f]{2})/g, (_, digits: string) =>
    String.fromCharCode(0xdc00 + Number.parseInt(digits, 16)),
  );
  return [...splitEscapes(bytes)].join('');
}

/** Runs of escaped bytes are UTF-8 together. */
function* splitEscapes(text: string): Generator<string> {
  for (const part of text.split(/([\udc00-\udcff]+)/))
    yield /^[\udc00-\udcff]/.test(part)
      ? Buffer.from([...part].map((unit) => unit.charCodeAt(0) - 0xdc00)).toString('utf8')
      : part;
}
