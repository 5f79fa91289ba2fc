import type { Problem } from '../../../shared/problem.ts';
import type { ReadContext, Recognition, RowSink, SourceReader } from '../format.ts';
import { Cells, type Cell } from '../framing/cells.ts';
import { findPlaces, type TableSpec } from '../framing/csv-table.ts';
import { rawMember, repeatedMember } from '../framing/json-members.ts';
import { JsonRecordScanner, type JsonRecord, type JsonRecordOptions } from '../framing/json-records.ts';
import { baselineTable } from './columns.ts';

const options: JsonRecordOptions = {
  lists: ['baselines', 'config_items', 'items', 'rows', 'records', 'data', 'value'],
  firstKeys: [
    'approved_at',
    'approved_by',
    'captured',
    'provider',
    'resource_id',
    'resource_type',
    'source_id',
    'system',
  ],
};

/** Reads baselines as JSON: one a line, a list, or a document with a list. */
export class JsonBaselineReader implements SourceReader {
  readonly #scanner: JsonRecordScanner;
  readonly #spec: TableSpec<'baselines'>;
  #read = 0;
  #rejected = 0;
  #firstReason = '';

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#spec = baselineTable(context.zone);
    this.#scanner = new JsonRecordScanner(options, {
      record: (record) => this.#readRecord(record),
      damaged: (byte, bytes, reason) => this.#reject(byte, bytes, reason),
    });
  }

  push(piece: Uint8Array): void {
    this.#scanner.push(piece);
  }

  finish(): Problem | undefined {
    const ending = this.#scanner.finish();
    if (ending === 'utf-16' || (this.#read === 0 && this.#rejected > 0)) return this.#refusal(ending === 'utf-16');
    if (ending === 'cut-off')
      this.sink.assume('The file ends before its JSON does: baselines after its end are unknown.');
    return undefined;
  }

  #refusal(utf16: boolean): Problem {
    const none = `None of ${this.#rejected} records is a baseline. Record 1: ${this.#firstReason}`;
    return {
      code: 'damaged_file',
      message: utf16 ? 'The file is UTF-16 text, not UTF-8.' : none,
      where: { file: this.context.name },
      remedy: 'Give each record approved_at, approved_by, resource_type, configuration and what it is of, in UTF-8.',
    };
  }

  #readRecord(record: JsonRecord): void {
    const { value } = record;
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return this.#reject(record.byte, record.bytes, 'The record is not a JSON object.');
    const repeated = repeatedMember(record);
    if (repeated !== undefined)
      return this.#reject(record.byte, record.bytes, `The record has ${JSON.stringify(repeated.slice(0, 60))} twice.`);
    const cells = new Cells(this.#finder(record, value), this.sink, this.context);
    const row = this.#spec.row(cells);
    if (cells.problem !== undefined) return this.#reject(record.byte, record.bytes, cells.problem);
    this.#read++;
    this.sink.record(record.byte, record.bytes.length);
    this.sink.row('baselines', row);
  }

  #finder(record: JsonRecord, value: object): (column: string) => readonly Cell[] {
    const names = Object.keys(value);
    const places = findPlaces(names, this.#spec.columns);
    return (column) =>
      (places.get(column) ?? [])
        .map((i) => ({
          column: names[i]!,
          text: textOf(record, names[i]!, (value as Record<string, unknown>)[names[i]!]),
        }))
        .filter(({ text }) => text !== '');
  }

  #reject(byte: number, bytes: Uint8Array, reason: string): void {
    this.#rejected++;
    this.#firstReason ||= reason;
    this.sink.record(byte, bytes.length);
    this.sink.reject(reason, bytes.slice());
  }
}

/** Single values as text; objects and lists as they are written, so that a configuration keeps its bytes. */
function textOf(record: JsonRecord, name: string, value: unknown): string {
  if (value === null) return '';
  return typeof value === 'string' ? value.toWellFormed().trim() : (rawMember(record, name) ?? String(value));
}

/** How many of the complete records in the head say what was approved, when and by whom. */
export function recogniseJsonBaselines(head: Uint8Array): Recognition {
  const { needed, columns } = baselineTable('UTC');
  let records = 0;
  let found = 0;
  const scanner = new JsonRecordScanner(options, {
    record: ({ value }) => {
      records++;
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
      const places = findPlaces(Object.keys(value), columns);
      if (needed.every((column) => places.has(column))) found++;
    },
    damaged: () => undefined,
  });
  scanner.push(head);
  const complete = [records, found] as const;
  // What is found in a record that the head cuts off is no record of its own.
  if (scanner.finish() === 'cut-off' && complete[0] > 0) [records, found] = complete;
  const reason = `${found} of the first ${records} JSON records have approved_at, approved_by, resource_type and configuration.`;
  return { confidence: found * 2 <= records ? 0 : (0.95 * found) / records, reason };
}
