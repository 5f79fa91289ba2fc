/**
 * chronyd's logs (tracking, statistics, measurements, refclocks) and what chronyc prints (tracking, sources,
 * sourcestats; text and CSV), alone or one after another in a file. See docs/formats/chrony.md.
 */
import type { Problem } from '../../../shared/problem.ts';
import { formatInstant, type UtcMicros } from '../../../shared/time.ts';
import { ClockRows, CLOCK_STREAM, type ClockReading, type ReadResult } from '../clocks/clock-rows.ts';
import { HeldRecord } from '../clocks/held-records.ts';
import { quoted, TextLines, type TextLine, type TextLineHandler } from '../clocks/text-lines.ts';
import type { Format, ReadContext, RowSink, SourceReader } from '../format.ts';
import { isChronycError, isHeading } from './headings.ts';
import { LogColumns, readLogHeading } from './log-columns.ts';
import { logTime, readLogLine, splitLogLine, type LogLine } from './log-lines.ts';
import { recognise } from './recognise.ts';
import { readSourceLine, readSourceStatistics } from './source-reports.ts';
import {
  FIRST_LABEL,
  isTrackingCsv,
  readTrackingCsv,
  readTrackingText,
  trackingLine,
  type TrackingReport,
} from './tracking-report.ts';

export const chrony: Format = {
  id: 'chrony',
  title: 'chrony: logs of chronyd, and what chronyc tracking, sources and sourcestats print',
  version: 1,
  framing: 'spans',
  streams: [CLOCK_STREAM],
  recognise,
  open: (sink, context) => new ChronyReader(sink, context),
};

const OF_NTP_CLOCK =
  "Offsets of measurements, statistics, refclocks, sources and sourcestats are against chronyd's own estimate of true time; what the system clock is still to be moved by (Rem. corr., System time) is not in them.";

interface WaitingReport {
  readonly record: number;
  readonly read: ClockReading;
  readonly referenceTime: UtcMicros | undefined;
}

class ChronyReader implements SourceReader, TextLineHandler {
  readonly #lines = new TextLines(this);
  readonly #rows: ClockRows;
  readonly #columns = new LogColumns();
  /** Lines of a tracking report that has not ended yet. */
  #report: HeldRecord | undefined;
  #labels = new Set<string>();
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
    const label = trackingLine(line.text)?.[0];
    if (label !== undefined) return this.#reportLine(line, label);
    this.#endReport();
    const heading = readLogHeading(line.text);
    if (heading) return this.#columns.heading(heading);
    if (!isHeading(line.text)) this.#record(line);
  }

  #record(line: TextLine): void {
    const record = this.sink.record(line.byte, line.length);
    const logLine = splitLogLine(line.text);
    if (logLine) return this.#logLine(logLine, record, line);
    if (isTrackingCsv(line.text)) return this.#tracking(readTrackingCsv(line.text), record, line.bytes);
    const source = readSourceLine(line.text) ?? readSourceStatistics(line.text);
    if (source) return this.#source(source, record, line.bytes);
    this.sink.reject(
      isChronycError(line.text)
        ? `chronyc says ${quoted(line.text)}: chronyd did not answer, so nothing was measured.`
        : `The line is none of chronyd's logs or of chronyc tracking, sources and sourcestats: ${quoted(line.text)}.`,
      line.bytes,
    );
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

  #reportLine(line: TextLine, label: string): void {
    // A label that comes again belongs to the next report.
    if (label === FIRST_LABEL || this.#labels.has(label)) this.#endReport();
    this.#labels.add(label);
    if (this.#report) this.#report.add(line);
    else this.#report = new HeldRecord(line);
  }

  #endReport(): void {
    const held = this.#report;
    if (!held) return;
    this.#report = undefined;
    this.#labels = new Set();
    const record = this.sink.record(held.byte, held.length);
    this.#tracking(readTrackingText(held.texts), record, held.raw());
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
