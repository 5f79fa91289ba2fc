/**
 * Sets of whole numbers as sorted ranges, each kept once and called by a number, so that two sets are the same when
 * their numbers are, and what was computed of two of them is not computed again.
 */

/** `[from, to]`, both included. */
export type Range = readonly [bigint, bigint];
/** The number of a set. */
export type SetId = number;

export const EMPTY: SetId = 0;

/** Thrown when a question needs more work than a rule set of any size that people write. */
export class TooMuchWork extends Error {
  override readonly name = 'TooMuchWork';
}

export class RangeSets {
  readonly #sets: (readonly Range[])[] = [[]];
  readonly #ids = new Map<string, SetId>([['', EMPTY]]);
  readonly #keys = new WeakMap<Range, string>();
  readonly #common = new Map<number, SetId>();
  readonly #left = new Map<number, SetId>();
  readonly #together = new Map<number, SetId>();
  #work: number;

  /** `mostWork`: ranges that may be looked at before TooMuchWork is thrown. */
  constructor(mostWork: number) {
    this.#work = mostWork;
  }

  /** What is left of the work. */
  get workLeft(): number {
    return Math.max(0, this.#work);
  }

  /** Counts work done elsewhere against the same limit. */
  spend(work: number): void {
    this.#work -= work;
    if (this.#work < 0) throw new TooMuchWork();
  }

  /** The set of these ranges, in any order, overlapping or not. */
  of(ranges: readonly Range[]): SetId {
    return this.#intern(mergeRanges(ranges));
  }

  /** The set of ranges that are in order and apart. */
  #intern(ranges: readonly Range[]): SetId {
    this.spend(ranges.length);
    const key = ranges.map((range) => this.#keyOf(range)).join(' ');
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#sets.push(ranges) - 1;
    this.#ids.set(key, id);
    return id;
  }

  /** Most ranges of a set were in the one that it was made of: their text is made once. */
  #keyOf(range: Range): string {
    const known = this.#keys.get(range);
    if (known !== undefined) return known;
    const key = `${range[0].toString(36)}-${range[1].toString(36)}`;
    this.#keys.set(range, key);
    return key;
  }

  ranges(set: SetId): readonly Range[] {
    return this.#sets[set] ?? [];
  }

  intersect(a: SetId, b: SetId): SetId {
    if (a === b || a === EMPTY) return a;
    if (b === EMPTY) return EMPTY;
    return this.#remembered(this.#common, unordered(a, b), () => intersection(this.ranges(a), this.ranges(b)));
  }

  minus(a: SetId, b: SetId): SetId {
    if (a === b || a === EMPTY) return EMPTY;
    if (b === EMPTY) return a;
    return this.#remembered(this.#left, a * MOST_SETS + b, () => difference(this.ranges(a), this.ranges(b)));
  }

  union(a: SetId, b: SetId): SetId {
    if (a === b || b === EMPTY) return a;
    if (a === EMPTY) return b;
    return this.#remembered(this.#together, unordered(a, b), () => mergeRanges([...this.ranges(a), ...this.ranges(b)]));
  }

  /** How many numbers are in the set. */
  size(set: SetId): bigint {
    return this.ranges(set).reduce((sum, [from, to]) => sum + to - from + 1n, 0n);
  }

  #remembered(results: Map<number, SetId>, key: number, compute: () => readonly Range[]): SetId {
    const known = results.get(key);
    if (known !== undefined) return known;
    const id = this.#intern(compute());
    results.set(key, id);
    return id;
  }
}

/** Two numbers of sets as one number; no rule set has as many sets. */
const MOST_SETS = 2 ** 26;
const unordered = (a: SetId, b: SetId): number => (a < b ? a * MOST_SETS + b : b * MOST_SETS + a);

/** Ranges in order, overlapping and adjacent ones made one. */
export function mergeRanges(ranges: readonly Range[]): readonly Range[] {
  const sorted = ranges.filter(([from, to]) => from <= to).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const merged: [bigint, bigint][] = [];
  for (const [from, to] of sorted) {
    const last = merged.at(-1);
    if (last && from <= last[1] + 1n) last[1] = to > last[1] ? to : last[1];
    else merged.push([from, to]);
  }
  return merged;
}

function intersection(a: readonly Range[], b: readonly Range[]): readonly Range[] {
  const found: Range[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [x, y] = [a[i]!, b[j]!];
    const from = x[0] > y[0] ? x[0] : y[0];
    const to = x[1] < y[1] ? x[1] : y[1];
    if (from === x[0] && to === x[1]) found.push(x);
    else if (from === y[0] && to === y[1]) found.push(y);
    else if (from <= to) found.push([from, to]);
    if (x[1] < y[1]) i++;
    else j++;
  }
  return found;
}

function difference(a: readonly Range[], b: readonly Range[]): readonly Range[] {
  const left: Range[] = [];
  let j = 0;
  for (const range of a) {
    const [start, end] = range;
    let from = start;
    while (j < b.length && b[j]![1] < from) j++;
    for (let k = j; k < b.length && b[k]![0] <= end; k++) {
      if (b[k]![0] > from) left.push([from, b[k]![0] - 1n]);
      if (b[k]![1] >= from) from = b[k]![1] + 1n;
    }
    if (from === start) left.push(range);
    else if (from <= end) left.push([from, end]);
  }
  return left;
}
