/** Reads answers of Alertmanager's API and notifications: a record is an alert, a silence, or several alerts together. */
import type { Problem } from '../../../shared/problem.ts';
import { filesOf, findEvent } from '../event-records/envelopes.ts';
import type { FoundEvent } from '../event-records/event-format.ts';
import { EventTimes } from '../event-records/event-time.ts';
import { at, firstText, shown } from '../event-records/values.ts';
import { writtenMembers } from '../event-records/written-members.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { repeatedMember } from '../framing/json-members.ts';
import { JsonRecordScanner, type JsonRecord } from '../framing/json-records.ts';
import { readAlert, type AlertRow } from './alert.ts';
import { alertRecords, kindOf } from './record-kind.ts';
import { silenceRow } from './silence.ts';
import { statusRow } from './status.ts';

const nothing: ReadonlySet<string> = new Set();

export class AlertReader implements SourceReader {
  readonly #scanner: JsonRecordScanner;
  readonly #times: EventTimes;
  #read = 0;
  #rejects = 0;
  #firstReason = '';
  #truncated = 0;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#times = new EventTimes((statement) => sink.assume(statement));
    this.#scanner = new JsonRecordScanner(filesOf(alertRecords), {
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
    if (this.#read === 0 && this.#rejects > 0)
      return this.#refusal(
        `None of ${this.#rejects} records is ${alertRecords.noun}. Record 1: ${this.#firstReason}`,
        'Import the file as the format it is, or obtain it again.',
      );
    if (this.#truncated > 0)
      this.sink.assume(`Alerts that notifications left out, as they say in truncatedAlerts: ${this.#truncated}.`);
    if (ending === 'cut-off') this.sink.assume('The file ends before its JSON does: alerts after its end are unknown.');
    return undefined;
  }

  #refusal(message: string, remedy: string): Problem {
    return { code: 'damaged_file', message, where: { file: this.context.name }, remedy };
  }

  #take(record: JsonRecord): void {
    const event = findEvent(record, alertRecords);
    const rows = this.#rowsOf(event.value);
    if (typeof rows === 'string') return this.#reject(record.byte, record.bytes, rows);
    const repeated = repeatedMember(event.record);
    if (repeated !== undefined)
      this.sink.assume(`Where an event gives a member twice (${shown(repeated)}), the last one counts.`);
    this.#add(record, rows, event);
  }

  #add(record: JsonRecord, rows: readonly AlertRow[], event: FoundEvent): void {
    this.#read++;
    const dropped = at(event.value, 'truncatedAlerts');
    if (typeof dropped === 'number' && dropped > 0) this.#truncated += dropped;
    this.sink.record(record.byte, record.bytes.length);
    for (const row of rows) this.sink.row('events', row);
    const fields = writtenMembers(event.record, nothing);
    if (fields !== undefined) this.sink.row('event_fields', { stream: 'alertmanager', fields });
  }

  /** A record with several alerts is read when all of them are. */
  #rowsOf(value: unknown): readonly AlertRow[] | string {
    const system = systemOf(value) ?? this.context.system;
    switch (kindOf(value)) {
      case 'alert':
        return this.#alertRows([value], system);
      case 'notification':
      case 'group':
        return this.#alertRows(at(value, 'alerts') as readonly unknown[], system);
      case 'status': {
        const row = statusRow(value, this.#times, system);
        return typeof row === 'string' ? row : [row];
      }
      case 'silence': {
        const row = silenceRow(value, this.#times, system);
        return typeof row === 'string' ? row : [row];
      }
      case undefined:
        return isObject(value)
          ? 'The record is no alert (labels and startsAt), notification or group (alerts), silence (matchers, startsAt and endsAt) or status (uptime and versionInfo).'
          : 'The record is not a JSON object.';
    }
  }

  #alertRows(alerts: readonly unknown[], system: string | undefined): readonly AlertRow[] | string {
    if (alerts.length === 0) return 'The record has an empty list of alerts: it tells of nothing that happened.';
    const rows: AlertRow[] = [];
    for (const [i, alert] of alerts.entries()) {
      const read = readAlert(alert, this.#times, system);
      if (typeof read === 'string') return alerts.length === 1 ? read : `Alert ${i + 1} of ${alerts.length}: ${read}`;
      rows.push(read.row);
      if (read.ended !== undefined) this.sink.sawTime(read.ended);
    }
    return rows;
  }

  #reject(byte: number, bytes: Uint8Array, reason: string): void {
    this.#rejects++;
    this.#firstReason ||= reason;
    this.sink.record(byte, bytes.length);
    this.sink.reject(reason, bytes.slice());
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Host in the address that a notification gives of its Alertmanager. The API does not say who answers. */
function systemOf(value: unknown): string | undefined {
  const address = firstText(value, 'externalURL');
  return address === undefined ? undefined : /^https?:\/\/(\[[^\]]+\]|[^/:?#@\s]+)/i.exec(address)?.[1];
}
