/** What the roll-ups say of each stream of each system, kept in the case: read anew only where something changed. */
import { sha256 } from '../core/hash.ts';
import type { Interval } from '../../shared/time.ts';
import type { BulkTable } from '../store/bulk-rows.ts';
import type { CaseDatabase, Transaction } from '../store/case-database.ts';
import type { SqlRow } from '../store/sql-values.ts';
import { nameOf } from './gap.ts';
import { citationOf } from './gap-ranges.ts';
import {
  DOUBTFUL_HOURS,
  doubtfulHoursSql,
  doubtfulSilencesSql,
  HEARD_HOURS,
  HEARD_PARTS,
  heardHoursSql,
  heardPartsSql,
  silencesSql,
} from './heard-hours.ts';
import { learnSilences, type Learned } from './learned-silence.ts';
import type { HeardStream, Silence } from './silences.ts';
import type { ZoneOffset } from './zone-hours.ts';

/** What is known of a stream of a system from its own records alone. */
export interface StreamHistory {
  readonly heard: HeardStream;
  /** `null` where too little was seen. */
  readonly learned: Learned | null;
}

export interface HistoryRequest {
  /** What is looked at. */
  readonly within: Interval;
  /** Of the engagement's zone, within that. */
  readonly offsets: readonly ZoneOffset[];
  /** The shortest silence that somebody allowed a stream, seconds; of others, what is learned decides which are kept. */
  readonly shortestSaid: (stream: string, system: string) => number | undefined;
}

export interface Histories {
  /** By stream, then system. */
  readonly all: readonly StreamHistory[];
  /** How many of them were read anew. */
  readonly readAnew: number;
}

/** Where days are counted, silences of less than a day are nobody's: a day has 23 hours at least. */
const DAILY_S = 22 * 3600;

/** Rows of the roll-ups that are worked on at once, so that memory does not follow the size of the case. */
const ROWS_AT_ONCE = 500_000;

const historyTable: BulkTable = {
  target: 'stream_histories',
  columns: [
    { name: 'stream', type: 'text' },
    { name: 'system', type: 'text' },
    { name: 'fingerprint', type: 'text' },
    { name: 'history', type: 'longtext' },
  ],
};

/**
 * Gives the history of every stream of every system: those whose roll-ups are what they were come from
 * `stream_histories`, the others are read and kept there.
 */
export async function readStreamHistories(database: CaseDatabase, request: HistoryRequest): Promise<Histories> {
  return database.transaction(async (transaction) => {
    await transaction.query(`CREATE OR REPLACE TEMP TABLE ${HEARD_PARTS} AS ${heardPartsSql(request.within)}`);
    const pairs = await readPairs(transaction, request);
    const histories = await readKept(transaction, pairs);
    const unknown = pairs.filter(({ id }) => !histories.has(id));
    if (unknown.length > 0) {
      for (const [id, history] of await readAnew(transaction, unknown, request)) histories.set(id, history);
      await keep(transaction, unknown, histories);
    }
    await transaction.query(`DROP TABLE temp.${HEARD_PARTS}`);
    return { all: pairs.map(({ id }) => histories.get(id)!), readAnew: unknown.length };
  });
}

/** A stream of a system, as the roll-ups have it. */
interface Pair {
  readonly id: number;
  readonly stream: string;
  readonly system: string;
  /** Rows in the roll-ups. */
  readonly rows: number;
  /** Of everything that its history is made from. */
  readonly fingerprint: string;
  readonly shortestSaidS: number | undefined;
  readonly first: HeardStream['first'];
  readonly last: HeardStream['last'];
}

async function readPairs(
  transaction: Transaction,
  { within, offsets, shortestSaid }: HistoryRequest,
): Promise<readonly Pair[]> {
  const rows = await transaction.query(`
    SELECT pair, stream, system, sum(hours)::BIGINT AS hours, bit_xor(fingerprint)::VARCHAR AS fingerprint,
      min(first) AS first, arg_min(source_id, first) AS first_source, arg_min(first_record, first) AS first_record,
      max(last) AS last, arg_max(source_id, last) AS last_source, arg_max(last_record, last) AS last_record
    FROM (FROM ${HEARD_PARTS} ORDER BY pair, source_id, said) GROUP BY pair, stream, system ORDER BY stream, system`);
  return rows.map((row) => {
    const [stream, system] = [String(row['stream']), String(row['system'])];
    const shortestSaidS = shortestSaid(stream, system);
    const rests = [row['fingerprint'], within, offsets, shortestSaidS ?? null];
    return {
      id: Number(row['pair']),
      stream,
      system,
      rows: Number(row['hours']),
      fingerprint: sha256(
        JSON.stringify(rests, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
      ),
      shortestSaidS,
      first: { at: row['first'] as bigint, cites: citationOf(row['first_source'], row['first_record']) },
      last: { at: row['last'] as bigint, cites: citationOf(row['last_source'], row['last_record']) },
    };
  });
}

/** What is kept in the table of a history, as JSON. */
interface Kept {
  readonly learned: Learned | null;
  readonly silences: readonly KeptSilence[];
}

/** From, to; source and record before and after. */
type KeptSilence = readonly [string, string, number | null, number | null, number | null, number | null];

/** The histories that are kept of pairs that are what they were, by pair. */
async function readKept(transaction: Transaction, pairs: readonly Pair[]): Promise<Map<number, StreamHistory>> {
  const byName = new Map(pairs.map((pair) => [nameOf(pair), pair]));
  const rows = await transaction.query('SELECT stream, system, fingerprint, history FROM stream_histories');
  return new Map(
    rows.flatMap((row) => {
      const pair = byName.get(nameOf({ stream: String(row['stream']), system: String(row['system']) }));
      if (pair?.fingerprint !== row['fingerprint']) return [];
      const { learned, silences } = JSON.parse(String(row['history'])) as Kept;
      return [[pair!.id, historyOf(pair!, learned, silences.map(silenceOf))] as const];
    }),
  );
}

function silenceOf([from, to, beforeSource, beforeRecord, afterSource, afterRecord]: KeptSilence): Silence {
  const [before, after] = [citationOf(beforeSource, beforeRecord), citationOf(afterSource, afterRecord)];
  return { from: BigInt(from), to: BigInt(to), before, after };
}

function historyOf(pair: Pair, learned: Learned | null, silences: readonly Silence[]): StreamHistory {
  const { stream, system, first, last } = pair;
  return { heard: { stream, system, first, last, silences }, learned };
}

/** Writes what was read anew in place of what was kept; of streams that are gone nothing stays. */
async function keep(
  transaction: Transaction,
  unknown: readonly Pair[],
  histories: ReadonlyMap<number, StreamHistory>,
): Promise<void> {
  await transaction.query(
    `DELETE FROM stream_histories h WHERE NOT EXISTS (
       SELECT 1 FROM ${HEARD_PARTS} p WHERE p.stream = h.stream AND p.system = h.system AND p.pair NOT IN (${idsOf(unknown)}))`,
  );
  for (const { id, stream, system, fingerprint } of unknown) {
    const { heard, learned } = histories.get(id)!;
    const silences = heard.silences.map(({ from, to, before, after }): KeptSilence => {
      const last = [before?.sourceId ?? null, before?.record ?? null] as const;
      return [String(from), String(to), ...last, after?.sourceId ?? null, after?.record ?? null];
    });
    const kept: Kept = { learned, silences };
    transaction.add(historyTable, [stream, system, fingerprint, JSON.stringify(kept)]);
  }
}

const idsOf = (pairs: readonly Pair[]): string => pairs.map(({ id }) => id).join(', ');

/** Reads the histories of some pairs, a part of the roll-ups after the other. */
async function readAnew(
  transaction: Transaction,
  pairs: readonly Pair[],
  request: HistoryRequest,
): Promise<ReadonlyMap<number, StreamHistory>> {
  await transaction.query(
    `CREATE OR REPLACE TEMP TABLE ${DOUBTFUL_HOURS} (pair INTEGER, hour TIMESTAMP, least BIGINT)`,
  );
  const learned = new Map<number, Learned>();
  const rows: SqlRow[] = [];
  for (const some of batches(pairs)) {
    const which = `p.pair IN (${idsOf(some)})`;
    await transaction.query(`CREATE OR REPLACE TEMP TABLE ${HEARD_HOURS} AS ${heardHoursSql(request.within, which)}`);
    for (const [id, one] of await learnSilences(transaction, request.offsets)) learned.set(id, one);
    const limits = limitsSql(some.map((pair) => [pair.id, shortestOf(pair, learned.get(pair.id))]));
    await transaction.query(`INSERT INTO ${DOUBTFUL_HOURS} ${doubtfulHoursSql(limits)}`);
    rows.push(...(await transaction.query(silencesSql(limits))));
  }
  rows.push(...(await transaction.query(doubtfulSilencesSql())));
  await transaction.query(`DROP TABLE temp.${HEARD_HOURS}`);
  await transaction.query(`DROP TABLE temp.${DOUBTFUL_HOURS}`);
  const silences = silencesByPair(rows);
  return new Map(
    pairs.map((pair) => [pair.id, historyOf(pair, learned.get(pair.id) ?? null, silences.get(pair.id) ?? [])]),
  );
}

function* batches(pairs: readonly Pair[]): Generator<readonly Pair[]> {
  let some: Pair[] = [];
  let rows = 0;
  for (const pair of pairs) {
    if (rows > 0 && rows + pair.rows > ROWS_AT_ONCE) {
      yield some;
      [some, rows] = [[], 0];
    }
    some.push(pair);
    rows += pair.rows;
  }
  if (some.length > 0) yield some;
}

/** No shorter silence can be a gap; seconds. */
function shortestOf({ shortestSaidS }: Pair, learned: Learned | undefined): number {
  const learnedS = learned ? Math.min(...learned.hours.map(({ allowedS }) => allowedS)) : DAILY_S;
  return shortestSaidS ?? learnedS;
}

/** Our own numbers, nothing to escape. */
function limitsSql(limits: readonly (readonly [pair: number, seconds: number])[]): string {
  return `(VALUES ${limits.map(([pair, seconds]) => `(${pair}, ${Math.floor(seconds * 1e6)})`).join(', ')}) AS limits(pair, least)`;
}

/** In order; what was found twice, in an hour that was doubtful, stands once. */
function silencesByPair(rows: readonly SqlRow[]): ReadonlyMap<number, readonly Silence[]> {
  const found = new Map<number, Map<bigint, Silence>>();
  for (const row of rows) {
    const pair = Number(row['pair']);
    const silence: Silence = {
      from: row['from'] as bigint,
      to: row['to'] as bigint,
      before: citationOf(row['before_source'], row['before_record']),
      after: citationOf(row['after_source'], row['after_record']),
    };
    if (!found.has(pair)) found.set(pair, new Map());
    const known = found.get(pair)!;
    if (!known.has(silence.from)) known.set(silence.from, silence);
  }
  const inOrder = (a: Silence, b: Silence): number => (a.from < b.from ? -1 : 1);
  return new Map([...found].map(([pair, silences]) => [pair, [...silences.values()].sort(inOrder)]));
}
