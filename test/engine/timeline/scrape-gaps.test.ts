import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  importFiles,
  readCaseTimeline,
  readTargets,
  type Engagement,
  type EvidenceCase,
  type Gap,
} from '../../../engine/index.ts';
import { newTestCase, temporaryFolder, testEngine, testJob, year2026 } from '../test-case.ts';

const FIXTURES = 'test/fixtures/prometheus-tsdb';
const DAY = Date.UTC(2026, 2, 1) / 1000;

const oneDay: Engagement = { ...year2026, window: { from: '2026-03-01', to: '2026-03-01', zone: 'UTC' } };

/** What a Prometheus answers to `up[1d]`, or to another series. */
function answer(
  series: readonly { readonly labels: object; readonly values: readonly (readonly [number, string])[] }[],
) {
  const result = series.map(({ labels, values }) => ({ metric: labels, values }));
  return JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });
}

async function caseOf(engagement: Engagement, files: Readonly<Record<string, string>>): Promise<EvidenceCase> {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const target = await newTestCase(engagement);
  const report = await importFiles(target, [folder], {}, testJob());
  expect(report.refused).toBe(0);
  return target;
}

const registerOf = async (target: EvidenceCase): Promise<readonly Gap[]> =>
  (await readCaseTimeline(target, testEngine().effects.now())).gaps.filter(({ stream }) => stream === 'prometheus');

const gapsOf = async (target: EvidenceCase): Promise<readonly string[]> =>
  (await registerOf(target)).map(
    ({ system, kind, target: of, from, to }) => `${kind} ${system} ${of ?? '-'} ${at(from)} ${at(to)}`,
  );

const at = (micros: bigint): string => new Date(Number(micros / 1000n)).toISOString().slice(11, 19);

/** Samples of `up` every `step` seconds from `from` to `to` (seconds of the day, `to` not included). */
function ups(from: number, to: number, step: number, value = '1'): (readonly [number, string])[] {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => [DAY + from + i * step, value] as const);
}

describe('scrapes of a real server', () => {
  it('finds the outage that its driver made, to the scrape, and nothing else in between', async () => {
    const target = await newTestCase({ ...year2026, window: { from: '2026-11-21', to: '2026-11-21', zone: 'UTC' } });
    await importFiles(target, [`${FIXTURES}/live-snapshot`], {}, testJob());
    const events = readFileSync(`${FIXTURES}/live-snapshot.events.txt`, 'utf8');
    const stopped = Date.parse(/^(\S+) node_exporter stopped/m.exec(events)![1]!);
    const started = Date.parse(/^(\S+) node_exporter started pid 13615/m.exec(events)![1]!);
    const gaps = await registerOf(target);
    const targets = await readTargets(target);
    const inner = gaps.filter(({ from, to }) => {
      const { first, last } = { first: Date.parse('2026-11-21T06:11:40Z'), last: Date.parse('2026-11-21T06:14:40Z') };
      return Number(from / 1000n) > first && Number(to / 1000n) < last;
    });
    expect(inner).toHaveLength(1);
    expect(inner[0]).toMatchObject({ kind: 'scrape', stream: 'prometheus', target: 'node 127.0.0.1:19091' });
    expect(Math.abs(Number(inner[0]!.from / 1000n) - stopped)).toBeLessThanOrEqual(1000);
    expect(Math.abs(Number(inner[0]!.to / 1000n) - started)).toBeLessThanOrEqual(1000);
    expect(targets.map(({ job, interval_ms }) => [job, interval_ms])).toEqual([
      ['never_up', 1000],
      ['node', 1000],
      ['prometheus', 1000],
      ['special', 1000],
    ]);
    expect(targets.find(({ job }) => job === 'never_up')).toMatchObject({ answered: 0, first: null });
  });
});

describe('scrape gaps', () => {
  const up = { __name__: 'up', job: 'node', instance: 'web-1:9100' };
  const inventory = 'system,role,needs\nweb-1,web,prometheus\n';

  it('goes from the last answer to the first one after it, whether the server asked in vain or not at all', async () => {
    const values = [...ups(0, 3600, 15), ...ups(3600, 3660, 15, '0'), ...ups(3660, 7200, 15), ...ups(9000, 86400, 15)];
    const target = await caseOf(oneDay, { 'inventory.csv': inventory, 'up.json': answer([{ labels: up, values }]) });
    expect(await gapsOf(target)).toEqual([
      'scrape web-1 node web-1:9100 00:59:45 01:01:00',
      'scrape web-1 node web-1:9100 01:59:45 02:30:00',
    ]);
  });

  it('learns the interval where it changes, and takes no slower scraping for a gap', async () => {
    const values = [...ups(0, 43_200, 15), ...ups(43_200, 86_400, 120)];
    const target = await caseOf(oneDay, { 'inventory.csv': inventory, 'up.json': answer([{ labels: up, values }]) });
    expect(await gapsOf(target)).toEqual([]);
  });

  it('is a gap from the start of the window to the first answer, and from the last to the end', async () => {
    const values = ups(3600, 7200, 60);
    const target = await caseOf(oneDay, { 'inventory.csv': inventory, 'up.json': answer([{ labels: up, values }]) });
    expect(await gapsOf(target)).toEqual([
      'scrape web-1 node web-1:9100 00:00:00 01:00:00',
      'scrape web-1 node web-1:9100 01:59:00 00:00:00',
    ]);
  });

  it('is missing where the inventory needs it and nothing came', async () => {
    const both = `${inventory}web-2,web,prometheus\n`;
    const values = ups(0, 86_400, 60);
    const target = await caseOf(oneDay, { 'inventory.csv': both, 'up.json': answer([{ labels: up, values }]) });
    expect(await gapsOf(target)).toEqual(['missing web-2 - 00:00:00 00:00:00']);
  });

  it('lists each target of a system, and none of a system that owes no scrapes', async () => {
    const broken = [...ups(0, 3600, 60), ...ups(7200, 86_400, 60)];
    const other = { ...up, instance: 'db-1:9100' };
    const second = { ...up, job: 'app', instance: 'web-1:8080' };
    const series = [
      { labels: up, values: ups(0, 86_400, 60) },
      { labels: second, values: broken },
      { labels: other, values: broken },
    ];
    const target = await caseOf(oneDay, { 'inventory.csv': inventory, 'up.json': answer(series) });
    expect(await gapsOf(target)).toEqual(['scrape web-1 app web-1:8080 00:59:00 02:00:00']);
  });

  it('goes by any series of a target whose up was not exported', async () => {
    const load = { __name__: 'node_load1', job: 'node', instance: 'web-1:9100' };
    const memory = { ...load, __name__: 'node_memory_MemFree_bytes' };
    const series = [
      { labels: load, values: [...ups(0, 3600, 60), ...ups(7200, 86_400, 60)] },
      { labels: memory, values: [...ups(0, 5400, 60), ...ups(7200, 86_400, 60)] },
    ];
    const target = await caseOf(oneDay, { 'inventory.csv': inventory, 'load.json': answer(series) });
    expect(await gapsOf(target)).toEqual(['scrape web-1 node web-1:9100 01:29:00 02:00:00']);
  });

  it('closes when a second delivery brings what the first lacked', async () => {
    const first = [...ups(0, 3600, 60), ...ups(7200, 86_400, 60)];
    const files = {
      'inventory.csv': inventory,
      'a.json': answer([{ labels: up, values: first }]),
      'b.json': answer([{ labels: up, values: ups(3000, 9000, 60) }]),
    };
    expect(await gapsOf(await caseOf(oneDay, files))).toEqual([]);
  });

  it('is none where a scope ends between two scrapes', async () => {
    const leaving = 'system,role,needs,scope_to\nweb-1,web,prometheus,2026-03-01T12:00:00Z\n';
    const series = [{ labels: up, values: ups(0, 43_200 - 30, 60) }];
    const target = await caseOf(oneDay, { 'inventory.csv': leaving, 'up.json': answer(series) });
    expect(await gapsOf(target)).toEqual([]);
  });
});
