/** Reads files of OPA: each record is told by its members, since its logs are mixed. */
import { formatInstant } from '../../../shared/time.ts';
import type { Problem } from '../../../shared/problem.ts';
import { findEvent } from '../event-records/envelopes.ts';
import type { FoundEvent } from '../event-records/event-format.ts';
import { EventTimes } from '../event-records/event-time.ts';
import { shown } from '../event-records/values.ts';
import { writtenMembers } from '../event-records/written-members.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { repeatedMember } from '../framing/json-members.ts';
import { JsonRecordScanner, type JsonRecord } from '../framing/json-records.ts';
import { conftestChecks } from './conftest-result.ts';
import { decisionRow, type OpaRow } from './decision.ts';
import { evalChecks } from './eval-result.ts';
import { logRow } from './own-log.ts';
import { kindOf, opaRecords } from './record-kind.ts';
import { CheckScan } from './result-scan.ts';
import { StatusReports } from './status.ts';

/** Members that the spine holds. Those of a status report leave out OPA's own metrics, which are long and no evidence. */
const inColumns = new Set(['time', 'timestamp']);
const notOfStatus = new Set(['time', 'metrics']);

export class OpaReader implements SourceReader {
  readonly #scanner: JsonRecordScanner;
  readonly #times: EventTimes;
  readonly #status: StatusReports;
  readonly #checks: CheckScan;
  #read = 0;
  #undated = 0;
  #rejects = 0;
  #firstReason = '';

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#times = new EventTimes((statement) => sink.assume(statement));
    this.#status = new StatusReports(this.#times, (statement) => sink.assume(statement));
    this.#checks = new CheckScan(sink, context);
    this.#scanner = new JsonRecordScanner(opaRecords.files, {
      record: (record) => this.#take(record),
      damaged: (byte, bytes, reason) => this.#reject(byte, bytes, reason),
    });
  }

  push(piece: Uint8Array): void {
    this.#scanner.push(piece);
  }

  finish(): Problem | undefined {
    const ending = this.#scanner.finish();
    if (ending === 'utf-16') return this.#refusal('The file is UTF-16 text, not UTF-8.', 'Convert it to UTF-8.');
    if (this.#undated > 0) return this.#undatable();
    if (this.#read === 0 && this.#rejects > 0)
      return this.#refusal(
        `None of ${this.#rejects} records is ${opaRecords.noun}. Record 1: ${this.#firstReason}`,
        'Import the file as the format it is, or obtain it again.',
      );
    this.#checks.finish(ending === 'complete');
    const { takenAt } = this.context;
    if (this.#checks.any && takenAt !== undefined)
      this.sink.assume(
        `Results have no time of their own; they are dated ${formatInstant(takenAt)}, as given for the file.`,
      );
    if (ending === 'cut-off')
      this.sink.assume('The file ends before its JSON does: records after its end are unknown.');
    return undefined;
  }

  #refusal(message: string, remedy: string): Problem {
    return { code: 'damaged_file', message, where: { file: this.context.name }, remedy };
  }

  #undatable(): Problem {
    return {
      code: 'bad_request',
      message: `Results of opa eval and conftest have no time; the file has ${this.#undated} of them, and none was given for it.`,
      where: { file: this.context.name },
      remedy: 'Say when the file was made, with --taken-at.',
    };
  }

  #take(record: JsonRecord): void {
    const event = findEvent(record, opaRecords);
    switch (kindOf(event.value)) {
      case 'decision':
        return this.#addOne(record, event, decisionRow(event.value, this.#times));
      case 'log':
        return this.#addOne(record, event, logRow(event.value, this.#times));
      case 'status':
        return this.#addStatus(record, event);
      case 'conftest':
        return this.#addChecks(record, conftestChecks(event.value));
      case 'eval':
        return this.#addChecks(record, evalChecks(event.value));
      case undefined:
        return this.#reject(record.byte, record.bytes, notOurs(record.value));
    }
  }

  #addOne(record: JsonRecord, event: FoundEvent, row: OpaRow | string): void {
    if (typeof row === 'string') return this.#reject(record.byte, record.bytes, row);
    this.#addRows(record, [row], event, inColumns);
  }

  #addStatus(record: JsonRecord, event: FoundEvent): void {
    const rows = this.#status.rowsOf(event.value);
    if (typeof rows === 'string') return this.#reject(record.byte, record.bytes, rows);
    this.#addRows(record, rows, event, notOfStatus);
  }

  #addRows(record: JsonRecord, rows: readonly OpaRow[], event: FoundEvent, except: ReadonlySet<string>): void {
    const repeated = repeatedMember(event.record);
    if (repeated !== undefined)
      this.sink.assume(`Where an event gives a member twice (${shown(repeated)}), the last one counts.`);
    this.#read++;
    this.sink.record(record.byte, record.bytes.length);
    for (const row of rows) this.sink.row('events', { system: this.context.system, stream: 'opa', ...row });
    const fields = writtenMembers(event.record, except);
    if (fields !== undefined) this.sink.row('event_fields', { stream: 'opa', fields });
  }

  #addChecks(record: JsonRecord, checks: ReturnType<typeof conftestChecks>): void {
    this.#read++;
    if (this.context.takenAt === undefined) this.#undated++;
    const number = this.sink.record(record.byte, record.bytes.length);
    this.#checks.add(checks, number);
  }

  #reject(byte: number, bytes: Uint8Array, reason: string): void {
    this.#rejects++;
    this.#firstReason ||= reason;
    this.sink.record(byte, bytes.length);
    this.sink.reject(reason, bytes.slice());
  }
}

function notOurs(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'The record is not a JSON object.';
  if (Object.keys(value).length === 0)
    return 'The record is an empty object; opa eval prints one where the query is undefined, but it does not say which query.';
  return 'The record is no decision (decision_id and timestamp), status report, log line, or result of opa eval or conftest.';
}
