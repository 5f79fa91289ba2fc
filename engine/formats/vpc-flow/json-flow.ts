/** Flow records as JSON: an object for each, or a line of the log in an object around it. */
import { readJsonRecord } from '../framing/json-members.ts';
import type { JsonRecord, JsonRecordOptions } from '../framing/json-records.ts';
import { fieldsOf } from './field-names.ts';
import { flowColumns } from './flow-rows.ts';
import type { FlowSource } from './flow-source.ts';
import { rawText } from './raw-text.ts';
import { isOcsf, ocsfFlow } from './ocsf-flow.ts';
import type { TextLine, TextRecords } from './text-records.ts';

/** `events`: what the AWS CLI prints of CloudWatch; `logEvents`: what a subscription delivers; the rest: tools. */
export const scannerOptions: JsonRecordOptions = {
  lists: ['events', 'logEvents', 'Records', 'records', 'results', 'value', 'data', ['hits', 'hits']],
  firstKeys: ['version', 'message', 'timestamp', 'logStreamName', 'id', 'account_id', 'srcaddr', 'srcAddr', '_source'],
};

/** Members that hold the record, in what search tools and subscriptions export. */
const around = ['extractedFields', '_source', 'result', 'fields'];
const lineMembers = ['message', '@message', '_raw', 'log', 'event'];
/** A record with none of these says nothing of a flow. */
const telling = ['srcaddr', 'dstaddr', 'action', 'log-status', 'interface-id', 'tgw-id', 'packets', 'bytes'];

/** The record in a JSON value; a sentence where it has none. */
export function jsonFlow(record: JsonRecord, lines: TextRecords): TextLine {
  const { value } = record;
  if (typeof value === 'string') return lines.read(value);
  if (Array.isArray(value)) {
    const pairs = recordOfPairs(value);
    return pairs === undefined ? 'The record is a list, not an object.' : jsonFlow(pairs, lines);
  }
  if (typeof value !== 'object' || value === null) return 'The record is not a JSON object.';
  if (isOcsf(value)) return ocsfFlow(record);
  const own = objectFlow(record);
  if (own !== undefined) return own;
  for (const name of around) {
    const inner = isObject(value, name) ? readJsonRecord(rawText(record, name)) : undefined;
    const flow = inner && (isOcsf(inner.value) ? ocsfFlow(inner) : objectFlow(inner));
    if (flow) return flow;
  }
  return lineFlow(record, lines) ?? 'The record has none of the fields of a flow log.';
}

function isObject(value: object, name: string): boolean {
  const member: unknown = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
  return typeof member === 'object' && member !== null;
}

/** The log's own line, and what stands around it: the time and the stream that CloudWatch keeps. */
function lineFlow(record: JsonRecord, lines: TextRecords): TextLine | undefined {
  const object = record.value as Record<string, unknown>;
  const name = lineMembers.find((member) => Object.hasOwn(object, member) && typeof object[member] === 'string');
  if (name === undefined) return undefined;
  const line = lines.read((object[name] as string).toWellFormed());
  if (line === 'header') return 'The record holds a header line.';
  if (typeof line === 'string') return line;
  const kept = new MemberFlow(record, new Set([name]));
  return {
    has: (field) => line.has(field),
    text: (field) => line.text(field) ?? (field.startsWith('@') ? kept.text(field) : undefined),
    others: () => [...line.others(), ...kept.others()],
  };
}

function objectFlow(record: JsonRecord): FlowSource | undefined {
  const flow = new MemberFlow(record, new Set());
  return telling.some((field) => flow.has(field)) ? flow : undefined;
}

/** What Logs Insights answers: a list of `{"field": ..., "value": ...}` for each record. */
function recordOfPairs(pairs: readonly unknown[]): JsonRecord | undefined {
  const members: string[] = [];
  for (const pair of pairs) {
    const { field, value } = (pair ?? {}) as { field?: unknown; value?: unknown };
    if (typeof field !== 'string' || typeof value !== 'string') return undefined;
    members.push(`${JSON.stringify(field)}:${JSON.stringify(value)}`);
  }
  return readJsonRecord(`{${members.join(',')}}`);
}

/** The members of an object, numbers as they are written: a count may be larger than a double can tell apart. */
class MemberFlow implements FlowSource {
  /** The member that holds each field. */
  readonly #names = new Map<string, string>();
  readonly #fields = new Map<string, string>();

  constructor(
    private readonly record: JsonRecord,
    private readonly taken: ReadonlySet<string>,
  ) {
    const members = Object.entries(record.value as object).filter(([name]) => !taken.has(name));
    // A list or an object is no value of a field, whatever it is called.
    const names = members.flatMap(([name, value]) => (typeof value === 'object' && value !== null ? [] : [name]));
    for (const [i, field] of fieldsOf(names).entries()) {
      this.#fields.set(names[i]!, field);
      if (!this.#names.has(field)) this.#names.set(field, names[i]!);
    }
  }

  has(field: string): boolean {
    return this.#names.has(field);
  }

  text(field: string): string | undefined {
    const name = this.#names.get(field);
    const value: unknown = name === undefined ? undefined : (this.record.value as Record<string, unknown>)[name];
    if (value === undefined || value === null || value === '' || value === '-') return undefined;
    if (typeof value === 'string') return value.toWellFormed();
    return rawText(this.record, name!);
  }

  others(): readonly string[] {
    const parts: string[] = [];
    for (const name of Object.keys(this.record.value as object)) {
      const field = this.#fields.get(name) ?? name;
      if (this.taken.has(name) || (flowColumns.has(field) && this.#names.get(field) === name)) continue;
      const raw = rawText(this.record, name);
      if (raw !== '"-"') parts.push(`${JSON.stringify(field.toWellFormed())}:${raw}`);
    }
    return parts;
  }
}
