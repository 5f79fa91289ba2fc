/**
 * Structured data straight from bytes to the JSON that `event_fields` has, for data as senders write it. Whatever is
 * unusual (names with backslashes, digits first or letters over 127, names given twice, control characters) it leaves to
 * the reader of text in structured-data.ts, which would give the same JSON.
 */
import { NOWHERE, wholeNumberIn } from '../syslog-messages/message-stretches.ts';

const SPACE = 0x20;
const QUOTE = 0x22;
const EQUALS = 0x3d;
const OPEN = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE = 0x5d;
const DELETE = 0x7f;

const LONGEST_NAME = 255;
/** Names of one kind that are compared with each other. */
const MOST_NAMES = 16;

const META = Buffer.from('meta');
const SEQUENCE_ID = Buffer.from('sequenceId');
const TIME_QUALITY = Buffer.from('timeQuality');
const TZ_KNOWN = Buffer.from('tzKnown');
const ORIGIN = Buffer.from('origin');

/** JSON that is written as bytes. */
export class JsonBytes {
  bytes = Buffer.alloc(4096);
  length = 0;

  /** Makes room for what `count` bytes of evidence may become: each of them two, and some punctuation. */
  ensure(count: number): void {
    const needed = this.length + 2 * count + 256;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.alloc(2 * needed);
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  ascii(text: string): void {
    for (let i = 0; i < text.length; i++) this.bytes[this.length++] = text.charCodeAt(i);
  }

  copy(source: Uint8Array, from: number, to: number): void {
    const { bytes } = this;
    let { length } = this;
    for (let at = from; at < to; at++) bytes[length++] = source[at]!;
    this.length = length;
  }

  put(byte: number): void {
    this.bytes[this.length++] = byte;
  }
}

/** Reads the structured data of one message after the other. */
export class QuickData {
  /** Of `[meta sequenceId]`; NaN without one. */
  sequence = NaN;
  /** `[timeQuality tzKnown="0"]` was there. */
  isZoneless = false;
  /** An element `origin` was there, which may say where a message without a host comes from. */
  hasOrigin = false;
  private readonly ids = new Int32Array(2 * MOST_NAMES);
  private readonly names = new Int32Array(2 * MOST_NAMES);

  /** Reads the data at `at`, which begins with `[`, and writes it as an object to `json`; gives where it ends, or NOWHERE. */
  read(bytes: Uint8Array, at: number, to: number, json: JsonBytes): number {
    this.sequence = NaN;
    this.isZoneless = false;
    this.hasOrigin = false;
    json.ensure(to - at);
    let next = at;
    for (let count = 0; next < to && bytes[next] === OPEN; count++) {
      json.ascii(count === 0 ? '{"' : ',"');
      next = this.readElement(bytes, next + 1, to, json, count);
      if (next === NOWHERE) return NOWHERE;
    }
    json.ascii('}');
    return next;
  }

  private readElement(bytes: Uint8Array, from: number, to: number, json: JsonBytes, count: number): number {
    const idEnd = endOfName(bytes, from, to);
    if (idEnd === NOWHERE || !isNew(this.ids, count, bytes, from, idEnd)) return NOWHERE;
    json.copy(bytes, from, idEnd);
    json.ascii('":{');
    const isMeta = isText(META, bytes, from, idEnd);
    const isTimeQuality = isText(TIME_QUALITY, bytes, from, idEnd);
    if (isText(ORIGIN, bytes, from, idEnd)) this.hasOrigin = true;
    let next = idEnd;
    for (let params = 0; bytes[next] === SPACE && next < to; params++) {
      const nameEnd = endOfName(bytes, next + 1, to);
      const isParam = nameEnd !== NOWHERE && bytes[nameEnd] === EQUALS && bytes[nameEnd + 1] === QUOTE;
      if (!isParam || mayBeReceipt(bytes, next + 1) || !isNew(this.names, params, bytes, next + 1, nameEnd))
        return NOWHERE;
      json.ascii(params === 0 ? '"' : ',"');
      json.copy(bytes, next + 1, nameEnd);
      json.ascii('":"');
      const valueEnd = copyValue(bytes, nameEnd + 2, to, json);
      if (valueEnd === NOWHERE) return NOWHERE;
      json.put(QUOTE);
      if (isMeta && isText(SEQUENCE_ID, bytes, next + 1, nameEnd))
        this.sequence = wholeNumberIn(bytes, nameEnd + 2, valueEnd);
      else if (isTimeQuality && isText(TZ_KNOWN, bytes, next + 1, nameEnd))
        this.isZoneless = valueEnd === nameEnd + 3 && bytes[nameEnd + 2] === 0x30;
      next = valueEnd + 1;
    }
    json.ascii('}');
    return bytes[next] === CLOSE && next < to ? next + 1 : NOWHERE;
  }
}

/** Where the plain name at `from` ends; NOWHERE for one that is empty, long or unusual. */
function endOfName(bytes: Uint8Array, from: number, to: number): number {
  const first = bytes[from]!;
  if (first >= 0x30 && first <= 0x39) return NOWHERE; // Objects have members that look like numbers in another order.
  let at = from;
  while (at < to && isNameByte(bytes[at]!)) at++;
  if (at === from || at - from > LONGEST_NAME || at === to) return NOWHERE;
  const end = bytes[at]!;
  return end === SPACE || end === EQUALS || end === CLOSE ? at : NOWHERE;
}

function isNameByte(byte: number): boolean {
  return (
    byte > SPACE &&
    byte < DELETE &&
    byte !== EQUALS &&
    byte !== CLOSE &&
    byte !== QUOTE &&
    byte !== OPEN &&
    byte !== BACKSLASH
  );
}

/** Copies the value at `from` as the inside of a JSON string; gives where its quote stands, or NOWHERE. */
function copyValue(bytes: Uint8Array, from: number, to: number, json: JsonBytes): number {
  const target = json.bytes;
  let { length } = json;
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      json.length = length;
      return at;
    }
    if (byte < SPACE) return NOWHERE;
    if (byte === BACKSLASH) {
      // `\]` stands for `]`; `\"` and `\\` are the same in JSON; any other backslash is a character of its own.
      const next = at + 1 < to ? bytes[at + 1]! : 0;
      if (next !== CLOSE) target[length++] = BACKSLASH;
      if (next === QUOTE || next === BACKSLASH || next === CLOSE) {
        target[length++] = next;
        at++;
      } else target[length++] = BACKSLASH;
    } else target[length++] = byte;
  }
  return NOWHERE;
}

/** Whether the name is none of the `count` before it, which stand in `known`; it is added to them. */
function isNew(known: Int32Array, count: number, bytes: Uint8Array, from: number, to: number): boolean {
  if (count >= MOST_NAMES) return false;
  for (let i = 0; i < 2 * count; i += 2) {
    const other = known[i]!;
    let same = known[i + 1]! - other === to - from ? 0 : -1;
    while (same >= 0 && same < to - from) same = bytes[other + same] === bytes[from + same] ? same + 1 : -1;
    if (same >= 0) return false;
  }
  known[2 * count] = from;
  known[2 * count + 1] = to;
  return true;
}

function isText(text: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (text.length !== to - from) return false;
  for (let i = 0; i < text.length; i++) if (text[i] !== bytes[from + i]) return false;
  return true;
}

/** Names like timeReceived, received and rcvd: whether one says when a collector had the message is not decided here. */
function mayBeReceipt(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at]! | 0x20;
  const second = bytes[at + 1]! | 0x20;
  return (first === 0x74 && second === 0x69) || (first === 0x72 && (second === 0x65 || second === 0x63));
}
