/** The results of a case as they are attached to its binder, read piece by piece. */
import type { RowStatus } from '../../shared/states.ts';
import { stopIfCancelled } from '../core/cancelled.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import type { SqlRow } from '../store/sql-values.ts';
import type { DatedResultRow, ResultSet } from './attachments.ts';
import type { BinderContent } from './content.ts';
import { NOT_MADE } from './heed-signal.ts';

/** Above so many items only those that are not `ok` are attached: the PDF is made in memory. */
export const MOST_ATTACHED_ITEMS = 250_000;

/** A result set for each control, to be read once. Reading fails with `cancelled` once the signal says so. */
export function gatherResults(
  database: CaseDatabase,
  { controls }: BinderContent,
  signal?: AbortSignal,
): readonly ResultSet[] {
  return controls.map(({ id, population }) => {
    const complete = population <= MOST_ATTACHED_ITEMS;
    return { control: id, complete, pieces: () => readResults(database, { control: id, complete, signal }) };
  });
}

interface Reading {
  readonly control: string;
  readonly complete: boolean;
  readonly signal: AbortSignal | undefined;
}

async function* readResults(
  database: CaseDatabase,
  { control, complete, signal }: Reading,
): AsyncGenerator<readonly DatedResultRow[]> {
  const pieces = database.stream(
    `SELECT day, time, system, resource, status, reason, source_id, record, dimensions FROM results
     WHERE control = $control ${complete ? '' : `AND status <> 'ok'`} ORDER BY item`,
    { control },
  );
  for await (const piece of pieces) {
    if (signal) stopIfCancelled(signal, NOT_MADE);
    yield piece.map(resultRow);
  }
}

function resultRow(row: SqlRow): DatedResultRow {
  const text = (name: string): string | null => (row[name] === null ? null : String(row[name]));
  return {
    day: text('day'),
    time: row['time'] === null ? null : BigInt(row['time'] as bigint | number),
    system: text('system'),
    resource: text('resource'),
    status: String(row['status']) as RowStatus,
    reason: String(row['reason']),
    sourceId: row['source_id'] === null ? null : Number(row['source_id']),
    record: row['record'] === null ? null : Number(row['record']),
    dimensions: JSON.parse(text('dimensions') ?? '{}') as DatedResultRow['dimensions'],
  };
}
