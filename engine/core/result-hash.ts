/**
 * Hashes of what a control found, by which two runs are compared and a binder names its results.
 *
 * Definition, the same for populations and control-days (docs/formats/manifest.md):
 *
 *   line        canonical JSON (RFC 8785) object of one row, its columns by name, instants as RFC 3339 in UTC
 *   row hash    SHA-256 of the line as UTF-8, 64 lower-case hex digits
 *   hash        SHA-256 of all row hashes, sorted, each followed by a line feed; equal rows stay in it as often as
 *               they occur, and no rows at all give the SHA-256 of nothing
 *
 * Sorting the row hashes rather than the rows makes the hash independent of the order in which a query gives ties, of
 * any collation, and keeps 64 characters a row in memory whatever a reason says.
 */
import type { ControlDayState, RowStatus } from '../../shared/states.ts';
import { formatInstant, type UtcMicros } from '../../shared/time.ts';
import { canonicalJson, type Json } from './canonical-json.ts';
import { sha256, startSha256, type Sha256 } from './hash.ts';

/** One item of a population. Columns of the line: the names here, with `sourceId` written `source_id`. */
export interface ResultRow {
  readonly time: UtcMicros | null;
  readonly system: string | null;
  readonly resource: string | null;
  readonly status: RowStatus;
  readonly reason: string;
  readonly sourceId: number | null;
  readonly record: bigint | number | null;
  readonly dimensions: { readonly [name: string]: string | null };
}

/** One day of one control. Columns of the line: the names here in snake case. */
export interface ControlDayRow {
  readonly day: string;
  readonly state: ControlDayState;
  readonly allStates: readonly ControlDayState[];
  readonly reasons: readonly string[];
  readonly population: number;
  readonly tested: number;
  readonly deviations: number;
  readonly systemsExpected: readonly string[];
  readonly systemsSeen: readonly string[];
}

/** A hash that rows are added to in any order. */
export interface RunningResultHash<Row> {
  add(row: Row): void;
  /** Ends the hash; call once. */
  digest(): Sha256;
}

/** Hash of a population, row by row, for results that come in pages. */
export function startPopulationHash(): RunningResultHash<ResultRow> {
  return startRowHash(populationLine);
}

/** Hash of a control's days, row by row. */
export function startControlDaysHash(): RunningResultHash<ControlDayRow> {
  return startRowHash(controlDayLine);
}

/** `population_hash`: of every item of one control's population, in any order. */
export function hashPopulation(rows: Iterable<ResultRow>): Sha256 {
  return hashRows(startPopulationHash(), rows);
}

/** `days_hash`: of every day of one control, in any order. */
export function hashControlDays(rows: Iterable<ControlDayRow>): Sha256 {
  return hashRows(startControlDaysHash(), rows);
}

function hashRows<Row>(hash: RunningResultHash<Row>, rows: Iterable<Row>): Sha256 {
  for (const row of rows) hash.add(row);
  return hash.digest();
}

function startRowHash<Row>(line: (row: Row) => string): RunningResultHash<Row> {
  const rowHashes: Sha256[] = [];
  return {
    add: (row) => void rowHashes.push(sha256(line(row))),
    digest: () => {
      const whole = startSha256();
      // Hex digits have one order everywhere: the default sort compares code units.
      for (const rowHash of rowHashes.sort()) whole.update(Buffer.from(`${rowHash}\n`, 'latin1'));
      return whole.digest();
    },
  };
}

/** The canonical line of one item; exported for those who compare row by row. */
export function populationLine(row: ResultRow): string {
  return canonicalJson({
    time: row.time === null ? null : formatInstant(row.time),
    system: row.system,
    resource: row.resource,
    status: row.status,
    reason: row.reason,
    source_id: row.sourceId,
    record: row.record === null ? null : Number(row.record),
    dimensions: row.dimensions as Json,
  });
}

/** The canonical line of one control-day. Systems are sets, so they are sorted; states and reasons keep their order. */
export function controlDayLine(row: ControlDayRow): string {
  return canonicalJson({
    day: row.day,
    state: row.state,
    all_states: row.allStates,
    reasons: row.reasons,
    population: row.population,
    tested: row.tested,
    deviations: row.deviations,
    systems_expected: [...row.systemsExpected].sort(),
    systems_seen: [...row.systemsSeen].sort(),
  });
}
