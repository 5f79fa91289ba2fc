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
 *   {"labels":{}, "line":"<event as text>"}         Loki's logcli
 *   {"TimeGenerated":..., "log_s":"<event as text>"}   a Log Analytics workspace, for what a pod wrote (LogMessage in newer tables)
 *   {"body":"<event as text>"}                      OpenTelemetry's collector
 *   [{"field":"@message","value":"<event as text>"},...]   CloudWatch Logs Insights, as its API answers
 */
import { rawMember, readJsonRecord } from '../framing/json-members.ts';
import type { JsonRecord, JsonRecordOptions } from '../framing/json-records.ts';
import type { EventFormat, FoundEvent } from './event-format.ts';
import { textMembers } from './text-members.ts';
import { firstText } from './values.ts';

const asObject = ['detail', 'event', '_source', 'result'];

/** Lists in which buses and stores hand on events, whatever these are: CloudWatch's subscriptions, Elasticsearch's hits. */
const commonLists: JsonRecordOptions['lists'] = ['logEvents', ['hits', 'hits']];

/** How the files of a format are made up, with what is put around events of any format. */
export function filesOf({ files }: EventFormat): JsonRecordOptions {
  return { ...files, lists: [...files.lists, ...commonLists] };
}

/** The event of a record: the record itself, or what is in its envelope; the record itself where neither is one. */
export function findEvent(record: JsonRecord, format: EventFormat): FoundEvent {
  const own = { record, value: format.spelling.correct(record.value) };
  if (format.isEvent(own.value)) return own;
  return inEnvelope(record, format) ?? own;
}

function inEnvelope(record: JsonRecord, format: EventFormat): FoundEvent | undefined {
  if (typeof record.value !== 'object' || record.value === null) return undefined;
  if (Array.isArray(record.value)) return ofText(messageField(record.value), format);
  const objects = asObject.map((name) => rawMember(record, name)).filter((text) => text?.startsWith('{'));
  const texts = textMembers.map((path) => firstText(record.value, path)).filter((text) => text?.startsWith('{'));
  for (const text of [...objects, ...texts]) {
    const found = ofText(text, format);
    if (found !== undefined) return found;
  }
  return undefined;
}

function ofText(text: string | undefined, format: EventFormat): FoundEvent | undefined {
  const inner = text === undefined ? undefined : readJsonRecord(text);
  if (inner === undefined) return undefined;
  const value = format.spelling.correct(inner.value);
  return format.isEvent(value) ? { record: inner, value } : undefined;
}

/** Of a row of fields and values the one that is the message. */
function messageField(row: readonly unknown[]): string | undefined {
  const field = row.find((each) => firstText(each, 'field') === '@message');
  const text = firstText(field, 'value');
  return text?.startsWith('{') ? text : undefined;
}
