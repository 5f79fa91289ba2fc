import { JsonRecordScanner, type JsonRecord } from '../framing/json-records.ts';

/**
 * The records of a line that is JSON: one, or those of a list (`format json` writes one list a flush). A sentence where
 * the line is not JSON throughout: it is then one record that is rejected, whatever could be read of it.
 */
export function readJsonLine(bytes: Uint8Array, byte: number): readonly JsonRecord[] | string {
  const records: JsonRecord[] = [];
  let because: string | undefined;
  const scanner = new JsonRecordScanner(
    { lists: [], firstKeys: [], tuples: true },
    {
      record: (record) => records.push({ ...record, byte: byte + record.byte, bytes: record.bytes.slice() }),
      damaged: (_byte, _bytes, reason) => void (because ??= reason),
    },
  );
  scanner.push(bytes);
  if (scanner.finish() !== 'complete') because ??= 'The line is cut off: its JSON does not end.';
  if (because !== undefined) return `The line is not JSON. ${because}`;
  return records.length > 0 ? records : 'The line holds an empty list.';
}
