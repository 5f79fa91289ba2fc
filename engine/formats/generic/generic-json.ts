/** JSON of any kind (lines, a list, a document with a list in it), read as a mapping says. docs/formats/generic.md */
import type { Problem } from '../../../shared/problem.ts';
import type { Format, ReadContext, RowSink, SourceReader } from '../format.ts';
import { repeatedMember } from '../framing/json-members.ts';
import { JsonRecordScanner, type JsonEnding, type JsonRecord } from '../framing/json-records.ts';
import { alsoInUtf16 } from '../framing/utf16-text.ts';
import type { SourceValue } from './column-values.ts';
import { findShape, firstKeysOf } from './json-shape.ts';
import { quoted } from './mapped-rows.ts';
import { eventsOf, MappedTables, namesOf } from './mapped-tables.ts';
import { mappingProblem, readMapping, type Mapping, type TableMapping } from './mapping.ts';
import { parsePath, rawAt, valueAt, type Step } from './member-path.ts';
import { refusedReader } from './refused-reader.ts';
import { mappingSkeleton, noMapping } from './skeleton.ts';

/** As much of a file is looked at first: without a mapping, and for the keys with which its records begin. */
const HEAD_BYTES = 256 * 1024;

export const genericJson: Format = alsoInUtf16({
  id: 'generic-json',
  title: 'Any JSON lines or JSON, with a mapping of its members',
  version: 2,
  framing: 'spans',
  streams: [],
  usesMapping: true,
  recognise: () => ({ confidence: 0, reason: 'JSON of any kind is read only when a mapping is given with it.' }),
  open: openJson,
});

function openJson(sink: RowSink, context: ReadContext): SourceReader {
  if (context.mapping === undefined) return headReader(context);
  const read = readMapping(context.mapping);
  if (read.kind === 'refused') return refusedReader(read.because);
  const { paths, problem } = pathsOf(read.mapping);
  return problem ? refusedReader(problem) : new MappedJsonReader({ mapping: read.mapping, paths }, sink, context);
}

/** Without a mapping the head is kept, to find out what its records have. */
function headReader(context: ReadContext): SourceReader {
  const head = new Head();
  return {
    push: (piece) => head.add(piece),
    finish: () => {
      const { names, list } = findShape(head.bytes());
      return noMapping(context.name, mappingSkeleton(names, list));
    },
  };
}

class Head {
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  /** Bytes that it still takes. */
  get room(): number {
    return HEAD_BYTES - this.#length;
  }

  add(piece: Uint8Array): void {
    const part = piece.slice(0, this.room);
    if (part.length === 0) return;
    this.#pieces.push(part);
    this.#length += part.length;
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#pieces);
  }
}

type Paths = ReadonlyMap<string, readonly Step[]>;

function pathsOf(mapping: Mapping): { paths: Paths; problem: Problem | undefined } {
  const paths = new Map<string, readonly Step[]>();
  const issues = namesOf(mapping).flatMap(({ from, place }) => {
    const path = parsePath(from);
    if (path !== undefined) paths.set(from, path);
    const says = `${quoted(from)} is no path, such as user.name, records[0].x or ["a.b"].c`;
    return path === undefined ? [{ place, line: undefined, says }] : [];
  });
  return { paths, problem: issues.length === 0 ? undefined : mappingProblem(issues) };
}

interface JsonMapping {
  readonly mapping: Mapping;
  readonly paths: Paths;
}

class MappedJsonReader implements SourceReader {
  readonly #rows: MappedTables;
  readonly #events: TableMapping | undefined;
  readonly #head = new Head();
  /** Names of members that a column is filled from as a whole. */
  readonly #mapped: ReadonlySet<string>;
  #scanner: JsonRecordScanner | undefined;
  #read = 0;
  #rejected = 0;
  #firstReason = '';

  constructor(
    private readonly by: JsonMapping,
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#rows = new MappedTables(by.mapping, sink, context);
    this.#events = eventsOf(by.mapping);
    const whole = (this.#events?.columns ?? []).flatMap(({ from }) => {
      const path = from === undefined ? undefined : by.paths.get(from);
      return path?.length === 1 ? [String(path[0])] : [];
    });
    this.#mapped = new Set(whole);
  }

  push(piece: Uint8Array): void {
    if (this.#scanner) return this.#scanner.push(piece);
    const { room } = this.#head;
    this.#head.add(piece);
    if (this.#head.room > 0) return;
    this.#start().push(piece.subarray(room));
  }

  finish(): Problem | undefined {
    const ending = (this.#scanner ?? this.#start()).finish();
    if (ending === 'utf-16') return this.#refusal('The file is UTF-16 text, not UTF-8.', 'Convert it to UTF-8.');
    if (this.#read === 0 && this.#rejected > 0 && this.#rows.unwanted === 0)
      return this.#refusal(
        `None of ${this.#rejected} records can be read as the mapping says. Record 1: ${this.#firstReason}`,
        'Correct the mapping and import again with --mapping FILE.',
      );
    this.#state(ending);
    return undefined;
  }

  #state(ending: JsonEnding): void {
    this.#rows.finish(this.#read);
    if (ending === 'cut-off')
      this.sink.assume('The file ends before its JSON does: records after its end are unknown.');
  }

  #refusal(message: string, remedy: string): Problem {
    return { code: 'damaged_file', message, where: { file: this.context.name }, remedy };
  }

  #start(): JsonRecordScanner {
    const head = this.#head.bytes();
    const { list } = this.by.mapping;
    const lists = list === undefined ? [] : [list];
    this.#scanner = new JsonRecordScanner(
      { lists, firstKeys: firstKeysOf(head, lists) },
      {
        record: (record) => this.#readRecord(record),
        damaged: (byte, bytes, reason) => this.#reject(byte, bytes, reason),
      },
    );
    this.#scanner.push(head);
    return this.#scanner;
  }

  #readRecord(record: JsonRecord): void {
    if (typeof record.value !== 'object' || record.value === null)
      return this.#reject(record.byte, record.bytes, 'The record is no JSON object or list.');
    const repeated = repeatedMember(record);
    if (repeated !== undefined)
      return this.#reject(
        record.byte,
        record.bytes,
        `The record has ${quoted(repeated)} twice; which one counts is unknown.`,
      );
    this.sink.record(record.byte, record.bytes.length);
    const added = this.#rows.add((from) => this.#valueAt(record, from));
    if ('because' in added) return this.#rejectCurrent(record.bytes, added.because);
    this.#read++;
    if (this.#events && added.tables.includes(this.#events)) this.#keepRest(record, this.#events);
  }

  #valueAt(record: JsonRecord, from: string): SourceValue | undefined {
    const path = this.by.paths.get(from)!;
    const value = valueAt(record.value, path);
    if (value === undefined || value === null || value === '') return undefined;
    return { value, raw: typeof value === 'boolean' ? undefined : rawOf(record, path, value) };
  }

  /** The members that no column is filled from, as they are written. */
  #keepRest(record: JsonRecord, { stream }: TableMapping): void {
    const { members, bytes } = record;
    const text = (from: number, to: number): string => Buffer.from(bytes.subarray(from, to)).toString('utf8');
    const rest: string[] = [];
    for (let i = 0; i < members.length; i += 4) {
      const key = text(members[i]!, members[i + 1]!);
      if (!this.#mapped.has(JSON.parse(key) as string))
        rest.push(`${key}:${text(members[i + 2]!, members[i + 3]!).trim()}`);
    }
    if (rest.length > 0) this.sink.row('event_fields', { stream, fields: `{${rest.join(',')}}` });
  }

  #reject(byte: number, bytes: Uint8Array, reason: string): void {
    this.sink.record(byte, bytes.length);
    this.#rejectCurrent(bytes, reason);
  }

  #rejectCurrent(bytes: Uint8Array, reason: string): void {
    this.#rejected++;
    this.#firstReason ||= reason;
    this.sink.reject(reason, bytes.slice());
  }
}

/** Text needs no second look; what a number or an object is written like can be found in the record only. */
function rawOf(record: JsonRecord, path: readonly Step[], value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value) && Math.abs(value) < 1e15 && !Object.is(value, -0))
    return String(value);
  return typeof value === 'string' ? undefined : rawAt(record, path);
}
