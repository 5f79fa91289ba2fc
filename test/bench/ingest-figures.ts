/** Figures of the benchmark of imports: medians, and the goals beside them. */
import { median, say, sayTable } from './bench-table.ts';

/** One run. */
export interface Taken {
  readonly wallSeconds: number;
  readonly cpuSeconds: number | undefined;
  readonly peakBytes: number | undefined;
  readonly caseBytes?: number;
  readonly databaseBytes?: number;
}

/** Medians of some runs. */
export interface Measured extends Taken {
  readonly what: string;
  readonly megabytesPerSecond: number;
  readonly cpuSecondsPerGb: number | undefined;
  readonly databaseShare: number | undefined;
  readonly rounds: readonly Taken[];
}

export interface Goal {
  readonly what: string;
  readonly value: number | undefined;
  readonly most: number;
  readonly unit: string;
}

const TITLES: Readonly<Record<string, string>> = {
  import: 'import: rows, events, hours, sealed copy',
  sha256sum: 'sha256sum',
  openssl: 'openssl dgst -sha256',
  lnav: 'lnav, one query',
  jq: 'zcat | jq, six fields',
};

export function summarize(taken: ReadonlyMap<string, readonly Taken[]>, bytes: number): readonly Measured[] {
  return [...taken].map(([what, rounds]) => {
    const wallSeconds = median(rounds.map((each) => each.wallSeconds));
    const cpuSeconds = medianOfKnown(rounds.map((each) => each.cpuSeconds));
    const { caseBytes, databaseBytes } = rounds[0]!;
    return {
      what,
      wallSeconds,
      cpuSeconds,
      peakBytes: medianOfKnown(rounds.map((each) => each.peakBytes)),
      ...(caseBytes === undefined ? {} : { caseBytes }),
      ...(databaseBytes === undefined ? {} : { databaseBytes }),
      megabytesPerSecond: bytes / wallSeconds / 1e6,
      cpuSecondsPerGb: cpuSeconds === undefined ? undefined : (cpuSeconds / bytes) * 1e9,
      databaseShare: databaseBytes === undefined ? undefined : databaseBytes / bytes,
      rounds: rounds.map((each) => ({
        wallSeconds: each.wallSeconds,
        cpuSeconds: each.cpuSeconds,
        peakBytes: each.peakBytes,
      })),
    };
  });
}

function medianOfKnown(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : median(known);
}

export function sayTaken(measured: readonly Measured[]): void {
  sayTable(
    ['', 'wall s', 'cpu s', 'MB/s', 'cpu s/GB', 'peak MB', 'database/raw'],
    measured.map((each) => [
      TITLES[each.what] ?? each.what,
      each.wallSeconds.toFixed(2),
      each.cpuSeconds?.toFixed(2) ?? '-',
      each.megabytesPerSecond.toFixed(0),
      each.cpuSecondsPerGb?.toFixed(1) ?? '-',
      each.peakBytes === undefined ? '-' : (each.peakBytes / 1e6).toFixed(0),
      each.databaseShare?.toFixed(3) ?? '',
    ]),
  );
}

const find = (measured: readonly Measured[], what: string): Measured | undefined =>
  measured.find((each) => each.what === what);

/** How many times as long as the other program the import took. */
function times(measured: readonly Measured[], what: string, most: number): Goal {
  const ours = find(measured, 'import');
  const theirs = find(measured, what);
  return {
    what: `time of the import to that of ${TITLES[what] ?? what}`,
    value: ours && theirs && ours.wallSeconds / theirs.wallSeconds,
    most,
    unit: 'x',
  };
}

function memory(measured: readonly Measured[]): Goal {
  const peak = find(measured, 'import')?.peakBytes;
  return { what: 'memory of the import', value: peak && peak / 1e6, most: 1000, unit: 'MB' };
}

export function auditGoals(measured: readonly Measured[]): readonly Goal[] {
  return [
    times(measured, 'sha256sum', 1.6),
    times(measured, 'openssl', 6),
    memory(measured),
    { what: 'database to raw', value: find(measured, 'import')?.databaseShare, most: 0.15, unit: 'x' },
  ];
}

export function syslogGoals(measured: readonly Measured[]): readonly Goal[] {
  return [times(measured, 'lnav', 0.65), memory(measured)];
}

export function cloudTrailGoals(measured: readonly Measured[]): readonly Goal[] {
  return [times(measured, 'jq', 0.25), memory(measured)];
}

/** Whether the processor time of the largest grows as its size does, beside the 250 MB or what is next to them. */
export function growthGoals(
  sizes: readonly { readonly megabytes: number; readonly measured: readonly Measured[] }[],
): readonly Goal[] {
  const bySize = [...sizes].sort((a, b) => a.megabytes - b.megabytes);
  const largest = bySize.at(-1);
  const base = bySize.findLast(({ megabytes }) => megabytes <= 250) ?? bySize[0];
  if (!largest || !base || largest === base) return [];
  const [more, less] = [largest, base].map(({ measured }) => find(measured, 'import')?.cpuSecondsPerGb);
  return [
    {
      what: `processor time per GB at ${largest.megabytes} MB to that at ${base.megabytes} MB`,
      value: more === undefined || less === undefined ? undefined : more / less,
      most: 1.15,
      unit: 'x',
    },
  ];
}

export function sayGoals(goals: readonly Goal[]): void {
  for (const { what, value, most, unit } of goals)
    if (value !== undefined)
      say(`goal: ${what}: ${shown(value)} ${unit}, at most ${most} ${unit}: ${value <= most ? 'met' : 'not met'}`);
}

function shown(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
