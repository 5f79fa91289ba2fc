/** Incidents, changes, leavers and exceptions from any tracker, as CSV or JSON. docs/formats/tickets.md */
import type { Problem } from '../../../shared/problem.ts';
import type { Format, ReadContext, Recognition, RowSink, SourceReader } from '../format.ts';
import { CsvTableReader, recogniseTable } from '../framing/csv-table.ts';
import { ticketTable } from './columns.ts';
import { JsonTicketReader } from './json-tickets.ts';
import { recogniseJsonTickets } from './recognise-json.ts';

/** White space before the first character that is worth keeping to find out. */
const MAX_BLANK_BYTES = 64 * 1024;

export const tickets: Format = {
  id: 'tickets',
  title: 'Tickets (CSV, or JSON of Jira, ServiceNow, GitHub)',
  version: 1,
  framing: 'spans',
  streams: [],
  recognise,
  open: (sink, context) => new TicketReader(sink, context),
};

function recognise(head: Uint8Array): Recognition {
  return isJson(head) ? recogniseJsonTickets(head) : recogniseTable(ticketTable, head);
}

/** JSON begins with a bracket; no header of a table does. `undefined` when there is only white space so far. */
function isJson(head: Uint8Array): boolean | undefined {
  const first = head.find((byte) => byte > 0x20 && ![0xef, 0xbb, 0xbf].includes(byte));
  return first === undefined ? undefined : first === 0x7b || first === 0x5b;
}

/** Waits for the first byte that tells CSV from JSON, then hands everything on. */
class TicketReader implements SourceReader {
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #reader: SourceReader | undefined;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {}

  push(piece: Uint8Array): void {
    if (this.#reader) return this.#reader.push(piece);
    this.#waiting.push(piece.slice());
    this.#waitingBytes += piece.length;
    const json = isJson(piece);
    if (json !== undefined || this.#waitingBytes > MAX_BLANK_BYTES) this.#choose(json ?? false);
  }

  finish(): Problem | undefined {
    return this.#choose(false).finish();
  }

  #choose(json: boolean): SourceReader {
    if (this.#reader) return this.#reader;
    const { sink, context } = this;
    this.#reader = json ? new JsonTicketReader(sink, context) : new CsvTableReader(ticketTable, sink, context);
    for (const piece of this.#waiting.splice(0)) this.#reader.push(piece);
    return this.#reader;
  }
}
