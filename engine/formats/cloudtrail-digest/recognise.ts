import type { Recognition } from '../format.ts';
import { JsonRecordScanner, type JsonRecordOptions } from '../framing/json-records.ts';
import { readDigest } from './digest.ts';

/** A digest is a file of its own; some put several into one. An hour of a busy trail names tens of thousands of files. */
export const scannerOptions: JsonRecordOptions = {
  lists: [],
  firstKeys: ['awsAccountId'],
  maxRecordBytes: 64 * 1024 * 1024,
};

/** A digest, or the beginning of one: its members stand before the list of log files, which may be long. */
export function recogniseDigest(head: Uint8Array): Recognition {
  let records = 0;
  let digests = 0;
  const scanner = new JsonRecordScanner(scannerOptions, {
    record: (record) => {
      records++;
      if (typeof readDigest(record.value) !== 'string') digests++;
    },
    damaged: (byte, bytes) => {
      if (byte + bytes.length < head.length) records++;
    },
  });
  scanner.push(head);
  scanner.finish();
  if (records === 0) return recogniseBeginning(head);
  const reason = `${digests} of the first ${records} JSON records are CloudTrail digests, with digestS3Object and logFiles.`;
  return { confidence: digests * 2 > records ? (0.99 * digests) / records : 0, reason };
}

const FIRST_MEMBER =
  /^(?:\xef\xbb\xbf)?\s*\[?\s*\{\s*"(?:awsAccountId|digest\w+|previousDigest\w+|newestEventTime|oldestEventTime|logFiles)"/;

function recogniseBeginning(head: Uint8Array): Recognition {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  const names = ['digestStartTime', 'digestEndTime', 'digestS3Bucket', 'digestS3Object', 'logFiles'];
  const found = names.filter((name) => text.includes(`"${name}"`)).length;
  const reason = `No complete JSON record in the first ${head.length} bytes; ${found} of ${names.length} names of a CloudTrail digest.`;
  return { confidence: FIRST_MEMBER.test(text) && found === names.length ? 0.95 : 0, reason };
}
