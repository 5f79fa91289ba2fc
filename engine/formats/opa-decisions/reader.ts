/** Reads files of OPA: each record is told by its members, since its logs are mixed. */
import { formatInstant } from '../../../shared/time.ts';
import type { Problem } from '../../../shared/problem.ts';
import { filesOf, findEvent } from '../event-records/envelopes.ts';
import type { FoundEvent } from '../event-records/event-format.ts';
import { EventTimes } from '../event-records/event-time.ts';
import { firstText, shown } from '../event-records/values.ts';
import { writtenMembers } from '../event-records/written-members.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { repeatedMember } from '../framing/json-members.ts';
import { JsonRecordScanner, type JsonRecord } from '../framing/json-records.ts';
import { conftestChecks } from './conftest-result.ts';
import { decisionRow, type OpaRow } from './decision.ts';
import { evalChecks } from './eval-result.ts';
import { logRow } from './own-log.ts';
import { kindOf, opaRecords } from './record-kind.ts';
import { CheckScan, undatable } from './result-scan.ts';
import { StatusReports } from './status.ts';
import { testChecks } from './test-result.ts';

/** A decision has its own time; the time at which the console printed it stays among the fields. */
const timestamp = new Set(['timestamp']);
const time = new Set(['time']);
/** OPA's own metrics in a status report are long and no evidence. Its time may be another one than the event's. */
const metrics = new Set(['metrics']);

interface Dated {
  readonly row: OpaRow | string;
  /** The member that the time of the row is. */
  readonly dated: ReadonlySet<string>;
}

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
    this.#scanner = new JsonRecordScanner(filesOf(opaRecords), {
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
    if (this.#undated > 0) return undatable(this.#undated, this.context.name);
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

  #take(record: JsonRecord): void {
    const event = findEvent(record, opaRecords);
    switch (kindOf(event.value)) {
      case 'decision':
        return this.#addOne(record, event, {
          row: decisionRow(event.value, this.#times),
          dated: firstText(event.value, 'timestamp') === undefined ? time : timestamp,
        });
      case 'log':
        return this.#addOne(record, event, { row: logRow(event.value, this.#times), dated: time });
      case 'status':
        return this.#addStatus(record, event);
      case 'conftest':
        return this.#addChecks(record, conftestChecks(event.value));
      case 'eval':
        return this.#addChecks(record, evalChecks(event.value));
      case 'test':
        return this.#addChecks(record, testChecks(event.value));
      case undefined:
        return this.#reject(record.byte, record.bytes, notOurs(record.value));
    }
  }

  #addOne(record: JsonRecord, event: FoundEvent, { row, dated }: Dated): void {
    if (typeof row === 'string') return this.#reject(record.byte, record.bytes, row);
    this.#addRows(record, [row], event, dated);
  }

  #addStatus(record: JsonRecord, event: FoundEvent): void {
    const rows = this.#status.rowsOf(event.value);
    if (typeof rows === 'string') return this.#reject(record.byte, record.bytes, rows);
    this.#addRows(record, rows, event, metrics);
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
