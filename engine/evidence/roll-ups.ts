/** Roll-ups made when a source is imported, so that coverage and most controls never scan raw rows twice. */
import type { EvidenceTableName } from '../core/tables.ts';
import type { Transaction } from '../store/case-database.ts';
import { describeDifferences, findDeliveryDifferences, type Ask } from './delivery-differences.ts';
import { checkDigestSignatures } from './digest-signatures.ts';
import { rollUpMetrics, type MetricSource } from './metric-roll-ups.ts';
import { findRepeats } from './repeated-records.ts';
import { rollUpScrapes } from './metric-streams.ts';

export interface RolledUpSource extends MetricSource {
  /** IANA zone of the engagement's days. */
  readonly dayZone: string;
  /** How many rows it has, by table; where nobody says, it may have rows of any. A bucket holds thousands of small files. */
  readonly rows?: Readonly<Record<string, number>>;
}

/**
 * Makes what rests on the rows of a source and of those before it. Gives what has to be said of the source, in sentences.
 */
export async function rollUpSource(transaction: Transaction, source: RolledUpSource): Promise<readonly string[]> {
  const { sourceId, rows } = source;
  const mayHave = (table: EvidenceTableName): boolean => rows === undefined || (rows[table] ?? 0) > 0;
  const repeats = mayHave('events') ? await findRepeats(transaction, sourceId) : new Map<number, number>();
  if (mayHave('events')) await rollUpEvents(transaction, sourceId, repeats.size > 0);
  if (mayHave('clock_samples')) await rollUpClocks(transaction, sourceId);
  if (mayHave('metric_series')) {
    await rollUpMetrics(transaction, source);
    await rollUpScrapes(transaction, sourceId);
  }
  if (mayHave('trail_digests') || mayHave('trail_keys')) await checkDigestSignatures(transaction, sourceId);
  if (repeats.size === 0) return [];
  const ask: Ask = (sql, parameters) => transaction.query(sql, parameters);
  const differences = await findDeliveryDifferences(ask, source.dayZone, sourceId);
  return [
    ...[...repeats].map(
      ([earlier, count]) =>
        `${count} of its records are in S${earlier} too: each counts once, and this is its second citation.`,
    ),
    ...describeDifferences(differences),
  ];
}

/**
 * Fills `stream_hours` for one source: for each stream, system and UTC hour, how many events, the first and last,
 * and the longest silence (seconds) that ended in the hour. Events without a time or a system are not in it.
 */
async function rollUpEvents(transaction: Transaction, sourceId: number, hasRepeats: boolean): Promise<void> {
  const once = hasRepeats
    ? 'AND record NOT IN (SELECT record FROM evidence.repeats WHERE source_id = $source::INTEGER)'
    : '';
  await transaction.query(
    `INSERT INTO evidence.stream_hours
     WITH spoken AS (
       SELECT stream, system, time, record,
         epoch(time) - epoch(lag(time) OVER (PARTITION BY stream, system ORDER BY time, record)) AS silence_s
       FROM evidence.events
       WHERE source_id = $source::INTEGER AND time IS NOT NULL AND system IS NOT NULL ${once})
     SELECT $source::INTEGER, stream, system, date_trunc('hour', time), count(*), min(time), max(time), min(record), max(silence_s)
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
       FROM evidence.clock_samples WHERE source_id = $source::INTEGER AND time IS NOT NULL AND system IS NOT NULL)
     SELECT $source::INTEGER, 'clock', system, date_trunc('hour', time), count(*), min(time), max(time), min(record),
       max(silence_s)
     FROM measured GROUP BY ALL`,
    { source: sourceId },
  );
}
