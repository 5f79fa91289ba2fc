/** The members of a record as they are written, put together again without those that columns already hold. */
import type { JsonRecord } from '../framing/json-records.ts';

/**
 * A JSON object of the members of a record, numbers and escapes as in the record, without those whose name is in
 * `except`. Of a member that is given twice the last one stays. `undefined` where nothing is left.
 */
export function writtenMembers({ bytes, members }: JsonRecord, except: ReadonlySet<string>): string | undefined {
  const text = (from: number, to: number): string =>
    Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8');
  const kept = new Map<string, string>();
  for (let i = 0; i < members.length; i += 4) {
    const key = text(members[i]!, members[i + 1]!);
    const name = key.includes('\\') ? (JSON.parse(key) as string) : key.slice(1, -1);
    if (!except.has(name)) kept.set(name, `${key}:${text(members[i + 2]!, members[i + 3]!).trim()}`);
  }
  return kept.size === 0 ? undefined : `{${[...kept.values()].join(',')}}`;
}
