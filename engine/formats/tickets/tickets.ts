/** Tickets of any tracker (incidents, changes, problems, requests, leavers, exceptions), as CSV or JSON.
 * docs/formats/tickets.md */
import type { Format } from '../format.ts';
import { isJson, JsonOrCsvReader } from '../framing/json-or-csv.ts';
import { alsoInUtf16 } from '../framing/utf16-text.ts';
import { CsvTicketReader, recogniseCsvTickets } from './csv-tickets.ts';
import { JsonTicketReader } from './json-tickets.ts';
import { recogniseJsonTickets } from './recognise-json.ts';

export const tickets: Format = alsoInUtf16({
  id: 'tickets',
  title: 'Tickets (CSV, or JSON of Jira, ServiceNow, GitHub, GitLab, Azure DevOps, PagerDuty, Linear)',
  version: 3,
  framing: 'spans',
  streams: [],
  recognise: (head) => (isJson(head) ? recogniseJsonTickets(head) : recogniseCsvTickets(head)),
  open: (sink, context) =>
    new JsonOrCsvReader({
      json: () => new JsonTicketReader(sink, context),
      csv: () => new CsvTicketReader(sink, context),
    }),
});
