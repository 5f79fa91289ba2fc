/**
 * What w32tm prints of the Windows Time service: `/query /status` and `/stripchart`, alone or one after another in a
 * file. See docs/formats/w32tm.md.
 */
import type { Problem } from '../../../shared/problem.ts';
import { ClockRows, CLOCK_STREAM } from '../clocks/clock-rows.ts';
import { HeldRecord } from '../clocks/held-records.ts';
import { recogniseBySigns, type Sign } from '../clocks/signs.ts';
import { quoted, TextLines, type TextLine, type TextLineHandler } from '../clocks/text-lines.ts';
import type { Format, ReadContext, RowSink, SourceReader } from '../format.ts';
import { alsoInUtf16 } from '../framing/utf16-text.ts';
import { FIRST_STATUS_LABEL, readStatus, statusLine } from './status-report.ts';
import { currentDay, instantOn, isCollecting, readStripSample, trackedServer, type StripSample } from './stripchart.ts';

export const w32tm: Format = alsoInUtf16({
  id: 'w32tm',
  title: 'w32tm: status and stripchart of the Windows Time service',
  version: 1,
  framing: 'spans',
  streams: [CLOCK_STREAM],
  recognise: (head) => recogniseBySigns(head, signOf, 'as w32tm prints them'),
  open: (sink, context) => new W32tmReader(sink, context),
});

/** Labels that no other program has. */
const TELLING = new Set(['Leap Indicator', 'Last Successful Sync Time', 'Time Source Flags', 'Phase Offset']);

function signOf(line: string): Sign {
  const text = line.trimStart();
  if (text.length > 500) return 'other';
  const label = statusLine(text)?.[0];
  if (label !== undefined) return TELLING.has(label) ? 'sure' : 'fits';
  if (currentDay(text) !== undefined || trackedServer(text) !== undefined) return 'sure';
  return readStripSample(text, undefined) || isCollecting(text) ? 'fits' : 'other';
}

class W32tmReader implements SourceReader, TextLineHandler {
  readonly #lines = new TextLines(this);
  readonly #rows: ClockRows;
  #report: { readonly record: HeldRecord; readonly labels: Set<string> } | undefined;
  #server: string | undefined;
  #day: string | undefined;
  #lastClock = '';

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
    return this.#rows.finish();
  }

  badLine({ byte, length, bytes }: Omit<TextLine, 'text'>, reason: string): void {
    this.#endReport();
    this.sink.record(byte, length);
    this.sink.reject(reason, bytes);
  }

  textLine(line: TextLine): void {
    const text = line.text.trimStart();
    const label = statusLine(text)?.[0];
    if (label !== undefined) return this.#reportLine({ ...line, text }, label);
    this.#endReport();
    if (this.#isHeading(text)) return;
    const record = this.sink.record(line.byte, line.length);
    const sample = readStripSample(text, this.#server);
    if (sample) return this.#sample(sample, record, line.bytes);
    this.sink.reject(`The line is none of w32tm's status or stripchart: ${quoted(text)}.`, line.bytes);
  }

  /** Lines that say of what and of when the samples after them are. */
  #isHeading(text: string): boolean {
    const server = trackedServer(text);
    const day = currentDay(text);
    if (server !== undefined) this.#server = server;
    if (server !== undefined || day !== undefined) {
      this.#day = day ?? undefined;
      this.#lastClock = '';
    }
    return server !== undefined || day !== undefined || isCollecting(text);
  }

  #sample({ read, clock }: StripSample, record: number, raw: Uint8Array): void {
    if (read.kind === 'unreadable') return this.sink.reject(read.reason, raw);
    if (this.#day === undefined) return this.#rows.addUndated(record, read.sample, raw);
    // A clock that goes back by hours has passed midnight.
    if (clock < this.#lastClock && this.#lastClock.startsWith('23') && clock.startsWith('00'))
      this.#day = dayAfter(this.#day);
    this.#lastClock = clock;
    const time = instantOn(this.#day, clock, this.context.zone);
    if (time === undefined) return this.#rows.addUndated(record, read.sample, raw);
    this.sink.assume(`w32tm writes the time of the system without its zone; it is taken in ${this.context.zone}.`);
    this.#rows.add(record, read.sample, { time, by: 'itself' });
  }

  #reportLine(line: TextLine, label: string): void {
    const open = this.#report;
    if (open && (label === FIRST_STATUS_LABEL || open.labels.has(label) || open.record.isFull)) this.#endReport();
    const report = this.#report ?? { record: new HeldRecord(line), labels: new Set<string>() };
    if (this.#report) report.record.add(line);
    report.labels.add(label);
    this.#report = report;
  }

  #endReport(): void {
    const report = this.#report;
    if (!report) return;
    this.#report = undefined;
    const record = this.sink.record(report.record.byte, report.record.length);
    const read = readStatus(report.record.texts);
    if (read.kind === 'unreadable') return this.sink.reject(read.reason, report.record.raw());
    this.#rows.addUndated(record, read.sample, report.record.raw());
  }
}

function dayAfter(day: string): string {
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}
