import type { Day } from '../shared/time.ts';

/** The days of UTC that `[from, to)` (milliseconds) touches, each cut to it. */
export function utcDays(from: number, to: number): readonly { day: Day; from: number; to: number }[] {
  const days: { day: Day; from: number; to: number }[] = [];
  for (let start = from - (from % 86_400_000); start < to; start += 86_400_000) {
    const day = new Date(start).toISOString().slice(0, 10);
    days.push({ day, from: Math.max(start, from), to: Math.min(start + 86_400_000, to) });
  }
  return days;
}
