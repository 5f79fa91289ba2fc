/** AWS CloudTrail events: the files a trail delivers, JSON lines, lists and single records. docs/formats/cloudtrail.md */
import { parseInstant, type UtcMicros } from '../../../shared/time.ts';
import type { Problem } from '../../../shared/problem.ts';
import type { Format, ReadContext, RowSink, SourceReader } from '../format.ts';
import { repeatedMember } from '../framing/json-members.ts';
import type { JsonRecord } from '../framing/json-records.ts';
import { eventOf } from './envelopes.ts';
import { nameOf } from './event-names.ts';
import { EventScanner } from './event-scanner.ts';
import { detailRow, leftOver, spineRow } from './events.ts';
import { textAt } from './members.ts';
import { recogniseCloudTrail } from './recognise.ts';
import { signInRow } from './sign-ins.ts';

export const cloudtrail: Format = {
  id: 'cloudtrail',
  title: 'AWS CloudTrail events',
  version: 3,
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
  /** Events come in bursts of the same second, so the last time read is nearly always the next one too. */
  #lastTimeText = '';
  #lastTime: UtcMicros = 0n;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#scanner = new EventScanner({
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

  #read(record: JsonRecord): void {
    const event = eventOf(record);
    const time = this.#timeOf(event.value);
    if (typeof time === 'string') return this.#reject(record.byte, record.bytes, time);
    const repeated = repeatedMember(event);
    if (repeated !== undefined)
      this.sink.assume(`Where an event gives a member twice (${printable(repeated)}), the last one counts.`);
    this.#events++;
    this.sink.record(record.byte, record.bytes.length);
    const spine = spineRow(event.value, time, this.context.system);
    this.sink.row('events', spine);
    this.sink.row('cloudtrail_records', detailRow(event));
    const fields = leftOver(event);
    if (fields !== undefined) this.sink.row('event_fields', { stream: 'cloudtrail', fields });
    const signIn = signInRow(event.value, spine);
    if (signIn !== undefined) this.sink.row('authentications', signIn);
  }

  /** The time of an event, or the sentence that says why it is none. */
  #timeOf(event: unknown): UtcMicros | string {
    if (typeof event !== 'object' || event === null || Array.isArray(event)) return 'The record is not a JSON object.';
    const text = textAt(event, 'eventTime');
    if (text === undefined) return 'The record has no eventTime.';
    if (nameOf(event) === undefined) return 'The record has no eventName.';
    if (text === this.#lastTimeText) return this.#lastTime;
    const time = parseInstant(text);
    if (time !== undefined) {
      this.#lastTimeText = text;
      this.#lastTime = time;
      return time;
    }
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
