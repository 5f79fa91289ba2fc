/** How sure a format of results in JSON is that a file is its own. */
import type { Recognition } from '../format.ts';
import { JsonRecordScanner, type JsonRecordOptions } from '../framing/json-records.ts';

export interface ResultSigns {
  readonly files: JsonRecordOptions;
  isResult(value: unknown): boolean;
  /** What its records have, for a person: `an id, a node_type and tests`. */
  readonly signs: string;
  /** Names of members that all stand in the head where its first record is longer than that. */
  readonly telling: readonly string[];
}

/** The share of the complete records in the head that are results, at most 0.98; 0.9 where one record fills the head. */
export function recogniseResults(head: Uint8Array, { files, isResult, signs, telling }: ResultSigns): Recognition {
  let records = 0;
  let results = 0;
  const scanner = new JsonRecordScanner(files, {
    record: ({ value }) => {
      records++;
      if (isResult(value)) results++;
    },
    damaged: (byte, bytes) => {
      // The record at the end of the head goes on after it.
      if (byte + bytes.length < head.length) records++;
    },
  });
  scanner.push(head);
  scanner.finish();
  if (results === 0) return recogniseLongRecord(head, telling);
  const reason = `${results} of the first ${records} JSON records have ${signs}.`;
  return { confidence: results / records < 0.2 ? 0 : (0.98 * results) / records, reason };
}

function recogniseLongRecord(head: Uint8Array, telling: readonly string[]): Recognition {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  const found = telling.filter((name) => text.includes(`"${name}"`));
  const likely = /^(?:\xef\xbb\xbf)?\s*[[{]/.test(text) && found.length === telling.length;
  const reason = `It begins as JSON that has ${found.length} of the names ${telling.join(', ')}.`;
  return { confidence: likely ? 0.9 : 0, reason };
}
