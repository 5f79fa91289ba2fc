/** What a second delivery of the same time has that the first had not, and the other way round. */
import { dayOf, type Day } from '../../shared/time.ts';
import type { SqlParameters, SqlRow } from '../store/sql-values.ts';

/** Two sources that hold the same log, and how they differ on one day. */
export interface DeliveryDifference {
  readonly earlier: number;
  readonly later: number;
  readonly stream: string;
  /** Null for records that name no system. */
  readonly system: string | null;
  readonly day: Day;
  /** Records that both have. */
  readonly shared: number;
  /** Records that only the later one has. */
  readonly added: number;
  /** Records of the earlier one that are gone from the later one. */
  readonly removed: number;
  /** Of those added and removed, pairs with the same time, code and serial number. */
  readonly changed: number;
  /** Record of the earlier source that is the first one gone. */
  readonly firstRemoved: number | null;
  /** The first of the records that are gone, ten at most, in the order of that source. */
  readonly removedRecords: readonly number[];
}

/** Records of a day that are named one by one. */
const MOST_NAMED = 10;

/** Asks the database; a transaction under way, or a database. */
export type Ask = (sql: string, parameters?: SqlParameters) => Promise<readonly SqlRow[]>;

/**
 * Compares sources that share records, within the time that both cover. Two sources are two deliveries of one log when
 * at least half of the records of the smaller one there are in the other too: files of one rotated set, or a host's
 * messages and its secure log, share few or none. `later` limits the comparison to one source. Days are those of `zone`.
 *
 * Shape: a row for each day with any record in the common time, in the order of sources, stream, system and day.
 */
export async function findDeliveryDifferences(
  ask: Ask,
  zone: string,
  later?: number,
): Promise<readonly DeliveryDifference[]> {
  const limit = later === undefined ? '' : 'WHERE r.source_id = $later::INTEGER';
  const rows = await ask(
    `WITH pairs AS (
       SELECT r.of_source_id AS earlier, r.source_id AS later, e.stream, e.system
       FROM evidence.repeats r JOIN evidence.events e ON e.source_id = r.source_id AND e.record = r.record
       ${limit} GROUP BY ALL),
     spans AS (
       SELECT source_id, stream, system, min(time) AS first, max(time) AS last FROM evidence.events
       WHERE source_id IN (SELECT earlier FROM pairs UNION SELECT later FROM pairs) GROUP BY ALL),
     common AS (
       SELECT p.*, greatest(a.first, b.first) AS first, least(a.last, b.last) AS last FROM pairs p
       JOIN spans a ON a.source_id = p.earlier AND a.stream = p.stream AND a.system IS NOT DISTINCT FROM p.system
       JOIN spans b ON b.source_id = p.later AND b.stream = p.stream AND b.system IS NOT DISTINCT FROM p.system),
     -- An event that two files cut at different places is no difference of their content.
     parts AS (
       SELECT source_id, record FROM evidence.event_parts UNION SELECT of_source_id, of_record FROM evidence.event_parts),
     repeated AS (
       SELECT c.earlier, c.later, r.record, r.of_record FROM (SELECT DISTINCT earlier, later FROM common) c
       JOIN evidence.repeats r ON r.source_id = c.later AND r.of_source_id = c.earlier),
     rows_of_both AS (
       SELECT c.earlier, c.later, c.stream, c.system, e.time, e.code, e.sequence, e.source_id, e.record,
         true AS is_later, r.record IS NOT NULL AS is_repeated
       FROM common c JOIN evidence.events e ON e.source_id = c.later AND e.stream = c.stream
         AND e.system IS NOT DISTINCT FROM c.system AND e.time BETWEEN c.first AND c.last
       LEFT JOIN repeated r ON r.earlier = c.earlier AND r.later = c.later AND r.record = e.record
       UNION ALL
       SELECT c.earlier, c.later, c.stream, c.system, e.time, e.code, e.sequence, e.source_id, e.record, false,
         r.record IS NOT NULL
       FROM common c JOIN evidence.events e ON e.source_id = c.earlier AND e.stream = c.stream
         AND e.system IS NOT DISTINCT FROM c.system AND e.time BETWEEN c.first AND c.last
       LEFT JOIN repeated r ON r.earlier = c.earlier AND r.later = c.later AND r.of_record = e.record),
     sides AS (
       SELECT b.* EXCLUDE (is_repeated), b.is_repeated OR p.record IS NOT NULL AS is_shared, o.record IS NOT NULL AS is_repeat
       FROM rows_of_both b
       LEFT JOIN parts p ON p.source_id = b.source_id AND p.record = b.record
       LEFT JOIN evidence.repeats o ON o.source_id = b.source_id AND o.record = b.record),
     alone AS (
       SELECT *, row_number() OVER (PARTITION BY earlier, later, stream, system, is_later, time, code, sequence ORDER BY record) AS place
       FROM sides WHERE NOT is_shared AND NOT is_repeat),
     changes AS (
       SELECT a.earlier, a.later, a.stream, a.system, time_bucket(INTERVAL 15 MINUTE, a.time) AS quarter, count(*) AS changed
       FROM alone a JOIN alone b ON a.earlier = b.earlier AND a.later = b.later AND a.stream = b.stream
         AND a.system IS NOT DISTINCT FROM b.system AND a.time = b.time AND a.code IS NOT DISTINCT FROM b.code
         AND a.sequence IS NOT DISTINCT FROM b.sequence AND a.place = b.place AND NOT a.is_later AND b.is_later
       GROUP BY ALL),
     quarters AS (
       SELECT earlier, later, stream, system, time_bucket(INTERVAL 15 MINUTE, time) AS quarter,
         count(*) FILTER (is_later AND is_shared) AS shared,
         count(*) FILTER (is_later AND NOT is_shared AND NOT is_repeat) AS added,
         count(*) FILTER (NOT is_later AND NOT is_shared AND NOT is_repeat) AS removed,
         min(record, ${MOST_NAMED}) FILTER (NOT is_later AND NOT is_shared AND NOT is_repeat) AS first_removed
       FROM sides GROUP BY ALL),
     deliveries AS (
       SELECT earlier, later, stream, system FROM quarters GROUP BY ALL
       HAVING 2 * sum(shared) >= least(sum(shared + added), sum(shared + removed)))
     SELECT q.*, coalesce(c.changed, 0) AS changed FROM quarters q
     JOIN deliveries d ON d.earlier = q.earlier AND d.later = q.later AND d.stream = q.stream AND d.system IS NOT DISTINCT FROM q.system
     LEFT JOIN changes c ON c.earlier = q.earlier AND c.later = q.later AND c.stream = q.stream
       AND c.system IS NOT DISTINCT FROM q.system AND c.quarter = q.quarter
     ORDER BY q.earlier, q.later, q.stream, q.system, q.quarter`,
    later === undefined ? {} : { later },
  );
  return byDay(rows, zone);
}

// Every zone's days begin on a quarter of an hour.
function byDay(rows: readonly SqlRow[], zone: string): readonly DeliveryDifference[] {
  const days = new Map<string, DeliveryDifference>();
  for (const row of rows) {
    const day = dayOf(row['quarter'] as bigint, zone);
    const known = [row['earlier'], row['later'], row['stream'], row['system'], day].join('\u0000');
    const before = days.get(known);
    const sum = (column: 'shared' | 'added' | 'removed' | 'changed'): number =>
      (before?.[column] ?? 0) + Number(row[column]);
    const removedRecords = [
      ...(before?.removedRecords ?? []),
      ...((row['first_removed'] ?? []) as readonly (number | bigint)[]).map(Number),
    ]
      .sort((a, b) => a - b)
      .slice(0, MOST_NAMED);
    days.set(known, {
      earlier: Number(row['earlier']),
      later: Number(row['later']),
      stream: String(row['stream']),
      system: row['system'] === null ? null : String(row['system']),
      day,
      shared: sum('shared'),
      added: sum('added'),
      removed: sum('removed'),
      changed: sum('changed'),
      firstRemoved: removedRecords[0] ?? null,
      removedRecords,
    });
  }
  return [...days.values()];
}

const MOST_DAYS = 5;
const MOST_CITED = 5;

/** What has to be said of a source that is a second delivery: sentences, none where nothing differs. */
export function describeDifferences(differences: readonly DeliveryDifference[]): readonly string[] {
  const pairs = new Map<string, DeliveryDifference[]>();
  for (const one of differences) {
    const key = `${one.stream}${one.system === null ? '' : ` of ${one.system}`} in S${one.earlier}`;
    pairs.set(key, [...(pairs.get(key) ?? []), one]);
  }
  return [...pairs].flatMap(([of, days]) => {
    const total = (column: 'added' | 'removed' | 'changed'): number => days.reduce((sum, day) => sum + day[column], 0);
    if (total('added') + total('removed') === 0) return [];
    const differing = days.filter(({ added, removed }) => added + removed > 0);
    const listed = differing.slice(0, MOST_DAYS).map(({ day, added, removed }) => `${day} -${removed} +${added}`);
    const more = differing.length > MOST_DAYS ? `, and ${differing.length - MOST_DAYS} more days` : '';
    const compared = `Compared with ${of}, over the time that both cover: ${total('removed')} records of that delivery are not in this one, ${total('added')} are only in this one, ${total('changed')} of them changed (${listed.join(', ')}${more}).`;
    return [compared, ...removalFinding(days, total('removed'), total('changed'))];
  });
}

/** A log only grows: what an earlier delivery had and a later one has not was taken out or altered. */
function removalFinding(days: readonly DeliveryDifference[], removed: number, changed: number): readonly string[] {
  if (removed === 0) return [];
  const records = days.flatMap(({ earlier, removedRecords }) =>
    removedRecords.map((record) => `S${earlier} #${record}`),
  );
  const cited = records.slice(0, MOST_CITED).join(', ');
  const more = removed > MOST_CITED ? `, and ${removed - MOST_CITED} more` : '';
  const altered = changed > 0 ? `, or altered as ${changed} of them ${changed === 1 ? 'was' : 'were'}` : '';
  return [
    `Finding: records that S${days[0]!.earlier} has are gone from this delivery of the same log${altered}: ${cited}${more}. They count as S${days[0]!.earlier} has them; ask who changed the log between the two deliveries, and why.`,
  ];
}
