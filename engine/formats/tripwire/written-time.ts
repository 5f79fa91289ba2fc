/**
 * Times as Tripwire writes them, by the clock and in the words of the host that was checked:
 *
 *   Sat Nov 21 06:40:26 2026          Sat 21 Nov 2026 06:40:26 AM CET          20261121064026
 */
import { instantOfWallClock, parseInstant, type UtcMicros } from '../../../shared/time.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MONTH_FIRST = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d{2}:\d{2}:\d{2})(?: ([A-Z]{2,5}))? (\d{4})$/;
const DAY_FIRST =
  /^[A-Z][a-z]{2},? (\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d{1,2}):(\d{2}:\d{2})(?: ([AP])M)?(?: ([A-Z]{2,5}))?$/;
const DIGITS = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/;

/** The instant; `assume` is told what was taken for granted. `undefined` for other text. */
export function readTripwireTime(
  written: string,
  zone: string,
  assume: (statement: string) => void,
): UtcMicros | undefined {
  const read = wallClock(written.trim());
  const wall = read === undefined ? undefined : parseInstant(`${read.text}Z`);
  if (read === undefined || wall === undefined) return undefined;
  if (read.zone === 'UTC' || read.zone === 'GMT') return wall;
  assume(`Times of Tripwire have no offset; they are taken in ${zone}.`);
  return instantOfWallClock(wall, zone);
}

function wallClock(text: string): { readonly text: string; readonly zone: string | undefined } | undefined {
  const [, month, day, clock, zone, year] = MONTH_FIRST.exec(text) ?? [];
  if (year !== undefined) return { text: `${dateOf(year, month!, day!)}T${clock}`, zone };
  const [, aDay, aMonth, aYear, hour, rest, half, aZone] = DAY_FIRST.exec(text) ?? [];
  if (aYear !== undefined) {
    const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half === 'P' ? 12 : 0);
    return { text: `${dateOf(aYear, aMonth!, aDay!)}T${String(hours).padStart(2, '0')}:${rest}`, zone: aZone };
  }
  const digits = DIGITS.exec(text);
  return digits ? { text: text.replace(DIGITS, '$1-$2-$3T$4:$5:$6'), zone: undefined } : undefined;
}

/** A month that does not exist gives a date that does not. */
function dateOf(year: string, month: string, day: string): string {
  const number = String(MONTHS.indexOf(month) + 1).padStart(2, '0');
  return `${year}-${number}-${day.padStart(2, '0')}`;
}
