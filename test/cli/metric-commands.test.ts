/** What was scraped, asked for as a person asks, on a snapshot of a real server. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { SeriesLine, SeriesSamplesFound, TargetLine } from '../../engine/read-metrics.ts';
import { goQuote } from '../engine/formats/prometheus-tsdb/collect.ts';
import { auditLines, caseContent } from '../engine/test-case.ts';
import { caseWith, fieldwork } from './run-cli.ts';

const SNAPSHOT = 'test/fixtures/prometheus-tsdb/live-snapshot';

interface Failed {
  readonly code: number | null;
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string };
  readonly stderr: string;
}

async function fails(...args: string[]): Promise<Failed> {
  const { code, stdout, stderr } = await fieldwork(...args, '--json');
  return { code, stderr, error: (JSON.parse(stdout) as { error: Failed['error'] }).error };
}

async function answer<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await fieldwork(...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as T;
}

interface Imported {
  readonly files: readonly {
    readonly rows: Readonly<Record<string, number>>;
    readonly assumptions: readonly string[];
  }[];
}

async function caseWithSnapshot(...options: string[]): Promise<{ root: string; said: string; report: Imported }> {
  const { root } = await caseWith({});
  const report = await answer<Imported>('import', root, SNAPSHOT, ...options);
  return { root, report, said: report.files[0]!.assumptions.join('\n') };
}

/** Lines of the dump that have all of these texts. */
function dumped(...texts: readonly string[]): readonly string[] {
  const all = gunzipSync(readFileSync(`${SNAPSHOT}.dump.txt.gz`))
    .toString('utf8')
    .trimEnd()
    .split('\n');
  return all.filter((line) => texts.every((text) => line.includes(text)));
}

function asDump({ labels, samples }: SeriesSamplesFound): readonly string[] {
  const names = Object.entries(labels).map(([name, value]) => `${name}=${goQuote(value)}`);
  return samples.map(({ time, value }) => `{${names.join(', ')}} ${value ?? 'NaN'} ${Date.parse(time)}`);
}

it('a selector that is none, or picks everything, ends the import before anything is written', async () => {
  const { root, folder } = await caseWith({});
  await writeFile(join(folder, 'audit.log'), auditLines(3));
  const before = await caseContent(root);
  for (const [selector, says] of [
    ['up{', 'at character 4'],
    ['{__name__=~"("}', 'The regular expression has a'],
    ['{}', 'would pick everything'],
    ['', 'neither a metric name nor'],
  ] as const) {
    const { code, error, stderr } = await fails(
      'import',
      root,
      join(folder, 'audit.log'),
      SNAPSHOT,
      '--series',
      selector,
    );
    expect([code, error.code]).toEqual([2, 'bad_request']);
    expect(error.message).toContain(says);
    expect(error.message).toContain(JSON.stringify(selector));
    expect(stderr).toContain(error.remedy);
  }
  // The good one before the bad one changes nothing.
  expect(await fails('import', root, SNAPSHOT, '--series', 'up', 'down{')).toMatchObject({ code: 2 });
  expect(await caseContent(root)).toEqual(before);
});

it.each(['yesterday', '2026-11-21T06:11:30', ''])(
  '--taken-at %j is no instant, and ends the import before anything is written',
  async (text) => {
    const { root } = await caseWith({});
    const before = await caseContent(root);
    const { code, error } = await fails('import', root, SNAPSHOT, '--taken-at', text);
    expect([code, error.code]).toEqual([2, 'bad_request']);
    expect(error.message).toBe(`${text} is no instant.`);
    expect(await caseContent(root)).toEqual(before);
  },
);

it('of a snapshot the samples are kept that controls and the timeline need; others where they are asked for', async () => {
  const byDefault = await caseWithSnapshot();
  expect(byDefault.said).toMatch(/Samples of 16 of 165 series are kept, 2682 of 25073;/);
  const kept = (await answer<readonly SeriesLine[]>('series', byDefault.root)).filter((line) => line.samples_kept);
  expect(kept).toHaveLength(16);
  expect(new Set(kept.map(({ labels }) => labels['__name__']))).toContain('up');

  const asked = await caseWithSnapshot('--series', 'node_load1', '{__name__=~"node_cpu_.*",mode="idle"}');
  const lines = await answer<readonly SeriesLine[]>('series', asked.root);
  const names = new Set(lines.filter((line) => line.samples_kept).map(({ labels }) => labels['__name__']));
  // Without `up` there would be no gaps to the sample.
  for (const name of ['node_load1', 'node_cpu_seconds_total', 'up']) expect(names).toContain(name);
  expect(names).not.toContain('node_load5');
  expect(asked.said).toContain('or node_load1 or');
  const all = await caseWithSnapshot('--series', '{__name__=~".+"}');
  expect(all.said).toContain('Samples of 165 of 165 series are kept, 25073 of 25073;');
  expect(all.report.files[0]!.rows['metric_samples']).toBe(25_073);
});

it('`targets` tells how often each was asked and answered', async () => {
  const { root } = await caseWithSnapshot('--system', 'web-1');
  const rows = await answer<readonly TargetLine[]>('targets', root);
  const expected = ['never_up', 'node', 'prometheus', 'special'].map((job) => {
    const samples = dumped('{__name__="up"', `job="${job}"`).map((line) => /\} (\d) (\d+)$/.exec(line)!);
    const times = samples.filter((found) => found[1] === '1').map((found) => Number(found[2]));
    return { system: 'web-1', job, interval_ms: 1000, asked: samples.length, answered: times.length, times };
  });
  expect(
    rows.map(({ system, job, interval_ms, asked, answered }) => ({ system, job, interval_ms, asked, answered })),
  ).toEqual(expected.map(({ times: _, ...rest }) => rest));
  expect(rows.map(({ first, last }) => [first, last].map((time) => time && Date.parse(time)))).toEqual(
    expected.map(({ times }) => (times.length === 0 ? [null, null] : [times[0], times.at(-1)])),
  );
  expect(Object.keys(rows[0]!).sort()).toEqual(
    ['answered', 'asked', 'first', 'instance', 'interval_ms', 'job', 'last', 'system'].sort(),
  );
  const table = await fieldwork('targets', root);
  expect(table.code).toBe(0);
  expect(table.stdout).toMatch(/^system +job +instance +every +asked +answered +first answer +last answer *$/m);
  expect(table.stdout).toMatch(/^web-1 +node +127\.0\.0\.1:\d+ +1 s +185 +150 +2026-11-21T06:11:37\.759Z/m);
});

it('`series` lists what a selector picks, and nothing for one that picks nothing', async () => {
  const { root } = await caseWithSnapshot();
  expect(await answer<readonly SeriesLine[]>('series', root)).toHaveLength(165);
  const [load] = await answer<readonly SeriesLine[]>('series', root, 'node_load1');
  const lines = dumped('{__name__="node_load1"').filter((line) => !line.includes('} NaN '));
  const times = lines.map((line) => Number(line.split(' ').at(-1)));
  expect(load).toEqual({
    source_id: 1,
    record: expect.any(Number) as number,
    labels: { __name__: 'node_load1', env: 'dev', instance: '127.0.0.1:19091', job: 'node', owner: 'platform' },
    system: '127.0.0.1',
    samples: lines.length,
    samples_kept: false,
    interval_ms: 1000,
    first: '2026-11-21T06:11:37.759Z',
    last: '2026-11-21T06:14:41.759Z',
  });
  expect([Date.parse(load!.first!), Date.parse(load!.last!)]).toEqual([times[0], times.at(-1)]);
  const record = await fieldwork('record', root, 'S1', String(load!.record));
  expect(record.stdout).toContain('__name__="node_load1"');
  expect(await answer('series', root, '{job="no such job"}')).toEqual([]);
  expect((await fieldwork('series', root, 'nothing')).stdout.trimEnd().split('\n')).toHaveLength(2);
  expect((await fieldwork('series', root, 'up{job="node"}')).stdout).toMatch(/^S1 #\d+ +up\{.*185 +yes +1 s/m);
  expect(await fails('series', root, 'up{job=node}')).toMatchObject({ code: 2, error: { code: 'bad_request' } });
});

it('`samples` gives each sample as the server would, within a stretch, and says when there are more', async () => {
  const { root } = await caseWithSnapshot();
  const ask = (...args: string[]): Promise<readonly SeriesSamplesFound[]> => answer('samples', root, ...args);
  // Kept or not, with stale markers, NaN, infinities and the signs of zeros.
  for (const selector of ['node_load1', 'up', '{job="special"}']) {
    const found = await ask(selector);
    const needle = selector.startsWith('{') ? 'job="special"' : `{__name__="${selector}"`;
    const shown = dumped(needle).map((line) => {
      const [, labels, value, ms] = /^(\{.*\}) (\S+) (\d+)$/.exec(line)!;
      return `${labels} ${value === 'NaN' || value!.endsWith('Inf') ? value : Number(value)} ${ms}`;
    });
    expect(found.flatMap(asDump).sort()).toEqual(shown.sort());
    for (const { from, cut, problems } of found) expect([from, cut, problems]).toEqual(['evidence', false, []]);
  }
  // Half-open: the first instant is in, the last is not.
  const [from, to] = ['2026-11-21T06:12:40.759Z', '2026-11-21T06:12:44.759Z'];
  const [node] = await ask('up{job="node"}', '--from', from, '--to', to);
  expect(node!.samples).toEqual([
    { time: '2026-11-21T06:12:40.759Z', value: 1 },
    { time: '2026-11-21T06:12:41.759Z', value: 1 },
    { time: '2026-11-21T06:12:42.759Z', value: 0 },
    { time: '2026-11-21T06:12:43.759Z', value: 0 },
  ]);
  // Samples have milliseconds, instants may have more: a sample before the first is out, one before the last is in.
  const [between] = await ask(
    'up{job="node"}',
    '--from',
    '2026-11-21T06:12:40.7595Z',
    '--to',
    '2026-11-21T06:12:42.7595Z',
  );
  expect(between!.samples.map(({ time }) => time)).toEqual(['2026-11-21T06:12:41.759Z', '2026-11-21T06:12:42.759Z']);
  const [stale] = await ask('node_load1', '--from', '2026-11-21T06:12:42Z', '--to', '2026-11-21T07:13:10+01:00');
  expect(stale!.samples).toEqual([{ time: '2026-11-21T06:12:42.759Z', value: null, stale: true }]);

  const [cut] = await ask('up{job="prometheus"}', '--limit', '5');
  expect([cut!.samples.length, cut!.cut]).toEqual([5, true]);
  const [exact] = await ask('up{job="prometheus"}', '--limit', '186');
  expect([exact!.samples.length, exact!.cut]).toEqual([186, false]);
  expect(await ask('nothing')).toEqual([]);
  expect((await ask('up', '--from', to, '--to', from)).flatMap(({ samples }) => samples)).toEqual([]);
  const text = await fieldwork('samples', root, 'up{job="never_up"}', '--limit', '2');
  expect(text.code).toBe(0);
  expect(text.stdout.trimEnd().split('\n')).toEqual([
    expect.stringMatching(/^S1 #\d+ up\{instance="127\.0\.0\.1:\d+",job="never_up"\}, from the evidence$/),
    '  2026-11-21T06:11:37.134Z  0',
    '  2026-11-21T06:11:38.134Z  0',
    '  There are more; see --limit.',
  ]);
});

it('`samples` that cannot be asked for is wrong use', async () => {
  const { root } = await caseWith({});
  for (const args of [
    ['up{'],
    ['up', '--limit', '0'],
    ['up', '--limit', 'many'],
    ['up', '--from', 'yesterday'],
    ['up', '--to', '2026-11-21'],
    [],
  ])
    expect(await fails('samples', root, ...args)).toMatchObject({ code: 2, error: { code: 'bad_request' } });
  expect(await answer('samples', root, 'up')).toEqual([]);
  expect(await answer('series', root)).toEqual([]);
  expect(await answer('targets', root)).toEqual([]);
});
