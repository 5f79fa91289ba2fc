/** Reads reports of AIDE as text, one or several below each other. What a record is stands in docs/formats/aide.md. */
import { isUtf8 } from 'node:buffer';
import type { Problem } from '../../../shared/problem.ts';
import { ScanTimes } from '../check-results/scan-times.ts';
import { undated } from '../check-results/undated.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { copyOf } from '../framing/copy-of.ts';
import { decodeText, LineSplitter, longLineReason, type LineHandler } from '../framing/lines.ts';
import { attributesJson, type AttributeChange, type ChangeKind } from '../integrity-checks/found-changes.ts';
import { changedByFlags, kindOfFlags, kindOfWord } from './attributes.ts';
import { isDetailLine, readDetails } from './detail-block.ts';
import { readLine, type Line, type Section } from './line.ts';
import { AideReport, type ReportContext } from './report.ts';

const MOST_BLOCK_LINES = 5_000;

/** A file or database in the detailed part, until the line that ends it. */
interface Block {
  readonly byte: number;
  end: number;
  readonly head: string;
  readonly type: string | undefined;
  readonly path: string;
  readonly lines: Uint8Array[];
  trouble: string | undefined;
}

export class AideTextReader implements SourceReader, LineHandler {
  readonly #lines = new LineSplitter(this);
  readonly #times: ScanTimes;
  readonly #reports: ReportContext;
  #report: AideReport | undefined;
  #section: Section = 'head';
  #block: Block | undefined;
  #host: string | undefined;
  #undated = false;
  #count = 0;
  #read = 0;
  #rejects = 0;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#times = new ScanTimes(context.zone, (statement) => sink.assume(statement));
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
    if (this.#read > 0) return undefined;
    return {
      code: 'damaged_file',
      message: `None of ${this.#rejects} lines says what AIDE found.`,
      where: { file: this.context.name },
      remedy: 'Import the file as the format it is, or export the report again.',
    };
  }

  longLine(head: Uint8Array, byte: number, length: number): void {
    this.#endBlock();
    this.#reject({ byte, length }, head, longLineReason(length));
  }

  line(bytes: Uint8Array, from: number, to: number, byte: number): void {
    const raw = bytes.subarray(from, to);
    const trouble = !isUtf8(raw) ? 'The line is not valid UTF-8.' : raw.includes(0) ? 'The line holds a NUL byte.' : '';
    const text = decodeText(raw);
    if (this.#block && isDetailLine(text)) return this.#addToBlock(this.#block, raw, { byte, trouble });
    this.#endBlock();
    const span = { byte, length: raw.length };
    if (trouble !== '') return this.#reject(span, raw, trouble);
    const line = readLine(text);
    if (this.#opensBlock(line, text)) this.#openBlock(line, text, span);
    else if (line === undefined) this.#reject(span, raw, `The line is none that AIDE writes ${places[this.#section]}.`);
    else if (line.kind === 'heading') this.#section = line.section;
    else if (line.kind !== 'rule') this.#take(line, span, raw);
  }

  #opensBlock(line: Line | undefined, text: string): boolean {
    if (this.#section === 'details') return line?.kind === 'object';
    return this.#section === 'databases' && line === undefined && !/^\s/.test(text);
  }

  #openBlock(line: Line | undefined, text: string, { byte, length }: { byte: number; length: number }): void {
    const object = line?.kind === 'object' ? line : { type: undefined, path: text.trim() };
    this.#block = { byte, end: byte + length, head: text, ...object, lines: [], trouble: undefined };
  }

  #addToBlock(block: Block, raw: Uint8Array, { byte, trouble }: { byte: number; trouble: string }): void {
    block.end = byte + raw.length;
    if (trouble !== '') block.trouble ??= trouble.replace('The line', 'A line of the block');
    if (block.lines.length < MOST_BLOCK_LINES) block.lines.push(copyOf(raw));
    else block.trouble ??= `The block has more than ${MOST_BLOCK_LINES} lines.`;
  }

  #endBlock(): void {
    const block = this.#block;
    this.#block = undefined;
    if (!block) return;
    const details = block.trouble === undefined ? readDetails(block.lines) : undefined;
    const span = { byte: block.byte, length: block.end - block.byte };
    if (details === undefined) {
      const raw = Buffer.concat([Buffer.from(block.head), ...block.lines.flatMap((line) => [Buffer.from('\n'), line])]);
      return this.#reject(span, raw, block.trouble ?? 'A line of the block is no attribute.');
    }
    const record = this.#declare(span);
    if (block.type === undefined) this.#giveDatabase(block, details);
    else this.#giveDetails(block, { type: block.type, details, record });
  }

  #giveDatabase({ path }: Block, details: ReadonlyMap<string, AttributeChange>): void {
    const sums = Object.fromEntries([...details].map(([name, { old }]) => [name, old ?? null]));
    this.#field({ database: path, attributes: sums });
  }

  #giveDetails(
    { path }: Block,
    { type, details, record }: { type: string; details: ReadonlyMap<string, AttributeChange>; record: number },
  ): void {
    const report = this.#report!;
    const known = report.changes.named(path);
    const kind = kindOfWord(type);
    const attributes = details;
    const change = known?.change ?? changeOf(details);
    const isNew = report.changes.add({ record, path, change, kind, attributes });
    // The row of the file cites the line that names it; this record keeps what it says by itself.
    if (!isNew) this.#field({ path, kind, attributes: JSON.parse(attributesJson(attributes) ?? '{}') as unknown });
  }

  #take(
    line: Exclude<Line, { kind: 'heading' | 'rule' }>,
    span: { byte: number; length: number },
    raw: Uint8Array,
  ): void {
    if (line.kind === 'start' || line.kind === 'end') return this.#takeTime(line, span, raw);
    if (line.kind === 'outline' && this.#report?.outline !== undefined && this.#section !== 'head') this.#endReport();
    if (line.kind === 'entry' && this.#section === 'head') this.#section = 'entries';
    const record = this.#declare(span);
    const report = this.#report!;
    if (line.kind === 'outline') {
      report.outline ??= line.text;
      report.version ??= /^AIDE (\d\S*)/.exec(line.text)?.[1];
      this.#field({ outline: line.text });
    } else if (line.kind === 'count') {
      report.counts[line.of] = line.count;
      this.#field({ number_of_entries: { [line.of]: line.count } });
    } else if (line.kind === 'entry') this.#takeEntry(report, line, record);
    else this.#takeOther(report, line);
  }

  #takeEntry(report: AideReport, { flags, change, path }: Line & { kind: 'entry' }, record: number): void {
    const changed = flags !== undefined && change === 'changed' ? changedByFlags(flags) : undefined;
    const kind = flags === undefined ? undefined : kindOfFlags(flags);
    const isNew = report.changes.add({ record, path, change, kind, attributes: changed });
    if (!isNew) this.#field({ [change]: path, flags });
  }

  #takeOther(report: AideReport, line: Line): void {
    if (line.kind === 'options') {
      for (const [name, value] of line.options) report.options.set(name, value);
      this.#field(Object.fromEntries(line.options));
    } else if (line.kind === 'written') this.#field({ new_database: line.path });
    else if (line.kind === 'different') this.#field({ different_attributes: { [line.path]: line.attributes } });
    else if (line.kind === 'object') this.#field({ path: line.path, kind: kindOfWord(line.type) });
    else if (line.kind === 'note') {
      const [, host] = /^(?:This is an automated report .* )?Environment on (\S+?)\.?(?: |$)/.exec(line.text) ?? [];
      if (host !== undefined) this.#host = report.host = host;
      report.version ??= /^AIDE, version (\d\S*)/.exec(line.text)?.[1];
      this.#field({ note: line.text });
    }
  }

  #takeTime(line: Line & { kind: 'start' | 'end' }, span: { byte: number; length: number }, raw: Uint8Array): void {
    const time = this.#times.read(line.time);
    if (time === undefined)
      return this.#reject(span, raw, `The ${line.kind} ${JSON.stringify(line.time.slice(0, 60))} is no time.`);
    const begun = this.#report;
    if (line.kind === 'start' && (begun?.started !== undefined || (begun && this.#section !== 'head')))
      this.#endReport();
    this.#declare(span);
    const report = this.#report!;
    if (line.kind === 'start') {
      report.started = time;
      report.version = line.version ?? report.version;
      this.#field({ start_time: line.time, ...(line.version === undefined ? {} : { aide_version: line.version }) });
      return;
    }
    report.finished = time;
    this.#section = 'after';
    this.#field({ end_time: line.time });
  }

  /** Declares a record of the report under way; the first one begins it. */
  #declare({ byte, length }: { byte: number; length: number }): number {
    const record = this.sink.record(byte, length);
    this.#read++;
    this.#report ??= new AideReport(record, ++this.#count, this.#reports);
    this.#report.host ??= this.#host;
    return record;
  }

  #endReport(): void {
    const report = this.#report;
    this.#report = undefined;
    this.#section = 'head';
    if (!report) return;
    if (report.time === undefined) this.#undated = true;
    else report.give();
  }

  #field(fields: Readonly<Record<string, unknown>>): void {
    this.sink.row('event_fields', { stream: 'aide', fields: JSON.stringify(fields) });
  }

  #reject({ byte, length }: { byte: number; length: number }, raw: Uint8Array, reason: string): void {
    this.#rejects++;
    if (this.#report) this.#report.damaged = true;
    this.sink.record(byte, length);
    this.sink.reject(reason, copyOf(raw));
  }
}

const places: Readonly<Record<Section, string>> = {
  head: 'at the head of a report',
  entries: 'among the entries',
  details: 'among the details',
  databases: 'among the databases',
  after: 'after a report',
};

function changeOf(details: ReadonlyMap<string, AttributeChange>): ChangeKind {
  const sides = [...details.values()];
  if (sides.every((side) => side.old === undefined)) return 'added';
  // A file that was changed may have lost an attribute, but not all of them.
  return sides.every((side) => side.new === undefined) ? 'removed' : 'changed';
}
