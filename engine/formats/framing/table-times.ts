/**
 * Times in tables that programs export: what people write (written-time.ts), and what Jira, Google and mail programs
 * do. Only what can be read in one way is read: the order of day and month in 03/07/2025 is not guessed.
 *
 *   03/Jul/25 7:36 PM   3 Jul 2025 19:36:20   Jul 3, 2025, 7:36 PM   Thu, 03 Jul 2025 19:36:20 +0200   2025/07/03 19:36
 */
import { instantOfWallClock, isDay, parseInstant, dayStart, addDays } from '../../../shared/time.ts';
import type { Cell, Cells } from './cells.ts';
import type { UtcMicros } from '../../../shared/time.ts';
import { readWrittenTime, type WrittenTime } from './written-time.ts';

export const tableTimeForms =
  'RFC 3339, YYYY-MM-DD HH:MM:SS, YYYY/MM/DD HH:MM:SS, YYYY-MM-DD, or with the name of the month, as 03/Jul/25 7:36 PM';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAY = '(?<day>\\d{1,2})(?:st|nd|rd|th)?';
const MONTH =
  '(?<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?';
const YEAR = '(?<year>\\d{4}|\\d{2})';
const CLOCK =
  '(?:,?[ T]+(?:at )?(?<hour>\\d{1,2}):(?<minute>\\d{2})(?::(?<second>\\d{2})(?:[.,](?<fraction>\\d{1,9}))?)?(?: ?(?<half>[ap]\\.?m\\.?))?(?: ?(?<offset>Z|UTC|GMT|[+-]\\d{2}:?\\d{2}))?)?';
const WEEKDAY = '(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\\.?,? )?';

const forms = [
  new RegExp(`^${WEEKDAY}${DAY}[ /.-]+${MONTH}[ /.,-]+${YEAR}${CLOCK}$`, 'i'),
  new RegExp(`^${WEEKDAY}${MONTH} ${DAY},? (?<year>\\d{4})${CLOCK}$`, 'i'),
  new RegExp(`^(?<year>\\d{4})[/.](?<number>\\d{1,2})[/.]${DAY}${CLOCK}$`, 'i'),
];

/** What stands in a cell of times where there is none. */
const noTime =
  /^(?:-+|n\/?a|none|null|never|not[ _]supported|no[ _]information|not applicable|never logged in|never signed in)$/i;

/** True for the words that exports use where there is no time. */
export function saysNoTime(text: string): boolean {
  return noTime.test(text);
}

/** Reads a time; what has no offset is taken in `zone`. `undefined` for other forms and for days that do not exist. */
export function readTableTime(text: string, zone: string): WrittenTime | undefined {
  // Newer programs put a narrow space before AM and PM.
  const plain = text.replace(/[\u00a0\u2009\u202f ]+/g, ' ').trim();
  if (plain.length > 64) return undefined;
  const written = readWrittenTime(plain, zone);
  if (written) return written;
  for (const form of forms) {
    const groups = form.exec(plain)?.groups;
    if (groups) return timeOf(groups, zone);
  }
  return undefined;
}

function timeOf(groups: Record<string, string | undefined>, zone: string): WrittenTime | undefined {
  const two = (value: string | number | undefined): string => String(value ?? '0').padStart(2, '0');
  const month = groups['number'] ?? String(MONTHS.indexOf(groups['month']!.slice(0, 3).toLowerCase()) + 1);
  const year = groups['year']!.length === 2 ? `20${groups['year']}` : groups['year']!;
  const day = `${year}-${two(month)}-${two(groups['day'])}`;
  if (!isDay(day)) return undefined;
  if (groups['hour'] === undefined)
    return { kind: 'day', time: dayStart(day, zone), end: dayStart(addDays(day, 1), zone) };
  const hour = hourOf(groups['hour'], groups['half']);
  if (hour === undefined) return undefined;
  const fraction = groups['fraction'] === undefined ? '' : `.${groups['fraction']}`;
  const text = `${day}T${two(hour)}:${groups['minute']}:${two(groups['second'])}${fraction}`;
  return instantOf(text, groups['offset'], zone);
}

function instantOf(text: string, offset: string | undefined, zone: string): WrittenTime | undefined {
  const time = parseInstant(`${text}${offset === undefined || /^[a-z]/i.test(offset) ? 'Z' : offset}`);
  if (time === undefined) return undefined;
  if (offset !== undefined) return { kind: 'instant', time };
  return { kind: 'wall clock', time: instantOfWallClock(time, zone) };
}

function hourOf(hour: string, half: string | undefined): number | undefined {
  const number = Number(hour);
  if (half === undefined) return number;
  if (number < 1 || number > 12) return undefined;
  return (number % 12) + (half.toLowerCase().startsWith('p') ? 12 : 0);
}

export interface TimeOptions {
  /** IANA zone of times without an offset. */
  readonly zone: string;
  /** Which end of a day alone is meant; its start where nothing is said. */
  readonly edge?: 'start' | 'end';
}

/**
 * The time in a cell of this column; `undefined` where it is empty or says that there is none. Another text makes the
 * row one to reject. Assumptions about zone and days are stated.
 */
export function timeIn(cells: Cells, column: string, options: TimeOptions): UtcMicros | undefined {
  const cell = cells.cell(column);
  return cell === undefined || saysNoTime(cell.text) ? undefined : timeOfCell(cells, cell, options);
}

/** The time in a cell that has one. */
export function timeOfCell(cells: Cells, cell: Cell, { zone, edge = 'start' }: TimeOptions): UtcMicros | undefined {
  const written = readTableTime(cell.text, zone);
  if (written === undefined) {
    cells.failOn(cell, `is not a time${hint(cell.text)}`);
    return undefined;
  }
  if (written.kind === 'wall clock') cells.assume(`Times without an offset are taken in ${zone}.`);
  if (written.kind !== 'day') return written.time;
  cells.assume(`A day alone in column "${cell.column}" means its ${edge} in ${zone}.`);
  return edge === 'end' ? written.end : written.time;
}

function hint(text: string): string {
  if (!/^\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b/.test(text)) return ` that can be read; it is written ${tableTimeForms}`;
  return ' that can be read in one way: which number is the day is not said. Read the file with a mapping that says it (--mapping FILE)';
}
