/**
 * A Prometheus and a node exporter as they run on servers: scraped every second for a minute and a half, with the exporter
 * killed for twenty seconds of it. What the snapshot says of that outage is compared with the clock of whoever caused it.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { createCase } from '../../engine/index.ts';
import type { SeriesLine, SeriesSamplesFound, TargetLine } from '../../engine/read-metrics.ts';
import { addDays, dayOf } from '../../shared/time.ts';
import { fieldwork } from '../cli/run-cli.ts';
import { goQuote } from '../engine/formats/prometheus-tsdb/collect.ts';
import { dump } from '../engine/formats/prometheus-tsdb/promtool.ts';
import { temporaryFolder, testEngine, year2026 } from '../engine/test-case.ts';

/** A gap as `fieldwork gaps --json` gives it, as far as it is looked at here. */
interface GapJson {
  readonly system: string;
  readonly stream: string;
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  readonly target: string | null;
}

const INTERVAL_MS = 1000;
const OUTAGE_BEGINS_MS = 35_000;
const OUTAGE_ENDS_MS = 55_000;
const SCRAPED_MS = 90_000;
/** A scrape is stamped when it begins, and the server rounds that to its rhythm. */
const STAMP_MS = 20;

const missing = programMissing();
if (missing !== undefined) process.stdout.write(`Left out: ${missing}\n`);

function programMissing(): string | undefined {
  for (const [program, debian] of [
    ['prometheus', 'prometheus'],
    ['promtool', 'prometheus'],
    ['prometheus-node-exporter', 'prometheus-node-exporter'],
  ] as const) {
    try {
      execFileSync(program, ['--version'], { stdio: 'pipe' });
    } catch {
      return `${program} is not installed, so no running server is watched (Debian package ${debian}).`;
    }
  }
  return undefined;
}

/** What happened, by the clock of this process; milliseconds since 1970. */
interface Recording {
  /** Folder of the blocks. */
  readonly snapshot: string;
  readonly killedMs: number;
  readonly gone: number;
  readonly startedAgainMs: number;
  /** The first answer after the outage was there. */
  readonly answeredMs: number;
  /** What the server itself says of `up`, job by job. */
  readonly up: ReadonlyMap<string, readonly Sample[]>;
}

interface Sample {
  readonly ms: number;
  readonly value: number;
}

/** Lets a server scrape itself and an exporter that is away for a while. All that it starts ends with the test. */
async function record(folder: string): Promise<Recording> {
  const [port, exporterPort] = [await freePort(), await freePort()];
  const [server, exporter] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${exporterPort}`];
  const data = join(folder, 'data');
  await mkdir(data);
  const config = join(folder, 'prometheus.yml');
  await writeFile(config, configuration({ prometheus: port, node: exporterPort }));
  let running = startExporter(exporterPort);
  await answers(`${exporter}/metrics`, running);
  const prometheus = startProgram('prometheus', [
    `--config.file=${config}`,
    `--storage.tsdb.path=${data}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.enable-admin-api',
    '--log.level=error',
  ]);
  await answers(`${server}/-/ready`, prometheus);
  const began = Date.now();
  const until = (ms: number): Promise<void> => sleep(Math.max(0, began + ms - Date.now()));

  await until(OUTAGE_BEGINS_MS);
  const killedMs = Date.now();
  await end(running);
  const gone = Date.now();
  await until(OUTAGE_ENDS_MS);
  const startedAgainMs = Date.now();
  running = startExporter(exporterPort);
  await answers(`${exporter}/metrics`, running);
  const answeredMs = Date.now();
  await until(SCRAPED_MS);

  const up = await upOf(server);
  const made = await fetch(`${server}/api/v1/admin/tsdb/snapshot`, { method: 'POST' });
  const { data: said } = (await made.json()) as { data: { name: string } };
  return { snapshot: join(data, 'snapshots', said.name), killedMs, gone, startedAgainMs, answeredMs, up };
}

function configuration(jobs: Readonly<Record<string, number>>): string {
  const scrapes = Object.entries(jobs).map(
    ([job, port]) => `  - { job_name: ${job}, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }\n`,
  );
  return `global: { scrape_interval: 1s, scrape_timeout: 1s }\nscrape_configs:\n${scrapes.join('')}`;
}

function startExporter(port: number): ChildProcess {
  return startProgram('prometheus-node-exporter', [`--web.listen-address=127.0.0.1:${port}`, '--log.level=error']);
}

function startProgram(program: string, args: readonly string[]): ChildProcess {
  const child = spawn(program, args, { stdio: 'ignore' });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  onTestFinished(async () => {
    process.off('exit', kill);
    await end(child);
  });
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  if (child.kill('SIGKILL')) await exit;
}

/** A port below those that the system gives to whoever connects: one of these could be taken during the outage. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const probe = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 1500; tries++) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}`);
    const answer = await fetch(url).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    await sleep(20);
  }
  throw new Error(`${url} does not answer`);
}

async function upOf(server: string): Promise<ReadonlyMap<string, readonly Sample[]>> {
  const answer = await fetch(`${server}/api/v1/query?query=${encodeURIComponent('up[10m]')}`);
  const { data } = (await answer.json()) as {
    data: { result: { metric: { job: string }; values: [number, string][] }[] };
  };
  return new Map(
    data.result.map(({ metric, values }) => [
      metric.job,
      values.map(([seconds, value]) => ({ ms: Math.round(seconds * 1000), value: Number(value) })),
    ]),
  );
}

async function answerOf<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await fieldwork(...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as T;
}

/** A case of the days around now, with the snapshot in it. */
async function caseOf(folder: string, snapshot: string): Promise<string> {
  const root = join(folder, 'case.fieldwork');
  const today = dayOf(BigInt(Date.now()) * 1000n, 'UTC');
  const window = { from: addDays(today, -1), to: addDays(today, 1), zone: 'UTC' };
  await createCase(root, { ...year2026, window }, testEngine().caseContext);
  const report = await answerOf<{ imported: number; rejected: number }>('import', root, snapshot, '--system', 'web-1');
  expect(report).toMatchObject({ imported: 1, refused: 0, rejected: 0 });
  return root;
}

// One test, because its hundred seconds are for all of these; they are spent waiting.
it.skipIf(missing !== undefined)(
  'an outage of a real exporter is the one gap, and it begins and ends within a scrape of when it was caused',
  async () => {
    const folder = await temporaryFolder();
    const { snapshot, killedMs, gone, startedAgainMs, answeredMs, up } = await record(folder);
    const root = await caseOf(folder, snapshot);
    const node = up.get('node')!;
    const own = up.get('prometheus')!;

    const targets = await answerOf<readonly TargetLine[]>('targets', root);
    expect(targets.map(({ system, job, interval_ms }) => [system, job, interval_ms])).toEqual([
      ['web-1', 'node', INTERVAL_MS],
      ['web-1', 'prometheus', INTERVAL_MS],
    ]);
    for (const { job, asked, answered, first, last } of targets) {
      const samples = up.get(job)!;
      const ones = samples.filter(({ value }) => value === 1);
      // The snapshot was taken after the server was asked: there may be another scrape or two in it.
      expect(asked).toBeGreaterThanOrEqual(samples.length);
      expect(asked! - samples.length).toBeLessThanOrEqual(3);
      expect(answered! - ones.length).toBe(asked! - samples.length);
      expect(Date.parse(first!)).toBe(ones[0]!.ms);
      expect(Date.parse(last!)).toBeGreaterThanOrEqual(ones.at(-1)!.ms);
    }

    const gaps = await answerOf<readonly GapJson[]>('gaps', root);
    expect(new Set(gaps.map(({ kind, stream, system }) => `${kind} ${stream} ${system}`))).toEqual(
      new Set(['scrape prometheus web-1']),
    );
    const within = (job: string, samples: readonly Sample[]): readonly GapJson[] =>
      gaps.filter(
        ({ target, from, to }) =>
          target!.startsWith(`${job} `) && Date.parse(from) >= samples[0]!.ms && Date.parse(to) <= samples.at(-1)!.ms,
      );
    expect(within('prometheus', own)).toEqual([]);
    const outages = within('node', node);
    expect(outages).toHaveLength(1);
    const [from, to] = [Date.parse(outages[0]!.from), Date.parse(outages[0]!.to)];
    expect(from).toBeGreaterThanOrEqual(killedMs - INTERVAL_MS - STAMP_MS);
    expect(from).toBeLessThanOrEqual(gone + STAMP_MS);
    expect(to).toBeGreaterThanOrEqual(startedAgainMs - STAMP_MS);
    expect(to).toBeLessThanOrEqual(answeredMs + INTERVAL_MS + STAMP_MS);
    // To the sample: the last answer before and the first after, as the server itself has them.
    const away = node.filter(({ value }) => value === 0);
    expect(away.length).toBeGreaterThanOrEqual(18);
    expect(from).toBe(node.findLast(({ ms }) => ms < away[0]!.ms)!.ms);
    expect(to).toBe(node.find(({ ms }) => ms > away.at(-1)!.ms)!.ms);
    // Before the first scrape and after the last nothing is known, of either.
    expect(gaps).toHaveLength(5);

    const [boot] = await answerOf<readonly SeriesLine[]>('series', root, 'node_boot_time_seconds');
    expect(boot).toMatchObject({ system: 'web-1', samples_kept: true, interval_ms: INTERVAL_MS });
    await comparesWithPromtool(root, snapshot, { match: 'node_load1', series: 1, staleAfterMs: from });
    await comparesWithPromtool(root, snapshot, { match: '{__name__=~"node_cpu_.*",mode="idle"}', staleAfterMs: from });
  },
  300_000,
);

interface Comparison {
  readonly match: string;
  readonly series?: number;
  /** The series of the exporter end with its last answer: their markers stand at the next scrape. */
  readonly staleAfterMs: number;
}

/** Series that were not kept at import are read from the sealed blocks: sample for sample what promtool prints. */
async function comparesWithPromtool(
  root: string,
  snapshot: string,
  { match, series, staleAfterMs }: Comparison,
): Promise<void> {
  const lines = await answerOf<readonly SeriesLine[]>('series', root, match);
  expect(lines.length).toBeGreaterThanOrEqual(1);
  if (series !== undefined) expect(lines).toHaveLength(series);
  expect(lines.map(({ samples_kept }) => samples_kept)).toEqual(lines.map(() => false));
  const found = await answerOf<readonly SeriesSamplesFound[]>('samples', root, match, '--limit', '100000');
  const rows = found.flatMap(({ labels, samples }) => {
    const names = Object.entries(labels).map(([name, value]) => `${name}=${goQuote(value)}`);
    return samples.map(({ time, value }) => `{${names.join(', ')}} ${value ?? 'NaN'} ${Date.parse(time)}`);
  });
  const dumped = (await dump(snapshot, match)).map((line) => {
    const [, labels, value, ms] = /^(\{.*\}) (\S+) (\d+)$/.exec(line)!;
    return `${labels} ${value === 'NaN' ? value : Number(value)} ${ms}`;
  });
  expect(rows.length).toBeGreaterThan(60);
  expect(rows.sort()).toEqual(dumped.sort());
  for (const { samples, from, cut } of found) {
    expect([from, cut]).toEqual(['evidence', false]);
    const markers = samples.filter(({ stale }) => stale === true).map(({ time }) => Date.parse(time));
    expect(markers).toHaveLength(1);
    expect(Math.abs(markers[0]! - staleAfterMs - INTERVAL_MS)).toBeLessThanOrEqual(INTERVAL_MS / 2);
  }
}
