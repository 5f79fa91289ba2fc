/** What a series did in each hour. docs/formats/prometheus-tsdb/presence.md */

export const HOUR_MS = 3_600_000;

/** One hour (UTC) of a series in which it has samples. Stale markers are no samples. */
export interface HourlyRollup {
  /** Start of the hour, milliseconds since 1970. */
  readonly hourMs: number;
  readonly samples: number;
  /** Least and greatest value; NaN values count only where there is no other. */
  readonly min: number;
  readonly max: number;
  /** Mean of all values, so NaN where one is NaN. */
  readonly avg: number;
  readonly first: number;
  readonly last: number;
  /** How often a value was less than the one before it, be that in an earlier hour. */
  readonly resets: number;
}

// Sums that leave the range of a double are made again from values that are this much smaller.
const SCALE = 2 ** -64;

/** Makes the hours of one series from its samples in the order of time. */
export class RollupBuilder {
  #end = -Infinity;
  #samples = 0;
  #min = NaN;
  #max = NaN;
  #sum = 0;
  #scaled = 0;
  #first = NaN;
  #last = NaN;
  #resets = 0;

  constructor(private readonly emit: (hour: HourlyRollup) => void) {}

  /** Takes samples `[from, to)` of two columns. */
  add(times: Float64Array, values: Float64Array, from: number, to: number): void {
    for (let i = from; i < to;) {
      if (times[i]! >= this.#end) this.#startHour(times[i]!, values[i]!);
      const next = firstFrom(times, this.#end, i, to);
      this.#addWithinHour(values, i, next);
      i = next;
    }
  }

  // Everything in local variables: this runs for every sample of every series.
  #addWithinHour(values: Float64Array, from: number, to: number): void {
    let min = this.#min;
    let max = this.#max;
    let sum = this.#sum;
    let last = this.#last;
    let resets = this.#resets;
    for (let i = from; i < to; i++) {
      const value = values[i]!;
      // Written so that a NaN gives way to any number, and never takes its place.
      if (!(value >= min)) min = value === value ? value : min;
      if (!(value <= max)) max = value === value ? value : max;
      sum += value;
      // Counted without a branch, which could not be foretold where values go up and down.
      resets += Number(value < last);
      last = value;
    }
    if (!Number.isFinite(sum)) this.#addScaled(values, from, to);
    this.#samples += to - from;
    this.#min = min;
    this.#max = max;
    this.#sum = sum;
    this.#last = last;
    this.#resets = resets;
  }

  // As long as a sum is finite, the scaled one is the same times a power of two: only the exponent differs.
  #addScaled(values: Float64Array, from: number, to: number): void {
    let scaled = Number.isFinite(this.#sum) ? this.#sum * SCALE : this.#scaled;
    for (let i = from; i < to; i++) scaled += values[i]! * SCALE;
    this.#scaled = scaled;
  }

  #startHour(time: number, first: number): void {
    this.#emitHour();
    this.#end = Math.floor(time / HOUR_MS) * HOUR_MS + HOUR_MS;
    this.#samples = 0;
    this.#min = NaN;
    this.#max = NaN;
    this.#sum = 0;
    this.#scaled = 0;
    this.#first = first;
    this.#resets = 0;
  }

  #emitHour(): void {
    const samples = this.#samples;
    if (samples === 0) return;
    this.emit({
      hourMs: this.#end - HOUR_MS,
      samples,
      min: this.#min,
      max: this.#max,
      avg: this.#average(samples),
      first: this.#first,
      last: this.#last,
      resets: this.#resets,
    });
  }

  #average(samples: number): number {
    const isRange = Number.isFinite(this.#min) && Number.isFinite(this.#max);
    return isRange && !Number.isFinite(this.#sum) && !Number.isNaN(this.#scaled)
      ? this.#scaled / samples / SCALE
      : this.#sum / samples;
  }

  /** Ends the series and its last hour. The builder is then as new. */
  finish(): void {
    this.#emitHour();
    this.#end = -Infinity;
    this.#samples = 0;
    this.#last = NaN;
  }
}

/** Place of the first of these rising times, from `from` on, that is at `limit` or later; `to` when none is. */
function firstFrom(times: Float64Array, limit: number, from: number, to: number): number {
  if (times[to - 1]! < limit) return to;
  let low = from;
  let high = to - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
