import type { Problem } from '../../../shared/problem.ts';
import { MICROS_PER_SECOND, type UtcMicros } from '../../../shared/time.ts';
import { undated } from '../check-results/undated.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { JsonRecordScanner, type JsonRecord } from '../framing/json-records.ts';
import { DocumentEdges } from '../scan-reports/document-edges.ts';
import { elementsOf, type Element } from '../scan-reports/elements.ts';
import { isObject, list, member } from '../scan-reports/values.ts';
import { findingOf, placeOf, textOf, type Finding, type Place } from './finding.ts';
import { ScanRows, type ScanFacts } from './scan-rows.ts';

const MAX_HELD = 10_000;
/** What surrounds the lists of a document is never longer; it bounds the memory. */
const MAX_AROUND = 1024 * 1024;

/** Lists of findings of an endpoint, in any version; after damage they may seem to be lists of the document. */
const SECTIONS = [
  ...['pretest', 'singleCipher', 'protocols', 'grease', 'ciphers', 'pfs', 'fs', 'serverPreferences', 'serverDefaults'],
  ...['headerResponse', 'vulnerabilities', 'cipherTests', 'browserSimulations', 'rating'],
];
const CLIENT_PROBLEMS = Array.from({ length: 9 }, (_, i) => `clientProblem${i + 1}`);

export const testsslFiles = {
  lists: ['scanResult', ...CLIENT_PROBLEMS, ...SECTIONS],
  firstKeys: ['id', 'targetHost', 'ip', 'clientProblem1', 'Invocation'],
};

interface Held {
  readonly finding: Finding;
  readonly record: number;
}

/** Reads both kinds of testssl's JSON: a flat list of findings, and the one with all endpoints in `scanResult`. */
export class TestsslJsonReader implements SourceReader {
  readonly #edges = new DocumentEdges();
  readonly #scanner: JsonRecordScanner;
  /** What stands around the elements of the document under way, so far. */
  #around = '';
  #hadElements = false;
  #headRecord: number | undefined;
  #rows: ScanRows | undefined;
  /** Findings that came before the file said when it was made. */
  #held: Held[] = [];
  #firstRecord: number | undefined;
  #damaged = false;
  #read = 0;
  #rejects = 0;
  #undated = false;
  #firstReason = '';

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#scanner = new JsonRecordScanner(testsslFiles, {
      record: (record) => this.#record(record),
      damaged: (byte, bytes, reason) => this.#lost(byte, bytes, reason),
      document: (value) => this.#document(value),
    });
  }

  push(piece: Uint8Array): void {
    this.#edges.push(piece);
    this.#scanner.push(piece);
    this.#edges.settle();
  }

  finish(): Problem | undefined {
    const ending = this.#scanner.finish();
    if (ending === 'utf-16') return this.#refusal('The file is UTF-16 text, not UTF-8.');
    this.#endScan(ending === 'complete', undefined);
    if (this.#undated) return undated('Findings of testssl', this.context.name);
    if (this.#read > 0) {
      if (ending === 'cut-off')
        this.sink.assume('The file ends before its JSON does: what came after its end is unknown.');
      return undefined;
    }
    const first = this.#rejects > 0 ? ` Record 1: ${this.#firstReason}` : '';
    return this.#refusal(`The file holds no finding of testssl.${first}`);
  }

  #refusal(message: string): Problem {
    const remedy = 'Export the scan again with testssl --jsonfile-pretty FILE.';
    return { code: 'damaged_file', message, where: { file: this.context.name }, remedy };
  }

  #record({ byte, bytes, value }: JsonRecord): void {
    this.#passTo(byte, byte + bytes.length);
    // After damage the whole document can come as one value.
    if (isObject(value) && isEndpoint(value)) this.#endpoint({ byte, bytes, value });
    else this.#finding({ byte, bytes, value });
  }

  /** Takes note of what stands between the elements; the first time, it is the head of the document. */
  #passTo(byte: number, to: number): void {
    const from = this.#edges.from;
    const between = this.#edges.since(byte);
    const text =
      between === undefined
        ? ''
        : Buffer.from(between)
            .toString('utf8')
            .replace(/^\ufeff/, '');
    // After damage the end of a document may have gone unseen, but not the head of the next one.
    const again = this.#damaged && [this.#around, text].every((each) => each.includes('"Invocation"'));
    if (again) this.#endScan(false, undefined);
    if (/[^\s,]/.test(text) && this.#around.length + text.length < MAX_AROUND)
      this.#around += this.#hadElements ? text : text.replace(/^[\s,]+/, '');
    if (!this.#hadElements && text.includes('{')) this.#declareHead(from, byte, text);
    this.#hadElements = true;
    this.#edges.passed(to);
  }

  #declareHead(from: number, to: number, text: string): void {
    const blank = Buffer.byteLength(/^[\s,]*/.exec(text)![0]);
    this.#headRecord = this.#declare(from + blank, to - from - blank);
  }

  #declare(byte: number, length: number): number {
    const record = this.sink.record(byte, length);
    // What is told of the scan as a whole cites its first record.
    this.#firstRecord ??= record;
    return record;
  }

  /** The rows of the scan, once it is known when it was made. */
  #scan(): ScanRows | undefined {
    if (this.#rows) return this.#rows;
    const facts = factsOf(parsedHead(this.#around));
    const time = facts.started ?? this.context.takenAt;
    if (time === undefined) this.#undated = true;
    this.#rows = new ScanRows(this.sink, this.context, { ...facts, time: time ?? 0n });
    for (const { finding, record } of this.#held.splice(0)) this.#rows.addElsewhere(finding, record);
    return this.#rows;
  }

  #finding({ byte, bytes, value }: Element): void {
    const finding = findingOf(value);
    if (typeof finding === 'string') return this.#reject(byte, bytes, finding);
    const record = this.#declare(byte, bytes.length);
    this.#read++;
    const place = placeOf(value);
    // Problems of the scanner itself stand before the head that says when it began.
    const early = place === undefined && this.#rows === undefined && !this.#around.includes('"scanResult"');
    if (early && this.#held.length < MAX_HELD) this.#held.push({ finding, record });
    else if (place === undefined) this.#scan()?.add(finding, record);
    else this.#scan()?.addAt(finding, place, record);
  }

  #endpoint(element: Element): void {
    const inner = elementsOf(element, listsOf(element.value));
    const end = inner[0]?.byte ?? element.byte + element.bytes.length;
    const record = this.#declare(element.byte, end - element.byte);
    this.#read++;
    const service = textOf(element.value, 'service');
    this.#scan()?.beginEndpoint(placeOfEndpoint(element.value), record, { service, key: String(record) });
    for (const each of inner) this.#inEndpoint(each);
  }

  #inEndpoint({ byte, bytes, value }: Element): void {
    const finding = findingOf(value);
    if (typeof finding === 'string') return this.#reject(byte, bytes, finding);
    this.#scan()?.add(finding, this.#declare(byte, bytes.length));
  }

  #reject(byte: number, bytes: Uint8Array, reason: string): void {
    this.#damaged = true;
    this.#rejects++;
    this.#firstReason ||= reason;
    this.sink.record(byte, bytes.length);
    this.sink.reject(reason, bytes.slice());
  }

  /** In a piece of an endpoint that is damaged, the findings before the damage are whole. */
  #lost(byte: number, bytes: Uint8Array, reason: string): void {
    this.#passTo(byte, byte + bytes.length);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    const place = lostPlace(text);
    const lists = [...text.matchAll(/"(\w{1,60})"\s*:\s*\[/g)].map(([, name]) => name!);
    if (place === undefined || lists.length === 0) return this.#reject(byte, bytes, reason);
    this.#readLost({ byte, bytes, place, lists: [...new Set(lists)].slice(0, 100) });
  }

  #readLost({ byte, bytes, place, lists }: { byte: number; bytes: Uint8Array; place: Place; lists: string[] }): void {
    let begun = false;
    const begin = (to: number): void => {
      if (begun) return;
      begun = true;
      this.#damaged = true;
      const record = this.#declare(byte, to);
      this.#scan()?.beginEndpoint(place, record, { key: String(record) });
    };
    const scanner = new JsonRecordScanner(
      { lists, firstKeys: ['id'] },
      {
        record: ({ byte: at, bytes: found, value }) => {
          begin(at);
          this.#inEndpoint({ byte: byte + at, bytes: found, value });
        },
        damaged: (at, found, because) => {
          begin(at);
          if (at > 0 || found.length < bytes.length) this.#reject(byte + at, found, because);
        },
      },
    );
    scanner.push(bytes);
    scanner.finish();
    begin(bytes.length);
    this.#read++;
  }

  #document(value: unknown): void {
    if (!isObject(value)) return;
    const end = this.#edges.documentEnd(this.#hadElements);
    // After damage inside an endpoint its end seems to be that of a document.
    const isWhole = ['scanResult', 'Invocation', 'startTime'].some((name) => Object.hasOwn(value, name));
    if (!isWhole || (this.#damaged && !Object.hasOwn(value, 'scanTime'))) return;
    if (!this.#hadElements) this.#emptyDocument(value, end);
    this.#endScan(true, textOf(value, 'scanTime'));
    this.#edges.passed(end);
  }

  #emptyDocument(value: unknown, end: number): void {
    const text = Buffer.from(this.#edges.since(end) ?? []).toString('utf8');
    this.#around = JSON.stringify(value);
    this.#declareHead(this.#edges.from, end, text);
    this.#read++;
  }

  #endScan(whole: boolean, duration: string | undefined): void {
    const record = this.#headRecord ?? this.#firstRecord;
    if (record !== undefined && this.#read > 0) this.#scan()?.end(record, whole && !this.#damaged, duration);
    this.#rows = this.#headRecord = this.#firstRecord = undefined;
    this.#around = '';
    this.#hadElements = this.#damaged = false;
    this.#held = [];
  }
}

function isEndpoint(value: unknown): boolean {
  return textOf(value, 'targetHost') !== undefined || (member(value, 'id') === undefined && listsOf(value).length > 0);
}

/** Names of the members that are lists of objects or empty. */
function listsOf(value: unknown): readonly string[] {
  return isObject(value) ? Object.keys(value).filter((name) => isListOfObjects(list(value, name), value[name])) : [];
}

function isListOfObjects(elements: readonly unknown[], value: unknown): boolean {
  return Array.isArray(value) && elements.every(isObject);
}

function placeOfEndpoint(value: unknown): Place {
  const names = ['targetHost', 'hostname', 'ip'].map((name) => textOf(value, name));
  return { names, port: textOf(value, 'port') };
}

/** The endpoint that a damaged piece begins with. */
function lostPlace(text: string): Place | undefined {
  const said = (name: string): string | undefined =>
    new RegExp(`(?<!\\\\)"${name}"\\s*:\\s*"([^"\\\\]{1,255})"`).exec(text)?.[1];
  const host = said('targetHost');
  return host === undefined ? undefined : { names: [host, said('hostname'), said('ip')], port: said('port') };
}

/** The document so far: its text ends in a list of it, which is closed. */
function parsedHead(around: string): unknown {
  for (const end of ['', ']}', '}'])
    try {
      return JSON.parse(around + end) as unknown;
    } catch {
      continue;
    }
  return undefined;
}

function factsOf(head: unknown): ScanFacts {
  const started = textOf(head, 'startTime');
  return {
    started: started === undefined ? undefined : secondsAsMicros(started),
    version: textOf(head, 'version')?.replace(/\s+from\s*$/, ''),
    arguments: textOf(head, 'Invocation'),
  };
}

function secondsAsMicros(text: string): UtcMicros | undefined {
  return /^\d{1,11}$/.test(text) ? BigInt(text) * MICROS_PER_SECOND : undefined;
}
