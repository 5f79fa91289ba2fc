/**
 * The beginning of a line of an audit log. See docs/formats/auditd.md, "A line".
 *
 *     [node=NAME ]type=TYPE msg=audit(SECONDS.MILLIS:SERIAL): body[0x1d enrichment]
 */
import { NameTable } from '../framing/name-table.ts';
import { RecordType } from './record-types.ts';

const SPACE = 32;
const CLOSE = 41;
const DOT = 46;
const COLON = 58;
const MOST_SECONDS_DIGITS = 11;
const MOST_FRACTION_DIGITS = 6;
const MOST_SERIAL_DIGITS = 15;

const NODE = bytesOf('node=');
const TYPE = bytesOf('type=');
const STAMP = bytesOf('msg=audit(');

/**
 * Reads the beginning of one line after the other. What it says is about the last line that could be read; the serial
 * starts again at boot, so it is no identity without the time.
 */
export class LineHead {
  node: string | undefined;
  type = RecordType.none;
  /** UTC microseconds. */
  time = 0;
  serial = 0;
  /** From here to the end of the line stand the fields. */
  bodyAt = 0;
  /** The stamp as written is these five: with the node, what the lines of one event share. */
  seconds = 0;
  fraction = 0;
  secondsDigits = 0;
  fractionDigits = 0;
  serialDigits = 0;
  private readonly types = new NameTable((name) => new RecordType(name), { slots: 1024, longest: 32, keeps: 'first' });
  private readonly nodes = new NameTable((name) => name, { slots: 256, longest: 64, keeps: 'last' });

  /** Gives why it is no such line, a sentence for the rejects; nothing when it is one. */
  read(bytes: Uint8Array, from: number, to: number): string | undefined {
    let at = from;
    this.node = undefined;
    if (startsWith(bytes, at, to, NODE)) {
      const end = indexOfSpace(bytes, at, to);
      if (end === to) return 'The line ends after node=.';
      this.node = this.nodes.at(bytes, at + NODE.length, end);
      at = end + 1;
    }
    if (!startsWith(bytes, at, to, TYPE)) return beginsOtherwise(bytes, from, to);
    const typeAt = at + TYPE.length;
    const typeEnd = indexOfSpace(bytes, typeAt, to);
    if (typeEnd === to || typeEnd === typeAt) return 'The line has no record type after type=.';
    if (!startsWith(bytes, typeEnd + 1, to, STAMP)) return 'The line has no audit stamp, msg=audit(...).';
    if (!this.readStamp(bytes, typeEnd + 1 + STAMP.length, to))
      return 'The audit stamp is not SECONDS.MILLISECONDS:SERIAL.';
    this.type = this.types.at(bytes, typeAt, typeEnd);
    return undefined;
  }

  /** Up to 11 digits, a dot, 1 to 6 digits, a colon, up to 15 digits, a bracket. */
  private readStamp(bytes: Uint8Array, from: number, to: number): boolean {
    const dot = this.readDigits(bytes, from, to, MOST_SECONDS_DIGITS);
    if (dot < 0 || bytes[dot] !== DOT) return false;
    this.seconds = this.number;
    this.secondsDigits = dot - from;
    const colon = this.readDigits(bytes, dot + 1, to, MOST_FRACTION_DIGITS);
    if (colon < 0 || bytes[colon] !== COLON) return false;
    this.fraction = this.number;
    this.fractionDigits = colon - dot - 1;
    const end = this.readDigits(bytes, colon + 1, to, MOST_SERIAL_DIGITS);
    if (end < 0 || bytes[end] !== CLOSE) return false;
    this.serial = this.number;
    this.serialDigits = end - colon - 1;
    this.time = this.seconds * 1_000_000 + this.fraction * POWERS[6 - this.fractionDigits]!;
    // Old audit daemons wrote their own records without the colon.
    this.bodyAt = end + 1 < to && bytes[end + 1] === COLON ? end + 2 : end + 1;
    return true;
  }

  private number = 0;

  /** Puts the number that 1 to `most` digits make into `number`; gives where they end, -1 where that is none. */
  private readDigits(bytes: Uint8Array, from: number, to: number, most: number): number {
    let value = 0;
    let at = from;
    for (; at < to; at++) {
      const digit = bytes[at]! - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    this.number = value;
    return at === from || at - from > most || at === to ? -1 : at;
  }
}

const POWERS = [1, 10, 100, 1000, 10_000, 100_000];

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function startsWith(bytes: Uint8Array, from: number, to: number, start: Uint8Array): boolean {
  const { length } = start;
  if (to - from < length) return false;
  for (let at = 0; at < length; at++) if (bytes[from + at] !== start[at]) return false;
  return true;
}

function indexOfSpace(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] !== SPACE) at++;
  return at;
}

function beginsOtherwise(bytes: Uint8Array, from: number, to: number): string {
  let at = from;
  while (at < to && bytes[at] === 0) at++;
  return at > from
    ? `The line begins with ${at - from} NUL bytes, not with type=.`
    : 'The line does not begin with type=.';
}
