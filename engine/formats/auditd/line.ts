/**
 * The beginning of a line of an audit log. See docs/formats/auditd.md, "A line".
 *
 *     [node=NAME ]type=TYPE msg=audit(SECONDS.MILLIS:SERIAL): body[0x1d enrichment]
 */
import type { UtcMicros } from '../../../shared/time.ts';

export interface AuditLine {
  readonly kind: 'line';
  readonly node: string | undefined;
  readonly type: string;
  readonly time: UtcMicros;
  readonly serial: number;
  /** `SECONDS.MILLIS:SERIAL` as written: with the node, what the lines of one event share. */
  readonly stamp: string;
  /** From here to the end of the line stand the fields. */
  readonly bodyAt: number;
}

export interface NotALine {
  readonly kind: 'not_a_line';
  /** A sentence for the rejects. */
  readonly reason: string;
}

const notALine = (reason: string): NotALine => ({ kind: 'not_a_line', reason });

/** Reads the beginning of a line. The serial starts again at boot, so it is no identity without the time. */
export function readLineHead(text: string): AuditLine | NotALine {
  let at = 0;
  let node: string | undefined;
  if (text.startsWith('node=')) {
    const end = text.indexOf(' ');
    if (end < 0) return notALine('The line ends after node=.');
    node = text.slice(5, end);
    at = end + 1;
  }
  if (!text.startsWith('type=', at)) return notALine(beginsOtherwise(text));
  const typeEnd = text.indexOf(' ', at + 5);
  if (typeEnd <= at + 5) return notALine('The line has no record type after type=.');
  if (!text.startsWith('msg=audit(', typeEnd + 1)) return notALine('The line has no audit stamp, msg=audit(...).');
  const stampAt = typeEnd + 11;
  const stampEnd = text.indexOf(')', stampAt);
  const stamp = text.slice(stampAt, stampEnd < 0 ? stampAt : stampEnd);
  const read = readStamp(stamp);
  if (!read) return notALine('The audit stamp is not SECONDS.MILLISECONDS:SERIAL.');
  // Old audit daemons wrote their own records without the colon.
  const bodyAt = stampEnd + (text[stampEnd + 1] === ':' ? 2 : 1);
  return { kind: 'line', node, type: text.slice(at + 5, typeEnd), ...read, stamp, bodyAt };
}

function beginsOtherwise(text: string): string {
  const zeros = text.length - text.replace(/^\0+/, '').length;
  return zeros > 0 ? `The line begins with ${zeros} NUL bytes, not with type=.` : 'The line does not begin with type=.';
}

/** `undefined` unless the stamp is up to 11 digits, a dot, 1 to 6 digits, a colon, up to 15 digits. */
function readStamp(stamp: string): { time: UtcMicros; serial: number } | undefined {
  const dot = stamp.indexOf('.');
  const colon = stamp.indexOf(':', dot);
  if (dot < 1 || dot > 11 || colon < dot + 2 || colon > dot + 7) return undefined;
  const seconds = digits(stamp, 0, dot);
  const fraction = digits(stamp, dot + 1, colon);
  const serial = digits(stamp, colon + 1, stamp.length);
  if (seconds < 0 || fraction < 0 || serial < 0) return undefined;
  const micros = fraction * 10 ** (6 - (colon - dot - 1));
  return { time: BigInt(seconds * 1_000_000 + micros), serial };
}

/** The number that 1 to 15 digits make, -1 for anything else. */
function digits(text: string, from: number, to: number): number {
  if (to <= from || to - from > 15) return -1;
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
