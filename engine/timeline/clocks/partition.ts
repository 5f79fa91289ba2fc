/** Puts what is known of a clock over a window: stretches that partition it. */
import type { Interval, UtcMicros } from '../../../shared/time.ts';
import type { ClockInterval } from '../clock-interval.ts';
import { spokenSeconds, type ClockMark } from './clock-mark.ts';
import type { MeasuredStretch } from './measured-clocks.ts';

type Told = Omit<ClockInterval, 'system' | 'from' | 'to'>;

/**
 * Gives the intervals of one clock: ordered, without holes, from the beginning of the window to its end.
 *
 * At each moment the preferred measurement that says anything counts, else the reason of the preferred one that does
 * not. A mark counts over everything but a measurement that says `out`; one that is `out` over one that is `unknown`.
 */
export function clockPartition(
  system: string,
  window: Interval,
  known: { readonly stretches: readonly MeasuredStretch[]; readonly marks: readonly ClockMark[] },
): readonly ClockInterval[] {
  const all = [...known.stretches, ...known.marks].filter(({ from, to }) => from < window.to && to > window.from);
  const cuts = new Set<UtcMicros>([window.from, window.to]);
  for (const { from, to } of all) {
    if (from > window.from) cuts.add(from);
    if (to < window.to) cuts.add(to);
  }
  const times = [...cuts].sort((a, b) => (a < b ? -1 : 1));
  const stretches = new Sweep(known.stretches);
  const marks = new Sweep(known.marks);
  const intervals: ClockInterval[] = [];
  for (let place = 0; place + 1 < times.length; place++) {
    const from = times[place]!;
    const told = toldBy(known.stretches.length > 0, stretches.at(from), marks.at(from));
    append(intervals, { system, from, to: times[place + 1]!, ...told });
  }
  return intervals;
}

/** Gives what covers each of rising moments, without looking at everything every time. */
class Sweep<T extends Interval> {
  readonly #waiting: T[];
  #open: T[] = [];
  #next = 0;

  constructor(all: readonly T[]) {
    this.#waiting = [...all].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  }

  at(moment: UtcMicros): readonly T[] {
    while (this.#next < this.#waiting.length && this.#waiting[this.#next]!.from <= moment)
      this.#open.push(this.#waiting[this.#next++]!);
    this.#open = this.#open.filter(({ to }) => to > moment);
    return this.#open;
  }
}

function toldBy(isMeasured: boolean, stretches: readonly MeasuredStretch[], marks: readonly ClockMark[]): Told {
  const ranked = [...stretches].sort((a, b) => a.rank - b.rank);
  const stretch = ranked.find(({ state }) => state !== 'unknown') ?? ranked[0];
  const mark = marks.find(({ state }) => state === 'out') ?? marks[0];
  if (mark && stretch?.state !== 'out') return toldByMark(mark);
  if (stretch) return toldByStretch(stretch);
  return isMeasured
    ? unknown('not measured', 'Not measured for longer than 4 times the usual distance of its measurements.')
    : unknown('never measured', 'Nothing in the case measures this clock.');
}

function toldByMark({ state, basis, offsetS, errorS, maxAbsOffsetS, because, cites }: ClockMark): Told {
  return { state, basis, offsetS, errorS, maxAbsOffsetS, because, cites };
}

function toldByStretch(stretch: MeasuredStretch): Told {
  const { state, basis, offsetS, errorS, maxAbsOffsetS, cites } = stretch;
  return { state, basis, offsetS, errorS, maxAbsOffsetS, because: sentence(stretch), cites };
}

function unknown(basis: string, because: string): Told {
  return { state: 'unknown', offsetS: null, errorS: null, maxAbsOffsetS: null, basis, because, cites: null };
}

function sentence({ basis, state, measured, offsetS, samples }: MeasuredStretch): string {
  const count = samples === 1 ? '1 measurement' : `${samples} measurements`;
  switch (measured) {
    case 'unsynchronised':
      return `By ${basis} the clock is not synchronised (${count}).`;
    case 'no-offset':
      return `What ${basis} gives has no offset that counts (${count}).`;
    case 'no-moving-offset':
      return `What ${basis} gives has no offset, or one that does not move for an hour, so nothing measures it (${count}).`;
    case 'zero':
      return `The offset that ${basis} gives is 0 throughout, which no clock is (${count}).`;
    case 'frozen':
      return `The offset that ${basis} gives does not move, so nothing measures it (${count}).`;
    default:
      return state === 'out'
        ? `By ${basis} the clock is up to ${spokenSeconds(offsetS ?? 0)} ${(offsetS ?? 0) > 0 ? 'ahead' : 'behind'} (${count}).`
        : `By ${basis} the clock is at most ${spokenSeconds(offsetS ?? 0)} off (${count}).`;
  }
}

function append(intervals: ClockInterval[], next: ClockInterval): void {
  const last = intervals[intervals.length - 1];
  const goesOn =
    last?.state === next.state &&
    last.basis === next.basis &&
    last.because === next.because &&
    last.cites?.sourceId === next.cites?.sourceId &&
    last.cites?.record === next.cites?.record;
  if (last && goesOn) intervals[intervals.length - 1] = { ...last, to: next.to };
  else intervals.push(next);
}
