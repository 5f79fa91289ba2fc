import { expect, it } from 'vitest';
import { readWrittenTime } from '../../../../engine/formats/framing/written-time.ts';
import { formatInstant } from '../../../../shared/time.ts';

function shown(text: string, zone = 'Europe/Berlin'): string | undefined {
  const written = readWrittenTime(text, zone);
  if (!written) return undefined;
  const end = written.kind === 'day' ? ` to ${formatInstant(written.end)}` : '';
  return `${written.kind} ${formatInstant(written.time)}${end}`;
}

it('reads times with an offset as they are, and others in the zone', () => {
  expect(shown('2026-03-01T10:00:00Z')).toBe('instant 2026-03-01T10:00:00Z');
  expect(shown('2026-03-01 10:00:00.25+02:00')).toBe('instant 2026-03-01T08:00:00.25Z');
  expect(shown('2025-07-03T19:36:20.910+0200')).toBe('instant 2025-07-03T17:36:20.91Z');
  expect(shown('2026-03-01T10:00Z')).toBe('instant 2026-03-01T10:00:00Z');
  expect(shown('2026-03-01 10:00')).toBe('wall clock 2026-03-01T09:00:00Z');
  expect(shown('2026-07-01 10:00:30')).toBe('wall clock 2026-07-01T08:00:30Z');
  expect(shown('2026-03-01 10:00', 'Asia/Kolkata')).toBe('wall clock 2026-03-01T04:30:00Z');
});

it('reads a day as the whole of it, 23 hours where the clock jumps', () => {
  expect(shown('2026-03-29')).toBe('day 2026-03-28T23:00:00Z to 2026-03-29T22:00:00Z');
  expect(shown('2026-03-01', 'UTC')).toBe('day 2026-03-01T00:00:00Z to 2026-03-02T00:00:00Z');
});

it('reads what Jira writes by default', () => {
  expect(shown('03/Jul/25 7:36 PM', 'UTC')).toBe('wall clock 2025-07-03T19:36:00Z');
  expect(shown('3/Jul/2025 12:05 AM', 'UTC')).toBe('wall clock 2025-07-03T00:05:00Z');
  expect(shown('03/Jul/25', 'UTC')).toBe('day 2025-07-03T00:00:00Z to 2025-07-04T00:00:00Z');
});

it('does not guess', () => {
  const others = ['03/07/2025', '7/3/25 10:00', '2026-02-30', '2026-03-01 25:00', '2026-3-1', '1772359200', 'soon', ''];
  for (const text of [...others, '31/Feb/26', '01/Foo/26', '01/Jan/26 13:00 PM'])
    expect([text, shown(text)]).toEqual([text, undefined]);
});
