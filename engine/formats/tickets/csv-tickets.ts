import type { Problem } from '../../../shared/problem.ts';
import { providerOf } from '../accounts/providers.ts';
import type { ReadContext, Recognition, RowSink, SourceReader } from '../format.ts';
import { CsvTableReader, recogniseTable } from '../framing/csv-table.ts';
import { headerNames, HeaderNames } from '../framing/table-words.ts';
import { ticketTable } from './columns.ts';

/** What lists of accounts, reviews of access and logs have, and tickets do not. */
const foreign = [
  ...[
    'decision',
    'reviewdecision',
    'lastlogin',
    'lastused',
    'lastsignin',
    'mfa',
    'mfaactive',
    'mfaenabled',
    'privileged',
  ],
  ...['passwordlastchanged', 'passwordchanged', 'accountenabled', 'eventtype', 'eventname'],
];

/** How well the header of these bytes is that of a table of tickets. */
export function recogniseCsvTickets(head: Uint8Array): Recognition {
  const found = recogniseTable(ticketTable('UTC'), head);
  const header = headerNames(head);
  const isOther = header.hasAny(...foreign) || providerOf(header) !== undefined;
  return isOther ? { confidence: 0, reason: found.reason } : found;
}

/** Reads tickets as CSV, and says in whose time zone the exporting tracker writes times. */
export class CsvTicketReader implements SourceReader {
  readonly #header = new HeaderNames();
  readonly #reader: SourceReader;

  constructor(
    private readonly sink: RowSink,
    context: ReadContext,
  ) {
    this.#reader = new CsvTableReader(ticketTable(context.zone), sink, context);
  }

  push(piece: Uint8Array): void {
    this.#header.push(piece);
    this.#reader.push(piece);
  }

  finish(): Problem | undefined {
    this.#header.finish();
    const problem = this.#reader.finish();
    const tracker = problem ? undefined : this.#tracker();
    if (tracker !== undefined)
      this.sink.assume(`${tracker} writes the times of a CSV in the time zone of the user who exported it.`);
    return problem;
  }

  #tracker(): string | undefined {
    if (this.#header.has('issuekey', 'issuetype')) return 'Jira';
    return this.#header.has('number', 'openedat') || this.#header.hasAny('syscreatedon', 'sysid')
      ? 'ServiceNow'
      : undefined;
  }
}
