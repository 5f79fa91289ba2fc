/** Flow logs as tables: what Athena and Logs Insights export. */
import type { Problem } from '../../../shared/problem.ts';
import type { SourceReader } from '../format.ts';
import { CsvParser, type CsvRow } from '../framing/csv.ts';
import { FlowLayout } from './flow-layout.ts';
import type { FlowSink } from './flow-sink.ts';
import { noteUnknown, type TextLine, type TextRecords } from './text-records.ts';

/** The columns are named by the first row; a column `@message` holds lines of the log. */
export class CsvFlow implements SourceReader {
  readonly #parser: CsvParser;
  #layout: FlowLayout | undefined;
  #header = 'The file has no header line.';
  #names: readonly string[] = [];
  #message = -1;

  constructor(
    private readonly sink: FlowSink,
    private readonly lines: TextRecords,
    private readonly file: string,
  ) {
    this.#parser = new CsvParser({ header: (row) => this.#readHeader(row), row: (row) => this.#readRow(row) });
  }

  push(piece: Uint8Array): void {
    this.#parser.push(piece);
  }

  finish(): Problem | undefined {
    const trouble = this.#parser.finish();
    const message = trouble?.because ?? (this.#layout === undefined ? this.#header : undefined);
    if (message === undefined) return undefined;
    const where = { file: this.file, line: trouble?.line ?? 1 };
    return {
      code: 'damaged_file',
      message,
      where,
      remedy: 'Export the table again as CSV in UTF-8, with a header line.',
    };
  }

  #readHeader({ fields }: CsvRow): boolean {
    this.#names = fields.map((name) => name.trim());
    const layout = FlowLayout.of(this.#names);
    if (typeof layout === 'string') {
      this.#header = layout;
      return false;
    }
    this.#layout = layout;
    this.#message = this.#names.findIndex((name) => name === '@message' || name === 'message');
    if (this.#message < 0) noteUnknown(layout, this.sink.notes);
    return true;
  }

  #readRow(row: CsvRow): void {
    const flow = row.trouble ?? this.#flowOf(row);
    // Tables that were put together repeat their header; it is no record.
    if (flow !== 'header') this.sink.take(flow, { byte: row.byte, length: row.bytes.length }, () => row.bytes.slice());
  }

  #flowOf({ fields, line }: CsvRow): TextLine {
    const names = this.#names;
    if (fields.length === names.length && fields.every((field, i) => field.trim() === names[i])) return 'header';
    if (fields.length < names.length || fields.slice(names.length).some((field) => field.trim() !== ''))
      return `Line ${line} has ${fields.length} fields, but the header has ${names.length}.`;
    const row = this.#layout!.row(fields.map((field) => field.trim()));
    if (this.#message < 0) return row;
    const inner = this.lines.read(fields[this.#message]!);
    if (inner === 'header') return 'The row holds a header line.';
    if (typeof inner === 'string') return inner;
    return {
      has: (field) => inner.has(field),
      text: (field) => inner.text(field) ?? (field.startsWith('@') ? row.text(field) : undefined),
      others: () => [
        ...inner.others(),
        ...row.others().filter((part) => !part.startsWith('"@message"') && !part.startsWith('"message"')),
      ],
    };
  }
}
