/** Prometheus snapshots: our reader and our import beside `promtool tsdb dump`, which reads the same blocks. */
import { mkdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { promtoolMissing } from '../engine/formats/prometheus-tsdb/promtool.ts';
import { saveResults, say } from './bench-table.ts';
import { runMeasured } from './child-usage.ts';
import { decodeInThreads, runDecodeThread } from './decode-threads.ts';
import { importInto, importMissing, type Selection } from './import-case.ts';
import { fleetSeries, STEP_MS, type FleetShape } from './node-exporter.ts';
import { sayMeasured, sayMemory, summarize, type Measured, type Snapshot, type Taken } from './prometheus-figures.ts';
import { withScratchFolder } from './scratch-folder.ts';
import { writeBlock } from './write-block.ts';

const ROUNDS = 3;
/** Dumps take far longer than everything else together. */
const DUMPS = 2;
const HOSTS = 20;
const SCRAPES = 2400;
const USUAL_SAMPLES = 60_000_000;
const FROM_MS = Date.UTC(2026, 0, 1);
/** Of the large snapshot: blocks one after the other, each of five days and of two segment files, 2 GB together. */
const LARGE_BLOCKS = 3;
const LARGE: FleetShape = {
  hosts: 20,
  seriesPerHost: 150,
  scrapes: 28_800,
  fromMs: FROM_MS,
  values: 'noise',
  hasClocks: true,
};

const USAGE = `npm run bench prometheus [-- --samples N] [--noisy] [--rss]
  --samples N  how many samples each snapshot has; ${USUAL_SAMPLES} if left out
  --noisy      only noisy floats, without the snapshot of counters and gauges
  --rss        also imports a snapshot of 2 GB and says how much memory that takes`;

interface Options {
  readonly samples: number;
  readonly noisy: boolean;
  readonly rss: boolean;
}

// Gives nothing where there is nothing to run: after `--help`, and after what cannot be understood.
function readOptions(): Options | undefined {
  try {
    const { values } = parseArgs({
      options: {
        samples: { type: 'string', default: String(USUAL_SAMPLES) },
        noisy: { type: 'boolean', default: false },
        rss: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const samples = Number(values.samples);
    if (!(Number.isSafeInteger(samples) && samples > 0)) throw new Error(`${values.samples} is no number of samples.`);
    if (!values.help) return { ...values, samples };
  } catch (error) {
    say(`${String(error)}\n`);
    process.exitCode = 2;
  }
  say(USAGE);
  return undefined;
}

function write(folder: string, name: string, shapes: readonly FleetShape[]): Snapshot {
  const path = join(folder, name);
  const begun = performance.now();
  const blocks = shapes.map((shape, i) => writeBlock(path, fleetSeries(shape), { number: i + 1 }));
  const seconds = (performance.now() - begun) / 1000;
  // promtool refuses a folder without a log of the last hours.
  mkdirSync(join(path, 'wal'));
  const sum = (of: 'samples' | 'chunkBytes'): number => blocks.reduce((total, block) => total + block[of], 0);
  const samples = sum('samples');
  const bytesPerSample = sum('chunkBytes') / samples;
  const { series } = blocks[0]!;
  say(
    `Written: ${blocks.length} ${blocks.length === 1 ? 'block' : 'blocks'} of ${series} series, ${samples} samples, ` +
      `${bytesPerSample.toFixed(2)} B/sample, at ${(samples / seconds / 1e6).toFixed(1)} M samples/s.`,
  );
  return { name, folder: path, samples, bytesPerSample };
}

function shapeOf(samples: number, values: FleetShape['values']): FleetShape {
  const seriesPerHost = Math.ceil(samples / (HOSTS * SCRAPES));
  return { hosts: HOSTS, seriesPerHost, scrapes: SCRAPES, fromMs: FROM_MS, values, hasClocks: false };
}

/** Measures everything in turn, so that what else the machine does is spread over all of it. */
async function measure(snapshot: Snapshot, missing: string | undefined): Promise<readonly Measured[]> {
  const taken = new Map<string, Taken[]>();
  const take = async (what: string, run: () => Promise<Taken>): Promise<void> => {
    taken.set(what, [...(taken.get(what) ?? []), await run()]);
  };
  for (let round = 0; round < ROUNDS; round++) {
    if (round < DUMPS) await take('dump', () => dumpAll(snapshot));
    await take('decode', () => decodeInThreads({ folder: snapshot.folder, picks: 'none' }, 1));
    await take('decode, given', () => decodeInThreads({ folder: snapshot.folder, picks: 'all' }, 1));
    await take('decode, two at once', () => decodeInThreads({ folder: snapshot.folder, picks: 'none' }, 2));
    if (missing !== undefined) continue;
    await take('import, hours', () => importOnce(snapshot, 'none'));
    await take('import, all rows', () => importOnce(snapshot, 'all'));
  }
  return summarize(taken);
}

async function dumpAll({ folder, samples }: Snapshot): Promise<Taken> {
  const usage = await runMeasured('promtool', ['tsdb', 'dump', folder]);
  if (usage.exitCode !== 0) throw new Error(`promtool tsdb dump ended with ${usage.exitCode}: ${usage.stderr}`);
  return { samples, ...usage };
}

async function importOnce(snapshot: Snapshot, selection: Selection): Promise<Taken> {
  return { samples: snapshot.samples, ...(await importInto(`${snapshot.folder}.fieldwork`, snapshot, selection)) };
}

/** Tries the import with one block of a minute, so that what is wrong with it is known before anything is measured. */
async function tryImport(folder: string): Promise<string | undefined> {
  const trial = join(folder, 'trial');
  const { samples } = writeBlock(trial, fleetSeries({ ...shapeOf(1, 'counts'), scrapes: 4 }), { number: 1 });
  return importMissing(`${trial}.fieldwork`, { folder: trial, samples });
}

async function measureAll(options: Options, folder: string): Promise<Record<string, unknown>> {
  const missing = await tryImport(folder);
  const results: Record<string, unknown> = {};
  for (const values of options.noisy ? (['noise'] as const) : (['counts', 'noise'] as const)) {
    say(`\n── ${values === 'counts' ? 'Counters and gauges of whole numbers' : 'Noisy floats'}`);
    const snapshot = write(folder, values, [shapeOf(options.samples, values)]);
    const measured = await measure(snapshot, missing);
    sayMeasured(measured);
    if (missing !== undefined) say(`import: not available (${missing})`);
    results[values] = { ...snapshot, folder: undefined, measured };
  }
  if (options.rss) results['memory'] = await measureMemory(folder, missing);
  return results;
}

/** A snapshot of 2 GB through the product: how much memory that takes. */
async function measureMemory(folder: string, missing: string | undefined): Promise<unknown> {
  say('\n── Memory: a snapshot of 2 GB');
  if (missing !== undefined) {
    say(`import: not available (${missing})`);
    return undefined;
  }
  const shapes = Array.from({ length: LARGE_BLOCKS }, (_, i) => ({
    ...LARGE,
    fromMs: FROM_MS + i * LARGE.scrapes * STEP_MS,
  }));
  const snapshot = write(folder, 'large', shapes);
  const taken = new Map<string, Taken[]>();
  taken.set('import, as usual', [await importOnce(snapshot, 'default')]);
  taken.set('import, all rows', [await importOnce(snapshot, 'all')]);
  const measured = summarize(taken);
  sayMeasured(measured);
  sayMemory(measured);
  return { ...snapshot, folder: undefined, measured };
}

async function main(): Promise<void> {
  const options = readOptions();
  if (!options) return;
  const missing = promtoolMissing();
  if (missing !== undefined) return say(`Left out: ${missing}`);
  const machine = { processor: cpus()[0]?.model, processors: cpus().length, node: process.version };
  say(`${machine.processors} × ${machine.processor}, Node ${machine.node}`);
  const results = await withScratchFolder((folder) => measureAll(options, folder));
  say(`\nAlso in ${saveResults('prometheus', { machine, ...results })}`);
}

if (isMainThread) await main();
else runDecodeThread();
