/**
 * What timedatectl prints of a system with systemd: `timedatectl`, `show`, `timesync-status` and `show-timesync`, each a
 * record, alone or one after another in a file. See docs/formats/timedatectl.md.
 */
import type { Problem } from '../../../shared/problem.ts';
import type { UtcMicros } from '../../../shared/time.ts';
import { ClockRows, CLOCK_STREAM, type DatedBy } from '../clocks/clock-rows.ts';
import { HeldRecord } from '../clocks/held-records.ts';
import { quoted, TextLines, type TextLine, type TextLineHandler } from '../clocks/text-lines.ts';
import type { Format, ReadContext, RowSink, SourceReader } from '../format.ts';
import { alsoInUtf16 } from '../framing/utf16-text.ts';
import { isContinuation, readProperty, type Property, type ReportKind } from './properties.ts';
import { recognise } from './recognise.ts';
import { readReport, type Report } from './reports.ts';

export const timedatectl: Format = alsoInUtf16({
  id: 'timedatectl',
  title: 'timedatectl: status, show, timesync-status and show-timesync of systemd',
  version: 2,
  framing: 'spans',
  streams: [CLOCK_STREAM],
  recognise,
  open: (sink, context) => new TimedatectlReader(sink, context),
});

/** A report whose lines are still coming. */
interface OpenReport {
  readonly kind: ReportKind;
  readonly record: HeldRecord;
  readonly properties: Map<string, string>;
  last: string;
}

class TimedatectlReader implements SourceReader, TextLineHandler {
  readonly #lines = new TextLines(this);
  readonly #rows: ClockRows;
  #open: OpenReport | undefined;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#rows = new ClockRows(sink, context);
  }

  push(piece: Uint8Array): void {
    this.#lines.push(piece);
  }

  finish(): Problem | undefined {
    this.#lines.finish();
    this.#end();
    return this.#rows.finish('DestinationTimestamp, when the last answer of the server came');
  }

  badLine({ byte, length, bytes }: Omit<TextLine, 'text'>, reason: string): void {
    this.#end();
    this.sink.record(byte, length);
    this.sink.reject(reason, bytes);
  }

  textLine(line: TextLine): void {
    const property = readProperty(line.text);
    if (property) return this.#take(line, property);
    if (this.#open && !this.#open.record.isFull && isContinuation(line.text)) return this.#goOn(this.#open, line);
    this.#end();
    this.sink.record(line.byte, line.length);
    this.sink.reject(`The line is none of what timedatectl prints: ${quoted(line.text)}.`, line.bytes);
  }

  #take(line: TextLine, { kind, name, value }: Property & { readonly kind: ReportKind }): void {
    // A property that comes again, or one of another report, begins the next.
    if (this.#open && (this.#open.kind !== kind || this.#open.properties.has(name))) this.#end();
    const report = this.#open ?? {
      kind,
      record: new HeldRecord(line),
      properties: new Map<string, string>(),
      last: name,
    };
    if (this.#open) report.record.add(line);
    report.properties.set(name, value);
    report.last = name;
    this.#open = report;
  }

  #goOn(report: OpenReport, line: TextLine): void {
    report.record.add(line);
    report.properties.set(report.last, `${report.properties.get(report.last) ?? ''}\n${line.text.trim()}`);
  }

  #end(): void {
    const open = this.#open;
    if (!open) return;
    this.#open = undefined;
    const record = this.sink.record(open.record.byte, open.record.length);
    const report = readReport(open.kind, open.properties);
    if (report.read.kind === 'unreadable') return this.sink.reject(report.read.reason, open.record.raw());
    const dated = this.#date(report);
    if (!dated) return this.#rows.rejectUndated(open.record.raw());
    this.#rows.add(record, report.read.sample, dated);
    this.#configuration(open, record, dated.time);
  }

  /** A report that says when it was made is dated by that; the others as given, else by the last answer. */
  #date({ time, referenceTime }: Report): { time: UtcMicros; by: DatedBy } | undefined {
    const { takenAt } = this.context;
    if (time !== undefined) return { time, by: 'itself' };
    if (takenAt !== undefined) return { time: takenAt, by: 'taken at' };
    return referenceTime === undefined ? undefined : { time: referenceTime, by: 'reference time' };
  }

  #configuration({ kind, properties }: OpenReport, record: number, captured: UtcMicros): void {
    const service = kind === 'timesync-status' || kind === 'show-timesync';
    const row = {
      captured,
      provider: 'linux',
      system: this.context.system,
      resource_type: 'time_sync',
      resource_id: service ? 'systemd-timesyncd' : 'timedatectl',
      resource_name: `timedatectl ${kind}`,
      configuration: JSON.stringify(Object.fromEntries(properties)),
    };
    this.sink.row('config_items', row, record);
  }
}
