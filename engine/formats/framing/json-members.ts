/** The members of a JSON record as they are written, which is what `value` no longer shows. */
import { JsonRecordScanner, type JsonRecord, type JsonRecordHandler } from './json-records.ts';

const BACKSLASH = 0x5c;

/**
 * The text of a member as it is written in the record: numbers and escapes keep their form. `undefined` when the record
 * has no such member; `name` is ASCII. Where a name is given twice, the last one counts, as it does in `value`.
 */
export function rawMember(record: JsonRecord, name: string): string | undefined {
  if (!Object.hasOwn(record.value ?? {}, name)) return undefined;
  const { members } = record;
  for (let i = members.length - 4; i >= 0; i -= 4)
    if (isKey(record, i, name)) return textOf(record.bytes, members[i + 2]!, members[i + 3]!).trim();
  return undefined;
}

function isKey(record: JsonRecord, i: number, name: string): boolean {
  const { bytes, members } = record;
  const from = members[i]! + 1;
  const to = members[i + 1]! - 1;
  if (to - from === name.length) return textOf(bytes, from, to) === name;
  // The same name can be written longer, with escapes.
  return to - from > name.length && bytes.subarray(from, to).includes(BACKSLASH) && keyAt(record, i) === name;
}

/** The first member name that a record gives twice, if any: JSON does not say which one counts. */
export function repeatedMember(record: JsonRecord): string | undefined {
  const { value, members } = record;
  if (typeof value !== 'object' || value === null || Object.keys(value).length * 4 === members.length) return undefined;
  const seen = new Set<string>();
  for (let i = 0; i < members.length; i += 4) {
    const key = keyAt(record, i);
    if (seen.has(key)) return key;
    seen.add(key);
  }
  return undefined;
}

function keyAt({ bytes, members }: JsonRecord, i: number): string {
  return JSON.parse(textOf(bytes, members[i]!, members[i + 1]!)) as string;
}

function textOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8');
}

/** Reads text that must hold exactly one JSON value, with the places of its members. `undefined` otherwise. */
export function readJsonRecord(text: string): JsonRecord | undefined {
  const records: JsonRecord[] = [];
  let damaged = false;
  const handler: JsonRecordHandler = {
    record: (record) => records.push({ ...record, bytes: record.bytes.slice() }),
    damaged: () => (damaged = true),
  };
  const scanner = new JsonRecordScanner({ lists: [], firstKeys: [] }, handler);
  scanner.push(Buffer.from(text, 'utf8'));
  return scanner.finish() === 'complete' && !damaged && records.length === 1 ? records[0] : undefined;
}
