import { parseInstant, type UtcMicros } from '../../../shared/time.ts';
import { nameOf as textOf } from '../framing/name-table.ts';

/** 2026-03-01T10:00:00Z, with its time of day from the eleventh byte on. */
const USUAL_LENGTH = 20;
const TIME_AT = 11;
const COLON = 0x3a;
const ZULU = 0x5a;

/** Reads eventTime. Events come in bursts of the same second, so the last time read is nearly always the next one too. */
export class EventTimes {
  private lastText = '';
  private last: UtcMicros = 0n;
  /** The day that was read last, with its T, and when it began; of one that was never read, no time of day is taken. */
  private readonly day = Buffer.alloc(TIME_AT);
  private dayMicros = 0;

  /** The time that a text is, with an offset; `undefined` for any other. */
  ofText(text: string): UtcMicros | undefined {
    if (text === this.lastText) return this.last;
    const time = parseInstant(text);
    if (time === undefined) return undefined;
    this.lastText = text;
    this.last = time;
    return time;
  }

  /** The same for text as CloudTrail writes it, in microseconds; `undefined` too for what is written in another way. */
  ofBytes(bytes: Buffer, from: number, to: number): number | undefined {
    if (to - from !== USUAL_LENGTH) return undefined;
    const seconds = secondsOfDay(bytes, from + TIME_AT);
    if (seconds >= 0 && this.isLastDay(bytes, from)) return this.dayMicros + seconds * 1e6;
    const time = parseInstant(textOf(bytes, from, to));
    if (time === undefined || seconds < 0) return time === undefined ? undefined : Number(time);
    this.day.set(bytes.subarray(from, from + TIME_AT));
    this.dayMicros = Number(time) - seconds * 1e6;
    return Number(time);
  }

  private isLastDay(bytes: Buffer, from: number): boolean {
    const { day } = this;
    for (let i = TIME_AT - 1; i >= 0; i--) if (bytes[from + i] !== day[i]) return false;
    return true;
  }
}

/** Seconds of `10:00:00Z`; -1 for what is no time of day, and for leap seconds. */
function secondsOfDay(bytes: Buffer, at: number): number {
  if (bytes[at + 2] !== COLON || bytes[at + 5] !== COLON || bytes[at + 8] !== ZULU) return -1;
  const hours = twoDigits(bytes, at);
  const minutes = twoDigits(bytes, at + 3);
  const seconds = twoDigits(bytes, at + 6);
  if (hours < 0 || minutes < 0 || seconds < 0 || hours > 23 || minutes > 59 || seconds > 59) return -1;
  return hours * 3600 + minutes * 60 + seconds;
}

function twoDigits(bytes: Buffer, at: number): number {
  const tens = bytes[at]! - 0x30;
  const ones = bytes[at + 1]! - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : -1;
}
