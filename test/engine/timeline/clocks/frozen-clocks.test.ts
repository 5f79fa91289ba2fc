/** Offsets that do not move: when they are no measurement, and when they are asked more often than a daemon measures. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importFiles } from '../../../../engine/index.ts';
import { findClockIntervals } from '../../../../engine/timeline/clocks/clock-intervals.ts';
import type { ClockInterval } from '../../../../engine/timeline/clock-interval.ts';
import { newTestCase, temporaryFolder, testJob, year2026 } from '../../test-case.ts';
import { at, intervalsOf, spoken, states } from './clock-evidence.ts';

const DAY = Date.UTC(2026, 2, 1) / 1000;
const DAY_S = 86_400;
const HOUR_S = 3600;

/** A value that is another one for every number, below 5 ms. */
const jitter = (n: number): number => ((n * 7919) % 1000) / 1e6 - 0.0025 + n * 1e-9;

/** The clock of web-1 over a day, by an exporter that is asked so often. */
async function exported(everyS: number, offsetAt: (second: number) => number): Promise<readonly ClockInterval[]> {
  const values = Array.from({ length: DAY_S / everyS }, (_, i) => [DAY + i * everyS, String(offsetAt(i * everyS))]);
  const metric = { __name__: 'node_timex_offset_seconds', job: 'node', instance: 'web-1' };
  const folder = await temporaryFolder();
  await writeFile(
    join(folder, 'clocks.json'),
    JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [{ metric, values }] } }),
  );
  const target = await newTestCase({ ...year2026, window: { from: '2026-03-01', to: '2026-03-01', zone: 'UTC' } });
  const report = await importFiles(target, [folder], {}, testJob());
  expect(report.files.map(({ outcome }) => outcome)).toEqual(['imported']);
  return findClockIntervals(target.database, {
    window: { firstDay: '2026-03-01', lastDay: '2026-03-01', zone: 'UTC' },
    thresholdS: 0.05,
  });
}

const known = (intervals: readonly ClockInterval[]): readonly string[] =>
  intervals.map(({ state, from, to }) => `${spoken(from)} ${spoken(to)} ${state}`);

describe('an exporter', () => {
  it.each([64, 1024, 2048])('asked every 15 s is measured where its daemon measures every %i s', async (every) => {
    const intervals = await exported(15, (second) => jitter(Math.floor(second / every)));
    expect(known(intervals)).toEqual(['0 86400 within']);
  });

  it.each([15, 600, HOUR_S])('asked every %i s that gives one value for a day is stuck', async (every) => {
    const intervals = await exported(every, () => 0.0003);
    expect(known(intervals)).toEqual(['0 86400 unknown']);
    expect(intervals[0]!.because).toContain('does not move');
  });

  it('that sticks for hours is unknown from the first equal sample to the first that moved', async () => {
    const from = 10 * HOUR_S + 1200;
    const to = 15 * HOUR_S + 2400;
    const intervals = await exported(15, (second) =>
      second >= from && second < to ? 0.0003 : jitter(Math.floor(second / 64)),
    );
    expect(known(intervals)).toEqual([`0 ${from} within`, `${from} ${to} unknown`, `${to} 86400 within`]);
  });

  it('that sticks for more than an hour within two is unknown as well', async () => {
    const from = 10 * HOUR_S + 1200;
    const to = 11 * HOUR_S + 3000;
    const intervals = await exported(15, (second) =>
      second >= from && second < to ? 0.0003 : jitter(Math.floor(second / 64)),
    );
    expect(known(intervals)).toEqual([`0 ${from} within`, `${from} ${to} unknown`, `${to} 86400 within`]);
  });
});

describe('the log of a daemon', () => {
  it.each([
    ['tracking', 'chrony'],
    ['show-timesync', 'timesyncd'],
  ])('of 5 equal lines is stuck, of 4 it is not (%s)', async (kind, basis) => {
    const rows = (system: string, equal: number) =>
      Array.from({ length: equal + 2 }, (_, i) => [system, i * 1024, i < equal ? 0.002 : 0.001 + i / 1e5] as const);
    const all = [...rows('five', 5), ...rows('four', 4)];
    const intervals = await intervalsOf({
      clock_samples: [
        'source_id,record,system,time,offset_s',
        ...all.map(([system, t, offset], i) => `20,${i + 1},${system},${at(t)},${offset}`),
      ].join('\n'),
      event_fields: [
        'source_id,record,stream,fields',
        ...all.map((_, i) => `20,${i + 1},clock,"{""log"":""${kind}""}"`),
      ].join('\n'),
    });
    expect(states(intervals, 'five')[0]).toBe(`0 5120 unknown ${basis}`);
    expect(states(intervals, 'four')[0]).toBe(`0 9216 within ${basis}`);
  });
});
