/** Values of single fields: a value, `undefined` where there is none, and a problem where it cannot be one. */
import { parseInstant, type UtcMicros } from '../../../shared/time.ts';
import { isIpAddress } from '../framing/ip-address.ts';
import { readWrittenTime } from '../framing/written-time.ts';
import type { FlowNotes, FlowSource } from './flow-source.ts';

const MOST_BIGINT = 2n ** 63n - 1n;

/** The fields of one record; what is wrong first is kept in `problem`, as a sentence. */
export class FlowValues {
  problem: string | undefined;

  constructor(
    private readonly source: FlowSource,
    private readonly notes: FlowNotes,
  ) {}

  text(field: string): string | undefined {
    return this.source.text(field);
  }

  /** One of a closed list of words, in whatever case; given in the list's own. */
  word<W extends string>(field: string, words: readonly W[]): W | undefined {
    const text = this.source.text(field);
    if (text === undefined) return undefined;
    const found = words.find((word) => word.toLowerCase() === text.toLowerCase());
    if (found === undefined) this.#fail(field, text, `is none of ${words.join(', ')}`);
    return found;
  }

  address(field: string): string | undefined {
    const text = this.source.text(field);
    if (text !== undefined && !isIpAddress(text)) this.#fail(field, text, 'is not an IP address');
    return text;
  }

  /** A whole number from 0 to `most`. */
  integer(field: string, most: number): number | undefined {
    const text = this.source.text(field);
    if (text === undefined) return undefined;
    const number = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
    if (number <= most) return number;
    this.#fail(field, text, `is not a whole number from 0 to ${most}`);
    return undefined;
  }

  count(field: string): bigint | undefined {
    const text = this.source.text(field);
    if (text === undefined) return undefined;
    const number = /^\d{1,19}$/.test(text) ? BigInt(text) : MOST_BIGINT + 1n;
    if (number <= MOST_BIGINT) return number;
    this.#fail(field, text, 'is not a whole number');
    return undefined;
  }

  /** Seconds since 1970; real logs have milliseconds at times, and pipelines write the time out. */
  time(field: string): UtcMicros | undefined {
    const text = this.source.text(field);
    if (text === undefined) return undefined;
    const seconds = /^(\d{9,11})(?:\.(\d{1,6})\d{0,3})?$/.exec(text);
    if (seconds) return BigInt(seconds[1]!) * 1_000_000n + BigInt((seconds[2] ?? '').padEnd(6, '0'));
    if (/^\d{12,14}$/.test(text)) {
      this.notes.note(`Times of 12 digits and more (${field}) are taken as milliseconds.`);
      return BigInt(text) * 1000n;
    }
    const time = this.#writtenTime(text);
    if (time === undefined) this.#fail(field, text, 'is not a time in seconds since 1970');
    return time;
  }

  #writtenTime(text: string): UtcMicros | undefined {
    const instant = parseInstant(text);
    if (instant !== undefined) return instant;
    const written = readWrittenTime(text, 'UTC');
    if (written === undefined || written.kind === 'day') return undefined;
    if (written.kind === 'wall clock') this.notes.note('Times without an offset are taken as UTC.');
    return written.time;
  }

  #fail(field: string, text: string, complaint: string): void {
    const shown = text.length > 60 ? `${text.slice(0, 60)}…`.toWellFormed() : text;
    this.problem ??= `${field} ${JSON.stringify(shown)} ${complaint}.`;
  }
}
