import { parseInstant, type UtcMicros } from '../../../shared/time.ts';
import { nameOf as textOf } from '../framing/name-table.ts';

/** 2026-03-01T10:00:00Z */
const USUAL_LENGTH = 20;

/** Reads eventTime. Events come in bursts of the same second, so the last time read is nearly always the next one too. */
export class EventTimes {
  private lastText = '';
  private last: UtcMicros = 0n;
  private readonly lastBytes = Buffer.alloc(USUAL_LENGTH);
  private lastMicros = Number.NaN;

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
    const { lastBytes } = this;
    // From its end, where times differ.
    let i = USUAL_LENGTH - 1;
    while (i >= 0 && bytes[from + i] === lastBytes[i]) i--;
    if (i < 0 && !Number.isNaN(this.lastMicros)) return this.lastMicros;
    const time = parseInstant(textOf(bytes, from, to));
    if (time === undefined) return undefined;
    lastBytes.set(bytes.subarray(from, to));
    this.lastMicros = Number(time);
    return this.lastMicros;
  }
}
