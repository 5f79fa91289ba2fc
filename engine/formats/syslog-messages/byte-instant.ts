/** RFC 3339 times straight from the bytes of a line: as parseInstant reads them, without a text and a match a line. */

const DASH = 0x2d;
const COLON = 0x3a;
const PLUS = 0x2b;
const LONGEST_FRACTION = 9;

/** `yyyy-mm-ddThh:mm:ss`. */
const SECOND_LENGTH = 19;

/** Reads instants; what was read last stands in its fields. */
export class ByteInstant {
  /** UTC microseconds. */
  micros = 0;
  /** Minutes that the clock was ahead of UTC; NaN where `Z` is written. */
  offsetMinutes = 0;
  private day = -1;
  private dayMillis = 0;

  /**
   * Whether `bytes[from, to)` is an instant of the years 1700 to 2199, which are exact as plain numbers. Of other years
   * this says no: whoever must know reads the text.
   */
  read(bytes: Uint8Array, from: number, to: number): boolean {
    if (to - from <= SECOND_LENGTH) return false;
    const year = twoDigits(bytes, from) * 100 + twoDigits(bytes, from + 2);
    const month = twoDigits(bytes, from + 5);
    const day = twoDigits(bytes, from + 8);
    const hour = twoDigits(bytes, from + 11);
    const minute = twoDigits(bytes, from + 14);
    const second = twoDigits(bytes, from + 17);
    if (!(year >= 1700 && year < 2200 && hour < 24 && minute < 60 && second <= 60)) return false;
    const isPunctuated =
      bytes[from + 4] === DASH && bytes[from + 7] === DASH && bytes[from + 13] === COLON && bytes[from + 16] === COLON;
    if (!isPunctuated || (bytes[from + 10]! | 0x20) !== 0x74) return false;
    if (!this.readDay(year, month, day)) return false;
    const fractionEnd = this.fractionEnd(bytes, from + SECOND_LENGTH, to);
    if (fractionEnd < 0 || !this.readOffset(bytes, fractionEnd, to)) return false;
    const ahead = Number.isNaN(this.offsetMinutes) ? 0 : this.offsetMinutes;
    const seconds = (hour * 60 + minute - ahead) * 60 + second;
    this.micros = (this.dayMillis + seconds * 1000) * 1000 + this.fraction;
    return true;
  }

  /** Microseconds of the fraction that was read last. */
  private fraction = 0;

  private readDay(year: number, month: number, day: number): boolean {
    const key = (year * 100 + month) * 100 + day;
    if (key === this.day) return true;
    if (!(month >= 1 && month <= 12 && day >= 1)) return false;
    const millis = Date.UTC(year, month - 1, day);
    if (new Date(millis).getUTCDate() !== day) return false;
    this.day = key;
    this.dayMillis = millis;
    return true;
  }

  /** Reads a fraction at `at`, where there is one; gives where it ends, -1 for one that is too short or too long. */
  private fractionEnd(bytes: Uint8Array, at: number, to: number): number {
    this.fraction = 0;
    if (bytes[at] !== 0x2e) return at;
    let next = at + 1;
    let place = 100_000;
    while (next < to && bytes[next]! >= 0x30 && bytes[next]! <= 0x39) {
      if (place >= 1) this.fraction += (bytes[next]! - 0x30) * place;
      place /= 10;
      next++;
    }
    const length = next - at - 1;
    return length >= 1 && length <= LONGEST_FRACTION ? next : -1;
  }

  private readOffset(bytes: Uint8Array, at: number, to: number): boolean {
    if (to - at === 1) {
      this.offsetMinutes = NaN;
      return (bytes[at]! | 0x20) === 0x7a;
    }
    const sign = bytes[at] === PLUS ? 1 : bytes[at] === DASH ? -1 : 0;
    const minutesAt = bytes[at + 3] === COLON ? at + 4 : at + 3;
    if (sign === 0 || minutesAt + 2 !== to) return false;
    this.offsetMinutes = sign * (twoDigits(bytes, at + 1) * 60 + twoDigits(bytes, minutesAt));
    return !Number.isNaN(this.offsetMinutes);
  }
}

/** The number that two digits are; NaN for anything else. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - 0x30;
  const ones = bytes[at + 1]! - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN;
}
