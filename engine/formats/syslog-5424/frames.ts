/**
 * Messages in octet counting (RFC 6587, 3.4.1), as a stream or a file holds them one after the other:
 *
 *     MSG-LEN SP SYSLOG-MSG MSG-LEN SP SYSLOG-MSG ...
 *
 * MSG-LEN is decimal and counts the bytes of the message, which may hold line ends. Line ends, NULs and spaces between
 * frames are skipped. A count is believed when what follows the message begins another one. Else it is believed of a
 * message that can be read, and only when no other one begins inside it, so that damage to a count or to a message costs
 * no other. A message without a count ends at its line end.
 */
import { ByteWindow, bomLength } from '../framing/byte-window.ts';
import { KEPT_OF_LONG_LINE_BYTES, LONGEST_LINE_BYTES } from '../framing/lines.ts';

export interface FrameHandler {
  /** A message, `bytes[from, to)`; its frame is `length` bytes long from `byte`. Valid during the call only. */
  frame(bytes: Uint8Array, span: FrameSpan): void;
  /** Whether `bytes[from, to)` can be read; asked only of a message that nothing else vouches for. */
  isMessage(bytes: Uint8Array, from: number, to: number): boolean;
  /** Bytes that are no frame; `raw` is at most the first KEPT_OF_LONG_LINE_BYTES of `length`. */
  damaged(raw: Uint8Array, span: { readonly byte: number; readonly length: number }, reason: string): void;
}

export interface FrameSpan {
  readonly byte: number;
  readonly length: number;
  /** Where the frame begins in the bytes given; its message begins at `from`. */
  readonly start: number;
  readonly from: number;
  readonly to: number;
}

const LF = 10;
const SPACE = 32;
const LESS = 0x3c;
const MORE = 0x3e;

/** The longest beginning of a frame: a count of 10 digits, a space, `<191>`. */
const LONGEST_START = 16;

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;
const isJoint = (byte: number | undefined): boolean => byte === LF || byte === 13 || byte === 0 || byte === SPACE;

/** `<` and one to three digits and `>`, at `at`. */
function hasPriority(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== LESS) return false;
  let end = at + 1;
  while (end - at < 4 && isDigit(bytes[end])) end++;
  return end > at + 1 && bytes[end] === MORE;
}

interface Start {
  /** Bytes of the count and the space after it. */
  readonly prefix: number;
  readonly count: number;
}

/** The count at `at`, where a frame begins there. */
function frameAt(bytes: Uint8Array, at: number): Start | undefined {
  let end = at;
  let count = 0;
  while (end - at < 10 && isDigit(bytes[end])) count = count * 10 + bytes[end++]! - 0x30;
  if (end === at || bytes[at] === 0x30 || bytes[end] !== SPACE || !hasPriority(bytes, end + 1)) return undefined;
  return { prefix: end + 1 - at, count };
}

/** Where the next frame begins from `from` on: at its count, or at a priority on a line of its own. -1: nowhere. */
function nextStart(bytes: Uint8Array, from: number): number {
  for (let less = bytes.indexOf(LESS, from); less >= 0; less = bytes.indexOf(LESS, less + 1)) {
    if (!hasPriority(bytes, less)) continue;
    if (less > from && bytes[less - 1] === LF) return less;
    let at = less - 1;
    while (at - 1 >= from && less - at <= 10 && isDigit(bytes[at - 1])) at--;
    while (bytes[at] === 0x30) at++;
    if (at >= from && frameAt(bytes, at)) return at;
  }
  return -1;
}

/** Where the bytes end that say whether a frame is one: its own, and the beginning of the next. */
function neededFor(bytes: Uint8Array, at: number): number {
  const start = frameAt(bytes, at);
  const isBounded = start !== undefined && start.count <= LONGEST_LINE_BYTES;
  return at + LONGEST_START + (isBounded ? start.prefix + start.count : 0);
}

/** Reads frames from pieces of any size. */
export class FrameSplitter {
  readonly #window = new ByteWindow();
  #at = 0;
  #begun = false;
  /** Where bytes began that are no frame, while the next one is looked for; and how far it was looked for. */
  #lostFrom = -1;
  #soughtTo = 0;
  #lostHead: Uint8Array | undefined;
  #lostBecause = '';

  constructor(private readonly handler: FrameHandler) {}

  push(piece: Uint8Array): void {
    this.#window.append(piece);
    this.#scan(false);
    this.#window.letGo(this.#lostFrom >= 0 && !this.#lostHead ? this.#lostFrom : this.#position);
  }

  finish(): void {
    this.#scan(true);
  }

  get #position(): number {
    return this.#lostFrom >= 0 ? this.#soughtTo : this.#at;
  }

  #scan(last: boolean): void {
    if (!this.#begun) {
      if (!last && this.#window.end < 3) return;
      this.#begun = true;
      this.#at = bomLength(this.#window.view());
    }
    while (this.#lostFrom >= 0 ? this.#seek(last) : this.#step(last));
  }

  /** Reads one frame. False: more bytes are needed, or there are none. */
  #step(last: boolean): boolean {
    const bytes = this.#window.view();
    const base = this.#window.start;
    let at = this.#at - base;
    while (at < bytes.length && isJoint(bytes[at])) at++;
    this.#at = base + at;
    if (at === bytes.length || (!last && bytes.length - at < LONGEST_START)) return false;
    const start = frameAt(bytes, at);
    if (start) return this.#counted(bytes, { at, ...start }, last);
    if (hasPriority(bytes, at)) return this.#uncounted(bytes, at, last);
    return this.#lose('No count and no priority stand where a message should begin.', 0);
  }

  #counted(bytes: Uint8Array, { at, prefix, count }: Start & { readonly at: number }, last: boolean): boolean {
    if (count > LONGEST_LINE_BYTES)
      return this.#lose(`The message counts ${count} bytes, over the limit of ${LONGEST_LINE_BYTES}.`, prefix);
    const end = at + prefix + count;
    if (end > bytes.length && last) {
      const left = bytes.length - at - prefix;
      return this.#lose(`The message counts ${count} bytes, but ${left} are left in the file.`, prefix);
    }
    if (!last && bytes.length < end + LONGEST_START) return false;
    if (!this.#endsWell(bytes, end)) {
      const inside = nextStart(bytes.subarray(0, end + LONGEST_START), at + prefix + 1);
      if (inside >= 0 && inside < end)
        return this.#lose(
          `The message counts ${count} bytes, but another begins ${inside - at - prefix} bytes into it.`,
          prefix,
        );
      if (!this.handler.isMessage(bytes, at + prefix, end))
        return this.#lose(`The message counts ${count} bytes, but no other begins after them.`, prefix);
    }
    this.#give(bytes, { at, from: at + prefix, end });
    return true;
  }

  /** The end of the file, a joint or another frame. */
  #endsWell(bytes: Uint8Array, end: number): boolean {
    return end === bytes.length || bytes[end] === LF || frameAt(bytes, end) !== undefined || hasPriority(bytes, end);
  }

  #uncounted(bytes: Uint8Array, at: number, last: boolean): boolean {
    const lineEnd = bytes.indexOf(LF, at);
    if (lineEnd < 0 && !last) {
      if (bytes.length - at <= LONGEST_LINE_BYTES) return false;
      return this.#lose(`The message is over the limit of ${LONGEST_LINE_BYTES} bytes and has no count.`, 0);
    }
    const end = lineEnd < 0 ? bytes.length : lineEnd;
    const next = nextStart(bytes.subarray(0, end), at + 1);
    this.#give(bytes, { at, from: at, end: next < 0 ? end : next });
    return true;
  }

  #give(bytes: Uint8Array, { at, from, end }: { at: number; from: number; end: number }): void {
    // Some senders count the line end, or a NUL, that they put after every message.
    let to = end;
    while (to > from && (bytes[to - 1] === LF || bytes[to - 1] === 13 || bytes[to - 1] === 0)) to--;
    this.handler.frame(bytes, { byte: this.#window.start + at, length: end - at, start: at, from, to });
    this.#at = this.#window.start + end;
  }

  /** Gives up what begins here; `prefix` is the length of its count, which begins nothing else. */
  #lose(because: string, prefix: number): boolean {
    this.#lostFrom = this.#at;
    this.#soughtTo = this.#at + prefix + 1;
    this.#lostBecause = because;
    return true;
  }

  /** Looks for the next frame. False: more bytes are needed, or there are none. */
  #seek(last: boolean): boolean {
    const bytes = this.#window.view();
    const base = this.#window.start;
    const from = Math.max(this.#soughtTo - base, 0);
    const found = nextStart(bytes, from);
    if (found >= 0 && (last || bytes.length >= neededFor(bytes, found))) {
      this.#giveLost(base + this.#likelyStart(bytes, found));
      return true;
    }
    if (last) {
      this.#giveLost(this.#window.end);
      return false;
    }
    const next = found >= 0 ? base + Math.max(found - 1, from) : this.#window.end - LONGEST_START;
    this.#soughtTo = Math.max(this.#soughtTo, next);
    if (this.#window.end - this.#lostFrom > LONGEST_LINE_BYTES) this.#lostHead ??= this.#headOfLost();
    return false;
  }

  /** The digits before a count may be the end of the text that was lost: a count that leads to another message is it. */
  #likelyStart(bytes: Uint8Array, found: number): number {
    for (let at = found; at >= 0 && isDigit(bytes[at]); at++) {
      const start = frameAt(bytes, at);
      const end = start === undefined ? -1 : at + start.prefix + start.count;
      if (end >= 0 && end <= bytes.length && this.#endsWell(bytes, end)) return at;
    }
    return found;
  }

  #headOfLost(): Uint8Array {
    return this.#window.copy(this.#lostFrom, this.#lostFrom + KEPT_OF_LONG_LINE_BYTES);
  }

  #giveLost(to: number): void {
    const length = to - this.#lostFrom;
    const head = this.#lostHead ?? this.#headOfLost();
    this.handler.damaged(head.subarray(0, length), { byte: this.#lostFrom, length }, this.#lostBecause);
    this.#at = to;
    this.#lostFrom = -1;
    this.#lostHead = undefined;
  }
}

/**
 * Whether a file is one of counted messages: it begins with one; or, where it begins with no message at all, there is
 * one in its head whose count leads to another.
 */
export function isOctetCounted(head: Uint8Array): boolean {
  let at = bomLength(head);
  while (at < head.length && isJoint(head[at])) at++;
  if (frameAt(head, at)) return true;
  if (hasPriority(head, at) || isDigit(head[at])) return false;
  for (let next = nextStart(head, at + 1); next >= 0; next = nextStart(head, next + 1)) {
    const start = frameAt(head, next);
    const end = start === undefined ? head.length : next + start.prefix + start.count;
    if (end < head.length && frameAt(head, end)) return true;
  }
  return false;
}
