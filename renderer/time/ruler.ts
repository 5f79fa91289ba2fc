import { dayOf, parseInstant, windowDays, wallClockMicros, type Day, type WindowDay } from '../../shared/time.ts';

/** The one x-axis: the days of the audit window across `width` pixels. */
export interface Ruler {
  readonly days: readonly Day[];
  readonly zone: string;
  /** Pixels; 0 until it has been measured. */
  readonly width: number;
  readonly windowDays: readonly WindowDay[];
}

/** The ruler of a window; empty when the two days do not make one. */
export function rulerOf(firstDay: Day, lastDay: Day, options: { zone: string; width: number }): Ruler {
  const days = windowDays({ firstDay, lastDay, zone: options.zone });
  return { ...options, days: days.map(({ day }) => day), windowDays: days };
}

/** The left edge of a day in whole pixels, so that neighbours meet without a seam. `index` may be the day after the last. */
export function edgeOf(ruler: Pick<Ruler, 'days' | 'width'>, index: number): number {
  return Math.round((index * ruler.width) / ruler.days.length);
}

/** The index of the day under a pixel; outside the ruler the nearest day. */
export function dayIndexAt(ruler: Pick<Ruler, 'days' | 'width'>, x: number): number {
  const count = ruler.days.length;
  let index = Math.min(count - 1, Math.max(0, Math.floor((x * count) / ruler.width)));
  // Rounded edges may lie one pixel beside the exact ones.
  while (index > 0 && x < edgeOf(ruler, index)) index -= 1;
  while (index < count - 1 && x >= edgeOf(ruler, index + 1)) index += 1;
  return index;
}

/** Where an instant stands on the ruler, as a fraction: 0 at its beginning, 1 at its end, outside when not in the window. */
export function fractionOf(ruler: Ruler, instant: string): number | undefined {
  const micros = parseInstant(instant);
  const first = ruler.windowDays[0];
  if (micros === undefined || !first) return undefined;
  const index = ruler.days.indexOf(dayOf(micros, ruler.zone));
  if (index < 0) return micros < first.from ? -1 : 2;
  const { from, to } = ruler.windowDays[index]!;
  return (index + Number(micros - from) / Number(to - from)) / ruler.days.length;
}

/** A label on the ruler at the first day of a month. */
export interface MonthTick {
  readonly index: number;
  readonly label: string;
}

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** One tick a month that begins in the window, and one at its first day; the year is named first and at each January. */
export function monthTicks(days: readonly Day[]): readonly MonthTick[] {
  const ticks: MonthTick[] = [];
  days.forEach((day, index) => {
    if (index > 0 && !day.endsWith('-01')) return;
    const month = monthNames[Number(day.slice(5, 7)) - 1] ?? '';
    const namesYear = index === 0 || day.endsWith('-01-01');
    ticks.push({ index, label: namesYear ? `${month} ${day.slice(0, 4)}` : month });
  });
  // A window that begins late in a month would print two labels over each other: the first day's gives way.
  const [first, second] = ticks;
  if (first && second && second.index - first.index < 20) {
    const year = days[second.index]?.slice(0, 4) ?? '';
    ticks.splice(0, 2, { index: second.index, label: `${second.label.slice(0, 3)} ${year}` });
  }
  return ticks;
}

/** Indices of the Mondays. */
export function weekTicks(days: readonly Day[]): readonly number[] {
  return days.flatMap((day, index) => (weekday(day) === 'Mon' ? [index] : []));
}

const weekdayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** `Mon` to `Sun`. */
export function weekday(day: Day): string {
  return weekdayNames[new Date(`${day}T00:00:00Z`).getUTCDay()] ?? '';
}

/** `2026-03-14 10:30:12.5 +01:00`: what a wall clock in `zone` showed. The text itself when it is not an instant. */
export function wallClockText(instant: string, zone: string): string {
  const micros = parseInstant(instant);
  if (micros === undefined) return instant;
  const wall = wallClockMicros(micros, zone);
  const text = new Date(Number(wall / 1000n)).toISOString().slice(0, 19).replace('T', ' ');
  const minutes = Number((wall - micros) / 60_000_000n);
  const size = Math.abs(minutes);
  const offset = [Math.floor(size / 60), size % 60].map((part) => String(part).padStart(2, '0')).join(':');
  return `${text}${fractionText(instant)} ${minutes < 0 ? '-' : '+'}${offset}`;
}

function fractionText(instant: string): string {
  return /:\d{2}(\.\d+)/.exec(instant)?.[1] ?? '';
}

/** `2026-03-14 09:30:12.5Z`: an instant as the engine gives it, the `T` set apart for reading. */
export function utcText(instant: string): string {
  return instant.replace('T', ' ');
}
