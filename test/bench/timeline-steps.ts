/** What the benchmark of the timeline measures, each in a process of its own: it prints one line of JSON. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { rollUpSource } from '../../engine/evidence/roll-ups.ts';
import { viewStatements } from '../../engine/evidence/views.ts';
import { CaseDatabase } from '../../engine/store/case-database.ts';
import { schemaStatements } from '../../engine/store/schema.ts';
import type { SqlRow } from '../../engine/store/sql-values.ts';
import { fixedSilencesSql } from '../../engine/timeline/heard-hours.ts';
import { refreshTimeline } from '../../engine/timeline/stored-timeline.ts';
import { MICROS_PER_DAY, windowInterval, type AuditWindow } from '../../shared/time.ts';
import {
  ADDED_SOURCE,
  addDay,
  allowedSeconds,
  FIRST_DAY,
  lateStreams,
  makeEvents,
  plantedSql,
} from './timeline-evidence.ts';
import { SILENCES_A_STREAM, sourceIds, type Size } from './timeline-evidence.ts';
import { gapTests, type GapTest } from './timeline-gap-tests.ts';

export const steps = ['make', 'roll-up', 'asof', 'lag', 'hours', 'timeline', 'refresh'] as const;
export type Step = (typeof steps)[number];

export interface StepRequest {
  readonly step: Step;
  readonly folder: string;
  readonly memoryMb: number;
  readonly size: Size;
}

/** What a step says of itself; what it did before and after, to have and to leave the database as it must be, is not in it. */
export interface StepResult {
  readonly wallSeconds: number;
  /** Of all threads. */
  readonly cpuSeconds: number;
  /** Of the whole process, with what is not measured. */
  readonly peakBytes: number;
  /** Events that were made, or gaps that were found. */
  readonly count: number;
  /** SHA-256 of the gaps, the same for the same gaps; empty where none were asked for. */
  readonly gaps: string;
}

type Timed = Pick<StepResult, 'wallSeconds' | 'cpuSeconds' | 'count' | 'gaps'>;

/** Runs one step. Fails when it finds other gaps than were planted. */
export async function runStep(request: StepRequest): Promise<StepResult> {
  const database = await CaseDatabase.open({
    path: join(request.folder, 'timeline.duckdb'),
    memoryLimitMb: request.memoryMb,
  });
  try {
    const timed = await stepOf(database, request);
    return { ...timed, peakBytes: process.resourceUsage().maxRSS * 1024 };
  } finally {
    await database.close();
  }
}

function stepOf(database: CaseDatabase, { step, size }: StepRequest): Promise<Timed> {
  if (step === 'make') return make(database, size);
  if (step === 'roll-up') return rollUp(database);
  if (step === 'refresh') return refresh(database, size);
  return test(database, step, size);
}

async function make(database: CaseDatabase, size: Size): Promise<Timed> {
  for (const statement of [...schemaStatements(), ...viewStatements()]) await database.query(statement);
  return timed(async () => ({ count: await makeEvents(database, size), gaps: '' }));
}

async function rollUp(database: CaseDatabase): Promise<Timed> {
  await database.query('DELETE FROM evidence.stream_hours');
  await database.query('CHECKPOINT');
  return timed(async () => {
    for (const sourceId of sourceIds) await rollUpOne(database, sourceId);
    return { count: await countOf(database, 'SELECT count(*) AS n FROM evidence.stream_hours'), gaps: '' };
  });
}

async function rollUpOne(database: CaseDatabase, sourceId: number): Promise<void> {
  const events = await countOf(database, `SELECT count(*) AS n FROM evidence.events WHERE source_id = ${sourceId}`);
  const source = { sourceId, series: null, dayZone: 'Etc/UTC', rows: { events } };
  await database.transaction((transaction) => rollUpSource(transaction, source));
}

async function test(database: CaseDatabase, way: GapTest | 'hours' | 'timeline', size: Size): Promise<Timed> {
  let found: readonly SqlRow[] = [];
  const result = await timed(async () => {
    found = await findGaps(database, way, size);
    return { count: found.length, gaps: hashOf(found) };
  });
  await checkPlanted(database, found, size);
  return result;
}

/** What a person's case would ask: a year of days in UTC, and nothing declared, so that all is learned. */
function windowOf(days: number): AuditWindow {
  const last = new Date(Date.parse(FIRST_DAY) + (days - 1) * Number(MICROS_PER_DAY / 1000n));
  return { firstDay: FIRST_DAY, lastDay: last.toISOString().slice(0, 10), zone: 'UTC' };
}

async function gapsOfTimeline(database: CaseDatabase, days: number): Promise<readonly SqlRow[]> {
  const window = windowOf(days);
  const asOf = windowInterval(window).to;
  const request = { window, expectations: [], decisions: [], clockThresholdS: 0.05, asOf };
  const { gaps } = await refreshTimeline(database, request);
  return gaps.map(({ system, stream, from, to }) => ({ system, stream, from, to }));
}

/** One more day comes to a case whose timeline was made: its roll-ups, and the timeline again. */
async function refresh(database: CaseDatabase, size: Size): Promise<Timed> {
  const days = size.days + 1;
  await gapsOfTimeline(database, days);
  try {
    await addDay(database, size);
    const result = await timed(async () => {
      await rollUpOne(database, ADDED_SOURCE);
      const found = await gapsOfTimeline(database, days);
      return { count: found.length, gaps: hashOf(found) };
    });
    const expected = size.streams * SILENCES_A_STREAM + lateStreams(size);
    if (result.count !== expected)
      throw new Error(`After the added day there are ${result.count} gaps, not ${expected}.`);
    return result;
  } finally {
    for (const table of ['events', 'stream_hours'])
      await database.query(`DELETE FROM evidence.${table} WHERE source_id = ${ADDED_SOURCE}`);
  }
}

async function timed(work: () => Promise<Pick<StepResult, 'count' | 'gaps'>>): Promise<Timed> {
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wallSeconds: (performance.now() - begun) / 1000, cpuSeconds: (user + system) / 1e6, ...result };
}

async function findGaps(
  database: CaseDatabase,
  way: GapTest | 'hours' | 'timeline',
  size: Size,
): Promise<readonly SqlRow[]> {
  if (way === 'timeline') return gapsOfTimeline(database, size.days);
  if (way === 'hours')
    return database.query(fixedSilencesSql(windowInterval(windowOf(size.days)), allowedSeconds(size)));
  return database.query(gapTests[way], { allowed: allowedSeconds(size) * 1e6 });
}

/** Each silence that was planted is within one gap, and there are no others. */
async function checkPlanted(database: CaseDatabase, found: readonly SqlRow[], size: Size): Promise<void> {
  const planted = await database.query(plantedSql(size));
  const byStream = new Map<string, SqlRow[]>();
  for (const gap of found) {
    const key = `${String(gap['system'])} ${String(gap['stream'])}`;
    byStream.set(key, [...(byStream.get(key) ?? []), gap]);
  }
  const isFound = (one: SqlRow): boolean =>
    (byStream.get(`${String(one['system'])} ${String(one['stream'])}`) ?? []).filter(
      (gap) => Number(gap['from']) < Number(one['from']) && Number(gap['to']) >= Number(one['to']),
    ).length === 1;
  const missed = planted.filter((one) => !isFound(one)).length;
  if (missed > 0 || found.length !== size.streams * SILENCES_A_STREAM)
    throw new Error(`Of ${planted.length} planted silences ${missed} are missed, and ${found.length} gaps are found.`);
}

const keyOf = (gap: SqlRow): string => ['system', 'stream', 'from', 'to'].map((name) => String(gap[name])).join(' ');

function hashOf(gaps: readonly SqlRow[]): string {
  return createHash('sha256').update(gaps.map(keyOf).sort().join('\n')).digest('hex');
}

async function countOf(database: CaseDatabase, sql: string): Promise<number> {
  const [row] = await database.query(sql);
  return Number(row!['n']);
}
