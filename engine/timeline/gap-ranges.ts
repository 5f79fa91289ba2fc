/** The ranges of gaps, as SQL and as values, for what is asked of the evidence in them. */
import { MICROS_PER_SECOND, type UtcMicros } from '../../shared/time.ts';
import type { SqlRow, SqlValue } from '../store/sql-values.ts';
import type { CitedRecord, FoundGap } from './gap.ts';

/** From a time to a later one. */
export interface Stretch {
  readonly from: UtcMicros;
  readonly to: UtcMicros;
}

/** Records this near to an end say nothing: the streams of a host do not fall silent in the same second. */
export const MARGIN_S = 600;

/** Well within, and not at an end: nearer to an end than the margin, or than a quarter of the stretch. */
export function isWellWithin(time: UtcMicros, { from, to }: Stretch): boolean {
  const most = BigInt(MARGIN_S) * MICROS_PER_SECOND;
  const quarter = (to - from) / 4n;
  const margin = quarter < most ? quarter : most;
  return time > from + margin && time < to - margin;
}

export function later(a: UtcMicros, b: UtcMicros): UtcMicros {
  return a > b ? a : b;
}

export function earlier(a: UtcMicros, b: UtcMicros): UtcMicros {
  return a < b ? a : b;
}

/** How much two stretches have in common, microseconds; 0 or less: nothing. */
export function overlap(a: Stretch, b: Stretch): bigint {
  return earlier(a.to, b.to) - later(a.from, b.from);
}

/** True when at least half of a gap lies in the stretch. */
export function coversMost(stretch: Stretch, gap: Stretch): boolean {
  return overlap(stretch, gap) * 2n >= gap.to - gap.from;
}

/** Stretches are read one by one: not more than this many. */
const MOST_STRETCHES = 100;

/** The stretches of time in which gaps lie, with a margin, in order and apart; those near to each other as one, if they are many. */
export function stretchesOf(gaps: readonly Stretch[]): readonly Stretch[] {
  const margin = BigInt(MARGIN_S) * MICROS_PER_SECOND;
  const ordered = gaps
    .map(({ from, to }) => ({ from: from - margin, to: to + margin }))
    .sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  for (let apart = 0n; ; apart = apart * 4n + margin) {
    const stretches = joined(ordered, apart);
    if (stretches.length <= MOST_STRETCHES) return stretches;
  }
}

/** Stretches in the order of their starts, those that touch, overlap or are no more than `apart` from each other made one. */
export function joined(ordered: readonly Stretch[], apart = 0n): readonly Stretch[] {
  const all: Stretch[] = [];
  for (const one of ordered) {
    const last = all.at(-1);
    if (last && one.from <= last.to + apart) all[all.length - 1] = { from: last.from, to: later(last.to, one.to) };
    else all.push(one);
  }
  return all;
}

/** Gaps as a table expression: `place` from 0, `system`, `stream`, `target`, `"from"`, `"to"`. There must be one. */
export function gapsAsSql(gaps: readonly FoundGap[]): string {
  const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
  const rows = gaps.map(
    ({ system, stream, target, from, to }, place) =>
      `(${place}, ${text(system)}, ${text(stream)}, ${text(target ?? '')}, make_timestamp(${from}), make_timestamp(${to}))`,
  );
  return `(SELECT * FROM (VALUES ${rows.join(', ')}) AS g(place, system, stream, target, "from", "to"))`;
}

/** The citation of a source and a record, `null` where there is none. */
export function citationOf(source: SqlValue | undefined, record: SqlValue | undefined): CitedRecord | null {
  if (source === null || source === undefined || record === null || record === undefined) return null;
  return { sourceId: Number(source), record: Number(record) };
}

/** The citation in the columns `source_id` and `record`. */
export function citedOf(row: SqlRow): CitedRecord {
  return { sourceId: Number(row['source_id']), record: Number(row['record']) };
}
