/** When a series was there: runs of samples at about the same distance. docs/formats/prometheus-tsdb/presence.md */

/** A stretch in which a series was scraped without a break. Times are milliseconds since 1970. */
export interface PresenceRun {
  readonly fromMs: number;
  /** One millisecond after the last sample, so that `[fromMs, toMs)` holds all samples. */
  readonly toMs: number;
  readonly samples: number;
  /** The usual distance of its samples: the lower median of its first 255. `undefined` for a single sample. */
  readonly intervalMs: number | undefined;
  readonly endedBy: RunEnd;
  /** When the stale marker that ended the run was set. */
  readonly staleAtMs: number | undefined;
}

/**
 * `stale`: the server noticed that the series ended. `silence`: nothing for longer than usual. `unread`: samples follow
 * that cannot be read, or that were deleted. `end`: the last sample there is.
 */
export type RunEnd = 'stale' | 'silence' | 'unread' | 'end';

// What is usual for a distance is the greater of two medians: of the 8 distances before it, and of the 8 after it. So a
// silence stands out, but not the first sample after the server was told to scrape less often.
const GROUP = 8;
const MOST_FOR_MEDIAN = 255;

interface OpenRun {
  readonly fromMs: number;
  lastMs: number;
  samples: number;
}

interface Break {
  readonly endedBy: RunEnd;
  readonly staleAtMs: number | undefined;
}

/** The shortest and the longest of some distances. */
class Pace {
  #least = Infinity;
  #most = 0;

  /** Adds the distances between samples `[from, to)`. */
  add(times: Float64Array, from: number, to: number): void {
    let least = this.#least;
    let most = this.#most;
    let last = times[from]!;
    for (let i = from + 1; i < to; i++) {
      const time = times[i]!;
      const distance = time - last;
      last = time;
      if (distance < least) least = distance;
      if (distance > most) most = distance;
    }
    this.#least = least;
    this.#most = most;
  }

  addDistance(distance: number): void {
    this.#least = Math.min(this.#least, distance);
    this.#most = Math.max(this.#most, distance);
  }

  /** True when none can be a silence: the longest is not much longer than the shortest. */
  isEven(gapFactor: number): boolean {
    return this.#most <= gapFactor * this.#least;
  }
}

/**
 * Makes the runs of one series from its samples in the order of time. A run ends at a stale marker, at samples that
 * cannot be read, and at a distance of more than `gapFactor` times the usual one around it. It does not matter in which
 * pieces the samples come.
 */
export class PresenceBuilder {
  /** Samples not yet judged, after the judged ones that still matter. */
  #times = new Float64Array(4096);
  #count = 0;
  #judged = 0;
  readonly #breaks = new Map<number, Break>();
  #stale: number | undefined;
  #unread: { fromMs: number; toMs: number }[] = [];
  #run: OpenRun | undefined;
  readonly #runDistances = new Float64Array(MOST_FOR_MEDIAN);
  #runDistanceCount = 0;
  readonly #around = new Float64Array(GROUP);

  constructor(
    private readonly gapFactor: number,
    private readonly emit: (run: PresenceRun) => void,
  ) {}

  /** A stale marker after the samples so far. */
  stale(timeMs: number): void {
    this.#stale ??= timeMs;
  }

  /** Samples from `fromMs` to `toMs`, both included, are not known. Told before any sample after them. */
  unread(fromMs: number, toMs: number): void {
    this.#unread.push({ fromMs, toMs });
  }

  sample(timeMs: number): void {
    if (this.#stale !== undefined) {
      this.#breaks.set(this.#count, { endedBy: 'stale', staleAtMs: this.#stale });
      this.#stale = undefined;
    }
    if (this.#count === this.#times.length) this.#judge(this.#count - GROUP);
    this.#times[this.#count++] = timeMs;
  }

  /** The first `count` of these times, all after the samples so far. */
  samples(times: Float64Array, count: number): void {
    if (!this.#takeEven(times, count)) for (let i = 0; i < count; i++) this.sample(times[i]!);
  }

  // Most samples come at an even pace, and are taken in one go: each has a distance before it that is not much shorter
  // than its own, so whatever follows, it ends no run.
  #takeEven(times: Float64Array, count: number): boolean {
    if (count < 2 * GROUP || this.#stale !== undefined) return false;
    if (this.#breaks.size > 0 || this.#unread.length > 0) {
      this.#judge(this.#count - GROUP);
      if (this.#breaks.size > 0 || this.#unread.length > 0) return false;
    }
    const pace = new Pace();
    pace.add(this.#times, Math.max(this.#judged - GROUP - 1, 0), this.#count);
    if (this.#count > 0) pace.addDistance(times[0]! - this.#times[this.#count - 1]!);
    pace.add(times, 0, count);
    if (!pace.isEven(this.gapFactor)) return false;
    this.#extendRun(this.#times, this.#judged, this.#count);
    this.#extendRun(times, 0, count);
    for (let i = 0; i < 2 * GROUP; i++) this.#times[i] = times[count - 2 * GROUP + i]!;
    this.#count = 2 * GROUP;
    this.#judged = 2 * GROUP;
    return true;
  }

  /** Ends the series and its last run. The builder is then as new. */
  finish(): void {
    this.#judge(this.#count);
    const end: RunEnd = this.#stale !== undefined ? 'stale' : this.#unread.length > 0 ? 'unread' : 'end';
    this.#endRun(end, this.#stale);
    this.#count = 0;
    this.#judged = 0;
    this.#stale = undefined;
    this.#unread = [];
    this.#breaks.clear();
  }

  // Judges whole groups before `end`, which is known to be followed by GROUP samples or by none.
  #judge(end: number): void {
    let from = this.#judged;
    for (; from < end; from += GROUP) {
      if (from + GROUP > end && end !== this.#count) break;
      this.#judgeGroup(from, Math.min(from + GROUP, end));
    }
    this.#judged = Math.min(from, this.#count);
    this.#forget();
  }

  // Keeps two judged groups, whose distances still count, and everything after them.
  #forget(): void {
    const drop = Math.max(this.#judged - 2 * GROUP, 0);
    if (drop === 0) return;
    this.#times.copyWithin(0, drop, this.#count);
    this.#count -= drop;
    this.#judged -= drop;
    const later = [...this.#breaks].filter(([at]) => at >= drop);
    this.#breaks.clear();
    for (const [at, why] of later) this.#breaks.set(at - drop, why);
  }

  #judgeGroup(from: number, to: number): void {
    const isEven = this.#isEven(from, to);
    for (let i = from; i < to; i++) {
      const time = this.#times[i]!;
      const why = this.#run && this.#breakBefore(i, this.#run.lastMs, time, isEven);
      if (why) this.#endRun(why.endedBy, why.staleAtMs);
      this.#extendRun(this.#times, i, i + 1);
    }
  }

  #breakBefore(i: number, lastMs: number, time: number, isEven: boolean): Break | undefined {
    const set = this.#breaks.size > 0 ? this.#breaks.get(i) : undefined;
    if (set) return set;
    if (this.#unread.length > 0 && this.#unreadBetween(lastMs, time))
      return { endedBy: 'unread', staleAtMs: undefined };
    if (isEven || time - lastMs <= this.gapFactor * this.#usualAround(i)) return undefined;
    return { endedBy: 'silence', staleAtMs: undefined };
  }

  #unreadBetween(lastMs: number, time: number): boolean {
    const found = this.#unread.some(({ fromMs, toMs }) => fromMs < time && toMs > lastMs);
    this.#unread = this.#unread.filter(({ toMs }) => toMs >= time);
    return found;
  }

  // True when no distance around these samples can be a silence.
  #isEven(from: number, to: number): boolean {
    const pace = new Pace();
    pace.add(this.#times, Math.max(from - GROUP - 1, 0), Math.min(to + GROUP, this.#count));
    return pace.isEven(this.gapFactor);
  }

  // Infinity when there is no other distance to compare with.
  #usualAround(i: number): number {
    const before = this.#medianOf(Math.max(i - GROUP, 1), i);
    const after = this.#medianOf(i + 1, Math.min(i + 1 + GROUP, this.#count));
    return Math.max(before, after) || Infinity;
  }

  // Distances over a break say nothing about what is usual. 0 when there are none.
  #medianOf(from: number, to: number): number {
    let count = 0;
    for (let i = from; i < to; i++)
      if (this.#breaks.size === 0 || !this.#breaks.has(i))
        this.#around[count++] = this.#times[i]! - this.#times[i - 1]!;
    return count === 0 ? 0 : lowerMedian(this.#around.subarray(0, count));
  }

  // Adds samples `[from, to)` to the run, or begins one with them.
  #extendRun(times: Float64Array, from: number, to: number): void {
    if (from >= to) return;
    const run = (this.#run ??= { fromMs: times[from]!, lastMs: times[from]!, samples: 0 });
    let last = run.lastMs;
    for (let i = from + (run.samples === 0 ? 1 : 0); i < to && this.#runDistanceCount < MOST_FOR_MEDIAN; i++) {
      this.#runDistances[this.#runDistanceCount++] = times[i]! - last;
      last = times[i]!;
    }
    run.samples += to - from;
    run.lastMs = times[to - 1]!;
  }

  #endRun(endedBy: RunEnd, staleAtMs: number | undefined): void {
    const run = this.#run;
    if (!run) return;
    const { fromMs, lastMs, samples } = run;
    const distances = this.#runDistances.subarray(0, this.#runDistanceCount);
    const intervalMs = distances.length === 0 ? undefined : lowerMedian(distances);
    this.#run = undefined;
    this.#runDistanceCount = 0;
    this.emit({ fromMs, toMs: lastMs + 1, samples, intervalMs, endedBy, staleAtMs });
  }
}

/** The middle value, of two middle values the lower. Sorts what it is given. */
function lowerMedian(values: Float64Array): number {
  // Mostly all are the same.
  if (values.every((value) => value === values[0])) return values[0]!;
  values.sort();
  return values[(values.length - 1) >> 1]!;
}
