/** Clocks of real daemons, of which it is known what they did. */
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
  it('chronyd: within while it follows its server', async () => {
    const intervals = await intervalsOf(await imported('chrony/gen-tracking.log'));
    expect(partitions(intervals)).toBe(true);
    expect(known(intervals)).toEqual(['within by chrony']);
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
