/**
 * Events as the rows of a CSV table: what the console's event history downloads, what CloudTrail Lake and Athena answer.
 * Each row becomes the event that it was made of, as far as it says it, and is read as any other.
 */
import { CsvParser, type CsvRow } from '../framing/csv.ts';
import { plainName } from '../framing/csv-table.ts';
import { readJsonRecord } from '../framing/json-members.ts';
import type { JsonEnding, JsonRecordHandler } from '../framing/json-records.ts';

const members = [
  ...['eventVersion', 'userIdentity', 'eventTime', 'eventSource', 'eventName', 'awsRegion', 'sourceIPAddress'],
  ...['userAgent', 'errorCode', 'errorMessage', 'requestParameters', 'responseElements', 'additionalEventData'],
  ...['requestID', 'eventID', 'readOnly', 'resources', 'eventType', 'managementEvent', 'recipientAccountId'],
  ...['serviceEventDetails', 'sharedEventID', 'eventCategory', 'insightDetails', 'tlsDetails'],
];
const identityMembers = ['type', 'principalId', 'arn', 'accountId', 'invokedBy', 'userName'];

/** By the name of a column without spaces and signs: the member it is, or the member of the identity. */
const places = new Map<string, readonly [string] | readonly ['userIdentity', string]>([
  ...members.map((name) => [plainName(name), [name]] as const),
  ...identityMembers.map((name) => [plainName(`userIdentity${name}`), ['userIdentity', name]] as const),
  ['username', ['userIdentity', 'userName']],
  ['region', ['awsRegion']],
]);

/** The name of a column and what ends it. */
const FIRST_COLUMN = /^(?:\xef\xbb\xbf)?\s*(?:[A-Za-z][\w .-]*|"[A-Za-z][\w .-]*")[ ]*[,;\t]/;

/** Whether a file begins as a table does, and not as JSON, damaged or not. `head`: its first bytes as Latin-1. */
export function beginsTable(head: string): boolean {
  return FIRST_COLUMN.test(head);
}

/** Gives a record for each row of a table with columns for the time and the name of events. */
export class EventTable {
  readonly #parser: CsvParser;
  #columns: readonly (readonly string[])[] = [];

  constructor(private readonly handler: JsonRecordHandler) {
    this.#parser = new CsvParser({ header: (row) => this.#readHeader(row), row: (row) => this.#readRow(row) });
  }

  push(piece: Uint8Array): void {
    this.#parser.push(piece);
  }

  finish(): JsonEnding {
    const trouble = this.#parser.finish();
    if (trouble?.because.includes('UTF-16') === true) return 'utf-16';
    return trouble === undefined ? 'complete' : 'cut-off';
  }

  #readHeader({ fields, byte, bytes }: CsvRow): boolean {
    this.#columns = fields.map((name) => places.get(plainName(name)) ?? []);
    const has = (name: string): boolean => this.#columns.some(([member]) => member === name);
    if (has('eventTime') && has('eventName')) return true;
    this.handler.damaged(byte, bytes, 'The first line is neither JSON nor the header of a table of events.');
    return false;
  }

  #readRow(row: CsvRow): void {
    const { byte, bytes, fields } = row;
    const extra = fields.length - this.#columns.length;
    const trouble =
      row.trouble ??
      (extra === 0 ? undefined : `The row has ${fields.length} fields, but the header has ${this.#columns.length}.`);
    const record = trouble === undefined ? readJsonRecord(this.#eventOf(fields)) : undefined;
    if (record === undefined) return this.handler.damaged(byte, bytes, trouble ?? 'The row is no event.');
    this.handler.record({ ...record, byte, span: bytes.length });
  }

  /** The JSON text of the event of a row. What stands in a cell as JSON stays as it is written. */
  #eventOf(fields: readonly string[]): string {
    const event: [string, string][] = [];
    const identity: [string, string][] = [];
    this.#columns.forEach(([member, inner], i) => {
      const text = fields[i]!.trim();
      if (member === undefined || text === '' || text === 'null') return;
      if (inner === undefined) event.push([member, isNested(text) ? text : JSON.stringify(text)]);
      else identity.push([inner, JSON.stringify(text)]);
    });
    const hasIdentity = event.some(([name]) => name === 'userIdentity');
    if (identity.length > 0 && !hasIdentity) event.push(['userIdentity', objectOf(identity)]);
    return objectOf(event);
  }
}

function objectOf(list: readonly (readonly [string, string])[]): string {
  return `{${list.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
}

/** Whether a cell holds a JSON object or list; `{type=IAMUser, ...}`, as Lake and Athena write, is none. */
function isNested(text: string): boolean {
  if (!/^[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
