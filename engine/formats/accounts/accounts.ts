/** Accounts as an inventory or a provider lists them, as CSV. docs/formats/accounts.md */
import type { Problem } from '../../../shared/problem.ts';
import { formatInstant } from '../../../shared/time.ts';
import type { Format, ReadContext, Recognition, RowSink, SourceReader } from '../format.ts';
import { CsvTableReader, recogniseTable, type TableSpec } from '../framing/csv-table.ts';
import { headerNames, HeaderNames } from '../framing/table-words.ts';
import { alsoInUtf16 } from '../framing/utf16-text.ts';
import { accountRow } from './account-row.ts';
import { accountColumns } from './columns.ts';
import { providerOf } from './providers.ts';

export const accounts: Format = alsoInUtf16({
  id: 'accounts',
  title: 'Accounts (CSV; also of AWS IAM, Okta, Entra, Google Workspace)',
  version: 2,
  framing: 'spans',
  streams: [],
  recognise,
  open: (sink, context) => new AccountsReader(sink, context),
});

const facts: Omit<TableSpec<'accounts'>, 'row'> = {
  table: 'accounts',
  columns: accountColumns,
  needed: ['account'],
  telling: 2,
  tellingColumns: [
    ...['privileged', 'mfa', 'status', 'created', 'disabled', 'last_used', 'enabled', 'suspended'],
    ...['last_interactive', 'password_last_used'],
  ],
  namesUnread: true,
};

/** What reviews of access, tickets and logs have, and lists of accounts do not. */
const foreign = [
  ...['decision', 'reviewdecision', 'outcome', 'ticketid', 'ticket', 'issuekey', 'issuetype', 'number'],
  ...['shortdescription', 'summary', 'eventtype', 'eventname', 'timestamp', 'ipaddress', 'port'],
];

function recognise(head: Uint8Array): Recognition {
  const found = recogniseTable({ ...facts, row: () => ({}) }, head);
  const header = headerNames(head);
  if (found.confidence === 0 || header.hasAny(...foreign)) return { confidence: 0, reason: found.reason };
  const provider = providerOf(header);
  if (provider === undefined) return found;
  return { confidence: 0.95, reason: `The header is that of a list of accounts of ${providerNames[provider]}.` };
}

const providerNames = { aws: 'AWS IAM', okta: 'Okta', entra: 'Entra', google: 'Google Workspace' } as const;

class AccountsReader implements SourceReader {
  readonly #header = new HeaderNames();
  readonly #reader: SourceReader;

  constructor(sink: RowSink, context: ReadContext) {
    const row: TableSpec<'accounts'>['row'] = (cells) =>
      accountRow(cells, { provider: providerOf(this.#header), context });
    this.#reader = new CsvTableReader({ ...facts, row }, sink, context);
    if (context.takenAt !== undefined)
      sink.assume(
        `A row that does not say when the list was made is of ${formatInstant(context.takenAt)}, as stated at import.`,
      );
  }

  push(piece: Uint8Array): void {
    this.#header.push(piece);
    this.#reader.push(piece);
  }

  finish(): Problem | undefined {
    this.#header.finish();
    return this.#reader.finish();
  }
}
