/**
 * Audit events whose lines stand partly at the end of one file and partly at the beginning of the next: a rotation, or
 * the copy of a file that was being written, cuts where it will. See docs/formats/auditd.md, "Events that are cut".
 */
import {
  describeLines,
  isWholeEvent,
  lineRank,
  placeInEvent,
  type JoinedRow,
  type StoredLine,
} from '../formats/auditd/stored-event.ts';
import type { Transaction } from '../store/case-database.ts';
import type { SqlRow } from '../store/sql-values.ts';
import type { CommonTimes } from './common-times.ts';

/** What the reader holds open (engine/formats/auditd/event.ts): an event nearer than this to an end may be cut there. */
const OPEN_EVENTS = 64;
const OPEN_TIME = 'INTERVAL 2 SECOND';

/** A line of a part; `key` is all of its content. */
interface PartLine extends StoredLine {
  readonly record: number;
  readonly key: string;
}

/** The lines of an event in one source. */
interface Part {
  readonly sourceId: number;
  /** Record number of its first line. */
  readonly record: number;
  readonly isAtStart: boolean;
  readonly isAtEnd: boolean;
  /** What the source covers in this stream: of two parts, the one of the earlier file is first. */
  readonly first: bigint;
  readonly last: bigint;
  readonly lines: readonly PartLine[];
}

interface Joined {
  /** The part that the event cites: the one with the main record. */
  readonly kept: Part;
  readonly others: readonly { readonly part: Part; readonly adds: boolean }[];
  /** The event of all lines; undefined where the other parts add nothing. */
  readonly row: JoinedRow | undefined;
}

/** A record of an event of this source that is one with a record of another. */
export interface CutEvent {
  readonly sourceId: number;
  readonly record: number;
  readonly ofSourceId: number;
  readonly ofRecord: number;
  /** It has lines that the other has not. */
  readonly adds: boolean;
}

/**
 * Joins the parts of events that a source has in common with those before it: fills `evidence.event_parts` and
 * `evidence.joined_events`, and takes parts that another one stands for out of the count of their hour. The same comes
 * of it in whatever order the sources are imported, but for their numbers. Gives the parts of events of this source.
 */
export async function joinCutEvents(
  transaction: Transaction,
  sourceId: number,
  common: CommonTimes,
): Promise<readonly CutEvent[]> {
  const events = await partsOfEvents(transaction, sourceId, common);
  const cut: CutEvent[] = [];
  for (const parts of events) {
    const joined = joinParts(parts);
    if (joined) cut.push(...(await keepJoined(transaction, sourceId, joined)));
  }
  return cut;
}

/** The parts of each event that may be cut at an end of a source, and that the new source and another one have. */
async function partsOfEvents(
  transaction: Transaction,
  sourceId: number,
  { sources }: CommonTimes,
): Promise<readonly (readonly Part[])[]> {
  const ids = sources.join(', ');
  const rows = await transaction.query(
    `WITH spans AS (
       SELECT source_id, system, min(time) AS first, max(time) AS last FROM evidence.events
       WHERE stream = 'auditd' AND source_id IN (${ids}) GROUP BY source_id, system),
     near AS (
       SELECT e.source_id, e.record, e.system, e.time, e.sequence, e.time > s.last - ${OPEN_TIME} AS at_end,
         e.time < s.first + ${OPEN_TIME} AS at_start
       FROM evidence.events e JOIN spans s ON s.source_id = e.source_id AND s.system IS NOT DISTINCT FROM e.system
       WHERE e.stream = 'auditd' AND e.source_id IN (${ids})
         AND (e.time > s.last - ${OPEN_TIME} OR e.time < s.first + ${OPEN_TIME})),
     edges AS (
       SELECT *, at_end AND row_number() OVER (PARTITION BY source_id, system, at_end ORDER BY record DESC) <= ${OPEN_EVENTS} AS is_at_end,
         at_start AND row_number() OVER (PARTITION BY source_id, system, at_start ORDER BY record) <= ${OPEN_EVENTS} AS is_at_start
       FROM near QUALIFY is_at_end OR is_at_start),
     stamps AS (
       SELECT e.system, e.time, e.sequence FROM evidence.events e
       JOIN (SELECT DISTINCT system, time, sequence FROM edges) c ON c.time = e.time AND c.sequence = e.sequence
         AND c.system IS NOT DISTINCT FROM e.system
       WHERE e.stream = 'auditd' AND e.source_id IN (${ids})
         AND NOT EXISTS (SELECT 1 FROM evidence.repeats r WHERE r.source_id = e.source_id AND r.record = e.record)
       GROUP BY ALL HAVING count(DISTINCT e.source_id) > 1 AND bool_or(e.source_id = $source::INTEGER))
     SELECT l.*, s.system, p.first AS covers_first, p.last AS covers_last, coalesce(c.is_at_start, false) AS is_at_start,
       coalesce(c.is_at_end, false) AS is_at_end
     FROM stamps s JOIN evidence.events e ON e.time = s.time AND e.sequence = s.sequence AND e.stream = 'auditd'
       AND e.system IS NOT DISTINCT FROM s.system AND e.source_id IN (${ids})
     JOIN evidence.auditd_records l ON l.source_id = e.source_id AND l.event_record = e.record AND l.time = s.time
     JOIN spans p ON p.source_id = e.source_id AND p.system IS NOT DISTINCT FROM e.system
     LEFT JOIN edges c ON c.source_id = e.source_id AND c.record = e.record
     WHERE NOT EXISTS (SELECT 1 FROM evidence.repeats r WHERE r.source_id = e.source_id AND r.record = e.record)
     ORDER BY s.system, s.time, s.sequence, l.source_id, l.record`,
    { source: sourceId },
  );
  return eventsOf(rows);
}

function eventsOf(rows: readonly SqlRow[]): readonly (readonly Part[])[] {
  const events = new Map<string, Map<string, { part: Omit<Part, 'lines'>; lines: PartLine[] }>>();
  for (const row of rows) {
    const line = lineOf(row);
    if (isWholeEvent(line)) continue;
    const stamp = [row['system'], row['time'], row['serial']].join('\u0000');
    const parts = events.get(stamp) ?? new Map<string, { part: Omit<Part, 'lines'>; lines: PartLine[] }>();
    events.set(stamp, parts);
    const citation = `${String(row['source_id'])} ${String(row['event_record'])}`;
    const known = parts.get(citation);
    if (known) known.lines.push(line);
    else parts.set(citation, { part: partOf(row), lines: [line] });
  }
  return [...events.values()].map((parts) => [...parts.values()].map(({ part, lines }) => ({ ...part, lines })));
}

function partOf(row: SqlRow): Omit<Part, 'lines'> {
  return {
    sourceId: Number(row['source_id']),
    record: Number(row['event_record']),
    isAtStart: row['is_at_start'] === true,
    isAtEnd: row['is_at_end'] === true,
    first: row['covers_first'] as bigint,
    last: row['covers_last'] as bigint,
  };
}

/** Columns of the row that are no content of the line. */
const ABOUT_THE_LINE = new Set([
  ...['source_id', 'record', 'event_record', 'time', 'serial', 'system'],
  ...['covers_first', 'covers_last', 'is_at_start', 'is_at_end'],
]);

function lineOf(row: SqlRow): PartLine {
  const content = Object.entries(row).filter(([name]) => !ABOUT_THE_LINE.has(name));
  const count = (name: string): number | null =>
    row[name] === null || row[name] === undefined ? null : Number(row[name]);
  return {
    record: Number(row['record']),
    key: JSON.stringify(content.map(([, value]) => (typeof value === 'bigint' ? String(value) : value))),
    type: String(row['type']),
    texts: Object.fromEntries(
      content
        .filter(([name, value]) => name !== 'fields' && (value === null || typeof value === 'string'))
        .map(([name, value]) => [name, value as string | null]),
    ),
    counts: {
      exit: count('exit'),
      syscall: count('syscall'),
      uid: count('uid'),
      auid: count('auid'),
      ses: count('ses'),
    },
    success: row['success'] as boolean | null,
    fields: row['fields'] === null ? {} : (JSON.parse(String(row['fields'])) as Record<string, string>),
  };
}

/** Joins what is of one event; `undefined` where no part is. Parts that do not fit stay events of their own. */
function joinParts(parts: readonly Part[]): Joined | undefined {
  const [kept, ...rest] = [...parts].sort(byMeaning);
  if (!kept) return undefined;
  const taken = [kept];
  const others: { part: Part; adds: boolean }[] = [];
  for (const part of rest.sort(byFile)) {
    const isCovered = covers(kept.lines, part.lines);
    if (!(isCovered ? part.isAtStart || part.isAtEnd : taken.some((one) => continues(one, part)))) continue;
    if (conflicts(taken, part)) continue;
    taken.push(part);
    others.push({ part, adds: !isCovered });
  }
  if (others.length === 0) return undefined;
  const adds = others.some((other) => other.adds);
  return { kept, others, row: adds ? describeLines(unionOf(taken.sort(byFile))) : undefined };
}

/** The part with the main record first; of two such the one with more lines. */
function byMeaning(a: Part, b: Part): number {
  return rankOf(a) - rankOf(b) || b.lines.length - a.lines.length || a.sourceId - b.sourceId;
}

/** The part of the older file first. */
function byFile(a: Part, b: Part): number {
  const compared = (x: bigint, y: bigint): number => (x < y ? -1 : x > y ? 1 : 0);
  return compared(a.first, b.first) || compared(a.last, b.last) || byMeaning(a, b);
}

function rankOf({ lines }: Part): number {
  return lines.reduce((least, line) => Math.min(least, lineRank(line)), Infinity);
}

/** One is at the end of its file, the other at the beginning of its own. */
function continues(a: Part, b: Part): boolean {
  return a.sourceId !== b.sourceId && ((a.isAtEnd && b.isAtStart) || (a.isAtStart && b.isAtEnd));
}

function covers(lines: readonly PartLine[], others: readonly PartLine[]): boolean {
  const keys = new Set(lines.map(({ key }) => key));
  return others.every(({ key }) => keys.has(key));
}

/** Something that an event has once is there twice, and is not the same. */
function conflicts(taken: readonly Part[], { lines }: Part): boolean {
  const places = new Map(taken.flatMap((part) => part.lines).map((line) => [placeInEvent(line), line.key]));
  return lines.some((line) => {
    const place = placeInEvent(line);
    const known = place === undefined ? undefined : places.get(place);
    return known !== undefined && known !== line.key;
  });
}

/** The lines of all parts in the order of the files; a line that stands in two of them once. */
function unionOf(parts: readonly Part[]): readonly PartLine[] {
  const before = new Set<string>();
  return parts.flatMap(({ lines }) => {
    const news = lines.filter(({ key }) => !before.has(key));
    for (const { key } of lines) before.add(key);
    return news;
  });
}

async function keepJoined(transaction: Transaction, sourceId: number, joined: Joined): Promise<readonly CutEvent[]> {
  const { kept, others, row } = joined;
  const known = await forgetJoined(transaction, [kept, ...others.map(({ part }) => part)]);
  const cut: CutEvent[] = [];
  for (const { part, adds } of others) {
    const pair = { sourceId: part.sourceId, record: part.record, ofSourceId: kept.sourceId, ofRecord: kept.record };
    await transaction.query(
      `INSERT INTO evidence.event_parts
       VALUES ($sourceId::INTEGER, $record::BIGINT, $ofSourceId::INTEGER, $ofRecord::BIGINT, ${adds})`,
      pair,
    );
    if (part.sourceId !== sourceId && !known.has(`${part.sourceId} ${part.record}`))
      await takeFromHour(transaction, part);
    if (part.sourceId === sourceId || kept.sourceId === sourceId) cut.push({ ...pair, adds });
  }
  if (row) await insertJoined(transaction, kept, row);
  return cut;
}

/** Takes back what earlier sources made of these parts; gives those that another one stood for. */
async function forgetJoined(transaction: Transaction, parts: readonly Part[]): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for (const { sourceId, record } of parts) {
    const bound = { sourceId, record };
    const which = 'source_id = $sourceId::INTEGER AND record = $record::BIGINT';
    const gone = await transaction.query(`DELETE FROM evidence.event_parts WHERE ${which} RETURNING record`, bound);
    if (gone.length > 0) known.add(`${sourceId} ${record}`);
    await transaction.query(`DELETE FROM evidence.joined_events WHERE ${which}`, bound);
  }
  return known;
}

/** The hour was heard of all the same: its row stays, whatever is left of the count. */
async function takeFromHour(transaction: Transaction, { sourceId, record }: Part): Promise<void> {
  await transaction.query(
    `UPDATE evidence.stream_hours SET records = records - 1 FROM evidence.events e
     WHERE e.source_id = $sourceId::INTEGER AND e.record = $record::BIGINT AND stream_hours.source_id = e.source_id
       AND stream_hours.stream = e.stream AND stream_hours.system = e.system
       AND stream_hours.hour = date_trunc('hour', e.time)`,
    { sourceId, record },
  );
}

const joinedColumns = (
  'class activity code actor target src_ip src_port dst_ip dst_port outcome message' as const
).split(' ') as readonly (keyof JoinedRow)[];

async function insertJoined(transaction: Transaction, { sourceId, record }: Part, row: JoinedRow): Promise<void> {
  const type = (column: string): string => (column.endsWith('_port') ? 'INTEGER' : 'VARCHAR');
  const replaced = joinedColumns.map((column) => `$${column}::${type(column)} AS "${column}"`);
  await transaction.query(
    `INSERT INTO evidence.joined_events BY NAME SELECT e.* REPLACE (${replaced.join(', ')})
     FROM evidence.events e WHERE e.source_id = $sourceId::INTEGER AND e.record = $record::BIGINT`,
    { sourceId, record, ...Object.fromEntries(joinedColumns.map((column) => [column, valueOf(row[column])])) },
  );
}

function valueOf(value: JoinedRow[keyof JoinedRow]): string | number | null {
  return typeof value === 'bigint' ? Number(value) : (value ?? null);
}

const MOST_NAMED = 5;

/** What has to be said of a source with parts of events, in sentences. */
export function describeCutEvents(cut: readonly CutEvent[]): readonly string[] {
  const sentence = (what: string, parts: readonly CutEvent[]): readonly string[] => {
    const events = new Set(parts.map((part) => `${part.ofSourceId} ${part.ofRecord}`)).size;
    return events === 0 ? [] : [`Audit events ${what}: ${events} (${named(parts)}).`];
  };
  return [
    ...sentence(
      'cut by the end of a file and joined to one event each',
      cut.filter(({ adds }) => adds),
    ),
    ...sentence(
      'cut off in one file and whole in another, where they count once',
      cut.filter(({ adds }) => !adds),
    ),
  ];
}

function named(parts: readonly CutEvent[]): string {
  const pairs = parts
    .slice(0, MOST_NAMED)
    .map((part) => `S${part.ofSourceId} #${part.ofRecord} has S${part.sourceId} #${part.record}`);
  return `${pairs.join(', ')}${parts.length > MOST_NAMED ? `, and ${parts.length - MOST_NAMED} more` : ''}`;
}
