/** The window of a control in one state and one sentence. */
import { controlDayStates, type ControlDayState } from '../../shared/states.ts';

export interface RolledDay {
  readonly state: ControlDayState;
  readonly deviations: number;
}

export interface RollUp {
  /** The first state, by precedence, that any day has; `not due` gives way to `effective`. */
  readonly overall: ControlDayState;
  /** Days a state; only states that occur. */
  readonly totals: Readonly<Partial<Record<ControlDayState, number>>>;
  /** `3 deviation days (9 items); 1 day without evidence; 177 effective.` */
  readonly conclusion: string;
}

/**
 * Rolls days up over the window. One day without evidence, and the window is not effective.
 * `outside` counts items that fall on no day of the window; they are named and change no state.
 */
export function rollUp(days: readonly RolledDay[], outside = 0): RollUp {
  const totals: Partial<Record<ControlDayState, number>> = {};
  for (const { state } of days) totals[state] = (totals[state] ?? 0) + 1;
  const present = controlDayStates.filter((state) => totals[state] !== undefined);
  // A control that was effective whenever it was due is effective; one that was never due is not.
  const overall = present.find((state) => state !== 'not due') ?? 'not due';
  const items = days.reduce((sum, { deviations }) => sum + deviations, 0);
  const parts = present.map((state) => phrase(state, totals[state]!, items));
  if (outside > 0) parts.push(`${plural(outside, 'item')} outside the window`);
  return { overall, totals, conclusion: parts.length === 0 ? 'No days.' : `${parts.join('; ')}.` };
}

function phrase(state: ControlDayState, days: number, items: number): string {
  switch (state) {
    case 'deviation':
      return `${plural(days, 'deviation day')} (${plural(items, 'item')})`;
    case 'explained':
      return `${plural(days, 'day')} explained`;
    case 'no evidence':
      return `${plural(days, 'day')} without evidence`;
    case 'untrusted time':
      return `${plural(days, 'day')} with untrusted time`;
    case 'partial':
      return `${plural(days, 'day')} with partial evidence`;
    case 'error':
      return `${plural(days, 'day')} that could not be tested`;
    case 'undecidable':
    case 'not due':
    case 'effective':
      return `${days} ${state}`;
  }
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
