import { rawMember, readJsonRecord } from '../framing/json-members.ts';
import type { JsonRecord, JsonRecordOptions } from '../framing/json-records.ts';
import { memberOf, textAt } from './members.ts';

/** Lists of events: `Records` in files that CloudTrail delivers, `Events` in what `lookup-events` prints. */
export const scannerOptions: JsonRecordOptions = {
  lists: ['Records', 'Events'],
  firstKeys: ['eventVersion', 'EventId', 'version'],
};

/**
 * The event in a record. It is the record itself, except that `lookup-events` gives it as text in `CloudTrailEvent`, and
 * EventBridge as `detail`. Text that is not one JSON value leaves the record as it is.
 */
export function eventOf(record: JsonRecord): JsonRecord {
  if (memberOf(record.value, 'eventName') !== undefined) return record;
  const inner = textAt(record.value, 'CloudTrailEvent') ?? detailText(record);
  return (inner === undefined ? undefined : readJsonRecord(inner)) ?? record;
}

function detailText(record: JsonRecord): string | undefined {
  return memberOf(record.value, 'detail', 'eventName') === undefined ? undefined : rawMember(record, 'detail');
}
