import type { Format, ReadContext } from '../../engine/formats/format.ts';
import { collectRows, type Collected, type CollectedRow } from '../engine/formats/collect-rows.ts';
import type { CorpusFolder } from './adapter.ts';

/** A file of a folder of corpora as one of our readers reads it. */
export interface Reading {
  readonly all: Collected;
  /** Rows of a record, by table. */
  rowsOf(record: number): RecordRows;
  /** Record that begins on a line, from 1; undefined when none does. */
  recordOnLine(line: number): number | undefined;
  /** Why there are no rows of a record, or that there are. */
  fate(record: number | undefined): string;
  /** The text of a record, as the file has it. */
  rawText(record: number): string;
}

/** The first row that each table has of a record. */
export type RecordRows = Readonly<Record<string, CollectedRow | undefined>>;

/** Reads a file. A file that is refused gives no rows, and `fate` says why. */
export function readEvidence(
  format: Format,
  folder: CorpusFolder,
  file: string,
  context: Partial<ReadContext> = {},
): Reading {
  const bytes = folder.bytes(file);
  const all = collectRows(format, bytes, context);
  const rows = rowsByRecord(all);
  const reasons = new Map(all.rejects.map(({ record, reason }) => [record, `rejected: ${reason}`]));
  const lines = linesOfRecords(bytes, all);
  return {
    all,
    rowsOf: (record) => rows.get(record) ?? {},
    recordOnLine: (line) => lines.get(line),
    fate: (record) => {
      if (all.problem) return `refused: ${all.problem.message}`;
      if (record === undefined) return 'no record';
      return rows.has(record) ? 'read' : (reasons.get(record) ?? 'no record');
    },
    rawText: (record) => {
      const span = all.spans[record - 1];
      return span ? Buffer.from(bytes.subarray(span.byte, span.byte + span.length)).toString('utf8') : '';
    },
  };
}

function rowsByRecord(all: Collected): ReadonlyMap<number, RecordRows> {
  const found = new Map<number, Record<string, CollectedRow | undefined>>();
  for (const [table, rows] of all.tables)
    for (const row of rows) {
      const ofRecord = found.get(row.record) ?? {};
      if (ofRecord[table] === undefined) ofRecord[table] = row;
      found.set(row.record, ofRecord);
    }
  return found;
}

function linesOfRecords(bytes: Uint8Array, all: Collected): ReadonlyMap<number, number> {
  const lines = new Map<number, number>();
  let [line, at] = [1, 0];
  all.spans.forEach(({ byte }, index) => {
    for (; at < byte; at++) if (bytes[at] === 0x0a) line++;
    if (!lines.has(line)) lines.set(line, index + 1);
  });
  return lines;
}

/** A value of a row: `events.code`, or with members of a JSON column, `event_fields.fields.correlation_id`. */
export function valueAt(rows: RecordRows, path: string): unknown {
  const [table = '', column = '', ...members] = path.split('.');
  const value = rows[table]?.[column];
  if (members.length === 0) return value;
  const parsed = typeof value === 'string' ? (JSON.parse(value) as unknown) : undefined;
  return memberAt(parsed, ...members);
}

/** A member of a member of a JSON value; undefined where there is none. */
export function memberAt(value: unknown, ...names: readonly string[]): unknown {
  let at = value;
  for (const name of names) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}
