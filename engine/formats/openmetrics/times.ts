/** Times of samples: seconds or milliseconds since 1970. See docs/formats/openmetrics.md, "Times". */
import { readNumber } from './numbers.ts';
import { shown, unreadable, type Unreadable } from './scan.ts';

export type TimeUnit = 'seconds' | 'milliseconds';

export interface SampleTime {
  readonly kind: 'time';
  readonly unit: TimeUnit;
  /** UTC microseconds, a whole number of milliseconds. */
  readonly micros: bigint;
  /** Digits below the millisecond were cut. */
  readonly isCut: boolean;
}

/** From here on a number is milliseconds: as seconds it is the year 5138, as milliseconds 3 March 1973. */
const FIRST_MILLISECONDS = 1e11;
/** The years 1 to 9999, in milliseconds. */
const EARLIEST = -62_135_596_800_000;
const LATEST = 253_402_300_799_999;

/** Reads a time by itself; its size says its unit. */
export function readTime(text: string): SampleTime | Unreadable {
  const number = readNumber(text);
  if (number === undefined || !Number.isFinite(number)) return unreadable(`The time "${shown(text)}" is not a number.`);
  const isSeconds = Math.abs(number) < FIRST_MILLISECONDS;
  if (!isSeconds && !isWhole(text)) return unreadable(tooLarge(text));
  // Prometheus computes just this in floats, and a block made from the text has the same times.
  const millis = isSeconds ? Math.trunc(number * 1000) : number;
  if (millis < EARLIEST || millis > LATEST) return unreadable(`The time ${shown(text)} is not in the years 1 to 9999.`);
  const micros = BigInt(millis) * 1000n;
  return { kind: 'time', unit: isSeconds ? 'seconds' : 'milliseconds', micros, isCut: hasFinerDigits(text) };
}

function isWhole(text: string): boolean {
  return !text.includes('.') && !text.includes('e') && !text.includes('E');
}

function tooLarge(text: string): string {
  return `The time ${shown(text)} is too large for seconds (from 1e11 on, the year 5138), and milliseconds are whole numbers.`;
}

function hasFinerDigits(text: string): boolean {
  const point = text.indexOf('.');
  if (point < 0 || text.length - point <= 4) return false;
  return /[1-9]/.test(text.slice(point + 4).replace(/[eE].*/s, ''));
}

/** The times of one file: all in one unit. */
export class FileTimes {
  #unit: TimeUnit | undefined;
  #lastText = '';
  #last: SampleTime | Unreadable = unreadable('');
  /** Times whose digits below the millisecond were cut. */
  cut = 0;

  /** The unit of the file's times; `undefined` until there was one. */
  get unit(): TimeUnit | undefined {
    return this.#unit;
  }

  /** Fixes the unit that most of `texts` have, the first one's where there are as many of each. */
  settle(texts: readonly string[]): void {
    const units = texts.flatMap((text) => {
      const time = readTime(text);
      return time.kind === 'time' ? [time.unit] : [];
    });
    const inSeconds = units.filter((unit) => unit === 'seconds').length;
    const [first] = units;
    if (first === undefined) return;
    if (inSeconds * 2 === units.length) this.#unit = first;
    else this.#unit = inSeconds * 2 > units.length ? 'seconds' : 'milliseconds';
  }

  /** Reads the time of a sample. Where the unit is not settled yet, this one settles it. */
  read(text: string): SampleTime | Unreadable {
    // Most files have one time, or repeat each for many series.
    const time = text === this.#lastText ? this.#last : readTime(text);
    this.#lastText = text;
    this.#last = time;
    if (time.kind === 'unreadable') return time;
    this.#unit ??= time.unit;
    if (time.unit !== this.#unit) return unreadable(otherUnit(text, time.unit, this.#unit));
    if (time.isCut) this.cut++;
    return time;
  }
}

function otherUnit(text: string, unit: TimeUnit, usual: TimeUnit): string {
  return `The time ${shown(text)} is in ${unit}, but the times of this file are in ${usual}.`;
}
