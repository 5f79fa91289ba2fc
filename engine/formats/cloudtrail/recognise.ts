import type { Recognition } from '../format.ts';
import { eventOf } from './envelopes.ts';
import { nameOf, sourceOf } from './event-names.ts';
import { EventScanner } from './event-scanner.ts';
import { memberOf, textAt } from './members.ts';

/**
 * How many of the complete records in the head are CloudTrail events: an object with eventTime, eventName and
 * eventSource. A digest file (`digestS3Object`, `logFiles`) has none and is not claimed.
 */
export function recogniseCloudTrail(head: Uint8Array): Recognition {
  let records = 0;
  let events = 0;
  const scanner = new EventScanner({
    record: (record) => {
      records++;
      if (isEvent(eventOf(record).value)) events++;
    },
    damaged: (byte, bytes) => {
      if (byte + bytes.length < head.length) records++;
    },
  });
  scanner.push(head);
  scanner.finish();
  if (records === 0) return recogniseLongRecord(head);
  const reason = `${events} of the first ${records} JSON records have eventTime, eventName and eventSource.`;
  return { confidence: events * 2 <= records ? 0 : (0.98 * events) / records, reason };
}

function isEvent(value: unknown): boolean {
  const named = nameOf(value) !== undefined && textAt(value, 'eventTime') !== undefined;
  return named && sourceOf(value) !== undefined && memberOf(value, 'digestS3Object') === undefined;
}

/** One record fills the head: only its member names can be seen. */
function recogniseLongRecord(head: Uint8Array): Recognition {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  const names = ['eventVersion', 'userIdentity', 'eventTime', 'eventSource', 'eventName'];
  const found = names.filter((name) => text.includes(`"${name}"`)).length;
  const likely = /^(?:\xef\xbb\xbf)?\s*[[{]/.test(text) && found === names.length;
  const reason = `No complete JSON record in the first ${head.length} bytes; ${found} of ${names.length} CloudTrail names.`;
  return { confidence: likely ? 0.6 : 0, reason };
}
