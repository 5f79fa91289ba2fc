/** Clocks that disagree about moments that both wrote of. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importFiles } from '../../../../engine/index.ts';
import { findClockIntervals } from '../../../../engine/timeline/clocks/clock-intervals.ts';
import type { ClockInterval } from '../../../../engine/timeline/clock-interval.ts';
import { seededRandom } from '../../formats/damage.ts';
import { newTestCase, temporaryFolder, testJob, year2026 } from '../../test-case.ts';
import { at, clockSamples, intervalsOf, spoken } from './clock-evidence.ts';

const DAY_S = 86_400;
const FAR_S = 268 * DAY_S;
const march = { firstDay: '2026-03-01', lastDay: '2026-03-31', zone: 'UTC' };

const measured = (system: string, from: number, to: number) =>
  Array.from(
    { length: Math.ceil((to - from) / 3600) + 1 },
    (_, i) => [system, from + i * 3600, 0.001 + i / 1e6] as const,
  );

const byAnchors = (intervals: readonly ClockInterval[]): readonly ClockInterval[] =>
  intervals.filter(({ basis }) => basis === 'anchors');

const connections = (rows: readonly (readonly [string, string, number, string])[]): string =>
  [
    'system,stream,time,src_ip,src_port,dst_ip,dst_port',
    ...rows.map(([system, stream, t, end]) => `${system},${stream},${at(t)},${end}`),
  ].join('\n');

describe('moments that two systems wrote of', () => {
  it('finds an offset of 268 days by the identity of requests', async () => {
    const random = seededRandom(11);
    const events: string[] = [];
    const fields: string[] = [];
    const add = (system: string, t: number, id: string) => {
      events.push(`20,${events.length + 1},${system},app,${at(t)}`);
      fields.push(`20,${events.length},app,"{""request_id"":""${id}""}"`);
    };
    for (let i = 0; i < 40; i++) {
      const id = `req-${String(Math.floor(random() * 1e9)).padStart(12, '0')}-${i}`;
      const t = 3600 + i * 700;
      add('gateway', t, id);
      if (i % 2 === 0) add('app-1', t - FAR_S + random() / 2, id);
    }
    const intervals = await intervalsOf({
      events: ['source_id,record,system,stream,time', ...events].join('\n'),
      event_fields: ['source_id,record,stream,fields', ...fields].join('\n'),
      clock_samples: clockSamples(measured('gateway', 0, 60_000)),
    });
    const found = byAnchors(intervals);
    expect(found.map(({ system, state }) => `${system} ${state}`)).toEqual(['app-1 out']);
    expect(Math.abs(found[0]!.offsetS! + FAR_S)).toBeLessThan(1);
    expect(found[0]!.because).toMatch(
      /^20 events, requests or sessions that gateway wrote of as well.*268 days behind/,
    );
  });

  it('finds several offsets of one clock, each from its first to its last moment', async () => {
    // Ahead by 100 s for two weeks, right for one, then behind by 50 s.
    const offsetAt = (t: number): number => (t < 14 * DAY_S ? 100 : t < 21 * DAY_S ? 0.2 : -50);
    const rows = Array.from({ length: 112 }, (_, i) => {
      const t = i * 21_600 + 1800;
      const end = `10.0.0.9,${40_000 + i},10.0.0.1,443`;
      return [['fw', 'firewall', t, end] as const, ['web-1', 'nginx', t + offsetAt(t), end] as const];
    }).flat();
    const intervals = await intervalsOf(
      { events: connections(rows), clock_samples: clockSamples(measured('fw', 0, 31 * DAY_S)) },
      march,
    );
    const found = byAnchors(intervals);
    expect(new Set(found.map(({ system, state }) => `${system} ${state}`))).toEqual(new Set(['web-1 out']));
    const wrongAt = (t: number): number | null =>
      found.find(({ from, to }) => spoken(from) <= t && t < spoken(to))?.offsetS ?? null;
    expect(wrongAt(7 * DAY_S)).toBeCloseTo(100, 6);
    expect(wrongAt(13 * DAY_S)).toBeCloseTo(100, 6);
    expect(wrongAt(17 * DAY_S)).toBe(null);
    expect(wrongAt(24 * DAY_S)).toBeCloseTo(-50, 6);
  });

  it('says that nobody can tell where neither clock was measured, and nothing where differences do not agree', async () => {
    const random = seededRandom(5);
    const pairs = (differenceOf: () => number) =>
      Array.from({ length: 12 }, (_, i) => {
        const end = `10.0.0.9,${41_000 + i},10.0.0.1,443`;
        return [['a', 'nginx', i * 600, end] as const, ['b', 'haproxy', i * 600 + differenceOf(), end] as const];
      }).flat();
    const agreed = byAnchors(await intervalsOf({ events: connections(pairs(() => 90)) }));
    expect(new Set(agreed.map(({ system, state }) => `${system} ${state}`))).toEqual(
      new Set(['a unknown', 'b unknown']),
    );
    expect(agreed[0]!.because).toContain('no measurement tells which of the two clocks is wrong');
    expect(byAnchors(await intervalsOf({ events: connections(pairs(() => 20 + random() * 5000)) }))).toEqual([]);
    expect(byAnchors(await intervalsOf({ events: connections(pairs(() => random() * 3)) }))).toEqual([]);
  });

  it('takes the times of flows to be as exact as the window in which packets are gathered', async () => {
    const flows = (by: number) =>
      Array.from({ length: 12 }, (_, i) => {
        const end = `10.0.0.9,${42_000 + i},10.0.0.1,443`;
        return [
          ['web-1', 'nginx', i * 600, end] as const,
          ['eni-1', 'vpcflow', i * 600 + by + ((i * 13) % 50), end] as const,
        ];
      }).flat();
    const good = { clock_samples: clockSamples(measured('web-1', 0, 20_000)) };
    expect(byAnchors(await intervalsOf({ events: connections(flows(50)), ...good }))).toEqual([]);
    const found = byAnchors(await intervalsOf({ events: connections(flows(900)), ...good }));
    expect(new Set(found.map(({ system, state }) => `${system} ${state}`))).toEqual(new Set(['eni-1 out']));
  });
});

describe('a real rsyslog that wrote the same messages several times', () => {
  const files = [
    'syslog-rfc3164/gen-all.iso.log',
    'syslog-rfc3164/gen-all.traditional.log',
    'syslog-rfc5424/gen-all.rfc5424.log',
  ];
  const day = { from: '2026-11-21', to: '2026-11-21', zone: 'UTC' };

  async function clocksOf(paths: readonly string[]): Promise<readonly ClockInterval[]> {
    const target = await newTestCase({ ...year2026, window: day });
    const report = await importFiles(target, paths, {}, testJob());
    expect(report.files.map(({ outcome }) => outcome)).toEqual(paths.map(() => 'imported'));
    return findClockIntervals(target.database, {
      window: { firstDay: day.from, lastDay: day.to, zone: day.zone },
      thresholdS: 0.05,
    });
  }

  it('shows no clock that is wrong in views of the same messages', async () => {
    const intervals = await clocksOf(files.map((file) => join('test/fixtures', file)));
    expect(byAnchors(intervals)).toEqual([]);
    expect(intervals.filter(({ state }) => state === 'out')).toEqual([]);
  });

  it('finds a copy of which all times are 180 s later', async () => {
    const folder = await temporaryFolder();
    const original = await readFile('test/fixtures/syslog-rfc3164/gen-all.iso.log', 'utf8');
    const later = original.replace(/^(\d{4}-\S{14})(\.\d{6}\+00:00)/gm, (_, time: string, rest: string) =>
      new Date(Date.parse(`${time}Z`) + 180_000).toISOString().slice(0, 19).concat(rest),
    );
    expect(later).toContain('2026-11-21T06:33:12.947374+00:00 web01 rsyslogd');
    await writeFile(join(folder, 'central.log'), later);
    const found = byAnchors(
      await clocksOf(['test/fixtures/syslog-rfc3164/gen-all.iso.log', join(folder, 'central.log')]),
    );
    expect(new Set(found.map(({ system, state }) => `${system} ${state}`))).toEqual(new Set(['web01 unknown']));
    expect(found[0]!.because).toMatch(/messages stand in S1 and in S2 with times that differ by 180 s/);
  });
});
