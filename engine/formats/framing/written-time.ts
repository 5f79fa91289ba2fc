/** Times as people write them into tables: with an offset, without one, or as a day alone. */
import { addDays, dayStart, instantOfWallClock, isDay, parseInstant, type UtcMicros } from '../../../shared/time.ts';

/** `instant` had an offset; `wall clock` and `day` were taken in a zone. `end` is when a day alone is over. */
export type WrittenTime =
  | { readonly kind: 'instant' | 'wall clock'; readonly time: UtcMicros }
  | { readonly kind: 'day'; readonly time: UtcMicros; readonly end: UtcMicros };

export const writtenTimeForms = 'RFC 3339, YYYY-MM-DD HH:MM:SS, YYYY-MM-DD or DD/Mon/YY HH:MM AM';

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:[.,]\d{1,9})?)?\s?(Z|[+-]\d{2}:?\d{2})?)?$/i;
// As Jira writes it by default: 03/Jul/25 7:36 PM
const JIRA = /^(\d{1,2})\/([A-Z][a-z]{2})\/(\d{4}|\d{2})(?: (\d{1,2}):(\d{2})(?: (AM|PM))?)?$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Reads a time; what has no offset is taken in `zone`. `undefined` for other forms and for days that do not exist. */
export function readWrittenTime(text: string, zone: string): WrittenTime | undefined {
  const iso = ISO.exec(text);
  if (iso) return isoTime(iso, zone);
  const jira = JIRA.exec(text);
  return jira ? jiraTime(jira, zone) : undefined;
}

function isoTime(
  [, day = '', minutes, seconds = ':00', offset]: RegExpExecArray,
  zone: string,
): WrittenTime | undefined {
  if (minutes === undefined) return wholeDay(day, zone);
  if (offset === undefined) return wallClock(`${day}T${minutes}${seconds}Z`, zone);
  const time = parseInstant(`${day}T${minutes}${seconds}${offset}`);
  return time === undefined ? undefined : { kind: 'instant', time };
}

function jiraTime([, day = '', month = '', year = '', hour, minute, half]: RegExpExecArray, zone: string) {
  const number = MONTHS.indexOf(month) + 1;
  if (number === 0) return undefined;
  const date = `${year.length === 2 ? `20${year}` : year}-${twoDigits(number)}-${twoDigits(Number(day))}`;
  if (hour === undefined || minute === undefined) return wholeDay(date, zone);
  if (half !== undefined && (Number(hour) < 1 || Number(hour) > 12)) return undefined;
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half === 'PM' ? 12 : 0);
  return wallClock(`${date}T${twoDigits(hours)}:${minute}:00Z`, zone);
}

function wholeDay(day: string, zone: string): WrittenTime | undefined {
  if (!isDay(day)) return undefined;
  return { kind: 'day', time: dayStart(day, zone), end: dayStart(addDays(day, 1), zone) };
}

function wallClock(asIfUtc: string, zone: string): WrittenTime | undefined {
  const wall = parseInstant(asIfUtc);
  return wall === undefined ? undefined : { kind: 'wall clock', time: instantOfWallClock(wall, zone) };
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
