/** One line of an audit log as a row: typed columns for what controls ask, everything else in `fields`. */
import type { RowColumns } from '../../core/row-columns.ts';
import { decodeText } from '../framing/lines.ts';
import { NameTable } from '../framing/name-table.ts';
import { AuditRecord } from './audit-record.ts';
import { asUtf8, decodeHex } from './decode.ts';
import { Fields } from './fields.ts';
import { JsonFields } from './json-fields.ts';
import { columnNames, Keys, slots, type Key } from './keys.ts';
import type { LineHead } from './line-head.ts';
import { readSocketAddress } from './socket-address.ts';
import { syscallName } from './syscall-names.ts';

const UNSET = 4_294_967_295;
const MOST_COUNT_DIGITS = 15;
const LARGEST_INTEGER = 2_147_483_647;

/** Reads one record after the other and fills its row, `event_record` and the end of it left to the caller. */
export class RecordReader {
  /** What was read last. It is another's with the next call. */
  readonly record: AuditRecord;
  readonly fields: Fields;
  private readonly keys = new Keys();
  private readonly json = new JsonFields(this.keys);
  private readonly columns: readonly number[];
  private readonly at: Readonly<
    Record<'time' | 'serial' | 'type' | 'node' | 'success' | 'res' | 'syscall_name' | 'fields', number>
  >;
  /** One bit a column of `columnNames` that has its value. */
  private taken = 0;
  /** The value that was decoded last. */
  private value: Uint8Array = Buffer.alloc(0);
  private valueFrom = 0;
  private valueTo = 0;
  private decoded: Uint8Array = Buffer.alloc(4096);
  private decodedLength = 0;
  private arch: string | undefined;
  /** Texts that come again and again. */
  private readonly texts = new NameTable((text) => text, { slots: 4096, longest: 48, keeps: 'last' });

  constructor(private readonly rows: RowColumns<'auditd_records'>) {
    this.record = new AuditRecord(this.texts);
    this.fields = new Fields(this.keys);
    this.columns = columnNames.map((name) => rows.column(name as 'pid'));
    this.at = {
      time: rows.column('time'),
      serial: rows.column('serial'),
      type: rows.column('type'),
      node: rows.column('node'),
      success: rows.column('success'),
      res: rows.column('res'),
      syscall_name: rows.column('syscall_name'),
      fields: rows.column('fields'),
    };
  }

  /** Reads the fields of a line whose beginning is read. The line is UTF-8. */
  read(head: LineHead, bytes: Uint8Array, from: number, to: number): void {
    const { record, fields, rows, at } = this;
    record.clear(head.type);
    this.taken = 0;
    this.arch = undefined;
    this.decodedLength = 0;
    this.json.begin();
    rows.number(at.time, head.time);
    rows.number(at.serial, head.serial);
    rows.text(at.type, head.type.name);
    if (head.node !== undefined) rows.text(at.node, head.node);
    fields.read(head, bytes, from, to);
    for (let field = 0; field < fields.count; field++) {
      const key = fields.keys[field]!;
      if (key.column === undefined || !this.setColumn(field, key)) this.addOther(field, key);
    }
    if (fields.words.length > 0) this.keepWords(fields.words.join(' '));
    if (head.type.name === 'SOCKADDR') this.addSocketAddress();
    this.nameSyscall();
    if (this.json.count === 0) return;
    this.json.end();
    rows.bytes(at.fields, this.json.bytes, 0, this.json.length);
  }

  /** False when the column is taken or the value does not fit there. */
  private setColumn(field: number, key: Key): boolean {
    if ((this.taken & (1 << key.columnNumber)) !== 0) return false;
    if (key.column === 'text') return this.setText(field, key);
    if (key.column === 'outcome') return this.setOutcome(field, key);
    return key.column === 'syscall' ? this.setSyscall(field, key) : this.setCount(field, key);
  }

  private take(key: Key): void {
    this.taken |= 1 << key.columnNumber;
  }

  private setText(field: number, key: Key): boolean {
    if (!this.decode(field, key.mayBeEncoded)) return true;
    if (key.name === 'key') this.separateKeys();
    else if (key.name !== 'comm' && !this.record.type.isPath) this.dropFinalNuls();
    const { value, valueFrom, valueTo } = this;
    if (valueTo === valueFrom || (valueTo - valueFrom === 1 && value[valueFrom] === QUESTION)) return true;
    this.take(key);
    this.rows.bytes(this.columns[key.columnNumber]!, value, valueFrom, valueTo);
    if (key.described >= 0) this.record.set(key.described, value, valueFrom, valueTo);
    else if (key.name === 'arch') this.arch = this.texts.at(value, valueFrom, valueTo);
    return true;
  }

  private setOutcome(field: number, key: Key): boolean {
    const bytes = this.fields.bytesOf(field);
    const from = this.fields.from[field]!;
    const to = this.fields.to[field]!;
    const outcome = outcomeOf(bytes, from, to);
    if (outcome !== undefined && this.record.success === undefined) {
      this.record.success = outcome;
      this.taken |= SUCCESS_BIT;
      this.rows.boolean(this.at.success, outcome);
    }
    if (key.name !== 'res') return outcome !== undefined;
    this.take(key);
    this.rows.bytes(this.at.res, bytes, from, to);
    return true;
  }

  private setSyscall(field: number, key: Key): boolean {
    const bytes = this.fields.bytesOf(field);
    const from = this.fields.from[field]!;
    const to = this.fields.to[field]!;
    const count = countOf(bytes, from, to);
    if (Number.isNaN(count)) {
      // Old daemons wrote the name; it stands where no number gives one.
      const name = decodeText(bytes, from, to);
      if (name !== '' && name !== '?') this.record.syscallName = name;
      return true;
    }
    if (count > LARGEST_INTEGER || count < -LARGEST_INTEGER - 1) return false;
    this.take(key);
    this.record.syscall = count;
    this.rows.number(this.columns[key.columnNumber]!, count);
    return true;
  }

  private setCount(field: number, key: Key): boolean {
    const bytes = this.fields.bytesOf(field);
    const from = this.fields.from[field]!;
    const to = this.fields.to[field]!;
    const count = countOf(bytes, from, to);
    const isId = key.column === 'id';
    if (Number.isNaN(count)) {
      if (to === from || (to - from === 1 && bytes[from] === QUESTION)) return true;
      return isId && isUnset(bytes, from, to);
    }
    if (isId && (count === UNSET || isMinusOne(bytes, from, to))) return true;
    this.take(key);
    this.rows.number(this.columns[key.columnNumber]!, count);
    if (key.name === 'auid') this.record.auid = count;
    else if (key.name === 'uid') this.record.uid = count;
    else if (key.name === 'ses') this.record.ses = count;
    else if (key.name === 'exit') this.record.exit = count;
    return true;
  }

  private addOther(field: number, key: Key): void {
    const isArgument = key.isArgument && this.record.type.isExecve;
    if (!this.decode(field, key.mayBeEncoded || isArgument)) return;
    // A command line has a NUL after each argument.
    if (key.name === 'proctitle') this.spaceArguments();
    const { value, valueFrom, valueTo } = this;
    this.noteOther(this.json.add(key, value, valueFrom, valueTo));
  }

  /** Keeps the value that was decoded last for descriptions. */
  private noteOther(key: Key): void {
    const { record, value, valueFrom, valueTo } = this;
    // A field that has a column is asked for there.
    if (key.described >= 0 && key.column === undefined) record.set(key.described, value, valueFrom, valueTo);
    if (key.setting === undefined) return;
    const text = decodeText(value, valueFrom, valueTo);
    if (key.setting === 'old') record.oldSetting ??= text;
    else if (record.setting === undefined || record.setting[0] === key.name) record.setting = [key.name, text];
  }

  private setOther(name: string, text: string): void {
    const key = this.keys.named(name);
    this.value = Buffer.from(text, 'utf8');
    this.valueFrom = 0;
    this.valueTo = this.value.length;
    this.json.set(key, this.value, 0, this.valueTo);
    this.noteOther(key);
  }

  private keepWords(words: string): void {
    const [, result, permissions] = ACCESS_DECISION.exec(words) ?? [];
    if (result !== undefined && permissions !== undefined) {
      this.setOther('seresult', result);
      this.setOther('seperms', permissions);
    } else this.setOther('text', words);
  }

  private addSocketAddress(): void {
    const socket = readSocketAddress(this.record.get(slots.saddr) ?? '');
    if (!socket) return;
    this.setUnlessThere('saddr_fam', socket.family);
    if (socket.address !== undefined) this.setUnlessThere('laddr', socket.address);
    if (socket.port !== undefined) this.setUnlessThere('lport', String(socket.port));
    if (socket.path !== undefined) this.setUnlessThere('path', socket.path);
  }

  private setUnlessThere(name: string, text: string): void {
    if (!this.json.has(this.keys.named(name))) this.setOther(name, text);
  }

  private nameSyscall(): void {
    const { record, arch } = this;
    if (arch !== undefined && record.syscall !== undefined)
      record.syscallName = syscallName(arch, record.syscall) ?? record.syscallName;
    if (record.syscallName !== undefined) this.rows.text(this.at.syscall_name, record.syscallName);
  }

  /** Puts what a field stands for into `value`; false for `(null)`. `isEncoded` says whether hexadecimal may stand there. */
  private decode(field: number, isEncoded: boolean): boolean {
    const { fields } = this;
    const bytes = fields.bytesOf(field);
    const from = fields.from[field]!;
    const to = fields.to[field]!;
    if (this.value !== bytes) this.value = bytes;
    this.valueFrom = from;
    this.valueTo = to;
    if (fields.isQuoted[field] === 1) return true;
    if (isNull(bytes, from, to)) return false;
    if (isEncoded) this.decodeHex(bytes, from, to);
    return true;
  }

  private decodeHex(bytes: Uint8Array, from: number, to: number): void {
    // What was decoded of this line before stays where it is: a description may ask for it.
    const room = (to - from) >> 1;
    if (this.decoded.length - this.decodedLength < room) {
      this.decoded = Buffer.alloc(Math.max(2 * this.decoded.length, 2 * room));
      this.decodedLength = 0;
    }
    const length = decodeHex(bytes, from, to, this.decoded, this.decodedLength);
    if (length < 0) return;
    this.value = this.decoded;
    this.valueFrom = this.decodedLength;
    this.valueTo = this.decodedLength + length;
    this.decodedLength += length;
    if (isPlain(this.decoded, this.valueFrom, this.valueTo)) return;
    this.value = Buffer.from(asUtf8(this.decoded.subarray(this.valueFrom, this.valueTo)));
    this.valueFrom = 0;
    this.valueTo = this.value.length;
  }

  /** Several keys of one record have byte 1 between them. */
  private separateKeys(): void {
    if (indexOf(this.value, 1, this.valueFrom, this.valueTo) === this.valueTo) return;
    this.replaceAll(1, COMMA);
  }

  private spaceArguments(): void {
    this.dropFinalNuls();
    if (indexOf(this.value, 0, this.valueFrom, this.valueTo) !== this.valueTo) this.replaceAll(0, SPACE);
  }

  private dropFinalNuls(): void {
    while (this.valueTo > this.valueFrom && this.value[this.valueTo - 1] === 0) this.valueTo--;
  }

  private replaceAll(byte: number, by: number): void {
    if (this.value !== this.decoded) {
      // The line itself is evidence, and stays.
      this.value = Buffer.from(this.value.subarray(this.valueFrom, this.valueTo));
      this.valueFrom = 0;
      this.valueTo = this.value.length;
    }
    const { value, valueFrom, valueTo } = this;
    for (let at = valueFrom; at < valueTo; at++) if (value[at] === byte) value[at] = by;
  }
}

const ACCESS_DECISION = /^avc: (granted|denied) \{ (.*) \}(?: for)?$/;
const SPACE = 32;
const COMMA = 44;
const MINUS = 45;
const QUESTION = 63;
const SUCCESS_BIT = 1 << columnNames.indexOf('success');

function outcomeOf(bytes: Uint8Array, from: number, to: number): boolean | undefined {
  const is = (text: string): boolean => isText(bytes, from, to, text);
  if (is('yes') || is('success') || is('1')) return true;
  return is('no') || is('failed') || is('0') ? false : undefined;
}

/** 1 to 15 digits, with or without a minus; NaN for anything else. */
function countOf(bytes: Uint8Array, from: number, to: number): number {
  const isNegative = to > from && bytes[from] === MINUS;
  const digitsFrom = isNegative ? from + 1 : from;
  if (to === digitsFrom || to - digitsFrom > MOST_COUNT_DIGITS) return NaN;
  let count = 0;
  for (let at = digitsFrom; at < to; at++) {
    const digit = bytes[at]! - 48;
    if (digit < 0 || digit > 9) return NaN;
    count = count * 10 + digit;
  }
  return isNegative && count !== 0 ? -count : count;
}

function isPlain(bytes: Uint8Array, from: number, to: number): boolean {
  let all = 0;
  for (let at = from; at < to; at++) all |= bytes[at]!;
  return all < 128;
}

function isText(bytes: Uint8Array, from: number, to: number, text: string): boolean {
  if (to - from !== text.length) return false;
  for (let at = 0; at < text.length; at++) if (bytes[from + at] !== text.charCodeAt(at)) return false;
  return true;
}

const isNull = (bytes: Uint8Array, from: number, to: number): boolean =>
  to - from === 6 && isText(bytes, from, to, '(null)');
const isUnset = (bytes: Uint8Array, from: number, to: number): boolean => isText(bytes, from, to, 'unset');
const isMinusOne = (bytes: Uint8Array, from: number, to: number): boolean =>
  to - from === 2 && isText(bytes, from, to, '-1');

function indexOf(bytes: Uint8Array, byte: number, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] !== byte) at++;
  return at;
}
