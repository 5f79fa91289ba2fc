/** Reads reports of Tripwire as text, of every level. What a record is stands in docs/formats/tripwire.md. */
import { isUtf8 } from 'node:buffer';
import type { Problem } from '../../../shared/problem.ts';
import { undated } from '../check-results/undated.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { copyOf } from '../framing/copy-of.ts';
import { decodeText, LineSplitter, longLineReason, type LineHandler } from '../framing/lines.ts';
import { attributesJson, type ChangeKind } from '../integrity-checks/found-changes.ts';
import {
  headingChange,
  headValue,
  isNote,
  isStructure,
  objectName,
  oneLineReport,
  parseableChange,
  quotedPath,
  ruleColumns,
  ruleName,
  sectionOf,
  severityLevel,
  titleVersion,
  type OneLine,
  type Section,
} from './line.ts';
import { isPropertyLine, readProperties } from './properties.ts';
import { TripwireReport, type ReportContext } from './report.ts';
import { readTripwireTime } from './written-time.ts';

const MOST_BLOCK_LINES = 2_000;

interface Span {
  readonly byte: number;
  readonly length: number;
}

/** Lines that are one record: an object with its properties, a rule, an error. */
interface Block {
  readonly kind: 'object' | 'rule' | 'error';
  readonly byte: number;
  end: number;
  readonly lines: Uint8Array[];
  readonly texts: string[];
  trouble: string | undefined;
}

export class TripwireReader implements SourceReader, LineHandler {
  readonly #lines = new LineSplitter(this);
  readonly #reports: ReportContext;
  #report: TripwireReport | undefined;
  #section: Section = 'before';
  #block: Block | undefined;
  #change: ChangeKind | undefined;
  #rule: string | undefined;
  #severity: string | undefined;
  #record = 0;
  #count = 0;
  #inReport = 0;
  #rejects = 0;
  #undated = false;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#reports = { sink, system: context.system, takenAt: context.takenAt };
  }

  push(piece: Uint8Array): void {
    this.#lines.push(piece);
  }

  finish(): Problem | undefined {
    this.#lines.finish();
    this.#endBlock();
    this.#endReport();
    if (this.#undated) return undated('Reports', this.context.name);
    if (this.#inReport > 0) return undefined;
    return {
      code: 'damaged_file',
      message: 'No line of the file says what Tripwire found: it holds no report.',
      where: { file: this.context.name },
      remedy: 'Print the report again with twprint -m r, level 2 or higher.',
    };
  }

  longLine(head: Uint8Array, byte: number, length: number): void {
    this.#endBlock();
    this.#reject({ byte, length }, head, longLineReason(length));
  }

  line(bytes: Uint8Array, from: number, to: number, byte: number): void {
    const raw = bytes.subarray(from, to);
    const trouble = !isUtf8(raw) ? 'is not valid UTF-8' : raw.includes(0) ? 'holds a NUL byte' : undefined;
    const text = decodeText(raw);
    if (this.#block && this.#continues(this.#block, text)) return this.#addToBlock(this.#block, raw, byte, trouble);
    // The heads of columns stand between the name of an object and its properties.
    if (this.#block?.kind === 'object' && /^ {2}(?:Property:|-+ +-+ +-+)/.test(text)) return;
    this.#endBlock();
    const span = { byte, length: raw.length };
    if (trouble !== undefined) return this.#reject(span, raw, `The line ${trouble}.`);
    this.#take(text, span, raw);
  }

  #continues({ kind, texts }: Block, text: string): boolean {
    if (kind === 'object') return isPropertyLine(text) && !text.startsWith('  Property:');
    if (kind === 'rule') return /^ {2}\(.*\)\s*$/.test(text) || (texts.length === 1 && /^ {20,}\d/.test(text));
    return /^ {4,}\S/.test(text);
  }

  #take(line: string, span: Span, raw: Uint8Array): void {
    const text = line.trim();
    const section = sectionOf(text);
    if (section !== undefined) this.#enter(section);
    else if (this.#takeStructure(text)) return;
    else if (this.#takeReport(text, span)) return;
    else if (!this.#takeInSection(line, span, raw)) this.#takeElsewhere(text, span, raw);
  }

  #enter(section: Section): void {
    this.#section = section;
    this.#change = this.#rule = this.#severity = undefined;
  }

  #takeStructure(text: string): boolean {
    const rule = this.#section === 'summary' || this.#section === 'detail' ? ruleName(text) : undefined;
    if (rule) {
      this.#rule = JSON.stringify([rule.rule, rule.start]);
      this.#severity = this.#change = undefined;
      return true;
    }
    const severity = severityLevel(text);
    if (severity !== undefined) this.#severity = severity;
    this.#change = headingChange(text) ?? this.#change;
    if (text === '*** End of report ***' && this.#report) {
      this.#report.ended = true;
      this.#section = 'after';
    }
    return severity !== undefined || isStructure(text);
  }

  /** Lines with which a report begins. */
  #takeReport(text: string, span: Span): boolean {
    const version = titleVersion(text);
    if (version !== undefined) {
      this.#endReport();
      this.#declare(span).version = version;
      this.#enter('head');
      this.#field({ title: text });
      return true;
    }
    const single = oneLineReport(text);
    if (single) this.#takeOneLine(single, span);
    return single !== undefined;
  }

  #takeOneLine({ host, time, violations, severity, counts }: OneLine, span: Span): void {
    this.#endReport();
    const report = this.#declare(span);
    report.host = host;
    report.created = this.#time(time);
    report.violations = violations;
    report.ended = true;
    this.#field({ violations, severity, ...counts });
    this.#endReport();
  }

  #time(written: string): bigint | undefined {
    return readTripwireTime(written, this.context.zone, (statement) => this.sink.assume(statement));
  }

  #takeInSection(line: string, span: Span, raw: Uint8Array): boolean {
    const text = line.trim();
    if (this.#section === 'rules' && headValue(text) === undefined && !isNote(text))
      return this.#open('rule', line, span, raw);
    if (this.#section === 'errors' && /^\d+\. +\S/.test(text)) return this.#open('error', line, span, raw);
    if (this.#section === 'detail' && objectName(text)) return this.#open('object', line, span, raw);
    const path = this.#section === 'summary' && this.#change !== undefined ? quotedPath(text) : undefined;
    const named = path === undefined ? undefined : { change: this.#change!, path };
    const bare = this.#section === 'before' || this.#section === 'after' ? parseableChange(text) : undefined;
    if (named === undefined && bare === undefined) return false;
    const report = this.#declare(span);
    if (bare) report.isBare = true;
    this.#addChange(report, { ...(named ?? bare)!, record: this.#record });
    return true;
  }

  #open(kind: Block['kind'], line: string, { byte, length }: Span, raw: Uint8Array): true {
    this.#block = { kind, byte, end: byte + length, lines: [copyOf(raw)], texts: [line], trouble: undefined };
    return true;
  }

  #addToBlock(block: Block, raw: Uint8Array, byte: number, trouble: string | undefined): void {
    block.end = byte + raw.length;
    if (trouble !== undefined) block.trouble ??= `A line of the record ${trouble}.`;
    if (block.lines.length >= MOST_BLOCK_LINES) block.trouble ??= `The record has more than ${MOST_BLOCK_LINES} lines.`;
    else {
      block.lines.push(copyOf(raw));
      block.texts.push(decodeText(raw));
    }
  }

  #endBlock(): void {
    const block = this.#block;
    this.#block = undefined;
    if (!block) return;
    const span = { byte: block.byte, length: block.end - block.byte };
    const trouble = block.trouble ?? this.#giveBlock(block, span);
    if (trouble !== undefined)
      this.#reject(span, Buffer.concat(block.lines.flatMap((line) => [line, Buffer.from('\n')])), trouble);
  }

  /** Gives the rows of a block, or the sentence that says why there are none. */
  #giveBlock(block: Block, span: Span): string | undefined {
    if (block.kind === 'rule') return this.#giveRule(block, span);
    if (block.kind === 'object') return this.#giveObject(block, span);
    const [first = '', ...rest] = block.texts.map((text) => text.trim());
    const report = this.#declare(span);
    const name = rest.find((text) => text.startsWith('Filename: '))?.slice('Filename: '.length);
    const reason = [first.replace(/^\d+\. +/, ''), ...rest.filter((text) => !text.startsWith('Filename: '))].join(' ');
    report.giveError(name, reason);
    this.#field({ error: reason, filename: name });
    return undefined;
  }

  #giveRule({ texts }: Block, span: Span): string | undefined {
    const [first = '', second = ''] = texts;
    const whole = ruleColumns(first);
    const columns = whole ?? ruleColumns(second);
    const rule = whole?.rule ?? first.replace(/^\*? +/, '').trim();
    if (columns === undefined || rule === '') return 'The line is no rule with its severity and three counts.';
    const start = /^ {2}\((.*)\)\s*$/.exec(texts.at(-1) ?? '')?.[1];
    this.#declare(span).rules.add(rule);
    this.#field({ rule, start_point: start, severity: columns.severity, ...columns.counts });
    return undefined;
  }

  #giveObject({ texts, lines }: Block, span: Span): string | undefined {
    const properties = readProperties(lines.slice(1));
    const named = objectName(texts[0]!.trim());
    if (properties === undefined || named === undefined) return 'A line of the object is no property.';
    const report = this.#declare(span);
    const { kind, changed } = properties;
    this.#addChange(report, { ...named, record: this.#record, kind, attributes: changed });
    return undefined;
  }

  #addChange(
    report: TripwireReport,
    change: {
      readonly change: ChangeKind;
      readonly path: string;
      readonly record: number;
      readonly kind?: string | undefined;
      readonly attributes?: Parameters<typeof attributesJson>[0];
    },
  ): void {
    const isNew = report.changes.add({ ...change, severity: this.#severity, rule: this.#rule });
    // The row of the file cites the line that names it; this record keeps what it says by itself.
    if (isNew) return;
    const { path, kind, attributes } = change;
    this.#field({ [change.change]: path, kind, attributes: JSON.parse(attributesJson(attributes) ?? '{}') as unknown });
  }

  #takeElsewhere(text: string, span: Span, raw: Uint8Array): void {
    const head = headValue(text);
    if (head === undefined && !isNote(text))
      return this.#reject(span, raw, 'The line is none that Tripwire writes here.');
    if (head === undefined) return this.#takeNote(text, span);
    if (head.name === 'Report created on' && this.#time(head.value) === undefined)
      return this.#reject(span, raw, `The creation ${JSON.stringify(head.value.slice(0, 60))} is no time.`);
    this.#takeHead(this.#declare(span), head);
    this.#field({ [head.name.toLowerCase().replaceAll(' ', '_')]: head.value });
  }

  /** What is said outside of a report begins none. */
  #takeNote(text: string, { byte, length }: Span): void {
    this.sink.record(byte, length);
    this.#field({ note: text });
  }

  #takeHead(report: TripwireReport, { name, value }: { name: string; value: string }): void {
    const count = /^\d{1,15}$/.test(value) ? Number(value) : undefined;
    if (name === 'Report created on') report.created = this.#time(value);
    else if (name === 'Host name') report.host = value || undefined;
    else if (name === 'Host IP address') report.address = /^[\d.]+$|:/.test(value) ? value : undefined;
    else if (name === 'Policy file used') report.policy = value || undefined;
    else if (name === 'Command line used') report.command = value || undefined;
    else if (name === 'Total objects scanned' && count !== undefined) report.objects = (report.objects ?? 0) + count;
    else if (name === 'Total violations found' && count !== undefined)
      report.violations = (report.violations ?? 0) + count;
  }

  /** Declares a record of the report under way; the first one begins it. */
  #declare({ byte, length }: Span): TripwireReport {
    this.#record = this.sink.record(byte, length);
    this.#inReport++;
    return (this.#report ??= new TripwireReport(this.#record, ++this.#count, this.#reports));
  }

  #endReport(): void {
    const report = this.#report;
    this.#report = undefined;
    this.#enter('before');
    if (!report) return;
    if (report.time === undefined) this.#undated = true;
    else report.give();
  }

  #field(fields: Readonly<Record<string, unknown>>): void {
    this.sink.row('event_fields', { stream: 'tripwire', fields: JSON.stringify(fields) });
  }

  #reject({ byte, length }: Span, raw: Uint8Array, reason: string): void {
    this.#rejects++;
    if (this.#report) this.#report.damaged = true;
    this.sink.record(byte, length);
    this.sink.reject(reason, copyOf(raw));
  }
}
