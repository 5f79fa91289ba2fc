import { formatInstant } from '../../../shared/time.ts';
import type { Problem } from '../../../shared/problem.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { copyOf } from '../framing/copy-of.ts';
import { JsonRecordScanner, type JsonRecord, type JsonRecordHandler } from '../framing/json-records.ts';
import { DocumentEdges } from './document-edges.ts';
import { elementsOf, MAX_ELEMENT_BYTES, type Element } from './elements.ts';
import type { ReportKind, ScanFacts } from './kind.ts';
import { MAX_HELD_ROWS, ReportScan, type ScanRecords } from './report-scan.ts';

/** As much of the bytes of a reject is kept. */
const MAX_REJECT_BYTES = 1024 * 1024;
const MAX_HEAD_BYTES = 16 * 1024 * 1024;
const QUOTE = 0x22;

/** An object that begins with a list, and says nothing before it. */
const BARE_HEAD = /^\s*(?:\[|\{\s*(?:"[^"]*"\s*:\s*\[)?)?\s*$/;

/** A document under way. */
interface Document {
  readonly scan: ReportScan;
  headRecord: number | undefined;
  /** Text before the first element, for documents that are cut off. */
  head: string;
  /** What a damaged document said of itself when it seemed to end. */
  ended: ScanFacts | undefined;
  hadElements: boolean;
  /** What stood around the findings that follow damage. */
  around: readonly unknown[];
}

/** Reads reports of one kind: a document, a list of them, or one after the other. */
export class ReportReader implements SourceReader, JsonRecordHandler {
  readonly #scanner: JsonRecordScanner;
  readonly #edges = new DocumentEdges();
  #document: Document;
  #scans = 0;
  #reports = 0;
  #undated = 0;
  #held = 0;

  constructor(
    private readonly kind: ReportKind,
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    const { lists, firstKeys } = kind;
    this.#scanner = new JsonRecordScanner({ lists, firstKeys, maxRecordBytes: MAX_ELEMENT_BYTES }, this);
    this.#document = this.#newDocument();
  }

  #newDocument(): Document {
    const scan = new ReportScan(this.sink, this.context);
    return { scan, headRecord: undefined, head: '', ended: undefined, hadElements: false, around: [] };
  }

  push(piece: Uint8Array): void {
    if (this.#held > MAX_HELD_ROWS) return;
    this.#edges.push(piece);
    this.#scanner.push(piece);
    this.#edges.settle();
  }

  finish(): Problem | undefined {
    const file = this.context.name;
    const remedy = `Obtain the report of ${this.kind.tool} again, as JSON in UTF-8.`;
    const ending = this.#scanner.finish();
    if (ending === 'utf-16')
      return { code: 'damaged_file', message: 'The file is UTF-16 text, not UTF-8.', where: { file }, remedy };
    if (this.#held > MAX_HELD_ROWS) {
      const message = `The report gives more than ${MAX_HELD_ROWS} rows.`;
      return { code: 'limit_reached', message, where: { file }, remedy: 'Import the report in parts.' };
    }
    this.#endDocument(ending === 'cut-off');
    if (this.#undated > 0) return this.#undatable();
    if (this.#reports > 0) return undefined;
    return { code: 'damaged_file', message: `The file holds no report of ${this.kind.tool}.`, where: { file }, remedy };
  }

  #undatable(): Problem {
    return {
      code: 'bad_request',
      message: `The file does not say when the scan was made, in ${this.#undated} of ${this.#scans} reports, and no time was given for it.`,
      where: { file: this.context.name },
      remedy: 'Say when the scan was made, with --taken-at.',
    };
  }

  record({ byte, bytes, value }: JsonRecord): void {
    this.#beginAfterDamage(byte);
    const document = this.#document;
    this.#declareHead(byte);
    this.#visit({ byte, bytes, value }, document.around, document.scan);
    this.#edges.passed(byte + bytes.length);
    // A report that is a value by itself has its own scan; the next document begins after it.
    if (document.scan.isEmpty && document.headRecord === undefined) this.#document = this.#newDocument();
  }

  /** After damage the end of a list was taken for that of the document; only a head of its own begins another one. */
  #beginAfterDamage(byte: number): void {
    const document = this.#document;
    if (document.ended === undefined) return;
    const head = this.#edges.since(byte);
    const text = head === undefined || head.length > MAX_HEAD_BYTES ? '' : textOf(head).replace(/^[\s,]+/, '');
    const value = valueOfHead(text);
    if (value !== undefined && this.kind.scan(value, { first: {} }) !== undefined) {
      this.#giveDamaged(document.ended, false);
      this.#document = this.#newDocument();
    } else this.#seeAround(text);
  }

  /** What findings stand in, where the document has lost it. */
  #seeAround(text: string): void {
    const around = this.kind.aroundLost?.(text);
    if (around !== undefined) this.#document.around = [around];
  }

  #declareHead(byte: number): void {
    const document = this.#document;
    if (document.hadElements) return;
    document.hadElements = true;
    const head = this.#edges.since(byte);
    if (head === undefined || head.length > MAX_HEAD_BYTES) return;
    document.head = textOf(head);
    if (BARE_HEAD.test(document.head) || this.#factsOfHead(document) === undefined) return;
    document.headRecord = this.sink.record(this.#edges.from, byte - this.#edges.from);
  }

  /** What the text before the first element says. */
  #factsOfHead({ head, scan }: Document): ScanFacts | undefined {
    const value = valueOfHead(head);
    return value === undefined ? undefined : this.kind.scan(value, { first: scan.first ?? {} });
  }

  #visit(element: Element, around: readonly unknown[], scan: ReportScan): void {
    const { byte, bytes, value } = element;
    const lists = this.kind.inner(value);
    const inner = lists === undefined ? [] : elementsOf(element, lists);
    const record = this.sink.record(byte, (inner[0]?.byte ?? byte + bytes.length) - byte);
    const facts = lists === undefined ? undefined : this.kind.scan(value, { first: inner[0]?.value ?? {} });
    if (facts === undefined) {
      scan.first ??= value;
      this.#addRows(element, { around, scan, record });
      for (const each of inner) this.#visit(each, [...around, value], scan);
      return;
    }
    const own = new ReportScan(this.sink, this.context);
    for (const each of inner) this.#visit(each, [value], own);
    this.#give(own, facts, { records: { scan: record, target: record }, whole: true });
  }

  #addRows({ bytes, value }: Element, at: { around: readonly unknown[]; scan: ReportScan; record: number }): void {
    const rows = this.kind.rows(value, at.around);
    if (typeof rows === 'string') {
      at.scan.rejected++;
      return this.sink.reject(rows, copyOf(bytes, 0, Math.min(bytes.length, MAX_REJECT_BYTES)));
    }
    this.#held += rows.length;
    at.scan.hold(rows, at.record);
  }

  damaged(byte: number, bytes: Uint8Array, reason: string): void {
    const document = this.#document;
    this.#declareHead(byte);
    this.sink.record(byte, bytes.length);
    this.sink.reject(reason, copyOf(bytes, 0, Math.min(bytes.length, MAX_REJECT_BYTES)));
    document.scan.rejected++;
    this.#seeAround(textOf(bytes));
    this.#edges.passed(byte + bytes.length);
  }

  document(value: unknown): void {
    const document = this.#document;
    const facts = this.#factsOf(document, value);
    const end = this.#edges.documentEnd(document.hadElements);
    if (document.scan.rejected > 0) {
      document.ended ??= facts;
      this.#edges.passed(end);
      return;
    }
    if (facts !== undefined) this.#give(document.scan, facts, { records: this.#recordsOf(document, end), whole: true });
    this.#edges.passed(end);
    this.#document = this.#newDocument();
  }

  /** What is said of the scan; of findings that are held something has to be. */
  #factsOf({ scan, around }: Document, value: unknown): ScanFacts | undefined {
    const content = { first: scan.first ?? {} };
    const facts = this.kind.scan(value, content) ?? this.kind.scan(around[0], content);
    return facts ?? (scan.isEmpty ? undefined : { tool: this.kind.tool });
  }

  /** Declares what stands after the elements, where it says something or nothing of the scan has a record yet. */
  #recordsOf({ headRecord, scan }: Document, end: number): ScanRecords {
    const tail = this.#edges.since(end) ?? new Uint8Array();
    const before = headRecord ?? scan.firstRecord;
    if (before !== undefined && !tail.includes(QUOTE)) return { scan: before, target: before };
    const record = this.sink.record(this.#edges.from, end - this.#edges.from);
    return { scan: headRecord ?? record, target: record };
  }

  /** The document under way was cut off, or damaged. */
  #endDocument(cutOff: boolean): void {
    const document = this.#document;
    if (!document.hadElements) return;
    const facts = document.ended ?? this.#factsOfHead(document) ?? this.#factsOf(document, undefined);
    if (facts !== undefined) this.#giveDamaged(facts, cutOff);
  }

  #giveDamaged(facts: ScanFacts, cutOff: boolean): void {
    const { scan, headRecord } = this.#document;
    const record = headRecord ?? scan.firstRecord;
    if (record === undefined) return;
    if (cutOff) this.sink.assume('The file ends before its report does: what came after its end is unknown.');
    this.#give(scan, facts, { records: { scan: record, target: record }, whole: false });
  }

  #give(scan: ReportScan, facts: ScanFacts, at: { records: ScanRecords; whole: boolean }): void {
    const id = `${this.kind.tool}-${++this.#scans}`;
    const { takenAt } = this.context;
    const time = facts.finished ?? facts.started ?? takenAt;
    this.#reports++;
    if (time === undefined) {
      this.#undated++;
      return;
    }
    if (facts.finished === undefined && facts.started === undefined)
      this.sink.assume(`The report has no time of its own; it is dated ${formatInstant(time)}, as given for the file.`);
    scan.give(facts, time, { id, ...at });
  }
}

/** The value of a document whose text ends in its list of elements: the list, and what it stands in, are closed. */
function valueOfHead(head: string): unknown {
  const text = head.replace(/^[\s,]+/, '').trimEnd();
  return text === '' ? undefined : (parsed(`${text}]}`) ?? parsed(`${text}]`));
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    .toString('utf8')
    .replace(/^\ufeff/, '');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
