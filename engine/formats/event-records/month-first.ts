/** Times as .NET writes them in English: `11/14/2025 1:48:53 AM`, `11/14/2025, 1:48:53.123 AM`, `01/09/2007 09:41:00`. */
import { parseInstant, type UtcMicros } from '../../../shared/time.ts';

const MONTH_FIRST =
  /^(\d{1,2})\/(\d{1,2})\/(\d{4}),? (\d{1,2}):(\d{2}):(\d{2}(?:\.\d{1,9})?)(?: ?([AP])M)?(?: ?(Z|[+-]\d{2}:\d{2}))?$/i;

/** The instant, month before day; UTC where no offset follows. `undefined` for what is not written so. */
export function parseMonthFirst(text: string): UtcMicros | undefined {
  const [, month, day, year, hour, minute, second, half, offset] = MONTH_FIRST.exec(text.trim()) ?? [];
  if (month === undefined || day === undefined || hour === undefined) return undefined;
  const hours = half === undefined ? Number(hour) : hourOfDay(Number(hour), half.toUpperCase());
  if (hours === undefined) return undefined;
  const two = (digits: string): string => digits.padStart(2, '0');
  return parseInstant(`${year}-${two(month)}-${two(day)}T${two(String(hours))}:${minute}:${second}${offset ?? 'Z'}`);
}

/** "09:41 AM" and "13:41 PM" are both seen; "13:41 AM" means nothing. */
function hourOfDay(hour: number, half: string): number | undefined {
  if (hour > 12 || hour === 0) return (half === 'P') === hour > 12 ? hour : undefined;
  return (hour % 12) + (half === 'P' ? 12 : 0);
}
