/** Silences that are longer than is allowed at some hour that they span. */
import { MICROS_PER_HOUR, type Interval, type UtcMicros } from '../../shared/time.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import type { SqlRow, SqlValue } from '../store/sql-values.ts';
import type { Expectation } from './expectations.ts';
import type { CitedRecord, FoundGap, Usual } from './gap.ts';
import { silencesSql } from './heard-hours.ts';
import { isSteady, likelihoodOf } from './learned-silence.ts';
import { hourOfWeek, type ZoneOffset } from './zone-hours.ts';

/** A stretch between two records, or between one and an end of what is owed. */
export interface Silence extends Interval {
  readonly before: CitedRecord | null;
  readonly after: CitedRecord | null;
}

/** What is known of one stream of one system: its first and last record, and the longer silences between. */
export interface HeardStream {
  readonly stream: string;
  readonly system: string;
  readonly first: { readonly at: UtcMicros; readonly cites: CitedRecord | null };
  readonly last: { readonly at: UtcMicros; readonly cites: CitedRecord | null };
  readonly silences: readonly Silence[];
}

/** Reads the streams with all silences longer than so many seconds, in one pass over the roll-ups. */
export async function readHeardStreams(
  database: CaseDatabase,
  within: Interval,
  longerThanS: number,
): Promise<readonly HeardStream[]> {
  const rows = await database.query(`
    WITH silences AS (${silencesSql(within)}),
    long AS (
      SELECT *, before IS NOT NULL AND epoch_us(first) - epoch_us(before) > ${Math.round(longerThanS * 1e6)} AS is_long
      FROM silences)
    SELECT stream, system, min(first) AS first, max(last) AS last,
      arg_min(first_cited.source, hour) AS first_source, arg_min(first_cited.record, hour) AS first_record,
      arg_max(last_cited.source, hour) AS last_source, arg_max(last_cited.record, hour) AS last_record,
      ${listed('before')} AS froms, ${listed('first')} AS tos,
      ${listed('before_cited.source')} AS before_sources, ${listed('before_cited.record')} AS before_records,
      ${listed('first_cited.source')} AS after_sources, ${listed('first_cited.record')} AS after_records
    FROM long GROUP BY stream, system ORDER BY stream, system`);
  return rows.map(heardStreamOf);
}

const listed = (column: string): string => `list(${column} ORDER BY hour) FILTER (WHERE is_long)`;

function heardStreamOf(row: SqlRow): HeardStream {
  const list = (name: string): readonly SqlValue[] => (row[name] ?? []) as readonly SqlValue[];
  return {
    stream: String(row['stream']),
    system: String(row['system']),
    first: { at: row['first'] as bigint, cites: citedOf(row['first_source'], row['first_record']) },
    last: { at: row['last'] as bigint, cites: citedOf(row['last_source'], row['last_record']) },
    silences: list('froms').map((from, at) => ({
      from: from as bigint,
      to: list('tos')[at] as bigint,
      before: citedOf(list('before_sources')[at], list('before_records')[at]),
      after: citedOf(list('after_sources')[at], list('after_records')[at]),
    })),
  };
}

function citedOf(source: SqlValue | undefined, record: SqlValue | undefined): CitedRecord | null {
  if (source === null || source === undefined || record === null || record === undefined) return null;
  return { sourceId: Number(source), record: Number(record) };
}

/** The silences of a stream in a stretch in which it is owed, those at the two ends included. */
export function silencesWithin(heard: HeardStream, owed: Interval): readonly Silence[] {
  if (heard.first.at >= owed.to) return [{ ...owed, before: null, after: heard.first.cites }];
  const all: readonly Silence[] = [
    { from: owed.from, to: heard.first.at, before: null, after: heard.first.cites },
    ...heard.silences,
    { from: heard.last.at, to: owed.to, before: heard.last.cites, after: null },
  ];
  return all.filter(({ from, to }) => from < to && from < owed.to && to > owed.from);
}

/**
 * The silences that are gaps by an expectation with hours of the week. Staleness is counted from the last record, also
 * when that lies before the stretch; the gap itself is cut to the stretch.
 */
export function gapsByHour(
  silences: readonly Silence[],
  expectation: Expectation,
  { owed, offsets }: { readonly owed: Interval; readonly offsets: readonly ZoneOffset[] },
): readonly FoundGap[] {
  const { system, stream } = expectation;
  return silences.flatMap((silence): readonly FoundGap[] => {
    const usual = excessOf(silence, expectation, { owed, offsets });
    if (!usual) return [];
    const from = silence.from > owed.from ? silence.from : owed.from;
    const to = silence.to < owed.to ? silence.to : owed.to;
    const { before, after } = silence;
    return [{ system, stream, kind: 'silence', from, to, before, after, usual, missing: null }];
  });
}

/**
 * A silence is met by chance as often as all its hours are without a record. One that is met more often than this tells
 * nothing: at steady hours, where staleness tells the most, and at others.
 */
const RAREST_SILENCE = { steady: 0.1, other: 1e-5 } as const;

/**
 * The numbers of the hour at which a silence is furthest beyond what is allowed; `undefined` where it never is, or where
 * it is only at hours at which the stream speaks now and then, and is as silent by chance.
 */
function excessOf(
  silence: Silence,
  { usualS, allowedS, learned }: Expectation,
  { owed, offsets }: { readonly owed: Interval; readonly offsets: readonly ZoneOffset[] },
): Usual | undefined {
  const begin = silence.from > owed.from ? silence.from : owed.from;
  const end = silence.to < owed.to ? silence.to : owed.to;
  let most = 1;
  let worst: Usual | undefined;
  let isSteadily = false;
  let chance = 1;
  for (let hour = begin - mod(begin, MICROS_PER_HOUR); hour < end; hour += MICROS_PER_HOUR) {
    const at = hourOfWeek(hour, offsets);
    const reached = hour + MICROS_PER_HOUR < end ? hour + MICROS_PER_HOUR : end;
    const entered = hour > begin ? hour : begin;
    const numbers = learned?.[at];
    if (numbers) chance *= numbers.unheardShare ** (Number(reached - entered) / Number(MICROS_PER_HOUR));
    const stalenessS = Number(reached - silence.from) / 1e6;
    const share = stalenessS / allowedS[at]!;
    if (share <= 1) continue;
    if (numbers && isSteady(numbers)) isSteadily = true;
    if (share <= most) continue;
    most = share;
    const likelihood = numbers ? likelihoodOf(stalenessS, numbers) : null;
    worst = { usualS: usualS[at] ?? 0, allowedS: allowedS[at]!, likelihood };
  }
  if (!worst || worst.likelihood === null) return worst;
  if (isSteadily) return chance < RAREST_SILENCE.steady ? worst : undefined;
  return chance < RAREST_SILENCE.other ? { ...worst, likelihood: chance } : undefined;
}

function mod(value: bigint, by: bigint): bigint {
  return ((value % by) + by) % by;
}
