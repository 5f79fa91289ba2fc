/** Times of events as exporters write them: RFC 3339, without an offset, as milliseconds, as .NET's /Date(...)/. */
import { parseInstant, type UtcMicros } from '../../../shared/time.ts';
import { parseMonthFirst } from './month-first.ts';
import { shown } from './values.ts';

// Milliseconds since 1970 from the years 1973 to 5138; what is shorter may be seconds, and is no time.
const LEAST_MILLIS = 1e11;
const MOST_MILLIS = 1e14;
/** `2026-03-01 10:00:00 UTC`, `2026-03-01 10:00:00 -0800`, as Ruby writes them. */
const SPACED_ZONE = /^(\d{4}-\S+ [\d:.]+) (?:UTC|([+-]\d{2}:?\d{2}))$/;
const DOT_NET = /^\/Date\((\d{12,14})(?:[+-]\d{4})?\)\/$/;

/** A time, or the sentence that says why there is none. */
export type ReadTime = UtcMicros | string;

/** Reads the times of one source, and says what they took for granted. */
export class EventTimes {
  /** Events come in bursts, so the last text read is often the next one too. */
  #lastText = '';
  #lastTime: UtcMicros = 0n;

  constructor(private readonly assume: (statement: string) => void) {}

  /**
   * The time in a member; `name` is what the record calls it. Whole milliseconds are read where `millis` says that the
   * format writes them; with a fraction, to the microsecond.
   */
  read(value: unknown, name: string, millis = false): ReadTime {
    if (typeof value === 'string') return this.#readText(value, name, millis);
    if (millis && typeof value === 'number' && value >= LEAST_MILLIS && value < MOST_MILLIS)
      return BigInt(Math.round(value * 1000));
    return `${name} ${shown(value)} is not a time.`;
  }

  /**
   * The time in a member that a service of Azure writes itself: also `11/14/2025 1:48:53 AM`, the month first, which is
   * said. In what a person's program exported, the day could be first.
   */
  readOfService(value: unknown, name: string): ReadTime {
    const monthFirst = typeof value === 'string' ? parseMonthFirst(value) : undefined;
    if (monthFirst === undefined) return this.read(value, name);
    this.assume(`${name} such as ${shown(value)} is taken as month/day/year in UTC, as services of Azure write it.`);
    return monthFirst;
  }

  #readText(text: string, name: string, millis: boolean): ReadTime {
    if (text === this.#lastText) return this.#lastTime;
    const time = parseInstant(text) ?? this.#readOther(text, name, millis);
    if (time === undefined) return `${name} ${shown(text)} is not a time.`;
    this.#lastText = text;
    this.#lastTime = time;
    return time;
  }

  #readOther(text: string, name: string, millis: boolean): UtcMicros | undefined {
    const dotNet = DOT_NET.exec(text);
    if (dotNet) return BigInt(dotNet[1]!) * 1000n;
    if (millis && /^\d{12,14}$/.test(text)) return BigInt(text) * 1000n;
    const zoned = SPACED_ZONE.exec(text);
    if (zoned) return parseInstant(`${zoned[1]}${zoned[2] ?? 'Z'}`);
    const asUtc = parseInstant(`${text}Z`);
    if (asUtc !== undefined) this.assume(`${name} without an offset is taken as UTC.`);
    return asUtc;
  }
}
