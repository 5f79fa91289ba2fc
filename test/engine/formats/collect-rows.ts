/**
 * A RowSink in memory: reads bytes with a format and gives everything that came out, having checked the loss rule.
 * Every test of a format goes through it, so no format can lose a record unseen.
 */
import type { Format, ReadContext, RowSink } from '../../../engine/formats/format.ts';
import type { RowColumns } from '../../../engine/core/row-columns.ts';
import { evidenceTable, type Column, type EvidenceRow, type EvidenceTableName } from '../../../engine/core/tables.ts';
import type { Problem } from '../../../shared/problem.ts';

/** A row with its citation. Columns that are NULL or left out are both `undefined` or absent, never `null`. */
export type CollectedRow = Readonly<Record<string, unknown>> & { readonly record: number };

export interface CollectedReject {
  readonly record: number;
  readonly reason: string;
  /** Raw bytes as Latin-1 text, so that every byte shows. */
  readonly raw: string;
}

export interface Collected {
  readonly tables: ReadonlyMap<string, readonly CollectedRow[]>;
  readonly rejects: readonly CollectedReject[];
  readonly records: number;
  /** Offset and length of each record, as the reader declared them. */
  readonly spans: readonly { readonly byte: number; readonly length: number }[];
  readonly assumptions: readonly string[];
  readonly times: readonly bigint[];
  readonly problem: Problem | undefined;
  /** The rows of a table, none when it has none. */
  rows(table: EvidenceTableName): readonly CollectedRow[];
}

/** The year 2026 in UTC, no system named. */
export const testContext: ReadContext = {
  name: 'test.log',
  window: { from: BigInt(Date.UTC(2026, 0, 1)) * 1000n, to: BigInt(Date.UTC(2027, 0, 1)) * 1000n },
  zone: 'UTC',
  system: undefined,
};

/**
 * Reads `content` (text, bytes, or bytes in pieces) with `format`.
 * Throws when a record ended nowhere or in a table and the rejects both, unless the whole file was refused.
 */
export function collectRows(
  format: Format,
  content: string | Uint8Array | readonly Uint8Array[],
  contextOverrides: Partial<ReadContext> = {},
): Collected {
  const sink = new MemorySink();
  const reader = format.open(sink, { ...testContext, ...contextOverrides });
  for (const piece of piecesOf(content)) reader.push(piece);
  const problem = reader.finish();
  if (!problem) sink.checkNothingLost();
  return sink.collected(problem);
}

/** Cuts bytes into pieces of `size`; each is a copy, so that a reader that keeps a view of one is found out. */
export function inPieces(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.slice(at, at + size));
  return pieces;
}

function piecesOf(content: string | Uint8Array | readonly Uint8Array[]): readonly Uint8Array[] {
  if (typeof content === 'string') return [new TextEncoder().encode(content)];
  return content instanceof Uint8Array ? [content] : content;
}

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const wholeNumbers = new Set(['bigint', 'time', 'integer']);

/** Rows that are filled value by value, checked as a database checks them. */
class MemoryColumns implements RowColumns<EvidenceTableName> {
  private row: Record<string, unknown> = {};

  constructor(
    private readonly table: readonly Column[],
    private readonly ended: (row: Readonly<Record<string, unknown>>, record: number) => void,
  ) {}

  column(name: string): number {
    const column = this.table.findIndex((each) => each.name === name);
    if (column < 0) throw new Error(`There is no column ${name}`);
    return column;
  }

  bytes(column: number, bytes: Uint8Array, from: number, to: number): void {
    this.set(column, ['text', 'longtext', 'json'], strictDecoder.decode(bytes.subarray(from, to)));
  }

  text(column: number, text: string): void {
    this.set(column, ['text', 'longtext', 'json'], text);
  }

  number(column: number, value: number): void {
    const { name, type } = this.table[column]!;
    const fits = type === 'integer' ? value === (value | 0) : Number.isInteger(value) || !wholeNumbers.has(type);
    if (!fits) throw new Error(`The column ${name} cannot hold ${value}`);
    this.set(column, ['bigint', 'time', 'integer', 'double'], type === 'time' ? BigInt(value) : value);
  }

  boolean(column: number, value: boolean): void {
    this.set(column, ['boolean'], value);
  }

  end(record: number): void {
    this.ended(this.row, record);
    this.row = {};
  }

  private set(column: number, types: readonly string[], value: unknown): void {
    const { name, type } = this.table[column]!;
    if (!types.includes(type)) throw new Error(`The column ${name} is of type ${type}`);
    if (name in this.row) throw new Error(`The column ${name} was set twice`);
    this.row[name] = value;
  }
}

class MemorySink implements RowSink {
  private readonly tables = new Map<string, CollectedRow[]>();
  private readonly rejects: CollectedReject[] = [];
  private readonly spans: { byte: number; length: number }[] = [];
  private readonly assumptions = new Set<string>();
  private readonly times: bigint[] = [];

  record(byte: number, length: number): number {
    return this.spans.push({ byte, length });
  }

  recordsAreLines(): void {
    if (this.spans.length > 0) throw new Error('Records were declared before it was said that they are lines');
  }

  row<N extends EvidenceTableName>(table: N, row: EvidenceRow<N>, record = this.spans.length): void {
    if (record < 1 || record > this.spans.length) throw new Error(`A row of ${table} cites record ${record}`);
    const rows = this.tables.get(table) ?? [];
    if (rows.length === 0) this.tables.set(table, rows);
    const filled = Object.entries(row).filter(([, value]) => value !== null && value !== undefined);
    rows.push({ record, ...Object.fromEntries(filled) });
  }

  columns<N extends EvidenceTableName>(table: N): RowColumns<N> {
    return new MemoryColumns(evidenceTable(table).columns, (row, record) => {
      this.row(table, row as EvidenceRow<N>, record);
    });
  }

  seriesId(record: number): bigint {
    return BigInt(record);
  }

  reject(reason: string, raw: Uint8Array): void {
    if (!reason.endsWith('.')) throw new Error(`A reason is a sentence with a full stop: ${reason}`);
    this.rejects.push({ record: this.spans.length, reason, raw: Buffer.from(raw).toString('latin1') });
  }

  assume(statement: string): void {
    this.assumptions.add(statement);
  }

  sawTime(micros: bigint): void {
    this.times.push(micros);
  }

  checkNothingLost(): void {
    const inTables = new Set([...this.tables.values()].flatMap((rows) => rows.map(({ record }) => record)));
    const rejected = new Set(this.rejects.map(({ record }) => record));
    if (rejected.size !== this.rejects.length) throw new Error('A record was rejected twice');
    for (let record = 1; record <= this.spans.length; record++) {
      const places = Number(inTables.has(record)) + Number(rejected.has(record));
      if (places !== 1) throw new Error(`Record ${record} of ${this.spans.length} ended in ${places} places, not 1`);
    }
  }

  collected(problem: Problem | undefined): Collected {
    const { tables, rejects, spans, times } = this;
    const assumptions = [...this.assumptions];
    const rows = (table: EvidenceTableName): readonly CollectedRow[] => tables.get(table) ?? [];
    return { tables, rejects, records: spans.length, spans, assumptions, times, problem, rows };
  }
}
