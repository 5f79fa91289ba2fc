/** What the engine and the locked process say to each other. Structured clones: bigint and Uint8Array survive. */
import type { Problem } from '../../../shared/problem.ts';
import type { SqlParameters, SqlValue } from '../sql-values.ts';
import type { Inspection } from './statement-gate.ts';

/** A column of a result: its name and DuckDB's name of its type. */
export interface ResultColumn {
  readonly name: string;
  readonly type: string;
}

export interface OpenRequest {
  readonly kind: 'open';
  /** The database file; `:memory:` for reading statements without one. */
  readonly path: string;
  /** A private, empty folder: SQL can reach what lies in it. */
  readonly temporaryFolder: string;
  readonly memoryMegabytes: number;
}

export interface QueryRequest {
  readonly kind: 'query';
  readonly sql: string;
  readonly parameters: SqlParameters;
  readonly tables: readonly string[];
  readonly mostRows: number;
}

export type ParentMessage =
  | OpenRequest
  | QueryRequest
  | { readonly kind: 'inspect'; readonly sql: string; readonly tables: readonly string[] }
  /** One piece of rows was used; another may come. */
  | { readonly kind: 'more' }
  | { readonly kind: 'stop' };

export type ChildMessage =
  | { readonly kind: 'opened' }
  | { readonly kind: 'inspected'; readonly inspection: Inspection }
  | { readonly kind: 'columns'; readonly columns: readonly ResultColumn[] }
  | { readonly kind: 'rows'; readonly rows: readonly (readonly SqlValue[])[] }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly problem: Problem }
  /** Sent on and on, so that a process that eats memory or hangs is noticed. */
  | { readonly kind: 'alive'; readonly residentMegabytes: number };

/** Pieces of rows that may be on their way at once. */
export const PIECES_AHEAD = 2;
