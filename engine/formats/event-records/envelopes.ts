/**
 * Events in an envelope: a bus or a collector hands one on as a member of its own record.
 *
 *   {"detail-type":"...", "detail": event}          Amazon EventBridge
 *   {"time":..., "event": event}                    Splunk's HTTP event collector
 *   {"_index":"...", "_source": event}              Elasticsearch
 *   {"message": "<event as text>", ...}             Filebeat and Logstash
 *   {"log":"<event as text>", "stream":"stdout"}   Docker, containerd by Fluent Bit
 *   {"properties":{"log":"<event as text>"}}        diagnostic settings of Azure, for what a pod wrote
 *   {"@timestamp":..., "@message":"<event as text>"}   CloudWatch Logs Insights
 *   {"preview":false, "result":{"_raw":"<event as text>"}}   a search of Splunk, exported
 */
import { rawMember, readJsonRecord } from '../framing/json-members.ts';
import type { JsonRecord } from '../framing/json-records.ts';
import type { EventFormat, FoundEvent } from './event-format.ts';
import { firstText } from './values.ts';

const asObject = ['detail', 'event', '_source', 'result'];
const asText = ['message', '_raw', 'event.original', 'log', '@message', 'properties.log'];

/** The event of a record: the record itself, or what is in its envelope; the record itself where neither is one. */
export function findEvent(record: JsonRecord, format: EventFormat): FoundEvent {
  const own = { record, value: format.spelling.correct(record.value) };
  if (format.isEvent(own.value)) return own;
  return inEnvelope(record, format) ?? own;
}

function inEnvelope(record: JsonRecord, format: EventFormat): FoundEvent | undefined {
  if (typeof record.value !== 'object' || record.value === null) return undefined;
  const objects = asObject.map((name) => rawMember(record, name)).filter((text) => text?.startsWith('{'));
  const texts = asText.map((path) => firstText(record.value, path)).filter((text) => text?.startsWith('{'));
  for (const text of [...objects, ...texts]) {
    const inner = text === undefined ? undefined : readJsonRecord(text);
    if (inner === undefined) continue;
    const value = format.spelling.correct(inner.value);
    if (format.isEvent(value)) return { record: inner, value };
    // Splunk's search export has its text one level deeper.
    const deeper = firstText(inner.value, '_raw');
    const innermost = deeper?.startsWith('{') ? readJsonRecord(deeper) : undefined;
    const last = innermost && { record: innermost, value: format.spelling.correct(innermost.value) };
    if (last && format.isEvent(last.value)) return last;
  }
  return undefined;
}
