/** Roll-ups made when a source is imported, so that coverage and most controls never scan raw rows twice. */
import type { ReadSource } from '../intake/database-recipe.ts';
import type { Transaction } from '../store/case-database.ts';
import { dropCommonTimes, findCommonTimes } from './common-times.ts';
import { rollUpConfigurations } from './config-drift.ts';
import { describeCutEvents, joinCutEvents, type CutEvent } from './cut-events.ts';
import { describeDifferences, findDeliveryDifferences, type Ask } from './delivery-differences.ts';
import { rollUpMetrics } from './metric-roll-ups.ts';
import { rollUpScrapes } from './metric-streams.ts';
import { clockRows, countRepeats, eventRows, findRepeatedClocks, findRepeatedEvents } from './repeated-records.ts';
import { findRepeatedSamples } from './repeated-samples.ts';
import { findRepeatedScans } from './repeated-files.ts';
import { describeMissingFiles } from './rotated-sets.ts';
import { compareTickets } from './ticket-states.ts';

/**
 * Makes what rests on the rows of a source and of those before it. Gives what has to be said of the source, in sentences.
 */
export async function rollUpSource(transaction: Transaction, source: ReadSource): Promise<readonly string[]> {
  const cut = await compareWithEarlier(transaction, source);
  await rollUpEvents(transaction, source.sourceId);
  await rollUpClocks(transaction, source.sourceId);
  await rollUpMetrics(transaction, source);
  const samples = await findRepeatedSamples(transaction, source.sourceId);
  await rollUpScrapes(transaction, source.sourceId);
  await rollUpConfigurations(transaction, source.sourceId);
  return [
    ...(await describeMissingFiles(transaction, source)),
    ...describeCutEvents(cut),
    ...(await describeRepeats(transaction, source)),
    ...samples.map((found) => `${found.samples} of its samples are in S${found.ofSourceId} too: each counts once.`),
    ...(await compareTickets(transaction, source)),
  ];
}

/** Finds what earlier sources have too; gives the events of this one that a file cut. */
async function compareWithEarlier(transaction: Transaction, source: ReadSource): Promise<readonly CutEvent[]> {
  const { sourceId } = source;
  let cut: readonly CutEvent[] = [];
  const ofEvents = await findCommonTimes(transaction, source, eventRows);
  if (ofEvents) {
    await findRepeatedEvents(transaction, sourceId, ofEvents);
    cut = await joinCutEvents(transaction, sourceId, ofEvents);
    await dropCommonTimes(transaction);
  }
  const ofClocks = await findCommonTimes(transaction, source, clockRows);
  if (ofClocks) {
    await findRepeatedClocks(transaction, sourceId, ofClocks);
    await dropCommonTimes(transaction);
  }
  await findRepeatedScans(transaction, source);
  return cut;
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

/**
 * Fills `stream_hours` for one source: for each stream, system and UTC hour, how many events, the first and last,
 * and the longest silence (seconds) that ended in the hour. Events without a time or a system are not in it.
 */
async function rollUpEvents(transaction: Transaction, sourceId: number): Promise<void> {
  await transaction.query(
    `INSERT INTO evidence.stream_hours
     WITH spoken AS (
       SELECT stream, system, time, record,
         epoch(time) - epoch(lag(time) OVER (PARTITION BY stream, system ORDER BY time, record)) AS silence_s
       FROM evidence.events
       WHERE source_id = $source AND time IS NOT NULL AND system IS NOT NULL
         AND record NOT IN (SELECT record FROM evidence.repeats WHERE source_id = $source
           UNION ALL SELECT record FROM evidence.event_parts WHERE source_id = $source))
     SELECT $source, stream, system, date_trunc('hour', time), count(*), min(time), max(time), min(record), max(silence_s)
     FROM spoken GROUP BY stream, system, date_trunc('hour', time)`,
    { source: sourceId },
  );
}

/** The same for measurements of clocks, which are no events. */
async function rollUpClocks(transaction: Transaction, sourceId: number): Promise<void> {
  await transaction.query(
    `INSERT INTO evidence.stream_hours
     WITH measured AS (
       SELECT system, time, record, epoch(time) - epoch(lag(time) OVER (PARTITION BY system ORDER BY time, record)) AS silence_s
       FROM evidence.clock_samples WHERE source_id = $source::INTEGER AND time IS NOT NULL AND system IS NOT NULL
         AND record NOT IN (SELECT record FROM evidence.repeats WHERE source_id = $source::INTEGER))
     SELECT $source::INTEGER, 'clock', system, date_trunc('hour', time), count(*), min(time), max(time), min(record),
       max(silence_s)
     FROM measured GROUP BY ALL`,
    { source: sourceId },
  );
}
