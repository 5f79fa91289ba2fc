import { rawMember, readJsonRecord } from '../framing/json-members.ts';
import type { JsonRecord, JsonRecordOptions } from '../framing/json-records.ts';
import { isEventLike } from './event-names.ts';
import { memberOf, textAt } from './members.ts';

/**
 * Lists of events: `Records` in files that CloudTrail delivers, `Events` in what `lookup-events` prints,
 * `QueryResultRows` in what CloudTrail Lake answers; `events` and `logEvents` where CloudWatch Logs had them; the rest are
 * those of other tools.
 */
export const scannerOptions: JsonRecordOptions = {
  lists: ['Records', 'Events', 'QueryResultRows', 'events', 'logEvents', 'records', 'value', 'data', ['hits', 'hits']],
  firstKeys: ['eventVersion', 'EventId', 'version', 'eventID', 'logStreamName', 'id', 'timestamp', '_index'],
};

/** Members in which an event stands as text, and those in which it stands as an object. */
const texts = [
  'CloudTrailEvent',
  'message',
  '@message',
  '_raw',
  'eventJson',
  'log',
  'event',
  'original',
  'event.original',
];
const objects = ['detail', '_source', 'event', 'Event', 'record', 'result', 'eventData', 'fields'];
const MOST_ENVELOPES = 3;

/**
 * The event in a record. It is the record itself, except that `lookup-events` gives it as text in `CloudTrailEvent`,
 * EventBridge as `detail`, CloudWatch Logs in `message`, and CloudTrail Lake as a list of its columns. A record that holds
 * none is given as it is.
 */
export function eventOf(record: JsonRecord): JsonRecord {
  return eventWithin(record, 0) ?? record;
}

function eventWithin(record: JsonRecord, depth: number): JsonRecord | undefined {
  if (isEventLike(record.value)) return record;
  if (depth === MOST_ENVELOPES) return undefined;
  for (const inner of innerTexts(record)) {
    const read = readJsonRecord(inner);
    const event = read && eventWithin(read, depth + 1);
    if (event !== undefined) return event;
  }
  return undefined;
}

function innerTexts(record: JsonRecord): readonly string[] {
  const { value } = record;
  if (Array.isArray(value)) return joinedColumns(value);
  const found = texts.map((name) => textAt(value, name)).filter((text) => text?.trimStart().startsWith('{') === true);
  const inner = objects.filter((name) => isObject(memberOf(value, name))).map((name) => rawMember(record, name));
  return [...found, ...inner].filter((text) => text !== undefined);
}

/** A row of CloudTrail Lake: `[{"eventID":"..."},{"eventTime":"..."}]`, an object for each column. */
function joinedColumns(row: readonly unknown[]): readonly string[] {
  const columns = row.flatMap((column) => (isObject(column) ? Object.entries(column) : []));
  return columns.length === 0 ? [] : [JSON.stringify(Object.fromEntries(columns))];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
