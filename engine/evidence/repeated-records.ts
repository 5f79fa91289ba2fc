/** Records that were delivered twice: the later one gives way to the earlier one, and stays as a second citation. */
import { evidenceTable } from '../core/tables.ts';
import type { Transaction } from '../store/case-database.ts';

/** What two records must have in common to be the same: the whole spine, and what tells records apart beyond it. */
const PLACE = ['stream', 'system', 'time'];
const SPINE = evidenceTable('events')
  .columns.map(({ name }) => name)
  .filter((name) => !PLACE.includes(name));

const BEYOND = ['pid', 'event_id', 'fields', 'until', 'interface', 'packets', 'bytes', 'flow_fields'];
const COMPARED = [...SPINE, ...BEYOND];
/** Those of the spine that are read fast, and nearly always differ where records do. */
const FIRST_COMPARED = ['code', 'actor', 'target', 'src_ip', 'sequence'];

/**
 * Rows of `events` of some sources in a time, with what tells equal ones apart: the process of a syslog line, the identity
 * of a cloud event. The sources are named for each table, or all of it would be read for each small file.
 */
function events(sources: string): string {
  const of = (table: string): string => `(SELECT * FROM evidence.${table} WHERE source_id IN (${sources}))`;
  return `
    SELECT e.*, s.pid, c.event_id, f.fields, w.until, w.interface, w.packets, w.bytes, w.fields AS flow_fields
    FROM (SELECT * FROM evidence.events
          WHERE source_id IN (${sources}) AND time BETWEEN $first::TIMESTAMP AND $last::TIMESTAMP) e
    LEFT JOIN ${of('syslog_records')} s ON s.source_id = e.source_id AND s.record = e.record
    LEFT JOIN ${of('cloudtrail_records')} c ON c.source_id = e.source_id AND c.record = e.record
    LEFT JOIN ${of('event_fields')} f ON f.source_id = e.source_id AND f.record = e.record
    LEFT JOIN ${of('flow_records')} w ON w.source_id = e.source_id AND w.record = e.record`;
}

/**
 * Fills `evidence.repeats` for a source: each of its events that an earlier source has too, from the same system in the
 * same stream, at the same time and with the same content. A log may hold equal lines: of three in the earlier source
 * and four in this one, three are repeats. Gives how many there were, by the source that has them.
 *
 * Only sources of the same system whose times overlap are compared, and only the time in which both have an event of
 * the same code, actor and target, so that most imports cost little.
 */
export async function findRepeats(transaction: Transaction, sourceId: number): Promise<ReadonlyMap<number, number>> {
  const common = await transaction.query(
    `WITH mine AS (
       SELECT stream, system, min(time) AS first, max(time) AS last FROM evidence.events
       WHERE source_id = $source::INTEGER AND time IS NOT NULL AND system IS NOT NULL GROUP BY stream, system)
     SELECT h.source_id, greatest(min(h.first_time), min(m.first)) AS first, least(max(h.last_time), min(m.last)) AS last
     FROM evidence.stream_hours h JOIN mine m ON m.stream = h.stream AND m.system = h.system
       AND h.last_time >= m.first AND h.first_time <= m.last
     WHERE h.source_id <> $source::INTEGER GROUP BY h.source_id, h.stream, h.system`,
    { source: sourceId },
  );
  if (common.length === 0) return new Map();
  const others = [...new Set(common.map((row) => Number(row['source_id'])))].sort((a, b) => a - b).join(', ');
  const time = {
    first: earliest(common.map((row) => row['first'] as bigint)),
    last: -earliest(common.map((row) => -(row['last'] as bigint))),
  };
  const alike = await timeOfAlike(transaction, { sourceId, others, ...time });
  const found = alike === undefined ? [] : await compare(transaction, { sourceId, others, ...alike });
  return new Map(found.map((row) => [Number(row['of_source_id']), Number(row['n'])]));
}

interface Comparison {
  readonly sourceId: number;
  /** Numbers of earlier sources, as SQL. */
  readonly others: string;
  /** The time in which records are compared, both ends included. */
  readonly first: bigint;
  readonly last: bigint;
}

function earliest(times: readonly bigint[]): bigint {
  return times.reduce((least, time) => (time < least ? time : least));
}

function boundTimes({ first, last }: Comparison) {
  return { first: { micros: first }, last: { micros: last } };
}

/** The time from the first to the last event that may be a repeat; `undefined` where none may. */
async function timeOfAlike(
  transaction: Transaction,
  comparison: Comparison,
): Promise<Pick<Comparison, 'first' | 'last'> | undefined> {
  const { sourceId, others } = comparison;
  const alike = FIRST_COMPARED.map((column) => `l.${column} IS NOT DISTINCT FROM e.${column}`).join(' AND ');
  const within = (row: string): string => `${row}.time BETWEEN $first::TIMESTAMP AND $last::TIMESTAMP`;
  const [row] = await transaction.query(
    `SELECT min(l.time) AS first, max(l.time) AS last
     FROM evidence.events l JOIN evidence.events e
       ON e.stream = l.stream AND e.system = l.system AND e.time = l.time AND ${alike}
     WHERE l.source_id = ${sourceId} AND e.source_id IN (${others}) AND ${within('l')} AND ${within('e')}`,
    boundTimes(comparison),
  );
  const { first, last } = row ?? {};
  return typeof first === 'bigint' && typeof last === 'bigint' ? { first, last } : undefined;
}

async function compare(transaction: Transaction, comparison: Comparison) {
  const { sourceId, others } = comparison;
  const place = `row_number() OVER (PARTITION BY stream, system, time, ${COMPARED.join(', ')} ORDER BY source_id, record)`;
  const same = COMPARED.map((column) => `l.${column} IS NOT DISTINCT FROM e.${column}`).join(' AND ');
  await transaction.query(
    `INSERT INTO evidence.repeats
     WITH earlier AS (
       SELECT *, ${place} AS place FROM (${events(others)}) e
       WHERE NOT EXISTS (SELECT 1 FROM evidence.repeats r WHERE r.source_id = e.source_id AND r.record = e.record)),
     later AS (SELECT *, ${place} AS place FROM (${events(String(sourceId))}))
     SELECT l.source_id, l.record, e.source_id, e.record
     FROM later l JOIN earlier e ON e.stream = l.stream AND e.system = l.system AND e.time = l.time AND e.place = l.place
       AND ${same}`,
    boundTimes(comparison),
  );
  return transaction.query(
    `SELECT of_source_id, count(*) AS n FROM evidence.repeats WHERE source_id = $source::INTEGER
     GROUP BY of_source_id ORDER BY of_source_id`,
    { source: sourceId },
  );
}
