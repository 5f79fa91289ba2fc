import { rawMember } from '../framing/json-members.ts';
import type { JsonRecord } from '../framing/json-records.ts';

/** A member of a record as it is written; one whose name is not ASCII as its value is written anew. */
export function rawText(record: JsonRecord, name: string): string {
  return rawMember(record, name) ?? JSON.stringify((record.value as Record<string, unknown>)[name]) ?? 'null';
}
