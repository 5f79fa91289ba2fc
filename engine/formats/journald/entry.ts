/** One entry of the journal: fields with one value or several, whichever way it was exported. */
import { isUtf8 } from 'node:buffer';

/** Text; the bytes of what is no UTF-8; or null, for a value that the export left out because it was too long. */
export type FieldValue = string | readonly number[] | null;

/** Fields by name, in the order of the export. Journald lets a field have several values. */
export type JournalEntry = ReadonlyMap<string, readonly FieldValue[]>;

/** A value as bytes. Text is text in every export, also where journalctl gives the bytes of text with control characters. */
export function valueOfBytes(bytes: Uint8Array): FieldValue {
  return isUtf8(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8') : Array.from(bytes);
}

/** The fields of a JSON object. A value that is none of journalctl's is kept as the JSON that it is. */
export function entryOfJson(value: object): JournalEntry {
  return new Map(Object.entries(value).map(([name, given]) => [name, valuesOfJson(given)]));
}

function valuesOfJson(given: unknown): readonly FieldValue[] {
  const single = valueOfJson(given);
  if (single !== undefined) return [single];
  return Array.isArray(given) && given.length > 0
    ? given.map((value: unknown) => {
        const single = valueOfJson(value);
        return single === undefined ? JSON.stringify(value) : single;
      })
    : [JSON.stringify(given)];
}

/** `undefined` for what is no single value: a list of values, and what journalctl does not write. */
function valueOfJson(value: unknown): FieldValue | undefined {
  if (typeof value === 'string' || value === null) return value;
  if (typeof value === 'number') return String(value);
  return isByteList(value) ? valueOfBytes(Uint8Array.from(value)) : undefined;
}

function isByteList(value: unknown): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((byte) => typeof byte === 'number' && byte >= 0 && byte < 256 && Number.isInteger(byte))
  );
}

/** The text of a field: its first value, bytes with U+FFFD for what is not UTF-8; `undefined` for none, and for null. */
export function textOf(entry: JournalEntry, name: string): string | undefined {
  const value = entry.get(name)?.[0];
  if (typeof value === 'string') return value;
  return value ? Buffer.from(value).toString('utf8') : undefined;
}

/** True for a field that was left out because it was too long. */
export function isLeftOut(entry: JournalEntry, name: string): boolean {
  return entry.get(name)?.[0] === null;
}

/** The fields as JSON, names and values as in the entry, but those named. */
export function fieldsJson(entry: JournalEntry, without: ReadonlySet<string>): string {
  const kept = [...entry].filter(([name]) => !without.has(name));
  return JSON.stringify(
    Object.fromEntries(kept.map(([name, values]) => [name, values.length === 1 ? values[0] : values])),
  );
}
