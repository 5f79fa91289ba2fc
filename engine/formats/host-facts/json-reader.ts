/** Reads an output that is JSON, record by record: a list of devices, of interfaces, results one a line, facts of a host. */
import type { Problem } from '../../../shared/problem.ts';
import type { Recognition, ReadContext, RowSink, SourceReader } from '../format.ts';
import { repeatedMember } from '../framing/json-members.ts';
import { JsonRecordScanner, type JsonRecord, type JsonRecordOptions } from '../framing/json-records.ts';
import type { FactRows } from './fact-rows.ts';
import type { JsonKind } from './json-kind.ts';
import { jsonKinds } from './json-kinds.ts';
import { isObject } from './json-values.ts';

const lists = [...jsonKinds.flatMap(({ list }) => list ?? []), 'value', 'Records', 'records', 'events', 'results'];
const options: JsonRecordOptions = {
  lists,
  firstKeys: [
    'ansible_facts',
    'Id',
    'ifindex',
    'name',
    'target',
    'unit',
    'unit_file',
    'version',
    'keyslots',
    'hostIdentifier',
  ],
};

export interface KnownJson extends Recognition {
  readonly kind: JsonKind;
}

/** What the JSON at the beginning of a file is, and how sure that is. */
export function recogniseJson(head: Uint8Array): KnownJson | undefined {
  const text = Buffer.from(head.subarray(0, 4096))
    .toString('utf8')
    .replace(/^\ufeff/, '');
  const named = jsonKinds.find(
    ({ list }) =>
      list !== undefined && list !== 'data' && new RegExp(String.raw`^\s*\{\s*"${list}"\s*:\s*\[`).test(text),
  );
  if (named)
    return { kind: named, confidence: 0.97, reason: `The file is an object with a list "${named.list}", ${named.as}.` };
  const records = firstRecords(head);
  for (const kind of jsonKinds.filter(({ list }) => list === undefined || list === 'data')) {
    const count = records.filter((record) => kind.fits(record)).length;
    if (count > 0 && count * 2 > records.length)
      return {
        kind,
        confidence: (count / records.length) * 0.97,
        reason: `${count} of the first ${records.length} records are ${kind.as}.`,
      };
  }
  const begun = records.length === 0 ? jsonKinds.find((kind) => kind.begins?.(text)) : undefined;
  return (
    begun && {
      kind: begun,
      confidence: 0.95,
      reason: `The file begins with a record that is longer than what was looked at, ${begun.as}.`,
    }
  );
}

/** Whole records of the head; a record that is cut off there is none. */
function firstRecords(head: Uint8Array): readonly Readonly<Record<string, unknown>>[] {
  const found: Readonly<Record<string, unknown>>[] = [];
  const scanner = new JsonRecordScanner(options, {
    record: ({ value }) => void (isObject(value) && found.length < 100 && found.push(value)),
    damaged: () => undefined,
  });
  scanner.push(head);
  return found;
}

export interface JsonSource {
  readonly rows: FactRows;
  readonly sink: RowSink;
  readonly context: ReadContext;
}

export class JsonFactReader implements SourceReader {
  readonly #scanner: JsonRecordScanner;

  constructor(
    private readonly kind: JsonKind,
    private readonly source: JsonSource,
  ) {
    this.#scanner = new JsonRecordScanner(options, {
      record: (record) => this.#read(record),
      damaged: (byte, bytes, reason) => source.rows.reject({ byte, length: bytes.length }, reason, bytes.slice()),
    });
  }

  push(piece: Uint8Array): void {
    this.#scanner.push(piece);
  }

  finish(): Problem | undefined {
    const ending = this.#scanner.finish();
    const problem = this.source.rows.finish();
    if (!problem && ending === 'cut-off')
      this.source.sink.assume('The file ends before its JSON does: what came after its end is unknown.');
    return problem;
  }

  #read(record: JsonRecord): void {
    const span = { byte: record.byte, length: record.bytes.length };
    const read = this.#facts(record);
    if (typeof read === 'string') return this.source.rows.reject(span, read, record.bytes.slice());
    if (read.captured === undefined && this.source.context.takenAt === undefined)
      return this.source.rows.rejectUndated(span, record.bytes.slice());
    this.source.rows.record(span, this.kind.id, read.facts, read);
  }

  #facts(record: JsonRecord) {
    if (!isObject(record.value)) return 'The record is not a JSON object.';
    const repeated = repeatedMember(record);
    if (repeated !== undefined) return `The record has the member ${JSON.stringify(repeated.slice(0, 60))} twice.`;
    // A document may hold records of several kinds.
    const kind = this.kind.fits(record.value)
      ? this.kind
      : (jsonKinds.find((each) => each.list === undefined && each.fits(record.value as never)) ?? this.kind);
    return kind.read(record.value);
  }
}
