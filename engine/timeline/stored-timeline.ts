/** The timeline of a case: made from the evidence and what people decided, and kept in tables for controls and people. */
import { groupBy } from '../core/group-by.ts';
import { sha256 } from '../core/hash.ts';
import { dayOf, type AuditWindow, type UtcMicros } from '../../shared/time.ts';
import type { CaseDatabase, Transaction } from '../store/case-database.ts';
import {
  clockIntervalsTable,
  clockStepsTable,
  coverageTable,
  expectationsTable,
  gapsTable,
} from '../store/timeline-tables.ts';
import type { ClockStep } from './clocks/clock-mark.ts';
import { clockIntervalRow, clockStepRow, findClocks } from './clocks/clock-intervals.ts';
import { clockMacros } from './clocks/clock-macros.ts';
import type { ClockInterval } from './clock-interval.ts';
import type { StreamCoverage } from './coverage.ts';
import { coverageIntervals, type CoverageInterval } from './coverage-intervals.ts';
import { corroborate } from './corroboration.ts';
import type { DeclaredExpectation, Expectation } from './expectations.ts';
import { explainGaps, readGapTickets } from './explanations.ts';
import { findExpectations, findExpectedAndGaps, scopesOf, type Expected, type Found } from './found-gaps.ts';
import type { GapDecision } from './gap-decision.ts';
import { gapId, nameOf, type Gap } from './gap.ts';
import { keepGaps, readKeptGaps } from './kept-gaps.ts';
import { findSequenceLosses, foldSequenceLosses } from './sequence-losses.ts';
import { readStoredClocks, readStoredClockSteps } from './timeline-rows.ts';

/** What a timeline is made by, besides the evidence. */
export interface TimelineRequest {
  readonly window: AuditWindow;
  readonly expectations: readonly DeclaredExpectation[];
  readonly decisions: readonly GapDecision[];
  /** The largest offset of a clock that is within tolerance, seconds. */
  readonly clockThresholdS: number;
  /** The instant at which the expiry of acceptances is judged. */
  readonly asOf: UtcMicros;
}

/** When a stream of a system spoke, when it should have, and where nothing is known. */
export interface StreamTimeline {
  readonly coverage: StreamCoverage;
  readonly expectation: Expectation;
  /** They partition the window. */
  readonly intervals: readonly CoverageInterval[];
  /** Those of this stream of this system, by start. */
  readonly gaps: readonly Gap[];
}

export interface Timeline {
  /** By stream, then system. */
  readonly streams: readonly StreamTimeline[];
  /** By stream, system, target and start. */
  readonly gaps: readonly Gap[];
  /** By system and time; those of a system partition the window. */
  readonly clocks: readonly ClockInterval[];
  /** Moments at which clocks were set back, by system and time. */
  readonly clockSteps: readonly ClockStep[];
}

const kept = new WeakMap<CaseDatabase, { readonly fingerprint: string; readonly timeline: Timeline }>();

/**
 * Gives the timeline. Where evidence, window, expectations, decisions and the day of `asOf` are what they were, it is what is
 * in the tables; else it is made and written to `expectations`, `coverage`, `gaps`, `clock_intervals` and `clock_steps` in
 * one transaction. Of the roll-ups only those streams are read again that changed (engine/timeline/stream-histories.ts).
 */
export async function refreshTimeline(database: CaseDatabase, request: TimelineRequest): Promise<Timeline> {
  const fingerprint = await fingerprintOf(database, request);
  const known = kept.get(database);
  if (known?.fingerprint === fingerprint) return known.timeline;
  const timeline =
    (await readTimeline(database, request, fingerprint)) ?? (await makeTimeline(database, request, fingerprint));
  kept.set(database, { fingerprint, timeline });
  return timeline;
}

async function makeTimeline(database: CaseDatabase, request: TimelineRequest, fingerprint: string): Promise<Timeline> {
  const found = await findExpectedAndGaps(database, request.window, request.expectations);
  const timeline = await timelineOf(database, found, request);
  await database.transaction((transaction) => write(transaction, timeline, fingerprint));
  for (const statement of clockMacros(request.clockThresholdS)) await database.query(statement);
  return timeline;
}

/** What an earlier process made of the same, or `undefined`. */
async function readTimeline(
  database: CaseDatabase,
  { window, expectations }: TimelineRequest,
  fingerprint: string,
): Promise<Timeline | undefined> {
  const gaps = await readKeptGaps(database, fingerprint);
  if (!gaps) return undefined;
  const expected = await findExpectations(database, window, expectations);
  const clocks = await readStoredClocks(database);
  const clockSteps = await readStoredClockSteps(database);
  return { streams: streamsOf(expected, gaps), gaps, clocks, clockSteps };
}

async function timelineOf(database: CaseDatabase, found: Found, request: TimelineRequest): Promise<Timeline> {
  const { window, decisions, asOf } = request;
  const tickets = await readGapTickets(database);
  const losses = await findSequenceLosses(database, { window });
  const corroborated = await corroborate(database, foldSequenceLosses(found.gaps, losses));
  const gaps = explainGaps(corroborated, { tickets, decisions, asOf, zone: window.zone });
  const clocks = await findClocks(database, { window, thresholdS: request.clockThresholdS });
  return { streams: streamsOf(found, gaps), gaps, clocks: clocks.intervals, clockSteps: clocks.steps };
}

function streamsOf({ coverage, expectations, inventory, whole }: Expected, gaps: readonly Gap[]): StreamTimeline[] {
  const byStream = groupBy(gaps, nameOf);
  return coverage.map((one, place) => {
    const own = byStream.get(nameOf(one)) ?? [];
    const expectation = expectations[place]!;
    const owed = expectation.basis === 'none' ? [] : scopesOf(one, inventory, whole);
    return { coverage: one, expectation, intervals: coverageIntervals(whole, owed, own.filter(isSilent)), gaps: own };
  });
}

/** Where numbers are skipped the stream spoke all the same. */
function isSilent({ kind }: Gap): boolean {
  return kind !== 'sequence-loss';
}

/** Of what the timeline rests on. Every import adds a source; the rest is what the rows of sources became. */
async function fingerprintOf(database: CaseDatabase, request: TimelineRequest): Promise<string> {
  const tables = ['sources', 'clock_samples', 'systems', 'scans', 'scan_targets', 'tickets'];
  const parts = [
    ...tables.map((table) => `SELECT '${table}' AS part, count(*) AS n, bit_xor(hash(t)) AS h FROM ${table} t`),
    // By far the most rows: what they say of a stream is in its own fingerprint, this tells whether any changed.
    `SELECT 'hours', count(*), bit_xor(hash(source_id, first_time, last_time, records)) FROM evidence.stream_hours`,
  ];
  const rows = await database.query(
    `SELECT part, n, h::VARCHAR AS h FROM (${parts.join(' UNION ALL ')}) ORDER BY part`,
  );
  const asked = { ...request, asOf: dayOf(request.asOf, request.window.zone) };
  return sha256(JSON.stringify([rows, asked], (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)));
}

async function write(transaction: Transaction, timeline: Timeline, fingerprint: string): Promise<void> {
  for (const { target } of [expectationsTable, coverageTable, gapsTable, clockIntervalsTable, clockStepsTable]) {
    await transaction.query(`DELETE FROM ${target}`);
  }
  await keepGaps(transaction, timeline.gaps, fingerprint);
  for (const { expectation, intervals } of timeline.streams) {
    addExpectation(transaction, expectation);
    const { system, stream } = expectation;
    for (const { from, to, state } of intervals) transaction.add(coverageTable, [system, stream, from, to, state]);
  }
  for (const gap of timeline.gaps) addGap(transaction, gap);
  for (const clock of timeline.clocks) transaction.add(clockIntervalsTable, clockIntervalRow(clock));
  for (const step of timeline.clockSteps) transaction.add(clockStepsTable, clockStepRow(step));
}

function addExpectation(transaction: Transaction, expectation: Expectation): void {
  const { system, stream, owedBy, basis, usualS, allowedS, looks, says } = expectation;
  const middle = usualS.toSorted((a, b) => a - b)[Math.floor(usualS.length / 2)] ?? null;
  const [shortest, longest] = allowedS.length === 0 ? [null, null] : [Math.min(...allowedS), Math.max(...allowedS)];
  transaction.add(expectationsTable, [system, stream, owedBy, basis, middle, shortest, longest, looks, says]);
}

function addGap(transaction: Transaction, gap: Gap): void {
  const { usual, accepted, before, after } = gap;
  transaction.add(gapsTable, [
    gapId(gap),
    gap.system,
    gap.stream,
    gap.target ?? null,
    gap.kind,
    gap.from,
    gap.to,
    usual?.usualS ?? null,
    usual?.allowedS ?? null,
    usual?.likelihood ?? null,
    gap.missing,
    gap.cause,
    gap.corroboration.map(({ says }) => says),
    gap.state,
    gap.ticket,
    accepted?.by ?? null,
    accepted?.reason ?? null,
    accepted?.at ?? null,
    accepted?.until ?? null,
    before?.sourceId ?? null,
    before?.record ?? null,
    after?.sourceId ?? null,
    after?.record ?? null,
  ]);
}
