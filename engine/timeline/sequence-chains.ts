/** Runs of numbers put together to what one counter counted, from boot to boot, and what is missing between them. */
import { FEW_SKIPS, LONG_SKIP, OUT_OF_ORDER, SKIPS_SHARE } from '../evidence/sequence-runs.ts';
import type { UtcMicros } from '../../shared/time.ts';
import type { CitedRecord } from './gap.ts';

/** A run as `sequence_runs` has it: all numbers from `least` to `most` are there but for those of its skips. */
export interface SequenceRun {
  readonly least: number;
  readonly most: number;
  /** How many numbers are there, and how many steps between them skip some. */
  readonly numbers: number;
  readonly skips: number;
  readonly first: NumberedRecord;
  readonly last: NumberedRecord;
}

export interface NumberedRecord extends CitedRecord {
  readonly time: UtcMicros;
}

/** Numbers that are skipped between two records; the times of these fall where a clock was set back between them. */
export interface Skip {
  readonly missing: number;
  readonly before: NumberedRecord;
  readonly after: NumberedRecord;
}

/** Too few numbers say nothing about whether all are meant to be there. */
const FEWEST_NUMBERS = 20;

/** The losses of one counter of one system. The runs must be in the order of their first times. */
export function skipsOf(runs: readonly SequenceRun[]): readonly Skip[] {
  const chains: Chain[] = [];
  let alive: readonly Chain[] = [];
  for (const run of runs) {
    const found = nearest(alive, run);
    if (found) {
      found.add(run);
      continue;
    }
    const chain = new Chain(run);
    chains.push(chain);
    // What spoke on after this began is another sender of the same name. What did not has begun again.
    alive = [...alive.filter(({ lastTime }) => lastTime > run.first.time), chain];
  }
  return chains.flatMap((chain) => chain.losses());
}

/** The count that a run goes on with; `undefined` where all of them would have to begin again. */
function nearest(alive: readonly Chain[], run: SequenceRun): Chain | undefined {
  return alive
    .filter((chain) => !chain.beginsAgain(run))
    .reduce<Chain | undefined>((found, one) => (found && found.apart(run) < one.apart(run) ? found : one), undefined);
}

interface OpenSkip {
  readonly above: number;
  readonly below: number;
  readonly before: NumberedRecord;
  readonly after: NumberedRecord;
}

/** What was counted from one boot to the next. */
class Chain {
  #most: number;
  #last: NumberedRecord;
  #skips: OpenSkip[] = [];
  readonly #runs: SequenceRun[] = [];

  constructor(run: SequenceRun) {
    this.#most = run.most;
    this.#last = run.last;
    this.#runs.push(run);
  }

  get lastTime(): UtcMicros {
    return this.#last.time;
  }

  beginsAgain({ least }: SequenceRun): boolean {
    return this.#most - least > OUT_OF_ORDER && least * 2 < this.#most;
  }

  apart({ least }: SequenceRun): number {
    return Math.abs(least - this.#most - 1);
  }

  add(run: SequenceRun): void {
    this.#runs.push(run);
    this.#fill(run);
    if (run.least > this.#most + 1)
      this.#skips.push({ above: this.#most, below: run.least, before: this.#last, after: run.first });
    if (run.most <= this.#most) return;
    this.#most = run.most;
    this.#last = run.last;
  }

  /** Files overlap, and records are written a little out of order: what was missing may come yet. */
  #fill({ least, most, first, last }: SequenceRun): void {
    if (least > (this.#skips.at(-1)?.below ?? 0)) return;
    this.#skips = this.#skips.flatMap((skip) => {
      if (least >= skip.below || most <= skip.above) return [skip];
      return [
        ...(least > skip.above + 1 ? [{ ...skip, below: least, after: first }] : []),
        ...(most < skip.below - 1 ? [{ ...skip, above: most, before: last }] : []),
      ];
    });
  }

  /**
   * Where few steps skip a number, each skip is a loss. Where more do, but less than half, records were left out on purpose (a
   * rule, a filter of an export): a loss is then what is longer than usual by far. Where half of them do, nothing is known.
   */
  losses(): readonly Skip[] {
    const numbers = this.#runs.reduce((sum, run) => sum + run.numbers, 0);
    const skips = this.#runs.reduce((sum, run) => sum + run.skips, this.#skips.length);
    const steps = numbers - 1;
    if (numbers < FEWEST_NUMBERS) return [];
    const between = this.#skips.map(({ above, below, before, after }) => ({
      missing: below - above - 1,
      before,
      after,
    }));
    if (skips <= Math.max(FEW_SKIPS, steps * SKIPS_SHARE)) return [...between, ...this.#withinRuns()];
    if (skips * 2 >= steps) return [];
    return between.filter(({ missing }) => missing > LONG_SKIP * Math.max(1, this.#usualStep()));
  }

  /** Where a file alone seemed to be picked, its runs have skips that are not told one by one. */
  #withinRuns(): readonly Skip[] {
    return this.#runs
      .filter(({ skips }) => skips > 0)
      .map(({ least, most, numbers, first, last }) => ({
        missing: most - least + 1 - numbers,
        before: first,
        after: last,
      }));
  }

  #usualStep(): number {
    const within = this.#runs.filter(({ numbers }) => numbers > 1);
    const short = this.#skips.map(({ above, below }) => below - above).filter((step) => step <= LONG_SKIP);
    const sum = within.reduce((all, run) => all + run.most - run.least, 0) + short.reduce((all, step) => all + step, 0);
    const count = within.reduce((all, run) => all + run.numbers - 1, 0) + short.length;
    return count === 0 ? 1 : sum / count;
  }
}
