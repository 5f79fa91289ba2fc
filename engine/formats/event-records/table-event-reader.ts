/** Reads a log of events that was exported as CSV: a row is an event, or holds one as text. */
import type { Problem } from '../../../shared/problem.ts';
import type { ReadContext, Recognition, RowSink, SourceReader } from '../format.ts';
import { CsvParser, type CsvRow } from '../framing/csv.ts';
import { plainName } from '../framing/csv-table.ts';
import type { JsonRecord } from '../framing/json-records.ts';
import { findEvent } from './envelopes.ts';
import type { EventContext, EventFormat } from './event-format.ts';
import { EventTimes } from './event-time.ts';
import { addEventRows } from './json-event-reader.ts';
import type { EventTable } from './event-format.ts';
import { eventOfRow, placesOf, type Places } from './table-row.ts';
import { writtenMembers } from './written-members.ts';

/** A format whose events come as CSV, too. */
export type TableFormat = EventFormat & { readonly table: EventTable };

/** A shorter head is the whole file. */
const HEAD_BYTES = 64 * 1024;
const ROWS_LOOKED_AT = 100;
/** Below this share of its rows a table is another one that holds some of these events. */
const LEAST_SHARE = 0.2;
const MOST_NAMES = 20;

/** How many of the first rows are such events, as a share of at most 0.97. */
export function recogniseTableEvents(format: TableFormat, head: Uint8Array): Recognition {
  let places: Places = [];
  let rows = 0;
  let events = 0;
  const parser = new CsvParser({
    header: ({ fields }) => {
      places = placesOf(fields, format.table);
      return fields.length > 1;
    },
    row: ({ fields, trouble }) => {
      if (rows >= ROWS_LOOKED_AT) return;
      rows++;
      const record = trouble === undefined ? eventOfRow(places, fields, format.table) : undefined;
      if (record !== undefined && format.isEvent(findEvent(record, format).value)) events++;
    },
  });
  // The last line of a full head may be cut off.
  const whole = head.length < HEAD_BYTES ? head.length : head.lastIndexOf(0x0a) + 1 || head.length;
  parser.push(head.subarray(0, whole));
  parser.finish();
  const share = rows === 0 ? 0 : events / rows;
  const reason = `${events} of the first ${rows} rows of the table have ${format.signs}.`;
  return { confidence: share < LEAST_SHARE ? 0 : 0.97 * share, reason };
}

/** One row is one event. A row that is none with a readable time is rejected; a table without any is refused. */
export class TableEventReader implements SourceReader {
  readonly #parser: CsvParser;
  readonly #events: EventContext;
  #header: readonly string[] = [];
  #places: Places = [];
  #read = 0;
  #rejects = 0;
  #firstReason = '';

  constructor(
    private readonly format: TableFormat,
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#events = { times: new EventTimes((statement) => sink.assume(statement)), system: context.system };
    this.#parser = new CsvParser({ header: (row) => this.#readHeader(row), row: (row) => this.#readRow(row) });
  }

  push(piece: Uint8Array): void {
    this.#parser.push(piece);
  }

  finish(): Problem | undefined {
    const trouble = this.#parser.finish();
    const line = trouble?.line ?? 1;
    if (trouble) return this.#refusal(trouble.because, line);
    if (this.#read > 0) return undefined;
    if (this.#rejects > 0)
      return this.#refusal(
        `None of ${this.#rejects} rows is ${this.format.noun}. Row 1: ${this.#firstReason} The header is ${this.#header.slice(0, MOST_NAMES).join(', ')}.`,
        line,
      );
    if (this.#header.length === 0) return this.#refusal('The file has no header line.', line);
    return undefined;
  }

  #refusal(message: string, line: number): Problem {
    const remedy = 'Export the log again, as JSON or as CSV in UTF-8 with its own header line.';
    return { code: 'damaged_file', message, where: { file: this.context.name, line }, remedy };
  }

  #readHeader({ fields }: CsvRow): boolean {
    this.#header = uniqueNames(fields);
    this.#places = placesOf(fields, this.format.table);
    const assumed = this.format.table.assumes?.(new Set(fields.map(plainName)));
    if (assumed !== undefined) this.sink.assume(assumed);
    if (this.#places.some(({ isUtc }) => isUtc))
      this.sink.assume('Times in columns whose name ends in [UTC] have the month first, as Log Analytics writes them.');
    return true;
  }

  #readRow(row: CsvRow): void {
    this.sink.record(row.byte, row.bytes.length);
    const reason = row.trouble ?? this.#wrongLength(row) ?? this.#addRow(row);
    if (reason === undefined) return void this.#read++;
    this.#rejects++;
    this.#firstReason ||= reason;
    this.sink.reject(reason, row.bytes.slice());
  }

  #wrongLength({ fields, line }: CsvRow): string | undefined {
    const extra = fields.slice(this.#header.length);
    if (fields.length >= this.#header.length && extra.every((field) => field.trim() === '')) return undefined;
    return `Line ${line} has ${fields.length} fields, but the header has ${this.#header.length}.`;
  }

  #addRow({ fields }: CsvRow): string | undefined {
    const record = eventOfRow(this.#places, fields, this.format.table);
    if (record === undefined) return 'The row has a cell with JSON that is nested too deep.';
    const event = findEvent(record, this.format);
    const rows = this.format.rows(event.value, this.#events);
    if (typeof rows === 'string') return rows;
    addEventRows(this.sink, rows, this.#fieldsOf(event.record, record, fields));
    return undefined;
  }

  /** The members of an event in an envelope, as they are written; of a row its cells, by the names of the header. */
  #fieldsOf(event: JsonRecord, row: JsonRecord, fields: readonly string[]): string | undefined {
    if (event !== row) return writtenMembers(event, this.format.inColumns);
    const cells = this.#header.flatMap((name, i): [string, string][] =>
      fields[i] === '' ? [] : [[name, (fields[i] ?? '').toWellFormed()]],
    );
    return JSON.stringify(Object.fromEntries(cells));
  }
}

/** Of columns with the same name the second becomes `name (2)`. */
export function uniqueNames(fields: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return fields.map((field) => {
    const name = field.trim();
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}
