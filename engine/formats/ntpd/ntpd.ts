/**
 * ntpd's statistics (loopstats, peerstats, clockstats) and what ntpq prints (peers, associations, variables, kerninfo,
 * sysinfo), of ntp.org and of ntpsec; what ntpdc, ntpstat, ntpdate, sntp and ntpdig print. See docs/formats/ntpd.md.
 */
import type { Problem } from '../../../shared/problem.ts';
import type { UtcMicros } from '../../../shared/time.ts';
import { ClockRows, CLOCK_STREAM, type ClockReading, type ReadResult } from '../clocks/clock-rows.ts';
import { HeldRecord } from '../clocks/held-records.ts';
import { quoted, TextLines, type TextLine, type TextLineHandler } from '../clocks/text-lines.ts';
import type { Format, ReadContext, RowSink, SourceReader } from '../format.ts';
import { alsoInUtf16 } from '../framing/utf16-text.ts';
import { isAssociationsHeading, readAssociation } from './associations.ts';
import { isNtpqError, isNtpqHeading } from './headings.ts';
import { kernelLine, readKernelReport } from './kernel-report.ts';
import {
  isLongPeerName,
  looksLikePeer,
  readPeer,
  readPeersHeading,
  usualColumns,
  type PeerColumns,
} from './peers-table.ts';
import { isFirstOfNtpstat, isOfNtpstat, readNtpstat } from './ntpstat-report.ts';
import { readOneShot, type OneShot } from './one-shot.ts';
import { isCount } from './other-output.ts';
import { recognise } from './recognise.ts';
import { decimalsAtEnd, readStatsLine, splitStatsLine, type StatsKind, type StatsLine } from './stats-lines.ts';
import { readSysinfo, sysinfoLine } from './sysinfo-report.ts';
import { readVariablesReport } from './system-report.ts';
import { beforeLastSamples, isFirstOfVariables, isVariables } from './variables.ts';

export const ntpd: Format = alsoInUtf16({
  id: 'ntpd',
  title: 'ntpd: loopstats, peerstats and clockstats, and what ntpq, ntpdc, ntpstat, ntpdate and sntp print',
  version: 2,
  framing: 'spans',
  streams: [CLOCK_STREAM],
  recognise,
  open: (sink, context) => new NtpdReader(sink, context),
});

/** `named`: a long name of a peer, whose other columns are in the next line. */
type HeldKind = 'variables' | 'kernel' | 'sysinfo' | 'named' | 'ntpstat' | 'counts';

class NtpdReader implements SourceReader, TextLineHandler {
  readonly #lines = new TextLines(this);
  readonly #rows: ClockRows;
  /** A record of several lines that has not ended yet. */
  #held: { readonly record: HeldRecord; kind: HeldKind } | undefined;
  #columns: PeerColumns | undefined;
  /** Columns and decimals of the last line of each kind of statistics. */
  readonly #shapes = new Map<StatsKind, string>();

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
    this.#endHeld();
    return this.#rows.finish(
      'the time in them (rec, when the last packet of the peer came, or reference time, when the clock was last updated)',
    );
  }

  badLine(line: Omit<TextLine, 'text'>, reason: string): void {
    const text = this.#held?.kind === 'variables' ? beforeLastSamples(line.bytes) : undefined;
    if (text !== undefined) return this.#held?.record.add({ ...line, text });
    this.#endHeld();
    this.sink.record(line.byte, line.length);
    this.sink.reject(reason, line.bytes);
  }

  textLine(line: TextLine): void {
    if (this.#goesOn(line)) return;
    this.#endHeld();
    const columns = readPeersHeading(line.text);
    if (columns) this.#columns = columns;
    else if (isAssociationsHeading(line.text)) this.#columns = undefined;
    else if (!isNtpqHeading(line.text)) this.#begin(line);
  }

  /** True when the line belongs to the record that is being read. */
  #goesOn(line: TextLine): boolean {
    const held = this.#held;
    if (!held || held.record.isFull) return false;
    const kind = kindWith(held.kind, line.text);
    if (kind === undefined) return false;
    held.kind = kind;
    held.record.add(line);
    if (kind === 'named') this.#endHeld();
    return true;
  }

  #begin(line: TextLine): void {
    if (isNtpqError(line.text))
      return this.#reject(line, `ntpq says ${quoted(line.text)}: ntpd did not answer, so nothing was measured.`);
    const stats = splitStatsLine(line.text);
    if (stats) return stats.kind === 'unreadable' ? this.#reject(line, stats.reason) : this.#stats(stats, line);
    const association = readAssociation(line.text);
    if (association) return this.#undated(association, this.#declare(line), line.bytes);
    const oneShot = readOneShot(line.text);
    if (oneShot) return this.#oneShot(oneShot, line);
    const kind = kindOfFirst(line.text);
    if (kind !== undefined) return this.#hold(line, kind);
    if (this.#columns && isLongPeerName(line.text)) return this.#hold(line, 'named');
    if (this.#columns || looksLikePeer(line.text)) return this.#peer(line.text, this.#declare(line), line.bytes);
    this.#reject(line, `The line is none of ntpd's statistics or of ntpq's tables: ${quoted(line.text)}.`);
  }

  #oneShot({ sample, time }: OneShot, line: TextLine): void {
    const record = this.#declare(line);
    if (time !== undefined) return this.#rows.add(record, sample, { time, by: 'itself' });
    this.#rows.addUndated(record, sample, line.bytes);
  }

  #hold(line: TextLine, kind: HeldKind): void {
    this.#held = { record: new HeldRecord(line), kind };
  }

  #declare({ byte, length }: { readonly byte: number; readonly length: number }): number {
    return this.sink.record(byte, length);
  }

  #reject(line: TextLine, reason: string): void {
    this.#declare(line);
    this.sink.reject(reason, line.bytes);
  }

  #stats(stats: StatsLine, line: TextLine): void {
    const record = this.#declare(line);
    const complaint = this.#complaint(stats, line.hasNoEnd);
    if (complaint !== undefined) return this.sink.reject(complaint, line.bytes);
    const read = readStatsLine(stats);
    if (read.kind === 'unreadable') return this.sink.reject(read.reason, line.bytes);
    this.#rows.add(record, read.sample, { time: stats.time, by: 'itself' });
  }

  /** Why the line cannot be whole, as a sentence. */
  #complaint(stats: StatsLine, hasNoEnd: boolean): string | undefined {
    if (stats.kind === 'clockstats') {
      if (this.#shapes.size > 0)
        return 'The line has no numbers where the other lines of the file have them: it is cut off or damaged.';
      if (hasNoEnd) this.sink.assume('The last line has no line end: its time code may have been cut off.');
      return undefined;
    }
    const shape = `${stats.columns.length} columns, ${decimalsAtEnd(stats)} decimals in the last`;
    const before = this.#shapes.get(stats.kind);
    if (hasNoEnd && before !== undefined && before !== shape)
      return `The last line of the file has no line end and ${shape}, where the line before has ${before}: it is cut off.`;
    this.#shapes.set(stats.kind, shape);
    return undefined;
  }

  #peer(text: string, record: number, raw: Uint8Array): void {
    this.#undated(readPeer(text, this.#columns ?? usualColumns), record, raw);
  }

  #undated(read: ReadResult, record: number, raw: Uint8Array): void {
    if (read.kind === 'unreadable') return this.sink.reject(read.reason, raw);
    this.#rows.addUndated(record, read.sample, raw);
  }

  #endHeld(): void {
    const held = this.#held;
    if (!held) return;
    this.#held = undefined;
    const record = this.#declare(held.record);
    const { texts } = held.record;
    const raw = held.record.raw();
    switch (held.kind) {
      case 'kernel':
        return this.#undated(readKernelReport(texts), record, raw);
      case 'sysinfo':
        return this.#sysinfo(texts, record, raw);
      case 'ntpstat':
        return this.#undated(readNtpstat(texts), record, raw);
      case 'counts':
        return this.sink.reject('The report counts packets; it does not say how far the clock is off.', raw);
      case 'named':
        return this.#peer(texts.join(' '), record, raw);
      case 'variables':
        return this.#variables(texts.join('\n'), record, raw);
    }
  }

  #sysinfo(texts: readonly string[], record: number, raw: Uint8Array): void {
    const { read, referenceTime } = readSysinfo(texts);
    if (read.kind === 'unreadable') return this.sink.reject(read.reason, raw);
    this.#byReference(read.sample, { record, raw, referenceTime });
  }

  /** Dated as given for the file, else by what the report calls the last update. */
  #byReference(
    sample: ClockReading,
    { record, raw, referenceTime }: { record: number; raw: Uint8Array; referenceTime: UtcMicros | undefined },
  ): void {
    if (this.context.takenAt !== undefined || referenceTime === undefined)
      return this.#rows.addUndated(record, sample, raw);
    this.#rows.add(record, sample, { time: referenceTime, by: 'reference time' });
  }

  #variables(text: string, record: number, raw: Uint8Array): void {
    const { read, time, referenceTime, isOfUnknown } = readVariablesReport(text);
    if (read.kind === 'unreadable') return this.sink.reject(read.reason, raw);
    if (isOfUnknown) this.sink.assume('Variables without an association id are taken for those of the system.');
    if (time !== undefined) return this.#rows.add(record, read.sample, { time, by: 'itself' });
    this.#byReference(read.sample, { record, raw, referenceTime });
  }
}

/** The kind of a report of several lines, by its first one. */
function kindOfFirst(text: string): HeldKind | undefined {
  if (kernelLine(text)) return 'kernel';
  if (isVariables(text)) return 'variables';
  if (sysinfoLine(text)) return 'sysinfo';
  if (isFirstOfNtpstat(text)) return 'ntpstat';
  return isCount(text) ? 'counts' : undefined;
}

/** The kind of the report with this line; `undefined`: the line does not belong to it. */
function kindWith(kind: HeldKind, text: string): HeldKind | undefined {
  switch (kind) {
    case 'named':
      return /^\s/.test(text) ? kind : undefined;
    case 'ntpstat':
      return isOfNtpstat(text) ? kind : undefined;
    case 'counts':
      return isCount(text) ? kind : undefined;
    case 'kernel':
      return kernelLine(text) ? kind : undefined;
    case 'sysinfo':
      return sysinfoLine(text) && !text.startsWith('system peer:') ? kind : undefined;
    case 'variables':
      // ntpq prints the status line before the reports of kerninfo and sysinfo, too.
      if (kernelLine(text)) return 'kernel';
      if (sysinfoLine(text)) return 'sysinfo';
      return isVariables(text) && !isFirstOfVariables(text) ? kind : undefined;
  }
}
