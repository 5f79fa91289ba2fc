import type { Problem } from '../../../shared/problem.ts';
import { unsoundness } from '../aws-cli/sound-json.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { copyOf } from '../framing/copy-of.ts';
import { JsonRecordScanner, type JsonRecord } from '../framing/json-records.ts';
import { itemRow } from './item-row.ts';
import { itemIn, itemOptions, messageType } from './items.ts';

/** Reads items of AWS Config: each element of their list, or each message with one, is a record. */
export class AwsConfigReader implements SourceReader {
  readonly #scanner: JsonRecordScanner;
  #read = 0;
  #rejected = 0;
  #firstReason = '';

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#scanner = new JsonRecordScanner(itemOptions, {
      record: (record) => this.#take(record),
      damaged: (byte, bytes, reason) => this.#reject(byte, bytes, reason),
      document: (value) => this.#tellPages(value),
    });
  }

  push(piece: Uint8Array): void {
    this.#scanner.push(piece);
  }

  finish(): Problem | undefined {
    const ending = this.#scanner.finish();
    if (this.#read === 0 && this.#rejected > 0)
      return {
        code: 'damaged_file',
        message: `None of ${this.#rejected} records is an item of AWS Config. Record 1: ${this.#firstReason}`,
        where: { file: this.context.name },
        remedy: 'Import the file as the format it is, or obtain it again.',
      };
    if (this.#read + this.#rejected === 0) this.sink.assume('The document has no items: its list is empty.');
    if (ending === 'cut-off') this.sink.assume('The file ends before its JSON does: items after its end are unknown.');
    return undefined;
  }

  #take(record: JsonRecord): void {
    const unsound = unsoundness(textOf(record), record.value);
    if (unsound !== undefined) return this.#reject(record.byte, record.bytes, unsound);
    const item = itemIn(record);
    if (item === undefined) return this.#reject(record.byte, record.bytes, whyNone(record));
    const inner = item.record === record ? undefined : unsoundness(textOf(item.record), item.value);
    const row = inner ?? itemRow(item);
    if (typeof row === 'string') return this.#reject(record.byte, record.bytes, row);
    const unfolded = unsoundness(row.configuration!, JSON.parse(row.configuration!));
    if (unfolded !== undefined) return this.#reject(record.byte, record.bytes, unfolded);
    this.#read++;
    this.sink.record(record.byte, record.bytes.length);
    this.sink.row('config_items', { ...row, system: row.system ?? this.context.system });
    if (row.account === undefined)
      this.sink.assume('Items that do not say of which account they are: the account is unknown.');
  }

  #tellPages(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    const { nextToken, NextToken } = value as Readonly<Record<string, unknown>>;
    if (typeof (nextToken ?? NextToken) === 'string')
      this.sink.assume('The answer is one page of several (it names the next one): items on other pages are unknown.');
  }

  #reject(byte: number, bytes: Uint8Array, reason: string): void {
    this.#rejected++;
    this.#firstReason ||= reason;
    this.sink.record(byte, bytes.length);
    this.sink.reject(reason, copyOf(bytes));
  }
}

function whyNone(record: JsonRecord): string {
  const type = messageType(record);
  if (type === 'OversizedConfigurationItemChangeNotification')
    return 'The message is of an item that was too long for it: the item itself is in the bucket that the message names.';
  if (type !== undefined) return `The message is a ${type}, which has no configuration item.`;
  return 'The record is no item of AWS Config: it has no resourceType with a time of capture.';
}

function textOf({ bytes }: JsonRecord): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}
