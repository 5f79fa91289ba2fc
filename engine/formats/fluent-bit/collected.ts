/** A record that Fluent Bit collected and wrote as JSON: `{"date":1519233660.123456,"log":"..."}`. */
import { firstText, firstWord } from '../event-records/values.ts';
import { writtenMembers } from '../event-records/written-members.ts';
import { readJsonRecord } from '../framing/json-members.ts';
import type { JsonRecord } from '../framing/json-records.ts';
import { readDate, timeOfRecord } from './date.ts';
import { readOwnLine } from './own-line.ts';
import { meaningOf, type AddedRows } from './rows.ts';

/** The rows of a collected record, and the member its time was taken from; or why it is none. */
export type ReadRecord = { readonly rows: AddedRows; readonly member: string } | string;

/** Reads an object, or `[time, object]` as the format `json` of old versions and of the library writes it. */
export function readCollected(record: JsonRecord, system: string | undefined): ReadRecord {
  if (Array.isArray(record.value)) return readTuple(record, system);
  if (typeof record.value !== 'object' || record.value === null) return 'The record is not a JSON object.';
  const found = timeOfRecord(record);
  if (typeof found === 'string') return found;
  return { member: found.member, rows: rowsOf(record, found.time, system, found.member) };
}

const TUPLE = /^\[\s*([\d.]+)\s*,\s*(\{.*\})\s*\]$/s;

function readTuple(record: JsonRecord, system: string | undefined): ReadRecord {
  const text = Buffer.from(record.bytes.buffer, record.bytes.byteOffset, record.bytes.length).toString('utf8');
  const parts = TUPLE.exec(text);
  const time = parts ? readDate(parts[1]!) : undefined;
  const inner = parts ? readJsonRecord(parts[2]!) : undefined;
  if (time === undefined || inner === undefined) return 'The list is not a time and a record.';
  return { member: 'date', rows: rowsOf(inner, time, system, undefined) };
}

function rowsOf(record: JsonRecord, time: bigint, system: string | undefined, member: string | undefined): AddedRows {
  const { value } = record;
  const message = firstText(value, 'log', 'message', 'MESSAGE', 'msg')?.replace(/\r?\n$/, '');
  const event = {
    time,
    system: systemOf(value) ?? system,
    stream: 'fluent-bit',
    code: firstText(value, 'ident', 'SYSLOG_IDENTIFIER', 'kubernetes.container_name', 'container_name', 'tag'),
    severity: firstWord(value, 'level', 'severity', 'log_level', 'PRIORITY')?.toLowerCase(),
    message,
    // A container of Fluent Bit is collected like any other: what it logs is its own log.
    ...ownMeaning(message),
  };
  return { event, fields: writtenMembers(record, new Set(member === 'date' ? ['date'] : [])) };
}

function ownMeaning(message: string | undefined) {
  const own = message?.startsWith('[') ? readOwnLine(message) : undefined;
  return own === undefined ? {} : meaningOf(own);
}

/**
 * The machine that the record is from. `host` is that only in syslog (which has `ident` beside it): in the log of a web
 * server it is the client.
 */
function systemOf(value: unknown): string | undefined {
  const named = firstText(value, 'hostname', '_HOSTNAME', 'HOSTNAME', 'kubernetes.host', 'host.name', 'host.hostname');
  return named ?? (firstText(value, 'ident') === undefined ? undefined : firstText(value, 'host'));
}
