import { describe, expect, it } from 'vitest';
import {
  dayIndexAt,
  edgeOf,
  fractionOf,
  monthTicks,
  rulerOf,
  wallClockText,
  weekday,
  weekTicks,
} from '../../renderer/time/ruler.ts';

const ruler = (firstDay: string, lastDay: string, zone = 'UTC', width = 660) =>
  rulerOf(firstDay, lastDay, { zone, width });

describe('the ruler', () => {
  it('meets its days without a seam and finds the day under every pixel', () => {
    for (const width of [181, 365, 366, 660, 733, 1201]) {
      const year = ruler('2026-01-01', '2026-12-31', 'UTC', width);
      expect(edgeOf(year, 0)).toBe(0);
      expect(edgeOf(year, 365)).toBe(width);
      for (let x = 0; x < width; x += 1) {
        const index = dayIndexAt(year, x);
        expect(edgeOf(year, index)).toBeLessThanOrEqual(x);
        expect(edgeOf(year, index + 1)).toBeGreaterThan(x);
      }
    }
  });

  it('gives the nearest day outside its edges', () => {
    const month = ruler('2026-03-01', '2026-03-31');
    expect(dayIndexAt(month, -5)).toBe(0);
    expect(dayIndexAt(month, 10_000)).toBe(30);
  });

  it('names the months that begin in the window, and the year where it changes', () => {
    const days = ruler('2025-11-01', '2026-02-28').days;
    expect(monthTicks(days).map(({ label }) => label)).toEqual(['Nov 2025', 'Dec', 'Jan 2026', 'Feb']);
    expect(monthTicks(days).map(({ index }) => days[index])).toEqual([
      '2025-11-01',
      '2025-12-01',
      '2026-01-01',
      '2026-02-01',
    ]);
  });

  it('does not print two labels over each other when the window begins late in a month', () => {
    const days = ruler('2026-01-25', '2026-03-31').days;
    expect(monthTicks(days).map(({ label }) => label)).toEqual(['Feb 2026', 'Mar']);
  });

  it('marks Mondays', () => {
    const days = ruler('2026-03-01', '2026-03-31').days;
    expect(weekTicks(days).map((index) => days[index])).toEqual([
      '2026-03-02',
      '2026-03-09',
      '2026-03-16',
      '2026-03-23',
      '2026-03-30',
    ]);
    expect(weekday('2026-03-14')).toBe('Sat');
  });

  it('places instants by the days of the engagement’s zone, also on a day of 23 hours', () => {
    // In Berlin 29 March 2026 began at 23:00 UTC the day before and was 23 hours long.
    const berlin = ruler('2026-03-29', '2026-03-30', 'Europe/Berlin');
    expect(fractionOf(berlin, '2026-03-28T23:00:00Z')).toBe(0);
    expect(fractionOf(berlin, '2026-03-29T22:00:00Z')).toBe(0.5);
    expect(fractionOf(berlin, '2026-03-29T10:30:00Z')).toBe(0.25);
    expect(fractionOf(berlin, '2026-03-28T22:59:59Z')).toBeLessThan(0);
    expect(fractionOf(berlin, '2026-03-30T22:00:00Z')).toBeGreaterThan(1);
    expect(fractionOf(berlin, 'yesterday')).toBeUndefined();
  });
});

describe('wall clock text', () => {
  it('shows the zone’s clock and its offset, before and after a change', () => {
    expect(wallClockText('2026-03-29T00:59:59Z', 'Europe/Berlin')).toBe('2026-03-29 01:59:59 +01:00');
    expect(wallClockText('2026-03-29T01:00:00Z', 'Europe/Berlin')).toBe('2026-03-29 03:00:00 +02:00');
    expect(wallClockText('2026-01-01T00:00:00.25Z', 'Asia/Kolkata')).toBe('2026-01-01 05:30:00.25 +05:30');
    expect(wallClockText('2026-01-01T00:00:00Z', 'America/St_Johns')).toBe('2025-12-31 20:30:00 -03:30');
  });

  it('gives back what is not an instant', () => {
    expect(wallClockText('31/Feb/2026', 'UTC')).toBe('31/Feb/2026');
  });
});
