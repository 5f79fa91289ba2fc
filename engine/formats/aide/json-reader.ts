/** Reads reports of AIDE as JSON: whole documents, lists of them, and ndjson. docs/formats/aide.md */
import type { Problem } from '../../../shared/problem.ts';
import { ScanTimes } from '../check-results/scan-times.ts';
import { undated } from '../check-results/undated.ts';
import { shown } from '../event-records/values.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { repeatedMember } from '../framing/json-members.ts';
import { JsonRecordScanner, type JsonRecord, type JsonRecordOptions } from '../framing/json-records.ts';
import { DocumentParts, isReport, isReportLine } from './json-document.ts';
import { AideReport, type ReportContext } from './report.ts';

/** A report as one object is one record; of a hundred thousand files it has some 50 MB. */
const LONGEST_REPORT_BYTES = 128 * 1024 * 1024;

export const reportFiles: JsonRecordOptions = {
  lists: ['value', 'Records', 'events', 'reports'],
  firstKeys: ['start_time', 'type', 'outline', 'different_attributes'],
  maxRecordBytes: LONGEST_REPORT_BYTES,
};

/** Members that the rows of a report hold. */
const inRows: ReadonlySet<string> = new Set(['added', 'removed', 'changed', 'entries', 'details']);

export class AideJsonReader implements SourceReader {
  readonly #scanner: JsonRecordScanner;
  readonly #parts: DocumentParts;
  readonly #reports: ReportContext;
  /** The report whose lines are being read. */
  #lines: AideReport | undefined;
  /** Reports that were given. */
  #count = 0;
  #read = 0;
  #rejects = 0;
  #firstReason = '';
  #undated = false;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    const assume = (statement: string): void => sink.assume(statement);
    this.#parts = new DocumentParts(new ScanTimes(context.zone, assume), assume);
    this.#reports = { sink, system: context.system, takenAt: context.takenAt };
    this.#scanner = new JsonRecordScanner(reportFiles, {
      record: (record) => this.#take(record),
      damaged: (byte, bytes, reason) => this.#reject(byte, bytes, reason),
    });
  }

  push(piece: Uint8Array): void {
    this.#scanner.push(piece);
  }

  finish(): Problem | undefined {
    const ending = this.#scanner.finish();
    this.#endLines();
    if (ending === 'utf-16') return this.#refusal('The file is UTF-16 text, not UTF-8.');
    if (this.#undated) return undated('Reports', this.context.name);
    if (this.#read === 0)
      return this.#refusal(
        `None of ${this.#rejects} records is a report of AIDE. Record 1: ${this.#firstReason || 'there is none.'}`,
      );
    if (ending === 'cut-off')
      this.sink.assume('The file ends before its JSON does: what came after its end is unknown.');
    return undefined;
  }

  #refusal(message: string): Problem {
    const remedy = 'Import the file as the format it is, or export the report again.';
    return { code: 'damaged_file', message, where: { file: this.context.name }, remedy };
  }

  #take(record: JsonRecord): void {
    const { value } = record;
    if (isReportLine(value)) this.#takeLine(record, value);
    else if (isReport(value)) this.#takeDocument(record, value);
    else
      this.#reject(
        record.byte,
        record.bytes,
        'The record is no report of AIDE: it has no outline, start_time and aide_version.',
      );
  }

  #takeDocument(record: JsonRecord, value: Readonly<Record<string, unknown>>): void {
    this.#endLines();
    const number = this.sink.record(record.byte, record.bytes.length);
    const report = new AideReport(number, this.#count + 1, this.#reports);
    const trouble = this.#parts.document(report, value, number);
    if (trouble !== undefined) return this.#rejectDeclared(record.bytes, trouble);
    this.#sayRepeated(record);
    this.#read++;
    const fields = Object.entries(value).filter(([name]) => !inRows.has(name));
    this.#field(Object.fromEntries(fields));
    this.#give(report);
  }

  #takeLine(record: JsonRecord, value: Readonly<Record<string, unknown>>): void {
    if (value['type'] === 'startup' && this.#lines?.started !== undefined) this.#endLines();
    const number = this.sink.record(record.byte, record.bytes.length);
    const report = this.#lines ?? new AideReport(number, this.#count + 1, this.#reports);
    const trouble = this.#parts.line(report, value, number);
    if (trouble !== undefined) return this.#rejectDeclared(record.bytes, trouble);
    this.#sayRepeated(record);
    this.#read++;
    this.#lines = report;
    this.#field(value);
  }

  #sayRepeated(record: JsonRecord): void {
    const repeated = repeatedMember(record);
    if (repeated !== undefined)
      this.sink.assume(`Where a report gives a member twice (${shown(repeated)}), the last one counts.`);
  }

  #field(fields: object): void {
    this.sink.row('event_fields', { stream: 'aide', fields: JSON.stringify(fields) });
  }

  #endLines(): void {
    if (this.#lines) this.#give(this.#lines);
    this.#lines = undefined;
  }

  #give(report: AideReport): void {
    this.#count++;
    if (report.time === undefined) this.#undated = true;
    else report.give();
  }

  #reject(byte: number, bytes: Uint8Array, reason: string): void {
    this.sink.record(byte, bytes.length);
    if (this.#lines) this.#lines.damaged = true;
    this.#rejectDeclared(bytes, reason);
  }

  #rejectDeclared(bytes: Uint8Array, reason: string): void {
    this.#rejects++;
    this.#firstReason ||= reason;
    this.sink.reject(reason, bytes.slice());
  }
}
