/** The rows that a control's SQL gives, as items of its population. */
import { rowStatuses, type RowStatus } from '../../shared/states.ts';
import { formatInstant } from '../../shared/time.ts';
import { fail } from '../../shared/problem.ts';
import type { ResultRow } from '../core/result-hash.ts';
import type { ResultColumn } from '../store/locked/messages.ts';
import type { SqlRow, SqlValue } from '../store/sql-values.ts';

/** The columns every control gives; whatever it gives besides is a dimension. */
export const itemColumns = ['time', 'system', 'resource', 'status', 'reason', 'source_id', 'record'] as const;

/** An item whose time is known: without one it would belong to no day, and a deviation could hide there. */
export type ControlItem = ResultRow & { readonly time: bigint };

/**
 * Gives a reader of rows with these columns.
 * Fails with `pack_invalid` when one of the item columns is missing or `time` is no timestamp.
 */
export function itemReader(columns: readonly ResultColumn[]): (row: SqlRow, place: number) => ControlItem {
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  const missing = itemColumns.filter((name) => !types.has(name));
  if (missing.length > 0) failRows(`The SQL gives no column ${missing.join(', ')}.`);
  if (!types.get('time')!.startsWith('TIMESTAMP')) failRows(`The column time is ${types.get('time')}, not TIMESTAMP.`);
  const dimensions = columns.filter(({ name }) => !(itemColumns as readonly string[]).includes(name));
  return (row, place) => ({
    time: timeOf(row['time'], place),
    system: textOrNull(row['system']),
    resource: textOrNull(row['resource']),
    status: statusOf(row['status'], place),
    reason: reasonOf(row['reason'], place),
    sourceId: numberOrNull(row['source_id']),
    record: numberOrNull(row['record']),
    dimensions: Object.fromEntries(dimensions.map(({ name, type }) => [name, dimensionText(row[name], type)])),
  });
}

function timeOf(value: SqlValue | undefined, place: number): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return BigInt(value);
  return failRows(`Row ${place} has no time, so it belongs to no day.`);
}

function statusOf(value: SqlValue | undefined, place: number): RowStatus {
  const status = rowStatuses.find((known) => known === value);
  return status ?? failRows(`Row ${place} has the status ${String(value)}; it is one of ${rowStatuses.join(', ')}.`);
}

function reasonOf(value: SqlValue | undefined, place: number): string {
  return typeof value === 'string' && value !== '' ? value : failRows(`Row ${place} gives no reason.`);
}

function textOrNull(value: SqlValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

function numberOrNull(value: SqlValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

function dimensionText(value: SqlValue | undefined, type: string): string | null {
  if (value === null || value === undefined) return null;
  if (type.startsWith('TIMESTAMP') && typeof value !== 'object') return formatInstant(BigInt(value));
  return Array.isArray(value) ? value.map(String).join(', ') : String(value);
}

function failRows(message: string): never {
  return fail({
    code: 'pack_invalid',
    message,
    remedy: `Give ${itemColumns.join(', ')} for every item; docs/recipes/write-a-control.md tells what they hold.`,
  });
}
