/** Roll-ups made when a source is imported, so that coverage and most controls never scan raw rows twice. */
import { MICROS_PER_HOUR } from '../../shared/time.ts';
import type { EvidenceTableName } from '../core/tables.ts';
import type { ReadSource } from '../intake/database-recipe.ts';
import type { Transaction } from '../store/case-database.ts';
import { findCommonTimes } from './common-times.ts';
import { rollUpConfigurations } from './config-drift.ts';
import { describeCutEvents, joinCutEvents, type CutEvent } from './cut-events.ts';
import { describeDifferences, findDeliveryDifferences, type Ask } from './delivery-differences.ts';
import { checkDigestSignatures } from './digest-signatures.ts';
import { rollUpMetrics } from './metric-roll-ups.ts';
import { rollUpScrapes } from './metric-streams.ts';
import { clockRows, countRepeats, eventRows, findRepeatedClocks, findRepeatedEvents } from './repeated-records.ts';
import { findRepeatedSamples } from './repeated-samples.ts';
import { findRepeatedScans, scanTables } from './repeated-files.ts';
import { describeMissingFiles } from './rotated-sets.ts';
import { rollUpSequences } from './sequence-runs.ts';
import { streamHoursSql } from './stream-hours.ts';
import { compareTickets } from './ticket-states.ts';

/** Whether a source has rows of one of these tables. */
type MayHave = (...tables: readonly EvidenceTableName[]) => boolean;

/**
 * Makes what rests on the rows of a source and of those before it. Gives what has to be said of the source, in sentences.
 */
export async function rollUpSource(transaction: Transaction, source: ReadSource): Promise<readonly string[]> {
  const { sourceId, rows } = source;
  // Nothing is asked of tables that it has no rows of: thousands of small files come out of a bucket.
  const mayHave: MayHave = (...tables) => rows === undefined || tables.some((table) => (rows[table] ?? 0) > 0);
  const compared = await compareWithEarlier(transaction, source, mayHave);
  if (mayHave('events')) await rollUpEvents(transaction, sourceId, rows?.['events']);
  if (mayHave('clock_samples')) await rollUpClocks(transaction, sourceId);
  if (mayHave('metric_series')) await rollUpMetrics(transaction, source);
  const samples = mayHave('metric_samples') ? await findRepeatedSamples(transaction, sourceId) : [];
  if (mayHave('metric_series')) await rollUpScrapes(transaction, sourceId);
  if (mayHave('config_items', 'baselines')) await rollUpConfigurations(transaction, sourceId);
  if (mayHave('trail_digests', 'trail_keys')) await checkDigestSignatures(transaction, sourceId);
  return [
    ...(await describeMissingFiles(transaction, source)),
    ...describeCutEvents(compared.cut),
    ...(compared.mayRepeat ? await describeRepeats(transaction, source) : []),
    ...samples.map((found) => `${found.samples} of its samples are in S${found.ofSourceId} too: each counts once.`),
    ...(mayHave('tickets') ? await compareTickets(transaction, source) : []),
  ];
}

interface Compared {
  /** Something was compared, so that it may have repeats. */
  readonly mayRepeat: boolean;
  /** Events of it that a file cut. */
  readonly cut: readonly CutEvent[];
}

/** Finds what earlier sources have too. */
async function compareWithEarlier(transaction: Transaction, source: ReadSource, mayHave: MayHave): Promise<Compared> {
  const { sourceId } = source;
  const ofEvents = mayHave('events') ? await findCommonTimes(transaction, source, eventRows) : undefined;
  if (ofEvents) await findRepeatedEvents(transaction, sourceId, ofEvents);
  const cut = ofEvents && mayHave('auditd_records') ? await joinCutEvents(transaction, sourceId, ofEvents) : [];
  const ofClocks = mayHave('clock_samples') ? await findCommonTimes(transaction, source, clockRows) : undefined;
  if (ofClocks) await findRepeatedClocks(transaction, sourceId, ofClocks);
  const hasScans = mayHave(...scanTables);
  if (hasScans) await findRepeatedScans(transaction, source);
  return { mayRepeat: ofEvents !== undefined || ofClocks !== undefined || hasScans, cut };
}

/** How many records are repeats, and how the two deliveries differ where they are two of one log. */
async function describeRepeats(
  transaction: Transaction,
  { sourceId, dayZone }: ReadSource,
): Promise<readonly string[]> {
  const repeats = await countRepeats(transaction, sourceId);
  if (repeats.length === 0) return [];
  const ask: Ask = (sql, parameters) => transaction.query(sql, parameters);
  const differences = await findDeliveryDifferences(ask, dayZone, sourceId);
  return [
    ...repeats.map(
      ({ ofSourceId, records }) =>
        `${records} of its records are in S${ofSourceId} too: each counts once, and this is its second citation.`,
    ),
    ...describeDifferences(differences),
  ];
}

/** Events that are rolled up at once: to find silences they are put in order, which takes memory by their number. */
const EVENTS_A_SLICE = 1_000_000;

/** Whole hours, `[from, to)` in UTC microseconds: of every year exact as plain numbers, being multiples of 1024. */
interface Slice {
  readonly from: number;
  readonly to: number;
}

/** Fills `stream_hours` for one source. Events without a time or a system are not in it. */
async function rollUpEvents(transaction: Transaction, sourceId: number, count = Infinity): Promise<void> {
  if (count <= EVENTS_A_SLICE) return rollUpSlice(transaction, sourceId, undefined);
  for (const slice of await slicesOf(transaction, sourceId)) await rollUpSlice(transaction, sourceId, slice);
}

/** The hours in which a source has events, in as many slices as are needed, in the order of time. */
async function slicesOf(transaction: Transaction, sourceId: number): Promise<readonly Slice[]> {
  const hours = await transaction.query(
    `SELECT epoch_us(date_trunc('hour', time)) AS hour, count(*) AS events FROM evidence.events
     WHERE source_id = $source::INTEGER AND time IS NOT NULL AND system IS NOT NULL GROUP BY ALL ORDER BY hour`,
    { source: sourceId },
  );
  const slices: Slice[] = [];
  let from: number | undefined;
  let events = 0;
  hours.forEach((row, at) => {
    const hour = Number(row['hour']);
    from ??= hour;
    events += Number(row['events']);
    if (events < EVENTS_A_SLICE && at < hours.length - 1) return;
    slices.push({ from, to: hour + Number(MICROS_PER_HOUR) });
    from = undefined;
    events = 0;
  });
  return slices;
}

/** Rolls up the events of a slice, or all; those of the slices before it must be. */
async function rollUpSlice(transaction: Transaction, sourceId: number, slice: Slice | undefined): Promise<void> {
  const isIn = slice
    ? 'time >= make_timestamp($from::BIGINT) AND time < make_timestamp($to::BIGINT)'
    : 'time IS NOT NULL';
  const rows = `SELECT stream, system, time, record FROM evidence.events
    WHERE source_id = $source::INTEGER AND system IS NOT NULL AND ${isIn}
      AND record NOT IN (SELECT record FROM evidence.repeats WHERE source_id = $source::INTEGER
        UNION ALL SELECT record FROM evidence.event_parts WHERE source_id = $source::INTEGER)`;
  const earlier = `SELECT stream, system, max(last_time) AS last, arg_max(last_record, last_time) AS last_record
    FROM evidence.stream_hours WHERE source_id = $source::INTEGER GROUP BY stream, system`;
  await transaction.query(`INSERT INTO evidence.stream_hours ${streamHoursSql(slice ? { rows, earlier } : { rows })}`, {
    source: sourceId,
    ...slice,
  });
  await rollUpSequences(transaction, sourceId, slice);
}

/** The same for measurements of clocks, which are no events. */
async function rollUpClocks(transaction: Transaction, sourceId: number): Promise<void> {
  const rows = `SELECT 'clock' AS stream, system, time, record FROM evidence.clock_samples
    WHERE source_id = $source::INTEGER AND time IS NOT NULL AND system IS NOT NULL
      AND record NOT IN (SELECT record FROM evidence.repeats WHERE source_id = $source::INTEGER)`;
  await transaction.query(`INSERT INTO evidence.stream_hours ${streamHoursSql({ rows })}`, { source: sourceId });
}
