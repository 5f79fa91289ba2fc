/** Which items rest on records that were written while the clock of their system was out or unknown. */
import { groupBy } from '../core/group-by.ts';
import type { UtcMicros } from '../../shared/time.ts';
import type { ClockInterval } from '../timeline/clock-interval.ts';
import type { ClockMark } from '../timeline/clocks/clock-mark.ts';
import { byCodeUnits } from '../timeline/coverage.ts';
import type { ControlItem } from './control-rows.ts';
import type { Control } from './pack.ts';

/**
 * Tables whose times a system wrote by its own clock. Scans, tickets, configurations and their like are dated by the tool
 * that made them, of whose clock nothing is known.
 */
const OWN_CLOCK: ReadonlySet<string> = new Set(['events', 'auditd_records', 'syslog_records']);

/** True when the items of a control are dated by the systems that they name. */
export function isDatedBySystems({ needs }: Pick<Control, 'needs'>): boolean {
  return Object.keys(needs).some((table) => OWN_CLOCK.has(table));
}

export class TrustedTime {
  private readonly bySystem: ReadonlyMap<string, readonly ClockInterval[]>;

  /** `judged`: the systems whose clocks were measured, or should have been; the time of others is not judged. */
  constructor(intervals: readonly ClockInterval[], judged: ReadonlySet<string>) {
    const ours = intervals.filter(({ system }) => judged.has(system)).sort((a, b) => (a.from < b.from ? -1 : 1));
    this.bySystem = groupBy(ours, ({ system }) => system);
  }

  /** False where the clock of the system was out or unknown at this moment. */
  isTrusted(system: string, time: UtcMicros): boolean {
    const intervals = this.bySystem.get(system);
    if (intervals === undefined) return true;
    let [low, high] = [0, intervals.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const { from, to, state } = intervals[middle]!;
      if (time < from) high = middle - 1;
      else if (time >= to) low = middle + 1;
      else return state === 'within';
    }
    return false;
  }

  /** Items that were judged good or bad by a record whose time cannot be trusted. */
  isUntrusted(control: Pick<Control, 'needs'>, { status, system, time }: ControlItem): boolean {
    if (status !== 'ok' && status !== 'alarm') return false;
    return system !== null && isDatedBySystems(control) && !this.isTrusted(system, time);
  }
}

/** What makes a clock doubtful without a measurement, also where it cannot be told which of two is wrong. */
const OTHER_EVIDENCE: ReadonlySet<string> = new Set<ClockMark['basis']>(['received', 'serial order', 'anchors']);

/**
 * The systems whose clocks are judged: the inventory asks for measurements of them, the case has one, or other evidence
 * makes them doubtful. Where none is so, nobody ever measured the clock; the run says so once, instead of on every day of every control.
 */
export function judgedClocks(
  intervals: readonly ClockInterval[],
  known: { readonly owed: readonly string[]; readonly measured: readonly string[] },
): ReadonlySet<string> {
  const shown = intervals.filter(({ state, basis }) => state !== 'unknown' || OTHER_EVIDENCE.has(basis));
  return new Set([...known.owed, ...known.measured, ...shown.map(({ system }) => system)]);
}

/** Systems with intervals that are not judged, in order. */
export function unmeasuredClocks(intervals: readonly ClockInterval[], judged: ReadonlySet<string>): readonly string[] {
  const systems = new Set(intervals.map(({ system }) => system));
  return [...systems].filter((system) => !judged.has(system)).sort(byCodeUnits);
}
