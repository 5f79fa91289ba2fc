/** Events of many streams over a year, made in the database as imports leave them there, with silences planted in them. */
import { MICROS_PER_DAY } from '../../shared/time.ts';
import type { CaseDatabase } from '../../engine/store/case-database.ts';

/** How much there is; a `period` is the usual distance of the events of a stream. */
export interface Size {
  readonly events: number;
  readonly streams: number;
  readonly days: number;
}

/** Deliveries that the events come in, one after the other in time, each a source. */
const SOURCES = 12;
const STREAMS_A_SYSTEM = 5;
/** Each stream is silent once in each of so many parts of the window. */
export const SILENCES_A_STREAM = 4;
/** One stream in so many is late in the source that is added at the end. */
const LATE_ONE_IN = 50;
/** The first day of the window. */
export const FIRST_DAY = '2026-01-01';
const START_MICROS = Date.parse(FIRST_DAY) * 1000;
const MICROS_PER_SECOND = 1e6;
const SHORTEST_ALLOWED_S = 2 * 3600;

/** The longest silence that is no gap, in seconds: longer than an hour, and than events are ever apart by themselves. */
export function allowedSeconds(size: Size): number {
  return Math.max(SHORTEST_ALLOWED_S, Math.ceil((3 * periodMicros(size)) / MICROS_PER_SECOND));
}

function periodMicros({ events, streams, days }: Size): number {
  return Math.floor((days * Number(MICROS_PER_DAY)) / (events / streams));
}

const spanMicros = (size: Size): number => size.days * Number(MICROS_PER_DAY);

/** Refuses sizes of which the planted silences would not be told from the usual ones. */
export function checkSize(size: Size): void {
  const longestPlanted = 12 * allowedSeconds(size) * MICROS_PER_SECOND;
  if (longestPlanted < spanMicros(size) / SILENCES_A_STREAM / 4) return;
  throw new Error(
    `${size.events} events of ${size.streams} streams in ${size.days} days are too far apart for planted silences: ` +
      'ask for more events, fewer streams or more days.',
  );
}

/** Makes the events of the window, `SOURCES` sources; gives how many rows there are. */
export async function makeEvents(database: CaseDatabase, size: Size): Promise<number> {
  const slots = Math.floor(size.events / size.streams);
  for (let source = 1; source <= SOURCES; source++) {
    const from = Math.floor((slots * (source - 1)) / SOURCES);
    const to = Math.floor((slots * source) / SOURCES);
    await insert(database, size, { source, from, to }, `NOT (${isPlanted(size, 'micros')})`);
  }
  const [row] = await database.query('SELECT count(*) AS n FROM evidence.events');
  return Number(row!['n']);
}

/** Every source that `makeEvents` makes. */
export const sourceIds: readonly number[] = Array.from({ length: SOURCES }, (_, at) => at + 1);
export const ADDED_SOURCE = SOURCES + 1;

/** Adds one more day, in which some streams begin late. */
export async function addDay(database: CaseDatabase, size: Size): Promise<void> {
  const from = Math.floor(size.events / size.streams);
  const to = from + Math.ceil(Number(MICROS_PER_DAY) / periodMicros(size));
  const late = `s % ${LATE_ONE_IN} = 0 AND micros < ${spanMicros(size) + 3 * allowedSeconds(size) * MICROS_PER_SECOND}`;
  await insert(database, size, { source: ADDED_SOURCE, from, to }, `NOT (${late})`);
}

/** The streams that are late in the added day. */
export function lateStreams({ streams }: Size): number {
  return Math.ceil(streams / LATE_ONE_IN);
}

interface Part {
  readonly source: number;
  /** Slots: in each, every stream speaks once, at a time in it that only chance decides. */
  readonly from: number;
  readonly to: number;
}

/** Rows stand in the order of their slots, as lines in the file of a collector: nearly, not wholly, in that of time. */
async function insert(database: CaseDatabase, size: Size, { source, from, to }: Part, where: string): Promise<void> {
  const period = periodMicros(size);
  await database.query(
    `INSERT INTO evidence.events (source_id, record, time, system, stream, class, activity, code)
     WITH placed AS (
       SELECT i, i % ${size.streams} AS s,
         (i // ${size.streams}) * ${period} + (hash(i, 11) % ${period})::BIGINT AS micros
       FROM range(${from * size.streams}, ${to * size.streams}) r(i))
     SELECT ${source}, i - ${from * size.streams} + 1, make_timestamp(${START_MICROS} + micros),
       ${systemOf('s')}, ${streamOf('s')}, 'event_log_activity', 'log', 'sshd'
     FROM placed WHERE ${where}`,
  );
}

const systemOf = (s: string): string => `'host-' || lpad((${s} // ${STREAMS_A_SYSTEM})::VARCHAR, 3, '0')`;
const streamOf = (s: string): string => `'log-' || (${s} % ${STREAMS_A_SYSTEM})`;

/** Begin and end of the silence of stream `s` in part `q` of the window, microseconds from its begin. */
function planted(size: Size, s: string, q: string): { readonly from: string; readonly to: string } {
  const part = Math.floor(spanMicros(size) / SILENCES_A_STREAM);
  const shortest = 2 * allowedSeconds(size) * MICROS_PER_SECOND;
  const from = `(${q} * ${part} + ${Math.floor(part / 10)} + (hash(${s}, ${q}, 5) % ${Math.floor(part / 2)})::BIGINT)`;
  return { from, to: `(${from} + ${shortest} + (hash(${s}, ${q}, 7) % ${5 * shortest})::BIGINT)` };
}

function isPlanted(size: Size, micros: string): string {
  const part = Math.floor(spanMicros(size) / SILENCES_A_STREAM);
  const { from, to } = planted(size, 's', `(${micros} // ${part})`);
  return `${micros} >= ${from} AND ${micros} < ${to}`;
}

/** SQL of the silences that were planted: system, stream, "from" and "to" in microseconds. */
export function plantedSql(size: Size): string {
  const { from, to } = planted(size, 's', 'q');
  return `SELECT ${systemOf('s')} AS system, ${streamOf('s')} AS stream, ${START_MICROS} + ${from} AS "from",
      ${START_MICROS} + ${to} AS "to"
    FROM range(${size.streams}) a(s), range(${SILENCES_A_STREAM}) b(q)`;
}
