import type { Problem } from '../../../shared/problem.ts';
import { undated } from '../check-results/undated.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { CsvParser, type CsvRow } from '../framing/csv.ts';
import { findingOf, placeOf } from './finding.ts';
import { ScanRows } from './scan-rows.ts';

const NEEDED = ['id', 'severity', 'finding'] as const;

/** Reads `testssl --csvfile`: each row is a finding, and names its endpoint. */
export class TestsslCsvReader implements SourceReader {
  readonly #parser = new CsvParser({ header: (row) => this.#readHeader(row), row: (row) => this.#readRow(row) });
  #header: readonly string[] = [];
  #problem: Problem | undefined;
  #rows: ScanRows | undefined;
  #damaged = false;
  #firstRecord = 0;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {}

  push(piece: Uint8Array): void {
    this.#parser.push(piece);
  }

  finish(): Problem | undefined {
    const trouble = this.#parser.finish();
    if (this.#problem) return this.#problem;
    if (trouble) return this.#refusal('damaged_file', trouble.because, trouble.line);
    if (this.#header.length === 0) return this.#refusal('damaged_file', 'The file has no header line.', 1);
    if (this.context.takenAt === undefined) return undated('Findings of testssl in CSV', this.context.name);
    if (!this.#rows) return this.#refusal('damaged_file', 'The file holds no finding of testssl.', 1);
    this.#rows.end(this.#firstRecord, !this.#damaged);
    return undefined;
  }

  #refusal(code: 'damaged_file' | 'missing_column', message: string, line: number): Problem {
    const remedy = 'Export the scan again with testssl --csvfile FILE, or better --jsonfile-pretty FILE.';
    return { code, message, where: { file: this.context.name, line }, remedy };
  }

  #readHeader(row: CsvRow): boolean {
    this.#header = row.fields.map((name) => name.trim().toLowerCase());
    const missing = NEEDED.filter((name) => !this.#header.includes(name));
    if (missing.length > 0)
      this.#problem = this.#refusal('missing_column', `The header has no column ${missing.join(', ')}.`, row.line);
    return missing.length === 0;
  }

  #readRow(row: CsvRow): void {
    const record = this.sink.record(row.byte, row.bytes.length);
    const reason = row.trouble ?? this.#addRow(row, record);
    if (reason === undefined) return;
    this.#damaged = true;
    this.sink.reject(reason, row.bytes.slice());
  }

  #addRow({ fields, line }: CsvRow, record: number): string | undefined {
    const { takenAt } = this.context;
    if (fields.length !== this.#header.length)
      return `Line ${line} has ${fields.length} fields, but the header has ${this.#header.length}.`;
    const value = Object.fromEntries(this.#header.map((name, i) => [name, fields[i]!]));
    const finding = findingOf(value);
    if (typeof finding === 'string') return finding;
    // Without a time the file is refused, and nothing of it is kept.
    this.#rows ??= new ScanRows(this.sink, this.context, { time: takenAt ?? 0n });
    this.#firstRecord ||= record;
    this.#rows.addAt(finding, placeOf(value), record);
    return undefined;
  }
}
