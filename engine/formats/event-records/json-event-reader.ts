/** Reads a log of JSON events: lists, JSON lines, values one after the other, and what an API or a bus puts around. */
import type { Problem } from '../../../shared/problem.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { repeatedMember } from '../framing/json-members.ts';
import { JsonRecordScanner, type JsonRecord } from '../framing/json-records.ts';
import { filesOf, findEvent } from './envelopes.ts';
import type { EventContext, EventFormat, EventRows } from './event-format.ts';
import { EventTimes } from './event-time.ts';
import { shown } from './values.ts';
import { writtenMembers } from './written-members.ts';

/**
 * One event is one row of `events`, a sign-in also one of `authentications`, and what else it has one of
 * `event_fields`. A record that is no event with a readable time is rejected. A file without any event is refused.
 */
export class JsonEventReader implements SourceReader {
  readonly #scanner: JsonRecordScanner;
  readonly #events: EventContext;
  #read = 0;
  #rejects = 0;
  #firstReason = '';

  constructor(
    private readonly format: EventFormat,
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#events = { times: new EventTimes((statement) => sink.assume(statement)), system: context.system };
    this.#scanner = new JsonRecordScanner(filesOf(format), {
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
        `None of ${this.#rejects} records is ${this.format.noun}. Record 1: ${this.#firstReason}`,
        'Import the file as the format it is, or obtain it again.',
      );
    if (ending === 'cut-off') this.sink.assume('The file ends before its JSON does: events after its end are unknown.');
    return undefined;
  }

  #refusal(message: string, remedy: string): Problem {
    return { code: 'damaged_file', message, where: { file: this.context.name }, remedy };
  }

  #take(record: JsonRecord): void {
    const event = findEvent(record, this.format);
    if (typeof event.value !== 'object' || event.value === null || Array.isArray(event.value))
      return this.#reject(record.byte, record.bytes, 'The record is not a JSON object.');
    const rows = this.format.rows(event.value, this.#events);
    if (typeof rows === 'string') return this.#reject(record.byte, record.bytes, rows);
    const repeated = repeatedMember(event.record);
    if (repeated !== undefined)
      this.sink.assume(`Where an event gives a member twice (${shown(repeated)}), the last one counts.`);
    this.#read++;
    this.sink.record(record.byte, record.bytes.length);
    addEventRows(this.sink, rows, writtenMembers(event.record, this.format.inColumns));
  }

  #reject(byte: number, bytes: Uint8Array, reason: string): void {
    this.#rejects++;
    this.#firstReason ||= reason;
    this.sink.record(byte, bytes.length);
    this.sink.reject(reason, bytes.slice());
  }
}

/** Adds the rows of the current record. `fields` is a JSON object, or nothing where the event has nothing else. */
export function addEventRows(sink: RowSink, { spine, signIn }: EventRows, fields: string | undefined): void {
  sink.row('events', spine);
  const { time, system, stream, actor, outcome, src_ip } = spine;
  if (signIn !== undefined) sink.row('authentications', { time, system, stream, actor, outcome, src_ip, ...signIn });
  if (fields !== undefined) sink.row('event_fields', { stream, fields });
}
