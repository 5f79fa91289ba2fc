/**
 * ntpd's statistics (loopstats, peerstats, clockstats) and what ntpq prints (peers, associations, variables, kerninfo),
 * of ntp.org and of ntpsec. See docs/formats/ntpd.md.
 */
import type { Problem } from '../../../shared/problem.ts';
import { ClockRows, CLOCK_STREAM, type ReadResult } from '../clocks/clock-rows.ts';
import { HeldRecord } from '../clocks/held-records.ts';
import { quoted, TextLines, type TextLine, type TextLineHandler } from '../clocks/text-lines.ts';
import type { Format, ReadContext, RowSink, SourceReader } from '../format.ts';
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
import { recognise } from './recognise.ts';
import { decimalsAtEnd, readStatsLine, splitStatsLine, type StatsKind, type StatsLine } from './stats-lines.ts';
import { readVariablesReport } from './system-report.ts';
import { isFirstOfVariables, isVariables } from './variables.ts';

export const ntpd: Format = {
  id: 'ntpd',
  title: 'ntpd: loopstats, peerstats and clockstats, and what ntpq prints (ntp.org and ntpsec)',
  version: 1,
  framing: 'spans',
  streams: [CLOCK_STREAM],
  recognise,
  open: (sink, context) => new NtpdReader(sink, context),
};

type HeldKind = 'variables' | 'kernel' | 'peer';

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
    return this.#rows.finish('rec, when the last packet of the peer came');
  }

  badLine({ byte, length, bytes }: Omit<TextLine, 'text'>, reason: string): void {
    this.#endHeld();
    this.sink.record(byte, length);
    this.sink.reject(reason, bytes);
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
    if (held.kind === 'peer') {
      if (!/^\s/.test(line.text)) return false;
    } else if (kernelLine(line.text)) held.kind = 'kernel';
    else if (held.kind === 'kernel' || !isVariables(line.text) || isFirstOfVariables(line.text)) return false;
    held.record.add(line);
    if (held.kind === 'peer') this.#endHeld();
    return true;
  }

  #begin(line: TextLine): void {
    if (isNtpqError(line.text))
      return this.#reject(line, `ntpq says ${quoted(line.text)}: ntpd did not answer, so nothing was measured.`);
    const stats = splitStatsLine(line.text);
    if (stats) return stats.kind === 'unreadable' ? this.#reject(line, stats.reason) : this.#stats(stats, line);
    const association = readAssociation(line.text);
    if (association) return this.#undated(association, this.#declare(line), line.bytes);
    if (isVariables(line.text) || kernelLine(line.text))
      return this.#hold(line, kernelLine(line.text) ? 'kernel' : 'variables');
    if (this.#columns && isLongPeerName(line.text)) return this.#hold(line, 'peer');
    if (this.#columns || looksLikePeer(line.text)) return this.#peer(line.text, this.#declare(line), line.bytes);
    this.#reject(line, `The line is none of ntpd's statistics or of ntpq's tables: ${quoted(line.text)}.`);
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
    if (held.kind === 'kernel') return this.#undated(readKernelReport(texts), record, held.record.raw());
    if (held.kind === 'peer') return this.#peer(texts.join(' '), record, held.record.raw());
    this.#variables(texts.join('\n'), record, held.record.raw());
  }

  #variables(text: string, record: number, raw: Uint8Array): void {
    const { read, time, referenceTime, isOfUnknown } = readVariablesReport(text);
    if (read.kind === 'unreadable') return this.sink.reject(read.reason, raw);
    if (isOfUnknown) this.sink.assume('Variables without an association id are taken for those of the system.');
    if (time !== undefined) return this.#rows.add(record, read.sample, { time, by: 'itself' });
    if (this.context.takenAt !== undefined || referenceTime === undefined)
      return this.#rows.addUndated(record, read.sample, raw);
    this.#rows.add(record, read.sample, { time: referenceTime, by: 'reference time' });
  }
}
