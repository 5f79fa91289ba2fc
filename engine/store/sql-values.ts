import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  LIST,
  listValue,
  timestampValue,
  VARCHAR,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';

/**
 * A value read from the database: integers as `number` (as `bigint` beyond 2^53), instants as `bigint` UTC
 * microseconds, dates as `YYYY-MM-DD`, BLOBs as bytes, lists as arrays.
 */
export type SqlValue = null | boolean | number | bigint | string | Uint8Array | readonly SqlValue[];
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** A value bound to a statement. Instants are marked, so that a number is never taken for one. */
export type SqlParameter = null | boolean | number | string | { readonly micros: bigint } | readonly string[];
export type SqlParameters = Readonly<Record<string, SqlParameter>>;

/** Gives the plain value of what DuckDB returns; fails (throws) on a type no table of ours has. */
export function plainValue(value: DuckDBValue): SqlValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string')
    return value;
  if (typeof value === 'bigint') return isSafe(value) ? Number(value) : value;
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) return value.micros;
  if (value instanceof DuckDBListValue) return value.items.map(plainValue);
  if (value instanceof DuckDBDateValue || value instanceof DuckDBDecimalValue) {
    return value instanceof DuckDBDateValue ? value.toString() : value.toDouble();
  }
  if (value instanceof DuckDBBlobValue) return new Uint8Array(value.bytes); // not Node's Buffer, which compares and prints otherwise
  return String(value);
}

function isSafe(value: bigint): boolean {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
}

/** Gives the DuckDB form of values to bind. */
export function boundValues(parameters: SqlParameters): Record<string, DuckDBValue> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, boundValue(value)]));
}

/** The types that DuckDB cannot tell from the values: an empty list has no items to look at. */
export function boundTypes(parameters: SqlParameters): Record<string, DuckDBType | undefined> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, Array.isArray(value) ? LIST(VARCHAR) : undefined]),
  );
}

function boundValue(value: SqlParameter): DuckDBValue {
  if (value === null || typeof value !== 'object') return value;
  if ('micros' in value) return timestampValue(value.micros);
  return listValue([...value]);
}
