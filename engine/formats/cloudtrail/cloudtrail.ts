/** AWS CloudTrail events: the files a trail delivers, JSON lines, lists and single records. docs/formats/cloudtrail.md */
import { parseInstant, type UtcMicros } from '../../../shared/time.ts';
import type { EvidenceRow } from '../../core/tables.ts';
import type { Problem } from '../../../shared/problem.ts';
import type { Format, ReadContext, RowSink, SourceReader } from '../format.ts';
import { repeatedMember } from '../framing/json-members.ts';
import type { JsonRecord } from '../framing/json-records.ts';
import { eventOf } from './envelopes.ts';
import { EventTables } from './event-columns.ts';
import { nameOf } from './event-names.ts';
import { EventScanner } from './event-scanner.ts';
import { EventTimes } from './event-times.ts';
import { detailRow, leftOver, spineRow } from './events.ts';
import { textAt } from './members.ts';
import { QuickEvents } from './quick-events.ts';
import { recogniseCloudTrail } from './recognise.ts';
import { signInRow } from './sign-ins.ts';

export const cloudtrail: Format = {
  id: 'cloudtrail',
  title: 'AWS CloudTrail events',
  version: 4,
  framing: 'spans',
  streams: ['cloudtrail'],
  recognise: recogniseCloudTrail,
  open: (sink, context) => new CloudTrailReader(sink, context),
};

class CloudTrailReader implements SourceReader {
  readonly #scanner: EventScanner;
  #events = 0;
  #rejects = 0;
  #firstReason = '';
  readonly #times = new EventTimes();
  readonly #tables: EventTables;
  readonly #quick: QuickEvents;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#tables = new EventTables(sink);
    this.#quick = new QuickEvents(sink, this.#tables, context, (text, micros, record) =>
      this.#readSignIn(text, micros, record),
    );
    this.#scanner = new EventScanner({
      quick: (bytes, at, byte, mayHoldList) => this.#readQuickly(bytes, at, byte, mayHoldList),
      record: (record) => this.#read(record),
      damaged: (byte, bytes, reason) => this.#reject(byte, bytes, reason),
    });
  }

  push(piece: Uint8Array): void {
    this.#scanner.push(piece);
  }

  finish(): Problem | undefined {
    const ending = this.#scanner.finish();
    if (ending === 'utf-16') return this.#refusal('The file is UTF-16 text, not UTF-8.', 'Convert it to UTF-8.');
    if (this.#events === 0 && this.#rejects > 0)
      return this.#refusal(
        `None of ${this.#rejects} records is a CloudTrail event. Record 1: ${this.#firstReason}`,
        'Import the file as the format it is, or obtain it again.',
      );
    if (ending === 'cut-off') this.sink.assume('The file ends before its JSON does: events after its end are unknown.');
    return undefined;
  }

  #refusal(message: string, remedy: string): Problem {
    return { code: 'damaged_file', message, where: { file: this.context.name }, remedy };
  }

  #readQuickly(bytes: Buffer, at: number, byte: number, mayHoldList: boolean): number {
    const to = this.#quick.read(bytes, at, byte, mayHoldList);
    if (to >= 0) this.#events++;
    return to;
  }

  #read(record: JsonRecord): void {
    const event = eventOf(record);
    const time = this.#timeOf(event.value);
    if (typeof time === 'string') return this.#reject(record.byte, record.bytes, time);
    const repeated = repeatedMember(event);
    if (repeated !== undefined)
      this.sink.assume(`Where an event gives a member twice (${printable(repeated)}), the last one counts.`);
    this.#events++;
    const number = this.sink.record(record.byte, record.span ?? record.bytes.length);
    const spine = spineRow(event.value, time, this.context.system);
    this.#tables.events.add(spine, number);
    this.#tables.details.add(detailRow(event), number);
    const fields = leftOver(event);
    if (fields !== undefined) this.#tables.fields.add({ stream: 'cloudtrail', fields }, number);
    this.#giveSignIn(event.value, spine, number);
  }

  /** An event whose other rows were given already. */
  #readSignIn(text: string, micros: number, record: number): void {
    const event: unknown = JSON.parse(text);
    this.#giveSignIn(event, spineRow(event, BigInt(micros), this.context.system), record);
  }

  #giveSignIn(event: unknown, spine: EvidenceRow<'events'>, record: number): void {
    const signIn = signInRow(event, spine);
    if (signIn !== undefined) this.#tables.signIns.add(signIn, record);
  }

  /** The time of an event, or the sentence that says why it is none. */
  #timeOf(event: unknown): UtcMicros | string {
    if (typeof event !== 'object' || event === null || Array.isArray(event)) return 'The record is not a JSON object.';
    const text = textAt(event, 'eventTime');
    if (text === undefined) return 'The record has no eventTime.';
    if (nameOf(event) === undefined) return 'The record has no eventName.';
    const time = this.#times.ofText(text);
    if (time !== undefined) return time;
    // CloudTrail itself always writes Z; some tools drop it, and CloudTrail Lake the T too.
    const asUtc = parseInstant(`${text.replace(' ', 'T')}Z`);
    if (asUtc === undefined) return `eventTime ${JSON.stringify(printable(text))} is not a time.`;
    this.sink.assume('eventTime without an offset is taken as UTC.');
    return asUtc;
  }

  #reject(byte: number, bytes: Uint8Array, reason: string): void {
    this.#rejects++;
    this.#firstReason ||= reason;
    this.sink.record(byte, bytes.length);
    this.sink.reject(reason, bytes.slice());
  }
}

/** Short enough for a message. */
function printable(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…`.toWellFormed() : text;
}
