/** On which days a control is due, and over which days its evidence is looked for. */
import { addDays, type Day } from '../../shared/time.ts';
import { assertNever, type Frequency } from '../../shared/states.ts';

/**
 * The first day of the period that ends with `day`, where the control is due on `day`; else `undefined`.
 *
 * Continuous, hourly, daily and event controls are looked at every day. Weekly, monthly and quarterly ones are due on
 * the last day of each week (Sunday), month and quarter of the calendar that lies in the window. A period that the
 * window cuts off at its end is not due in it: its control may still operate afterwards.
 */
export function periodEndingOn(day: Day, per: Frequency): Day | undefined {
  switch (per) {
    case 'cont':
    case 'hourly':
    case 'daily':
    case 'event':
      return day;
    case 'weekly':
      return weekday(day) === 0 ? addDays(day, -6) : undefined;
    case 'monthly':
      return isLastOfMonth(day) ? `${day.slice(0, 8)}01` : undefined;
    case 'quarterly':
      return isLastOfMonth(day) && month(day) % 3 === 0 ? firstOfQuarter(day) : undefined;
    default:
      return assertNever(per);
  }
}

const weekday = (day: Day): number => new Date(`${day}T00:00:00Z`).getUTCDay();
const month = (day: Day): number => Number(day.slice(5, 7));
const isLastOfMonth = (day: Day): boolean => addDays(day, 1).endsWith('-01');

function firstOfQuarter(day: Day): Day {
  return `${day.slice(0, 5)}${String(month(day) - 2).padStart(2, '0')}-01`;
}
