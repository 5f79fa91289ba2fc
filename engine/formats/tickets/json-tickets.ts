import type { Problem } from '../../../shared/problem.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { Cells, type Cell } from '../framing/cells.ts';
import { findPlaces } from '../framing/csv-table.ts';
import { JsonRecordScanner, type JsonRecord, type JsonRecordOptions } from '../framing/json-records.ts';
import { ticketTable } from './columns.ts';
import { flattenTicket } from './flatten.ts';

/** Lists in the answers of Jira (`issues`), ServiceNow (`result`, `records`) and GitHub's search (`items`). */
export const ticketLists: JsonRecordOptions = {
  lists: ['issues', 'result', 'records', 'items'],
  firstKeys: ['expand', 'id', 'key', 'number', 'parent', 'url'],
};

/** Reads tickets as JSON: an answer with a list, a list, or one ticket a line. */
export class JsonTicketReader implements SourceReader {
  readonly #scanner: JsonRecordScanner;
  #tickets = 0;
  #rejects = 0;
  #firstReason = '';

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#scanner = new JsonRecordScanner(ticketLists, {
      record: (record) => this.#read(record),
      damaged: (byte, bytes, reason) => this.#reject(byte, bytes, reason),
    });
  }

  push(piece: Uint8Array): void {
    this.#scanner.push(piece);
  }

  finish(): Problem | undefined {
    const ending = this.#scanner.finish();
    if (this.#tickets === 0 && this.#rejects > 0)
      return {
        code: 'damaged_file',
        message: `None of ${this.#rejects} records is a ticket. Record 1: ${this.#firstReason}`,
        where: { file: this.context.name },
        remedy: 'Import the file as the format it is, or export the tickets again.',
      };
    if (ending === 'cut-off')
      this.sink.assume('The file ends before its JSON does: tickets after its end are unknown.');
    return undefined;
  }

  #read(record: JsonRecord): void {
    const flat = flattenTicket(record.value);
    if (!flat) return this.#reject(record.byte, record.bytes, 'The record is not a JSON object.');
    const places = findPlaces(flat.names, ticketTable.columns);
    const find = (column: string): readonly Cell[] =>
      (places.get(column) ?? [])
        .map((i) => ({ column: flat.names[i]!, text: flat.values[i]!.trim() }))
        .filter(({ text }) => text !== '');
    const cells = new Cells(find, this.sink, this.context);
    const row = ticketTable.row(cells);
    if (cells.problem !== undefined) return this.#reject(record.byte, record.bytes, cells.problem);
    this.#tickets++;
    this.sink.record(record.byte, record.bytes.length);
    this.sink.row('tickets', row);
  }

  #reject(byte: number, bytes: Uint8Array, reason: string): void {
    this.#rejects++;
    this.#firstReason ||= reason;
    this.sink.record(byte, bytes.length);
    this.sink.reject(reason, bytes.slice());
  }
}
