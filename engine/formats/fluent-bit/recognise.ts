import { at, firstText } from '../event-records/values.ts';
import type { Recognition } from '../format.ts';
import { JsonRecordScanner, type JsonRecord } from '../framing/json-records.ts';
import { firstLines } from '../framing/lines.ts';
import { readDate } from './date.ts';
import { readOwnLine } from './own-line.ts';

const LOOKED_AT = 100;
const LEAST_SHARE = 0.2;
/** A record says little of who wrote it: a format that knows what was collected goes first. */
const AS_COLLECTED = 0.85;
const AS_KUBERNETES = 0.7;
const AS_OWN_LOG = 0.97;

/** How many of the first lines are of the own log, and how many JSON records are written as Fluent Bit does. */
export function recogniseFluentBit(head: Uint8Array): Recognition {
  const lines = firstLines(head, LOOKED_AT);
  const own = lines.filter((line) => readOwnLine(line) !== undefined).length;
  if (own > 0 && own >= lines.length * LEAST_SHARE) {
    const json = lines.filter((line) => line.startsWith('{')).length;
    const reason = `${own} of the first ${lines.length} lines are [YYYY/MM/DD hh:mm:ss] [level] as Fluent Bit writes them.`;
    return { confidence: (AS_OWN_LOG * (own + json)) / lines.length, reason };
  }
  return recogniseRecords(head);
}

function recogniseRecords(head: Uint8Array): Recognition {
  let records = 0;
  let alike = 0;
  let sureness = 0;
  const scanner = new JsonRecordScanner(
    { lists: ['records', 'Records', 'events', 'logs', 'value', 'items'], firstKeys: ['date'], tuples: true },
    {
      record: (record) => {
        records++;
        const sure = surenessOf(record);
        if (sure > 0) alike++;
        sureness += sure;
      },
      damaged: (byte, bytes) => {
        if (byte + bytes.length < head.length) records++;
      },
    },
  );
  scanner.push(head);
  scanner.finish();
  const reason = `${alike} of the first ${records} JSON records have date, or a log line with Kubernetes metadata, as Fluent Bit writes them.`;
  return { confidence: alike < records * LEAST_SHARE || records === 0 ? 0 : sureness / records, reason };
}

function surenessOf({ value, bytes, members }: JsonRecord): number {
  if (Array.isArray(value)) return isTuple(value) ? AS_COLLECTED : 0;
  if (typeof value !== 'object' || value === null) return 0;
  const message = firstText(value, 'log', 'message');
  if (message !== undefined && readOwnLine(message) !== undefined) return AS_COLLECTED;
  const key = Buffer.from(bytes.buffer, bytes.byteOffset + (members[0] ?? 0), (members[1] ?? 0) - (members[0] ?? 0));
  const date = at(value, 'date');
  // Fluent Bit writes the date before everything else.
  if (key.toString() === '"date"' && readDate(JSON.stringify(date)) !== undefined)
    return typeof date === 'number' || message !== undefined ? AS_COLLECTED : AS_KUBERNETES;
  const pod = ['kubernetes.pod_name', 'kubernetes.docker_id', 'kubernetes.container_hash'];
  return message !== undefined && firstText(value, ...pod) !== undefined ? AS_KUBERNETES : 0;
}

function isTuple(value: readonly unknown[]): boolean {
  const [time, record] = value;
  const isRecord = typeof record === 'object' && record !== null && !Array.isArray(record);
  return value.length === 2 && typeof time === 'number' && readDate(JSON.stringify(time)) !== undefined && isRecord;
}
