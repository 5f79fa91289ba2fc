/**
 * When a system booted, where a listing has seconds since boot only. The kernel says the time of day itself in two kinds
 * of messages: when it sets its clock from the hardware clock, and in every audit record.
 *
 *     rtc_cmos 00:00: setting system clock to 2026-11-21T05:53:01 UTC (1795240381)
 *     audit: type=2000 audit(1795240379.020:1): state=initialized audit_enabled=0 res=1
 */
import type { UtcMicros } from '../../../shared/time.ts';

const CLOCK_SET = /: setting system clock to \d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d UTC \((\d{1,11})\)/;
const AUDIT = /^audit: type=\d{1,5} audit\((\d{1,11})\.(\d{3}):\d{1,18}\)/;

/** What the kernel says of the time of day in a message. */
export function timeOfDayIn(message: string): UtcMicros | undefined {
  const [, seconds, millis = '000'] = AUDIT.exec(message) ?? CLOCK_SET.exec(message) ?? [];
  const micros = seconds === undefined ? 0n : BigInt(seconds) * 1_000_000n + BigInt(millis) * 1000n;
  return micros > 0n ? micros : undefined;
}

/** Boot times of a listing: each message that says the time of day gives one, for itself and what follows it. */
export class BootTimes {
  #first: UtcMicros | undefined;
  #last: UtcMicros | undefined;
  #count = 0;

  /** How many messages said the time of day, and the boot time by the first of them. */
  get found(): { readonly count: number; readonly first: UtcMicros } | undefined {
    return this.#first === undefined ? undefined : { count: this.#count, first: this.#first };
  }

  /** Takes a message of a first pass, so that what stands before the first one can be dated by it. */
  see(message: string, sinceBoot: bigint): void {
    const time = timeOfDayIn(message);
    if (time === undefined) return;
    this.#count++;
    this.#first ??= time - sinceBoot;
    this.#last ??= this.#first;
  }

  /** The instant of a message of the second pass, in order; `undefined` where none says the time of day. */
  instantOf(message: string, sinceBoot: bigint): UtcMicros | undefined {
    const time = timeOfDayIn(message);
    if (time !== undefined) this.#last = time - sinceBoot;
    return this.#last === undefined ? undefined : this.#last + sinceBoot;
  }
}
