/**
 * Goes over JSON in bytes and checks its grammar, without making anything of it: for records of which only some members
 * are wanted. What it passes over is what `JSON.parse` would take, and valid UTF-8 where no byte was `high`.
 *
 * Every step gives the offset after what it has passed, or one of two numbers below zero. Neither says that the text is
 * wrong: whoever gets one of them reads the record in the general way, which knows what to say.
 */

/** The bytes end before the value does. */
export const ENDS_EARLY = -1;
/** Not JSON, or nested deeper than is looked at here. */
export const UNUSUAL = -2;

const MOST_LEVELS = 64;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const OPEN_OBJECT = 0x7b;

/** 0 for the bytes of a string that need no look: ASCII that is no control character, no quote and no backslash. */
const stops = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte > 0x7f || byte === QUOTE || byte === BACKSLASH ? 1 : 0,
);
const escapes = Uint8Array.from({ length: 256 }, (_, byte) =>
  '"\\/bfnrt'.includes(String.fromCharCode(byte)) ? 1 : 0,
);
const words = ['true', 'false', 'null'].map((word) => Buffer.from(word, 'latin1'));

export class JsonBytes {
  bytes: Buffer = Buffer.alloc(0);
  end = 0;
  /** Whether a byte that is not ASCII was passed since somebody set it to false. */
  high = false;
  /** Whether the last string has a backslash in it. */
  escaped = false;
  private readonly kinds = new Uint8Array(MOST_LEVELS);

  /** Past the white space at `at`; what follows it is in the bytes, or they end early. */
  space(at: number): number {
    const { bytes, end } = this;
    for (let i = at; i < end; i++) {
      const byte = bytes[i]!;
      if (byte > 0x20) return i;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return UNUSUAL;
    }
    return ENDS_EARLY;
  }

  /** From after the quote that begins a string to the quote that ends it. */
  string(from: number): number {
    const { bytes, end } = this;
    this.escaped = false;
    for (let at = from; at < end; at++) {
      const byte = bytes[at]!;
      if (stops[byte] === 0) continue;
      if (byte === QUOTE) return at;
      if (byte > 0x7f) this.high = true;
      else if (byte < 0x20) return UNUSUAL;
      else if ((at = this.escape(at)) < 0) return at;
    }
    return ENDS_EARLY;
  }

  /** From a backslash to the last byte of what it begins. */
  private escape(at: number): number {
    const { bytes, end } = this;
    this.escaped = true;
    if (at + 1 >= end) return ENDS_EARLY;
    if (escapes[bytes[at + 1]!] === 1) return at + 1;
    if (bytes[at + 1] !== 0x75) return UNUSUAL;
    if (at + 5 >= end) return ENDS_EARLY;
    for (let i = at + 2; i < at + 6; i++) if (!isHexDigit(bytes[i]!)) return UNUSUAL;
    return at + 5;
  }

  /** Past a member's colon and the white space around it; `at` is after its key. */
  colon(at: number): number {
    const colon = this.bytes[at] === COLON && at < this.end ? at : this.space(at);
    if (colon < 0) return colon;
    return this.bytes[colon] === COLON ? this.space(colon + 1) : UNUSUAL;
  }

  /** Past the value at `at`, whatever it is. */
  value(from: number): number {
    const { bytes, kinds } = this;
    let level = 0;
    let at = from;
    for (;;) {
      // At the first byte of a value.
      const byte = bytes[at]!;
      if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        if (level === MOST_LEVELS) return UNUSUAL;
        kinds[level++] = byte;
        if ((at = this.space(at + 1)) < 0) return at;
        // What closes it is two further than what opened it, in ASCII. An empty one is closed by the loop below.
        if (bytes[at] !== byte + 2) {
          if (byte === OPEN_OBJECT && (at = this.key(at)) < 0) return at;
          continue;
        }
      } else if ((at = this.scalar(at, byte)) < 0) return at;
      // After a value, or at the end of an empty object or list.
      for (;;) {
        if (level === 0) return at;
        if ((at = this.space(at)) < 0) return at;
        const next = bytes[at]!;
        if (next === COMMA) break;
        if (next !== kinds[level - 1]! + 2) return UNUSUAL;
        level--;
        at++;
      }
      if ((at = this.space(at + 1)) < 0) return at;
      if (kinds[level - 1] === OPEN_OBJECT && (at = this.key(at)) < 0) return at;
    }
  }

  /** From the quote of a key to its value. */
  private key(at: number): number {
    if (this.bytes[at] !== QUOTE) return UNUSUAL;
    const to = this.string(at + 1);
    return to < 0 ? to : this.colon(to + 1);
  }

  /** Past a string, a number or a word. */
  scalar(at: number, byte: number): number {
    if (byte === QUOTE) {
      const to = this.string(at + 1);
      return to < 0 ? to : to + 1;
    }
    return byte === MINUS || isDigit(byte) ? this.number(at) : this.word(at);
  }

  private word(at: number): number {
    const { bytes, end } = this;
    const word = words.find((each) => each[0] === bytes[at]);
    if (word === undefined) return UNUSUAL;
    if (at + word.length >= end) return ENDS_EARLY;
    for (let i = 1; i < word.length; i++) if (bytes[at + i] !== word[i]) return UNUSUAL;
    return at + word.length;
  }

  /** number = ["-"] ("0" / digit1-9 *digit) ["." 1*digit] [("e" / "E") ["+" / "-"] 1*digit] */
  private number(from: number): number {
    const { bytes, end } = this;
    let at = bytes[from] === MINUS ? from + 1 : from;
    const first = at;
    at = this.digits(at);
    if (at > first + 1 && bytes[first] === ZERO) return UNUSUAL;
    if (at >= 0 && at < end && bytes[at] === DOT) at = this.digits(at + 1);
    if (at >= 0 && at < end && (bytes[at]! | 0x20) === 0x65) {
      const sign = bytes[at + 1];
      at = this.digits(sign === MINUS || sign === 0x2b ? at + 2 : at + 1);
    }
    return at < 0 || at < end ? at : ENDS_EARLY;
  }

  private digits(from: number): number {
    const { bytes, end } = this;
    let at = from;
    while (at < end && isDigit(bytes[at]!)) at++;
    if (at >= end) return ENDS_EARLY;
    return at === from ? UNUSUAL : at;
  }
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 0x39;
}

function isHexDigit(byte: number): boolean {
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}
