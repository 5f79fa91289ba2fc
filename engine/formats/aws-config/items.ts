/**
 * Configuration items in what AWS Config gives and others hand on.
 * https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationItem.html
 */
import { rawMember, readJsonRecord } from '../framing/json-members.ts';
import type { JsonRecord, JsonRecordOptions } from '../framing/json-records.ts';

/** Lists of items: a snapshot or history file, the answers of calls, an aggregator, an advanced query, a queue. */
export const itemOptions: JsonRecordOptions = {
  lists: ['configurationItems', 'baseConfigurationItems', 'Results', 'Messages', 'Records', 'value', 'items', 'events'],
  firstKeys: [
    ...['configurationItemCaptureTime', 'configurationItemVersion', 'version', 'relatedEvents', 'awsAccountId'],
    ...[
      'accountId',
      'arn',
      'resourceType',
      'resourceId',
      'configuration',
      'configurationItemDiff',
      'Type',
      'MessageId',
    ],
    ...['configurationItem', 'messageType', 'tags', 'configurationStateId', 'relationships'],
  ],
};

export type Members = Readonly<Record<string, unknown>>;

export interface Item {
  readonly record: JsonRecord;
  readonly value: Members;
}

/** Members that hold an item, or a message with one, and those that hold it as text (SNS, SQS, a log). */
const objects = [
  'configurationItem',
  'ConfigurationItem',
  'detail',
  '_source',
  'BaseConfigurationItem',
  'Message',
  'Sns',
];
const texts = ['Message', 'Body', 'body', 'message', '@message', '_raw', 'invokingEvent'];
const MOST_ENVELOPES = 5;

/** The item in a record, in whatever it is handed on; `undefined` when there is none. */
export function itemIn(record: JsonRecord, depth = 0): Item | undefined {
  const { value } = record;
  if (typeof value === 'string') return value.trimStart().startsWith('{') ? inText(value, depth) : undefined;
  if (!isMembers(value)) return undefined;
  if (isItem(value)) return { record, value: value };
  for (const name of objects)
    if (isMembers(value[name])) {
      const found = inText(rawMember(record, name), depth);
      if (found) return found;
    }
  for (const name of texts) {
    const text = value[name];
    const found = typeof text === 'string' && text.trimStart().startsWith('{') ? inText(text, depth) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** What tells an item: what it is of, and when that was captured. */
function isItem(value: Members): boolean {
  return (
    typeof value['resourceType'] === 'string' &&
    ['configurationItemCaptureTime', 'configurationItemStatus', 'configurationItemVersion'].some((name) =>
      Object.hasOwn(value, name),
    )
  );
}

function inText(text: string | undefined, depth: number): Item | undefined {
  const inner = text === undefined || depth >= MOST_ENVELOPES ? undefined : readJsonRecord(text);
  return inner && itemIn(inner, depth + 1);
}

/** The kind of a message of AWS Config, in whatever it is handed on; `undefined` where it is none. */
export function messageType(record: JsonRecord, depth = 0): string | undefined {
  const { value } = record;
  if (!isMembers(value)) return undefined;
  const own = value['messageType'];
  if (typeof own === 'string') return own.slice(0, 80).toWellFormed();
  if (depth >= MOST_ENVELOPES) return undefined;
  const inner = [
    ...objects.map((name) => (isMembers(value[name]) ? rawMember(record, name) : undefined)),
    ...texts.map((name) => value[name]),
  ].find((text) => typeof text === 'string' && text.trimStart().startsWith('{'));
  const read = typeof inner === 'string' ? readJsonRecord(inner) : undefined;
  return read && messageType(read, depth + 1);
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
