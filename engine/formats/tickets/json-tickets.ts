import type { Problem } from '../../../shared/problem.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { Cells, type Cell } from '../framing/cells.ts';
import { findPlaces, type Places } from '../framing/csv-table.ts';
import { JsonRecordScanner, type JsonRecordOptions } from '../framing/json-records.ts';
import { ticketTable } from './columns.ts';
import { HeldRecords, type Held } from './held-records.ts';
import { needsNames } from './jira.ts';
import { memberAt, membersOf, type FlatTicket, type Members } from './members.ts';
import { valuesOf } from './servicenow.ts';
import { findTicket, flattenTicket, type FoundTicket } from './trackers.ts';

const graphql = [
  ...['pullRequests', 'issues'].map((name) => ['data', 'repository', name]),
  ...['mergeRequests', 'issues'].map((name) => ['data', 'project', name]),
  ...[['issues'], ['team', 'issues'], ['search'], ['searchIssues']].map((path) => ['data', ...path]),
];

/** Lists in the answers of Jira (`issues`), ServiceNow (`result`, `records`), GitHub (`items`), PagerDuty, and GraphQL. */
export const ticketLists: JsonRecordOptions = {
  lists: [
    ...['issues', 'result', 'records', 'items', 'tickets', 'incidents', 'value', 'nodes'],
    ...graphql.flatMap((path) => [
      [...path, 'nodes'],
      [...path, 'edges'],
    ]),
  ],
  firstKeys: [
    ...[
      'expand',
      'id',
      'key',
      'number',
      'parent',
      'url',
      'action',
      'node',
      'author',
      'title',
      'additions',
      'assignees',
    ],
    ...['iid', 'identifier', 'incident_number', 'acknowledgements'],
    ...['ticket_id', 'sys_id', 'made_sla', 'baseRefName', 'body', 'closed', 'closedAt', 'createdAt', 'comments'],
  ],
};

const MOST_SETS_OF_NAMES = 64;
const LONGEST_KEPT = 64 * 1024;

/** Reads tickets as JSON: an answer with a list, a list, or one ticket a line. */
export class JsonTicketReader implements SourceReader {
  readonly #scanner: JsonRecordScanner;
  readonly #held = new HeldRecords();
  readonly #places = new TicketPlaces();
  /** Offset and value of the first byte that is no white space. */
  #first: { readonly byte: number; readonly is: number } | undefined;
  #pushed = 0;
  /** Whether records stand in a document that may say more about them; not known before the first. */
  #inAnswer: boolean | undefined;
  #holding = true;
  #tickets = 0;
  #rejects = 0;
  #firstReason = '';

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#scanner = new JsonRecordScanner(ticketLists, {
      record: ({ byte, bytes, value }) => this.#take({ byte, bytes, content: { value } }),
      damaged: (byte, bytes, reason) => this.#take({ byte, bytes, content: { damage: reason } }),
      document: (value) => this.#endAnswer(membersOf(memberAt(value, 'names'))),
    });
  }

  push(piece: Uint8Array): void {
    if (this.#first === undefined) {
      const at = piece.findIndex((byte) => byte > 0x20 && ![0xef, 0xbb, 0xbf].includes(byte));
      if (at >= 0) this.#first = { byte: this.#pushed + at, is: piece[at]! };
    }
    this.#pushed += piece.length;
    this.#scanner.push(piece);
  }

  finish(): Problem | undefined {
    const ending = this.#scanner.finish();
    this.#endAnswer(undefined);
    if (ending === 'utf-16') return this.#refusal('The file is UTF-16 text, not UTF-8.', 'Convert it to UTF-8.');
    if (this.#tickets === 0 && this.#rejects > 0)
      return this.#refusal(
        `None of ${this.#rejects} records is a ticket. Record 1: ${this.#firstReason}`,
        'Import the file as the format it is, or export the tickets again.',
      );
    if (ending === 'cut-off')
      this.sink.assume('The file ends before its JSON does: tickets after its end are unknown.');
    return undefined;
  }

  #refusal(message: string, remedy: string): Problem {
    return { code: 'damaged_file', message, where: { file: this.context.name }, remedy };
  }

  /** Holds what may still get names, and everything after it, so that records keep their order. */
  #take(record: Held): void {
    this.#inAnswer ??= this.#first?.is === 0x7b && record.byte > this.#first.byte;
    if (this.#holding && this.#inAnswer && (!this.#held.isEmpty || mayGetNames(record))) {
      if (this.#held.add(record)) return;
      this.#holding = false;
      this.#giveHeld(undefined);
    }
    this.#read(record, undefined);
  }

  #endAnswer(names: Members | undefined): void {
    this.#giveHeld(names);
    this.#holding = true;
  }

  #giveHeld(names: Members | undefined): void {
    for (const record of this.#held.take()) this.#read(record, names);
  }

  #read({ byte, bytes, content }: Held, names: Members | undefined): void {
    if ('damage' in content) return this.#reject(byte, bytes, content.damage);
    const found = findTicket(content.value);
    if (!found) return this.#reject(byte, bytes, 'The record is not a JSON object.');
    const flat = flattenTicket(found, names);
    const cells = new Cells(this.#places.finder(flat), this.sink, this.context);
    const row = ticketTable(this.#zoneOf(found)).row(cells);
    if (cells.problem !== undefined) return this.#reject(byte, bytes, cells.problem);
    this.#state(found, { names, id: row.ticket_id ?? '' });
    this.#tickets++;
    this.sink.record(byte, bytes.length);
    this.sink.row('tickets', row);
  }

  #zoneOf({ tracker, ticket }: FoundTicket): string {
    return tracker === 'ServiceNow' && valuesOf(ticket) !== 'shown' ? 'UTC' : this.context.zone;
  }

  /** What is taken for granted about a ticket of its tracker. */
  #state(
    { tracker, ticket, isDelivery }: FoundTicket,
    { names, id }: { names: Members | undefined; id: string },
  ): void {
    if (tracker === 'ServiceNow') this.sink.assume(serviceNowTimes[valuesOf(ticket)]);
    if (tracker === 'Jira' && names === undefined && needsNames(ticket))
      this.sink.assume(
        'Custom fields of Jira stand under numbers, and no "names" say what they are: a root cause in one of them is not read.',
      );
    if (isDelivery)
      this.sink.assume('Deliveries of webhooks: a ticket has a row for each delivery about it, as it was then.');
    if (tracker === 'GitHub' && !/#\d+$/.test(id))
      this.sink.assume(
        'Tickets of GitHub without an address are named by their number alone, which another repository has too.',
      );
  }

  #reject(byte: number, bytes: Uint8Array, reason: string): void {
    this.#rejects++;
    this.#firstReason ||= reason;
    this.sink.record(byte, bytes.length);
    this.sink.reject(reason, bytes.slice());
  }
}

const serviceNowTimes = {
  stored: 'Times of ServiceNow are stored values, which are UTC.',
  shown: 'Times of ServiceNow are as they were shown to a user, in the time zone of that user.',
  unsaid: 'Nothing says whether times of ServiceNow are stored values; they are taken as such, in UTC.',
} as const;

function mayGetNames({ content }: Held): boolean {
  const found = 'value' in content ? findTicket(content.value) : undefined;
  return found?.tracker === 'Jira' && needsNames(found.ticket);
}

/** Finds columns among the names of tickets. Tickets of one file have few sets of names, and each is looked at once. */
class TicketPlaces {
  readonly #known = new Map<string, Places>();
  readonly #columns = ticketTable('UTC').columns;

  finder(flat: FlatTicket): (column: string) => readonly Cell[] {
    const places = this.#placesOf(flat.map(([name]) => name));
    return (column) =>
      (places.get(column) ?? [])
        .map((i) => ({ column: flat[i]![0], text: flat[i]![1].trim() }))
        .filter(({ text }) => text !== '');
  }

  #placesOf(names: readonly string[]): Places {
    const key = JSON.stringify(names);
    const known = this.#known.get(key);
    if (known) return known;
    const places = findPlaces(names, this.#columns);
    // Names can be anything: what is kept of them is bounded.
    if (this.#known.size < MOST_SETS_OF_NAMES && key.length < LONGEST_KEPT) this.#known.set(key, places);
    return places;
  }
}
