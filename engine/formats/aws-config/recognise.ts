import type { Recognition } from '../format.ts';
import { JsonRecordScanner } from '../framing/json-records.ts';
import { itemIn, itemOptions } from './items.ts';

/** Names that an item has, for one that is longer than the head. */
const telling = ['"configurationItemCaptureTime"', '"resourceType"', '"awsRegion"', '"configurationItemStatus"'];

/** How many of the complete records in the head are items of AWS Config. */
export function recogniseAwsConfig(head: Uint8Array): Recognition {
  let records = 0;
  let found = 0;
  const scanner = new JsonRecordScanner(itemOptions, {
    record: (record) => {
      records++;
      if (itemIn(record) !== undefined) found++;
    },
    damaged: () => undefined,
  });
  scanner.push(head);
  const complete = [records, found] as const;
  // What is found in a record that the head cuts off is no record of its own.
  if (scanner.finish() === 'cut-off' && complete[0] > 0) [records, found] = complete;
  if (records === 0 || (found === 0 && isSnapshotHead(head))) return byNames(head);
  const reason = `${found} of the first ${records} JSON records are items of AWS Config, with a type and a time of capture.`;
  return { confidence: found * 2 <= records ? 0 : (0.97 * found) / records, reason };
}

function isSnapshotHead(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, 2000)).toString('latin1').includes('"configurationItems"');
}

function byNames(head: Uint8Array): Recognition {
  const text = Buffer.from(head).toString('latin1');
  const names = telling.filter((name) => text.includes(name)).length;
  const isBegun = /^(?:\xef\xbb\xbf)?\s*[{[]/.test(text);
  if (!isBegun || (names < 3 && !isSnapshotHead(head)))
    return { confidence: 0, reason: 'No record is an item of AWS Config.' };
  return {
    confidence: 0.85,
    reason: 'The first record is longer than what was looked at; it begins as AWS Config does.',
  };
}
