/** Records that were delivered twice: the later one gives way to the earlier one, and stays as a second citation. */
import { evidenceTable, type EvidenceTableName } from '../core/tables.ts';
import type { Transaction } from '../store/case-database.ts';
import type { CommonTimes, TimedRows } from './common-times.ts';

/** What a record has beyond the spine that tells it from others like it: its row in another table. */
interface SideTable {
  readonly table: EvidenceTableName;
  readonly columns: readonly string[];
}

const sideTables: readonly SideTable[] = [
  { table: 'syslog_records', columns: ['pid'] },
  { table: 'cloudtrail_records', columns: ['event_id'] },
  { table: 'event_fields', columns: ['fields'] },
  { table: 'flow_records', columns: ['until', 'interface', 'packets', 'bytes', 'fields'] },
];

/** Events, and measurements of clocks, as they are looked for in other sources. */
export const eventRows: TimedRows = { rows: 'evidence.events', streams: 'true' };
export const clockRows: TimedRows = {
  rows: `(SELECT *, 'clock' AS stream FROM evidence.clock_samples)`,
  streams: `h.stream = 'clock'`,
};

/**
 * Fills `evidence.repeats` for a source: each of its events that an earlier source has too, from the same system in the
 * same stream, at the same time and with the same content, the lines of an audit event included. A log may hold equal
 * lines: of three in the earlier source and four in this one, three are repeats.
 *
 * Only sources of the same system whose times overlap are compared, and only in that time, so that most imports cost
 * nothing. Records that name no system are compared where they can be told apart all the same: see `hasIdentity`.
 */
export async function findRepeatedEvents(
  transaction: Transaction,
  sourceId: number,
  common: CommonTimes,
): Promise<void> {
  if (!(await isAnyAlike(transaction, sourceId, common))) return;
  await compare(transaction, sourceId, await eventContent(transaction, common));
}

/** Columns of the spine that are read fast, and nearly always differ where records do. */
const FIRST_COMPARED = ['time', 'stream', 'system', 'code', 'actor', 'target', 'src_ip', 'sequence'];

/** Whether an event of the source may be a repeat at all: files of a bucket overlap in time, and share nothing. */
async function isAnyAlike(
  transaction: Transaction,
  sourceId: number,
  { sources, from, to }: CommonTimes,
): Promise<boolean> {
  const others = sources.filter((other) => other !== sourceId);
  const within = (row: string): string => `${row}.time BETWEEN ${from} AND ${to}`;
  const [first = '', ...rest] = FIRST_COMPARED;
  const alike = [`l.${first} = e.${first}`, ...rest.map((column) => `l.${column} IS NOT DISTINCT FROM e.${column}`)];
  const rows = await transaction.query(
    `SELECT 1 FROM evidence.events l JOIN evidence.events e ON ${alike.join(' AND ')}
     WHERE l.source_id = ${sourceId} AND e.source_id IN (${others.join(', ')}) AND ${within('l')} AND ${within('e')} LIMIT 1`,
  );
  return rows.length > 0;
}

/** The same for measurements of clocks, which are no events. */
export async function findRepeatedClocks(
  transaction: Transaction,
  sourceId: number,
  common: CommonTimes,
): Promise<void> {
  await compare(transaction, sourceId, clockContent(common));
}

/** How many records of a source are repeats, by the source that has them first. */
export async function countRepeats(
  transaction: Transaction,
  sourceId: number,
): Promise<readonly { readonly ofSourceId: number; readonly records: number }[]> {
  const found = await transaction.query(
    `SELECT of_source_id, count(*) AS n FROM evidence.repeats WHERE source_id = $source::INTEGER
     GROUP BY of_source_id ORDER BY of_source_id`,
    { source: sourceId },
  );
  return found.map((row) => ({ ofSourceId: Number(row['of_source_id']), records: Number(row['n']) }));
}

/**
 * `contents` is SQL of `source_id`, `record` and `content`. Content is compared by a hash of 128 bits that nobody finds
 * two texts for by chance: to compare every column of every pair takes a hundred times as long.
 */
async function compare(transaction: Transaction, sourceId: number, contents: string): Promise<void> {
  const place = 'row_number() OVER (PARTITION BY content ORDER BY source_id, record) AS place';
  await transaction.query(`CREATE OR REPLACE TEMP TABLE compared AS ${contents}`);
  await transaction.query(
    `INSERT INTO evidence.repeats
     WITH earlier AS (
       SELECT *, ${place} FROM compared e WHERE source_id <> $source::INTEGER
         AND NOT EXISTS (SELECT 1 FROM evidence.repeats r WHERE r.source_id = e.source_id AND r.record = e.record)),
     later AS (SELECT *, ${place} FROM compared WHERE source_id = $source::INTEGER)
     SELECT l.source_id, l.record, e.source_id, e.record
     FROM later l JOIN earlier e ON e.content = l.content AND e.place = l.place
     WHERE NOT EXISTS (SELECT 1 FROM evidence.repeats r WHERE r.source_id = l.source_id AND r.record = l.record)
     ORDER BY l.record`,
    { source: sourceId },
  );
  await transaction.query('DROP TABLE compared');
}

/** The events in the times in common, each with the hash of all that is known of it. */
async function eventContent(transaction: Transaction, common: CommonTimes): Promise<string> {
  const used = await usedSideTables(transaction, common.sources);
  const joins = used.map(
    ({ table }) => `LEFT JOIN evidence.${table} ${table} ON ${table}.source_id = e.source_id
      AND ${table}.record = e.record AND ${table}.source_id IN (${common.sources.join(', ')})`,
  );
  const beyond = used.flatMap(({ table, columns }) => columns.map((column) => `${table}."${column}"`));
  const hasLines = await isUsed(transaction, 'auditd_records', common.sources);
  const lines = hasLines
    ? [`LEFT JOIN (${linesOfEvents(common)}) lines ON lines.source_id = e.source_id AND lines.event_record = e.record`]
    : [];
  const ofLines = hasLines ? ['lines.n', 'lines.low', 'lines.high'] : [];
  return `SELECT e.source_id, e.record, ${hashOf([...columnsOf('events', 'e'), ...beyond, ...ofLines])} AS content
    FROM evidence.events e ${[...joins, ...lines].join(' ')}
    WHERE ${isInCommon(common)} AND (e.system IS NOT NULL OR ${hasIdentity(common, used)})`;
}

/**
 * True, in SQL, for an event that names no system and can be no other's: it has an identity of its own (the serial of
 * an audit event, the id of a cloud event, a member `...id` of 16 characters or more), or its file is of one rotated set
 * with the new one, by folder and name. Two hosts may well write the same line of text at the same time.
 */
function hasIdentity({ sameSet }: CommonTimes, used: readonly SideTable[]): string {
  const has = (table: EvidenceTableName): boolean => used.some((one) => one.table === table);
  return [
    `(e.stream = 'auditd' AND e.sequence IS NOT NULL)`,
    `e.source_id IN (${sameSet.join(', ')})`,
    ...(has('cloudtrail_records') ? ['cloudtrail_records.event_id IS NOT NULL'] : []),
    ...(has('flow_records') ? ['flow_records."interface" IS NOT NULL'] : []),
    ...(has('event_fields') ? [`regexp_matches(event_fields.fields, '(?:[iI][dD]|ID)" ?: ?"[^"]{16,}"')`] : []),
  ].join(' OR ');
}

/** The lines of each audit event, in any order, as two sums of the halves of their hashes. */
function linesOfEvents(common: CommonTimes): string {
  const columns = columnsOf('auditd_records', 'l').filter((column) => column !== 'l."event_record"');
  return `SELECT source_id, event_record, count(*) AS n, sum((line & 18446744073709551615)::UBIGINT) AS low,
      sum((line >> 64)::UBIGINT) AS high
    FROM (SELECT l.source_id, l.event_record, ${hashOf(columns)} AS line FROM evidence.auditd_records l
      WHERE l.source_id IN (${common.sources.join(', ')}) AND l.time BETWEEN ${common.from} AND ${common.to})
    GROUP BY source_id, event_record`;
}

function clockContent(common: CommonTimes): string {
  const sources = common.sources.join(', ');
  return `
    SELECT e.source_id, e.record, ${hashOf([...columnsOf('clock_samples', 'e'), 'f.fields'])} AS content
    FROM (SELECT *, 'clock' AS stream FROM evidence.clock_samples) e
    LEFT JOIN evidence.event_fields f ON f.source_id = e.source_id AND f.record = e.record AND f.source_id IN (${sources})
    WHERE ${isInCommon(common)} AND (e.system IS NOT NULL OR e.source_id IN (${common.sameSet.join(', ')}))`;
}

/** True, in SQL, for a row of `e` of one of the sources, in the time that any has in common with the new one. */
function isInCommon({ sources, from, to, spans }: CommonTimes): string {
  return `e.source_id IN (${sources.join(', ')}) AND e.time BETWEEN ${from} AND ${to} AND EXISTS (
    SELECT 1 FROM (SELECT stream, system, min(first) AS first, max(last) AS last FROM (${spans}) GROUP BY ALL) o
    WHERE o.stream = e.stream AND coalesce(o.system, '') = coalesce(e.system, '') AND e.time BETWEEN o.first AND o.last)`;
}

function columnsOf(table: EvidenceTableName, alias: string): readonly string[] {
  return evidenceTable(table).columns.map(({ name }) => `${alias}."${name}"`);
}

/** JSON keeps values, NULL and their places apart, whatever is in them. */
function hashOf(columns: readonly string[]): string {
  return `md5_number(to_json(row(${columns.join(', ')})))`;
}

async function usedSideTables(transaction: Transaction, sources: readonly number[]): Promise<readonly SideTable[]> {
  const used: SideTable[] = [];
  for (const side of sideTables) if (await isUsed(transaction, side.table, sources)) used.push(side);
  return used;
}

async function isUsed(
  transaction: Transaction,
  table: EvidenceTableName,
  sources: readonly number[],
): Promise<boolean> {
  const rows = await transaction.query(
    `SELECT 1 FROM evidence.${table} WHERE source_id IN (${sources.join(', ')}) LIMIT 1`,
  );
  return rows.length > 0;
}
