/** Our reader alone, on one thread or on several at once; nothing is stored. */
import { readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { Worker, parentPort, workerData } from 'node:worker_threads';
import { readSnapshot, usualLimits } from '../../engine/formats/prometheus-tsdb/read-snapshot.ts';
import type { SnapshotSink } from '../../engine/formats/prometheus-tsdb/snapshot-sink.ts';
import { DiskFiles, type PlacedPart } from '../../engine/intake/folder-source.ts';

export interface DecodeTask {
  readonly folder: string;
  /** Whether the samples of every series are given to the sink, or of none. */
  readonly picks: 'all' | 'none';
}

export interface DecodeTime {
  /** Of all threads together: each reads everything. */
  readonly samples: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
}

const nothing = (): void => undefined;
const sink: SnapshotSink = {
  series: nothing,
  floats: nothing,
  histogram: nothing,
  staleMarker: nothing,
  presence: nothing,
  rollup: nothing,
  unread: nothing,
  endOfSeries: nothing,
};

/**
 * Reads a snapshot in each of some new threads at the same time. Time runs from when all of them are ready to when the
 * last is done. Fails when anything could not be read.
 */
export async function decodeInThreads(task: DecodeTask, threads: number): Promise<DecodeTime> {
  const workers = Array.from({ length: threads }, () => new Worker(new URL(import.meta.url), { workerData: task }));
  try {
    await Promise.all(workers.map(nextMessage));
    const begun = performance.now();
    const cpu = process.cpuUsage();
    const done = workers.map(nextMessage);
    for (const worker of workers) worker.postMessage('go');
    const samples = await Promise.all(done);
    const { user, system } = process.cpuUsage(cpu);
    const wallSeconds = (performance.now() - begun) / 1000;
    return { samples: samples.reduce((sum, each) => sum + each, 0), wallSeconds, cpuSeconds: (user + system) / 1e6 };
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function nextMessage(worker: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

/** What such a thread does: says that it is ready, waits, reads, says how many samples there were. */
export function runDecodeThread(): void {
  parentPort!.once('message', () => void decode(workerData as DecodeTask).then((samples) => finish(samples)));
  parentPort!.postMessage(0);
}

function finish(samples: number): void {
  parentPort!.postMessage(samples);
  parentPort!.close();
}

async function decode({ folder, picks }: DecodeTask): Promise<number> {
  const files = new DiskFiles(partsOf(folder));
  try {
    const options = { picks: () => picks === 'all', gapFactor: 4, limits: usualLimits };
    const { samples, problems } = await readSnapshot(files, sink, options);
    if (problems.length > 0) throw new Error(problems[0]!.message);
    return samples;
  } finally {
    await files.close();
  }
}

function partsOf(folder: string): readonly PlacedPart[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const place = join(entry.parentPath, entry.name);
      return { path: relative(folder, place).split(sep).join('/'), place, bytes: statSync(place).size };
    });
}
