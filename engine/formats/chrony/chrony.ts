/**
 * chronyd's logs (tracking, statistics, measurements, refclocks) and what chronyc prints (tracking, sources,
 * sourcestats, ntpdata; text and CSV), alone or one after another in a file. See docs/formats/chrony.md.
 */
import type { Problem } from '../../../shared/problem.ts';
import { formatInstant, type UtcMicros } from '../../../shared/time.ts';
import { ClockRows, CLOCK_STREAM, type ClockReading, type ReadResult } from '../clocks/clock-rows.ts';
import { HeldRecord } from '../clocks/held-records.ts';
import { quoted, TextLines, type TextLine, type TextLineHandler } from '../clocks/text-lines.ts';
import type { Format, ReadContext, RowSink, SourceReader } from '../format.ts';
import { alsoInUtf16 } from '../framing/utf16-text.ts';
import { isChronycError, isHeading } from './headings.ts';
import { LogColumns, readLogHeading } from './log-columns.ts';
import { logTime, readLogLine, splitLogLine, type LogLine } from './log-lines.ts';
import { isNtpdataCsv, readNtpdataCsv, readNtpdataText } from './ntpdata-report.ts';
import { otherLog, otherReport } from './other-output.ts';
import { recognise } from './recognise.ts';
import { reportLabel, type ReportKind } from './report-lines.ts';
import { readSourceLine, readSourceStatistics } from './source-reports.ts';
import { isTrackingCsv, readTrackingCsv, readTrackingText, type TrackingReport } from './tracking-report.ts';

export const chrony: Format = alsoInUtf16({
  id: 'chrony',
  title: 'chrony: logs of chronyd, and what chronyc tracking, sources, sourcestats and ntpdata print',
  version: 2,
  framing: 'spans',
  streams: [CLOCK_STREAM],
  recognise,
  open: (sink, context) => new ChronyReader(sink, context),
});

const OF_NTP_CLOCK =
  "Offsets of measurements, statistics, refclocks, sources, sourcestats and ntpdata are against chronyd's own estimate of true time; what the system clock is still to be moved by (Rem. corr., System time) is not in them.";

interface WaitingReport {
  readonly record: number;
  readonly read: ClockReading;
  readonly referenceTime: UtcMicros | undefined;
}

interface OpenReport {
  readonly kind: ReportKind;
  readonly record: HeldRecord;
  readonly labels: Set<string>;
}

class ChronyReader implements SourceReader, TextLineHandler {
  readonly #lines = new TextLines(this);
  readonly #rows: ClockRows;
  readonly #columns = new LogColumns();
  /** A report of several lines that has not ended yet. */
  #report: OpenReport | undefined;
  /** The first tracking report: how it is dated depends on whether there are others. */
  #waiting: WaitingReport | undefined;
  #reports = 0;

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
    this.#endReport();
    if (this.#waiting) this.#dateReport(this.#waiting);
    return this.#rows.finish('their Ref time (when the last measurement was processed)');
  }

  badLine({ byte, length, bytes }: Omit<TextLine, 'text'>, reason: string): void {
    this.#endReport();
    this.sink.record(byte, length);
    this.sink.reject(reason, bytes);
  }

  textLine(line: TextLine): void {
    const text = line.text.trimStart();
    const label = reportLabel(text, this.#report);
    if (label) return this.#reportLine({ ...line, text }, label);
    this.#endReport();
    const heading = readLogHeading(text);
    if (heading) return this.#columns.heading(heading);
    if (!isHeading(text) && !(otherLog(text) && readsAsHeading(text))) this.#record({ ...line, text });
  }

  #record(line: TextLine): void {
    const record = this.sink.record(line.byte, line.length);
    const logLine = splitLogLine(line.text);
    if (logLine) return this.#logLine(logLine, record, line);
    if (isTrackingCsv(line.text)) return this.#tracking(readTrackingCsv(line.text), record, line.bytes);
    if (isNtpdataCsv(line.text)) return this.#source(readNtpdataCsv(line.text), record, line.bytes);
    const source = readSourceLine(line.text) ?? readSourceStatistics(line.text);
    if (source) return this.#source(source, record, line.bytes);
    this.sink.reject(whyUnread(line.text), line.bytes);
  }

  #logLine(line: LogLine, record: number, { bytes, hasNoEnd }: TextLine): void {
    const time = logTime(line);
    const complaint =
      time === undefined ? 'The line begins with a time that does not exist.' : this.#complaint(line, hasNoEnd);
    if (time === undefined || complaint !== undefined) return this.sink.reject(complaint ?? '', bytes);
    const read = readLogLine(line);
    if (read.kind === 'unreadable') return this.sink.reject(read.reason, bytes);
    this.#rows.add(record, read.sample, { time, by: 'itself' });
    this.#sayWhatOffsetsAre(line);
  }

  #complaint({ log, columns }: LogLine, hasNoEnd: boolean): string | undefined {
    return this.#columns.complaint(log, columns.length, hasNoEnd);
  }

  #sayWhatOffsetsAre({ log, columns }: LogLine): void {
    if (log !== 'tracking') this.sink.assume(OF_NTP_CLOCK);
    else if (columns.length < 11)
      this.sink.assume(
        "The tracking log has no Rem. corr.: its offsets are against chronyd's own estimate of true time; what the system clock is still to be moved by is not in them.",
      );
  }

  #source(read: ReadResult, record: number, bytes: Uint8Array): void {
    if (read.kind === 'unreadable') return this.sink.reject(read.reason, bytes);
    this.sink.assume(OF_NTP_CLOCK);
    this.#rows.addUndated(record, read.sample, bytes);
  }

  #reportLine(line: TextLine, { kind, label, isFirst }: { kind: ReportKind; label: string; isFirst: boolean }): void {
    const open = this.#report;
    // A label that comes again belongs to the next report.
    if (open && (open.kind !== kind || isFirst || open.labels.has(label) || open.record.isFull)) this.#endReport();
    const report = this.#report ?? { kind, record: new HeldRecord(line), labels: new Set<string>() };
    if (this.#report) report.record.add(line);
    report.labels.add(label);
    this.#report = report;
  }

  #endReport(): void {
    const report = this.#report;
    if (!report) return;
    this.#report = undefined;
    const { kind, record: held } = report;
    const record = this.sink.record(held.byte, held.length);
    if (kind === 'tracking') return this.#tracking(readTrackingText(held.texts), record, held.raw());
    if (kind === 'ntpdata') return this.#source(readNtpdataText(held.texts), record, held.raw());
    this.sink.reject(saysNothing(`chronyc ${kind}`), held.raw());
  }

  #tracking({ read, referenceTime }: TrackingReport, record: number, raw: Uint8Array): void {
    if (read.kind === 'unreadable') return this.sink.reject(read.reason, raw);
    if (referenceTime === undefined && this.context.takenAt === undefined) return this.#rows.rejectUndated(raw);
    this.#reports++;
    if (this.#waiting) this.#dateReport(this.#waiting);
    this.#waiting = { record, read: read.sample, referenceTime };
  }

  /** One report was made when the file was taken. Of several that cannot be said, so each has its own Ref time. */
  #dateReport({ record, read, referenceTime }: WaitingReport): void {
    const { takenAt } = this.context;
    const isOnlyOne = this.#reports === 1;
    this.#waiting = undefined;
    if (takenAt !== undefined && referenceTime !== undefined && takenAt < referenceTime)
      this.sink.assume(
        `The time given for the file, ${formatInstant(takenAt)}, is before a Ref time in it, ${formatInstant(referenceTime)}: one of them is wrong.`,
      );
    if (takenAt !== undefined && (isOnlyOne || referenceTime === undefined))
      return this.#rows.add(record, read, { time: takenAt, by: 'taken at' });
    if (referenceTime !== undefined) this.#rows.add(record, read, { time: referenceTime, by: 'reference time' });
  }
}

function whyUnread(text: string): string {
  if (isChronycError(text)) return `chronyc says ${quoted(text)}: chronyd did not answer, so nothing was measured.`;
  const log = otherLog(text);
  if (log !== undefined) return saysNothing(`chronyd's ${log}`);
  const report = otherReport(text);
  if (report !== undefined) return saysNothing(`chronyc ${report}`);
  return `The line is none of chronyd's logs or of chronyc tracking, sources, sourcestats and ntpdata: ${quoted(text)}.`;
}

function saysNothing(where: string): string {
  return `It is of ${where}, which does not say how far the clock is off.`;
}

function readsAsHeading(text: string): boolean {
  return text.startsWith('Date (UTC)');
}
