/** RFC 3339 times of a log, most of which share their second with the one before. */
import { parseInstant, type UtcMicros } from '../../../shared/time.ts';

const PARTS = /^(.{19})\.(\d{1,9})(Z|[+-]\d\d:\d\d)$/;

/** Reads instants as parseInstant does, the calendar only once a second. */
export class SecondMemo {
  private text = '';
  private instant: UtcMicros | undefined;

  /** The instant that a text says; `undefined` for what is none. */
  read(text: string): UtcMicros | undefined {
    const [, second, fraction = '', offset = ''] = PARTS.exec(text) ?? [];
    if (second === undefined) return parseInstant(text);
    const whole = second + offset;
    if (whole !== this.text) {
      this.text = whole;
      this.instant = parseInstant(whole);
    }
    return this.instant === undefined ? undefined : this.instant + BigInt(fraction.slice(0, 6).padEnd(6, '0'));
  }
}
