/**
 * What the times of an answer say about where its values come from. A range query evaluates at `start + n * step`, the
 * same for all its series, and Prometheus and its users ask in whole seconds. A scrape has a time of its own for each
 * target, to the millisecond. So no common step: scraped. A common step of whole seconds: evaluated. The rest may be both,
 * as one target alone is scraped at a regular distance too.
 */

export type Origin =
  | { readonly kind: 'nothing' } // no values yet
  | { readonly kind: 'evaluated'; readonly stepMs: number }
  | { readonly kind: 'unclear' }
  | { readonly kind: 'scraped' };

/** Shorter steps are not told from times that follow none. */
const SHORTEST_STEP_MS = 100;

export class StepFinder {
  #base: number | undefined;
  /** Greatest distance of which all times are multiples, counted from the first one. 0: one time only. */
  #common = 0;
  #shortest = Infinity;

  /** Adds the times of one series, rising. */
  add(times: readonly number[]): void {
    if (times.length === 0) return;
    this.#base ??= times[0]!;
    let before = -Infinity;
    for (const time of times) {
      if (time - before < this.#shortest) this.#shortest = time - before;
      before = time;
      const distance = Math.abs(time - this.#base);
      if (this.#common === 0 || distance % this.#common !== 0) this.#common = greatestCommon(this.#common, distance);
    }
  }

  origin(): Origin {
    if (this.#base === undefined) return { kind: 'nothing' };
    if (this.#common > 0 && this.#common < SHORTEST_STEP_MS) return { kind: 'scraped' };
    const isStep = this.#common > 0 && this.#common === this.#shortest;
    const wholeSeconds = this.#base % 1000 === 0 && this.#common % 1000 === 0;
    return isStep && wholeSeconds ? { kind: 'evaluated', stepMs: this.#common } : { kind: 'unclear' };
  }
}

function greatestCommon(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}
