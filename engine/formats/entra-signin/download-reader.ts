import type { Problem } from '../../../shared/problem.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { CsvParser, type CsvRow } from '../framing/csv.ts';
import { EventTimes } from '../event-records/event-time.ts';
import { addEventRows } from '../event-records/json-event-reader.ts';
import { uniqueNames } from '../event-records/table-event-reader.ts';
import { downloadOf, graphObject, type Download } from './download.ts';
import { entraEvents } from './events.ts';

/** Reads sign-ins or audit records as the portal downloads them. A row that has no readable time is rejected. */
export class DownloadReader implements SourceReader {
  readonly #parser: CsvParser;
  readonly #times: EventTimes;
  #header: readonly string[] = [];
  #download: Download | undefined;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#times = new EventTimes((statement) => sink.assume(statement));
    this.#parser = new CsvParser({ header: (row) => this.#readHeader(row), row: (row) => this.#readRow(row) });
  }

  push(piece: Uint8Array): void {
    this.#parser.push(piece);
  }

  finish(): Problem | undefined {
    const trouble = this.#parser.finish();
    const where = { file: this.context.name, line: trouble?.line ?? 1 };
    const remedy = 'Download the log again, as CSV in English or as JSON.';
    if (trouble) return { code: 'damaged_file', message: trouble.because, where, remedy };
    if (this.#download !== undefined) return undefined;
    const message =
      this.#header.length === 0
        ? 'The file has no header line.'
        : `The header is none of a download of Microsoft Entra; it has ${this.#header.slice(0, 20).join(', ')}.`;
    return { code: 'damaged_file', message, where, remedy };
  }

  #readHeader(row: CsvRow): boolean {
    this.#header = uniqueNames(row.fields);
    this.#download = downloadOf(row.fields);
    if (this.#download?.kind === 'sign-ins')
      this.sink.assume(
        'Sign-ins of users are given as SignInLogs: a CSV of the portal does not say whether they were interactive.',
      );
    return this.#download !== undefined;
  }

  #readRow(row: CsvRow): void {
    this.sink.record(row.byte, row.bytes.length);
    const reason = row.trouble ?? this.#wrongLength(row) ?? this.#addRow(row, this.#download!);
    if (reason !== undefined) this.sink.reject(reason, row.bytes.slice());
  }

  #wrongLength({ fields, line }: CsvRow): string | undefined {
    const extra = fields.slice(this.#header.length);
    if (fields.length >= this.#header.length && extra.every((field) => field.trim() === '')) return undefined;
    return `Line ${line} has ${fields.length} fields, but the header has ${this.#header.length}.`;
  }

  #addRow({ fields }: CsvRow, download: Download): string | undefined {
    const rows = entraEvents.rows(graphObject(download, fields), { times: this.#times, system: this.context.system });
    if (typeof rows === 'string')
      return rows.replace(/\b(?:createdDateTime|activityDateTime)\b(?! or|,)/, 'Date (UTC)');
    const cells = this.#header.flatMap((name, i): [string, string][] =>
      fields[i] === '' ? [] : [[name, (fields[i] ?? '').toWellFormed()]],
    );
    addEventRows(this.sink, rows, JSON.stringify(Object.fromEntries(cells)));
    return undefined;
  }
}
