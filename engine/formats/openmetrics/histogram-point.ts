/** The buckets, count and sum of a histogram at one time, checked against each other. */
import type { RuleName } from './rule-breaks.ts';

/** Says that a rule is broken; what follows the name of the metric in a sentence. */
export type NoteBreak = (rule: RuleName, what: () => string) => void;

export class HistogramPoint {
  #lastBound = -Infinity;
  #lastCount = 0;
  #hasBucket = false;
  #hasNegative = false;
  #infinite: number | undefined;
  #count: number | undefined;
  #sum: number | undefined;

  constructor(
    private readonly isGauge: boolean,
    private readonly note: NoteBreak,
  ) {}

  bucket(bound: number, count: number): void {
    if (this.#hasBucket && bound <= this.#lastBound)
      this.note(
        'buckets_rise',
        () => `has the bucket ${boundShown(bound)} after the bucket ${boundShown(this.#lastBound)}`,
      );
    if (count < this.#lastCount)
      this.note(
        'buckets_rise',
        () => `has ${count} in the bucket ${boundShown(bound)}, fewer than ${this.#lastCount} in the one before`,
      );
    if (bound < 0) this.#hasNegative = true;
    if (bound === Infinity) this.#infinite = count;
    this.#hasBucket = true;
    this.#lastBound = bound;
    this.#lastCount = count;
  }

  count(count: number): void {
    this.#count = count;
  }

  sum(sum: number): void {
    this.#sum = sum;
  }

  /** Call once, when nothing more of it follows. */
  close(): void {
    if (this.#infinite === undefined) this.note('infinite_bucket', () => 'has no bucket for +Inf');
    else if (this.#count !== undefined && this.#count !== this.#infinite)
      this.note(
        'count_is_infinite',
        () => `has the count ${this.#count}, but ${this.#infinite} in its bucket for +Inf`,
      );
    if ((this.#count === undefined) !== (this.#sum === undefined))
      this.note('sum_and_count', () =>
        this.#count === undefined ? 'has a sum but no count' : 'has a count but no sum',
      );
    if (this.#sum !== undefined) this.#checkSign(this.#sum);
  }

  #checkSign(sum: number): void {
    if (!this.isGauge && this.#hasNegative) this.note('sum_sign', () => 'has a sum though it has buckets below 0');
    if (this.isGauge && !this.#hasNegative && sum < 0)
      this.note('sum_sign', () => `has the negative sum ${sum} though it has no buckets below 0`);
  }
}

const boundShown = (bound: number): string => (bound === Infinity ? '+Inf' : String(bound));
