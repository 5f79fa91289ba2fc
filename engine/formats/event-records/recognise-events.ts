/** How sure a log of JSON events is that a file is its own. */
import type { Recognition } from '../format.ts';
import { JsonRecordScanner } from '../framing/json-records.ts';
import { filesOf, findEvent } from './envelopes.ts';
import type { EventFormat } from './event-format.ts';

/** Below this share of its records a file is another one that holds some of these events. */
const LEAST_SHARE = 0.2;

/** The share of the complete records in the head that are such events, at most 0.98. */
export function recogniseEvents(format: EventFormat, head: Uint8Array): Recognition {
  let records = 0;
  let events = 0;
  const scanner = new JsonRecordScanner(filesOf(format), {
    record: (record) => {
      records++;
      if (format.isEvent(findEvent(record, format).value)) events++;
    },
    damaged: (byte, bytes) => {
      if (byte + bytes.length < head.length) records++;
    },
  });
  scanner.push(head);
  scanner.finish();
  if (records === 0) return recogniseLongRecord(format, head);
  const share = events / records;
  const reason = `${events} of the first ${records} JSON records have ${format.signs}.`;
  return { confidence: share < LEAST_SHARE ? 0 : 0.98 * share, reason };
}

/** One record fills the head: only its member names can be seen. */
function recogniseLongRecord({ telling }: EventFormat, head: Uint8Array): Recognition {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  const found = telling.filter((name) => text.includes(`"${name}"`));
  const likely = /^(?:\xef\xbb\xbf)?\s*[[{]/.test(text) && found.length === telling.length;
  const reason = `No complete JSON record in the first ${head.length} bytes; it has ${found.length} of the names ${telling.join(', ')}.`;
  return { confidence: likely ? 0.6 : 0, reason };
}
