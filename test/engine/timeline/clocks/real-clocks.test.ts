/** Clocks of real daemons, of which it is known what they did. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { importFiles } from '../../../../engine/index.ts';
import type { CaseDatabase } from '../../../../engine/store/case-database.ts';
import { findClockIntervals } from '../../../../engine/timeline/clocks/clock-intervals.ts';
import type { ClockInterval } from '../../../../engine/timeline/clock-interval.ts';
import { newTestCase, testJob, year2026 } from '../../test-case.ts';

const window = { firstDay: '2026-11-21', lastDay: '2026-11-21', zone: 'UTC' };

async function imported(file: string): Promise<CaseDatabase> {
  const target = await newTestCase({ ...year2026, window: { from: '2026-11-21', to: '2026-11-21', zone: 'UTC' } });
  const report = await importFiles(target, [`test/fixtures/${file}`], { system: 'host-1' }, testJob());
  expect(report.refused).toBe(0);
  return target.database;
}

const intervalsOf = async (database: CaseDatabase): Promise<readonly ClockInterval[]> =>
  findClockIntervals(database, { window, thresholdS: 0.05 });

const partitions = (intervals: readonly ClockInterval[]): boolean =>
  intervals.every((one, i) => i === 0 || one.from === intervals[i - 1]!.to);

const known = (intervals: readonly ClockInterval[]): readonly string[] => [
  ...new Set(intervals.filter(({ state }) => state !== 'unknown').map(({ state, basis }) => `${state} by ${basis}`)),
];

describe('real clock daemons', () => {
  it('chronyd: within while it follows its server, unknown before that, while the server stopped, and after the log', async () => {
    const file = 'test/fixtures/chrony/gen-tracking.log';
    const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => /^\d/.test(line));
    // Column 3 is the server; 0.0.0.0 while there is none.
    const followed = lines
      .filter((line) => !line.includes(' 0.0.0.0 '))
      .map((line) => Date.parse(`${line.slice(0, 10)}T${line.slice(11, 19)}Z`));
    const silent = followed.findIndex((time, i) => time - followed[i - 1]! > 40_000);
    expect((followed[silent]! - followed[silent - 1]!) / 1000).toBe(48); // 45 s, and the poll of 2 s that it lay in
    const intervals = await intervalsOf(await imported('chrony/gen-tracking.log'));
    expect(partitions(intervals)).toBe(true);
    const HOLD_MS = 4 * 2000;
    expect(
      intervals
        .filter(({ state }) => state === 'within')
        .map(({ from, to }) => [Number(from) / 1000, Number(to) / 1000]),
    ).toEqual([
      [followed[0], followed[silent - 1]! + HOLD_MS],
      [followed[silent], followed.at(-1)! + HOLD_MS],
    ]);
    const [, unsynchronised] = intervals;
    expect(Number(unsynchronised!.from) / 1000).toBe(Date.parse('2026-11-21T06:23:01Z'));
    expect(unsynchronised!.because).toContain('not synchronised');
    expect(new Set(intervals.map(({ state }) => state))).toEqual(new Set(['within', 'unknown']));
  });

  it('what chronyd says of its sources is nobody’s own offset', async () => {
    const intervals = await intervalsOf(await imported('chrony/gen-statistics.log'));
    expect(known(intervals)).toEqual([]);
  });

  it('ntpd: loopstats are its own offset', async () => {
    const intervals = await intervalsOf(await imported('ntpd/gen-loopstats'));
    expect(partitions(intervals)).toBe(true);
    expect(known(intervals).every((one) => one.endsWith('by ntpd'))).toBe(true);
    expect(known(intervals).length).toBeGreaterThan(0);
  });

  it('a kernel that nobody disciplines in a snapshot is not trusted', async () => {
    const intervals = await intervalsOf(await imported('prometheus-tsdb/live-snapshot'));
    expect(intervals.length).toBeGreaterThan(0);
    expect(known(intervals)).toEqual([]);
  });
});
