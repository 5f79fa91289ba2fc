/** Records that were delivered twice: the later one gives way to the earlier one, and stays as a second citation. */
import { evidenceTable } from '../core/tables.ts';
import type { Transaction } from '../store/case-database.ts';

/** What two records must have in common to be the same: the whole spine, and what tells records apart beyond it. */
const PLACE = ['stream', 'system', 'time'];
const SPINE = evidenceTable('events')
  .columns.map(({ name }) => name)
  .filter((name) => !PLACE.includes(name));

/** Rows of `events` with what tells equal ones apart: the process of a syslog line, the identity of a cloud event. */
const EVENTS = `
  SELECT e.*, s.pid, c.event_id, f.fields, w.until, w.interface, w.packets, w.bytes, w.fields AS flow_fields
  FROM evidence.events e
  LEFT JOIN evidence.syslog_records s ON s.source_id = e.source_id AND s.record = e.record
  LEFT JOIN evidence.cloudtrail_records c ON c.source_id = e.source_id AND c.record = e.record
  LEFT JOIN evidence.event_fields f ON f.source_id = e.source_id AND f.record = e.record
  LEFT JOIN evidence.flow_records w ON w.source_id = e.source_id AND w.record = e.record`;
const COMPARED = [...SPINE, 'pid', 'event_id', 'fields', 'until', 'interface', 'packets', 'bytes', 'flow_fields'];

/**
 * Fills `evidence.repeats` for a source: each of its events that an earlier source has too, from the same system in the
 * same stream, at the same time and with the same content. A log may hold equal lines: of three in the earlier source
 * and four in this one, three are repeats. Gives how many there were, by the source that has them.
 *
 * Only sources of the same system whose times overlap are compared, so that most imports cost nothing.
 */
export async function findRepeats(transaction: Transaction, sourceId: number): Promise<ReadonlyMap<number, number>> {
  const source = { source: sourceId };
  await transaction.query(
    `CREATE OR REPLACE TEMP TABLE times_in_common AS
     WITH mine AS (
       SELECT stream, system, min(time) AS first, max(time) AS last FROM evidence.events
       WHERE source_id = $source::INTEGER AND time IS NOT NULL AND system IS NOT NULL GROUP BY stream, system)
     SELECT h.source_id, h.stream, h.system, greatest(min(h.first_time), min(m.first)) AS first,
       least(max(h.last_time), min(m.last)) AS last
     FROM evidence.stream_hours h JOIN mine m ON m.stream = h.stream AND m.system = h.system
       AND h.last_time >= m.first AND h.first_time <= m.last
     WHERE h.source_id <> $source::INTEGER GROUP BY h.source_id, h.stream, h.system`,
    source,
  );
  const common = await transaction.query('SELECT 1 FROM times_in_common LIMIT 1');
  const found = common.length === 0 ? [] : await compare(transaction, sourceId);
  await transaction.query('DROP TABLE times_in_common');
  return new Map(found.map((row) => [Number(row['of_source_id']), Number(row['n'])]));
}

async function compare(transaction: Transaction, sourceId: number) {
  const place = `row_number() OVER (PARTITION BY stream, system, time, ${COMPARED.join(', ')} ORDER BY source_id, record)`;
  const same = COMPARED.map((column) => `l.${column} IS NOT DISTINCT FROM e.${column}`).join(' AND ');
  await transaction.query(
    `INSERT INTO evidence.repeats
     WITH span AS (SELECT stream, system, min(first) AS first, max(last) AS last FROM times_in_common GROUP BY stream, system),
     compared AS (
       SELECT e.* FROM (${EVENTS}) e JOIN span o ON o.stream = e.stream AND o.system = e.system
         AND e.time BETWEEN o.first AND o.last
       WHERE e.source_id = $source::INTEGER OR e.source_id IN (SELECT source_id FROM times_in_common)),
     earlier AS (
       SELECT *, ${place} AS place FROM compared e WHERE source_id <> $source::INTEGER
         AND NOT EXISTS (SELECT 1 FROM evidence.repeats r WHERE r.source_id = e.source_id AND r.record = e.record)),
     later AS (SELECT *, ${place} AS place FROM compared WHERE source_id = $source::INTEGER)
     SELECT l.source_id, l.record, e.source_id, e.record
     FROM later l JOIN earlier e ON e.stream = l.stream AND e.system = l.system AND e.time = l.time AND e.place = l.place
       AND ${same}`,
    { source: sourceId },
  );
  return transaction.query(
    `SELECT of_source_id, count(*) AS n FROM evidence.repeats WHERE source_id = $source::INTEGER
     GROUP BY of_source_id ORDER BY of_source_id`,
    { source: sourceId },
  );
}
