/** Figures of the benchmark of Prometheus snapshots: medians, ratios to the dump, and the goals beside them. */
import { median, say, sayTable } from './bench-table.ts';

export interface Snapshot {
  readonly name: string;
  readonly folder: string;
  readonly samples: number;
  /** Of the segment files. */
  readonly bytesPerSample: number;
}

/** One run. */
export interface Taken {
  /** That were read; of several readers all together. */
  readonly samples: number;
  readonly wallSeconds: number;
  readonly cpuSeconds?: number | undefined;
  readonly peakBytes?: number | undefined;
  readonly caseBytes?: number;
  readonly databaseBytes?: number;
}

/** Medians of some runs. */
export interface Measured extends Taken {
  readonly what: string;
  readonly rounds: readonly { readonly wallSeconds: number; readonly cpuSeconds: number | undefined }[];
  readonly samplesPerSecond: number;
  /** How many times as fast as the dump in the same run. */
  readonly timesDump: number | undefined;
  readonly goal: number | undefined;
}

const WHAT: Readonly<Record<string, { readonly title: string; readonly goal?: number }>> = {
  dump: { title: 'promtool tsdb dump > /dev/null' },
  decode: { title: 'read: checksums, samples, presence, hours', goal: 60 },
  'decode, given': { title: 'the same, samples given to a sink', goal: 60 },
  'decode, two at once': { title: 'two readers at once, each of all' },
  'import, hours': { title: 'import: presence and hours of all', goal: 40 },
  'import, all rows': { title: 'import: and all samples', goal: 15 },
  'import, as usual': { title: 'import: and the samples that controls need' },
};

// Its memory_limit in a case; its MB are millions.
const DUCKDB_BYTES = 1536e6;

export function summarize(taken: ReadonlyMap<string, readonly Taken[]>): readonly Measured[] {
  const dumps = taken.get('dump');
  const dumpRate = dumps && rateOf(dumps);
  return [...taken].map(([what, runs]) => {
    const samplesPerSecond = rateOf(runs);
    const { samples, caseBytes, databaseBytes } = runs[0]!;
    return {
      what,
      samples,
      wallSeconds: median(runs.map((run) => run.wallSeconds)),
      cpuSeconds: medianOfKnown(runs.map((run) => run.cpuSeconds)),
      peakBytes: medianOfKnown(runs.map((run) => run.peakBytes)),
      ...(caseBytes === undefined ? {} : { caseBytes }),
      ...(databaseBytes === undefined ? {} : { databaseBytes }),
      rounds: runs.map(({ wallSeconds, cpuSeconds }) => ({ wallSeconds, cpuSeconds })),
      samplesPerSecond,
      timesDump: dumpRate && samplesPerSecond / dumpRate,
      goal: WHAT[what]?.goal,
    };
  });
}

function rateOf(runs: readonly Taken[]): number {
  return median(runs.map(({ samples, wallSeconds }) => samples / wallSeconds));
}

function medianOfKnown(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : median(known);
}

/** Prints one line for each thing that was measured. */
export function sayMeasured(measured: readonly Measured[]): void {
  sayTable(
    ['', 'wall s', 'cpu s', 'M samples/s', 'x dump', 'goal', '', 'peak MB', 'database B/sample'],
    measured.map((each) => [
      WHAT[each.what]?.title ?? each.what,
      each.wallSeconds.toFixed(2),
      each.cpuSeconds?.toFixed(2) ?? '-',
      (each.samplesPerSecond / 1e6).toFixed(2),
      each.timesDump?.toFixed(1) ?? '-',
      each.goal === undefined || each.timesDump === undefined ? '' : `>= ${each.goal}`,
      verdict(each),
      each.peakBytes === undefined ? '-' : (each.peakBytes / 1e6).toFixed(0),
      each.databaseBytes === undefined ? '' : (each.databaseBytes / each.samples).toFixed(2),
    ]),
  );
  if (measured.some(({ what }) => what === 'decode, two at once'))
    say(
      'Two readers at once are two threads that read the same snapshot, all of it each; samples of both are counted.',
    );
  sayCaseSizes(measured);
}

function verdict({ goal, timesDump }: Measured): string {
  if (goal === undefined || timesDump === undefined) return '';
  return timesDump >= goal ? 'met' : 'not met';
}

function sayCaseSizes(measured: readonly Measured[]): void {
  for (const { what, caseBytes, databaseBytes } of measured)
    if (caseBytes !== undefined && databaseBytes !== undefined)
      say(
        `${WHAT[what]?.title ?? what}: the database has ${megabytes(databaseBytes)}, the case with its evidence ${megabytes(caseBytes)}.`,
      );
}

const GOAL_BYTES = 600e6;

/** Prints how much memory imports took beside what the database may take. */
export function sayMemory(measured: readonly Measured[]): void {
  for (const { what, peakBytes } of measured) {
    if (peakBytes === undefined) continue;
    const beside = Math.max(peakBytes - DUCKDB_BYTES, 0);
    say(
      `${WHAT[what]?.title ?? what}: at most ${megabytes(peakBytes)} resident. Less the ${megabytes(DUCKDB_BYTES)} that DuckDB ` +
        `may take: ${megabytes(beside)}; goal: < ${megabytes(GOAL_BYTES)}, ${beside < GOAL_BYTES ? 'met' : 'not met'}.`,
    );
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
