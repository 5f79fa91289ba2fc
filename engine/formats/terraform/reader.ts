/** Reads files of Terraform and OpenTofu: plans, states, and logs of runs. docs/formats/terraform.md */
import type { Problem } from '../../../shared/problem.ts';
import { formatInstant, parseInstant, type UtcMicros } from '../../../shared/time.ts';
import { undated } from '../check-results/undated.ts';
import { firstText, objectsAt, shown } from '../event-records/values.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { repeatedMember } from '../framing/json-members.ts';
import { JsonRecordScanner, type JsonRecord } from '../framing/json-records.ts';
import { plannedChange } from './changes.ts';
import { itemOfResource, itemsOfModule, itemsOfStateModule, itemsOfStateResource, type Item } from './config-items.ts';
import { documentFields } from './document.ts';
import { logRows } from './log-line.ts';
import { isDocument, shapeOf, terraformFiles, type Members, type Shape } from './shapes.ts';

/** A plan has its time at its end; until then its rows are kept, as many bytes of records as this. */
const MOST_HELD_BYTES = 256 * 1024 * 1024;

/** `{"resources":[` and longer; between parts without a document stand a comma or a line end. */
const SHORTEST_HEAD = 14;

type Give = (time: UtcMicros) => void;

export class TerraformReader implements SourceReader {
  readonly #scanner: JsonRecordScanner;
  /** What waits for the time of its document. */
  #held: Give[] = [];
  #heldBytes = 0;
  #read = 0;
  #rejects = 0;
  #firstReason = '';
  #position = 0;
  #head: number | undefined;
  #hasDocument = false;
  #isUndated = false;
  #tooMuch = false;
  #masked = 0;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#scanner = new JsonRecordScanner(terraformFiles, {
      record: (record) => this.#take(record),
      damaged: (byte, bytes, reason) => this.#reject(byte, bytes, reason),
      document: (value) => this.#endDocument(value),
    });
  }

  push(piece: Uint8Array): void {
    this.#scanner.push(piece);
  }

  finish(): Problem | undefined {
    const ending = this.#scanner.finish();
    if (ending === 'utf-16') return this.#refusal('The file is UTF-16 text, not UTF-8.', 'Convert it to UTF-8.');
    // A document that was cut off, or damaged, or whose frame was too long: its own time is not known.
    if (this.#held.length > 0 || this.#head !== undefined) this.#giveHeld(undefined);
    if (this.#tooMuch)
      return {
        code: 'limit_reached',
        message: `The changes of a plan have more than ${MOST_HELD_BYTES} bytes before its time.`,
        where: { file: this.context.name },
        remedy: 'Export the plan in parts, with -target.',
      };
    if (this.#isUndated) return undated('Plans and states', this.context.name);
    if (this.#read === 0)
      return this.#refusal(
        `None of ${this.#rejects} records is a plan, a state or a log line of Terraform. Record 1: ${this.#firstReason || 'there is none.'}`,
        'Import what terraform show -json, terraform apply -json or terraform state pull prints.',
      );
    if (ending === 'cut-off')
      this.sink.assume('The file ends before its JSON does: what came after its end is unknown.');
    if (this.#masked > 0)
      this.sink.assume(
        `Values that are sensitive, by their marks or their names, are not kept: ${this.#masked} of them are masked.`,
      );
    return undefined;
  }

  #refusal(message: string, remedy: string): Problem {
    return { code: 'damaged_file', message, where: { file: this.context.name }, remedy };
  }

  #take(record: JsonRecord): void {
    const shape = shapeOf(record.value);
    if (shape === undefined)
      return this.#reject(record.byte, record.bytes, 'The record is no resource, change or log line of Terraform.');
    const value = record.value as Members;
    if (shape === 'log line') this.#takeLog(record, value);
    else if (shape === 'document') this.#takeDocument(record, value);
    else this.#takePart(record, { shape, value });
    this.#position = record.byte + record.bytes.length;
  }

  #takeLog(record: JsonRecord, value: Members): void {
    const rows = logRows(value, this.context.system);
    if (typeof rows === 'string') return this.#reject(record.byte, record.bytes, rows);
    this.#declare(record);
    this.sink.row('events', rows.event);
    this.sink.row('event_fields', { stream: 'terraform', fields: rows.fields });
  }

  /** A document that is a record itself, as it has none of the lists. */
  #takeDocument(record: JsonRecord, value: Members): void {
    const number = this.#declare(record);
    this.#holdDocument(value, number);
    for (const module of rootModules(value)) this.#holdItems(itemsOfModule(module), number);
    this.#giveHeld(timeOf(value));
  }

  #takePart(record: JsonRecord, { shape, value }: { shape: Shape; value: Members }): void {
    // The document stands around it: what it says by itself cites what comes before its first part.
    const before = record.byte - this.#position;
    if (this.#head === undefined && before >= SHORTEST_HEAD) this.#head = this.sink.record(this.#position, before);
    if (shape === 'change') return this.#takeChange(record, value);
    const items = itemsOf(shape, value);
    const number = this.#declare(record);
    this.#heldBytes += record.bytes.length;
    if (items.length > 0) return this.#holdItems(items, number);
    const { address, mode, type, name } = value;
    this.sink.row('event_fields', {
      stream: 'terraform',
      fields: JSON.stringify({ address, mode, type, name, instances: 0 }),
    });
  }

  #takeChange(record: JsonRecord, value: Members): void {
    const change = plannedChange(value, 'planned_change', this.context.system);
    if (typeof change === 'string') return this.#reject(record.byte, record.bytes, change);
    const number = this.#declare(record);
    this.#heldBytes += record.bytes.length;
    this.#holdChange(change, number);
  }

  #holdChange(change: Exclude<ReturnType<typeof plannedChange>, string>, record: number): void {
    this.#note(change.masked, change.rounded);
    this.#hold((time) => {
      if (change.event) this.sink.row('events', { time, ...change.event }, record);
      this.sink.row('event_fields', { stream: 'terraform', fields: change.fields }, record);
    });
  }

  #holdItems(items: readonly Item[], record: number): void {
    for (const { row, masked } of items) {
      this.#note(masked.count, masked.rounded);
      const { system } = this.context;
      this.#hold((captured) => this.sink.row('config_items', { captured, system, ...row }, record));
    }
  }

  #hold(give: Give): void {
    if (this.#heldBytes > MOST_HELD_BYTES) this.#tooMuch = true;
    else this.#held.push(give);
  }

  #note(count: number, rounded: boolean): void {
    this.#masked += count;
    if (rounded)
      this.sink.assume('Whole numbers above 9007199254740991 are given as the nearest 64-bit float has them.');
  }

  #endDocument(value: unknown): void {
    const head = this.#head;
    if (head === undefined) {
      // Lists without a record in them.
      if (!isDocument(value)) return;
      this.#read++;
      this.#holdDocument(value, this.sink.record(this.#position, 1));
    } else if (isDocument(value)) this.#holdDocument(value, head);
    this.#giveHeld(isDocument(value) ? timeOf(value) : undefined);
  }

  /** What a document says by itself, with the drift that a plan found. */
  #holdDocument(value: Members, record: number): void {
    this.#hasDocument = true;
    const { event, fields, masked } = documentFields(value, this.context.system);
    this.#note(masked, false);
    this.#hold((time) => {
      if (event) this.sink.row('events', { time, ...event }, record);
      this.sink.row('event_fields', { stream: 'terraform', fields }, record);
    });
    for (const drift of objectsAt(value, 'resource_drift')) {
      const change = plannedChange(drift as Members, 'resource_drift', this.context.system);
      if (typeof change !== 'string') this.#holdChange(change, record);
    }
  }

  #giveHeld(own: UtcMicros | undefined): void {
    const { takenAt } = this.context;
    const time = own ?? takenAt;
    const waiting = this.#held;
    const head = this.#hasDocument ? undefined : this.#head;
    this.#held = [];
    this.#heldBytes = 0;
    this.#head = undefined;
    this.#hasDocument = false;
    if (time === undefined) {
      this.#isUndated = true;
      return;
    }
    if (own === undefined)
      this.sink.assume(
        `States, and plans without a timestamp, do not say when they were made; they are dated ${formatInstant(time)}, as given for the file.`,
      );
    if (head !== undefined)
      this.sink.row('event_fields', { stream: 'terraform', fields: '{"document":"not read to its end"}' }, head);
    for (const give of waiting) give(time);
    this.sink.sawTime(time);
  }

  #declare(record: JsonRecord): number {
    const repeated = repeatedMember(record);
    if (repeated !== undefined)
      this.sink.assume(`Where a record gives a member twice (${shown(repeated)}), the last one counts.`);
    this.#read++;
    return this.sink.record(record.byte, record.bytes.length);
  }

  #reject(byte: number, bytes: Uint8Array, reason: string): void {
    this.#rejects++;
    this.#firstReason ||= reason;
    this.sink.record(byte, bytes.length);
    this.sink.reject(reason, bytes.slice());
    this.#position = byte + bytes.length;
  }
}

function itemsOf(shape: Shape, value: Members): readonly Item[] {
  if (shape === 'resource') return [itemOfResource(value)];
  if (shape === 'module') return itemsOfModule(value);
  return shape === 'state resource' ? itemsOfStateResource(value) : itemsOfStateModule(value);
}

function rootModules(value: Members): readonly Members[] {
  const root = (value['values'] as Members | undefined)?.['root_module'];
  return typeof root === 'object' && root !== null ? [root as Members] : [];
}

/** `timestamp`, which plans have since Terraform 1.5. */
function timeOf(value: Members): UtcMicros | undefined {
  const written = firstText(value, 'timestamp');
  return written === undefined ? undefined : parseInstant(written);
}
