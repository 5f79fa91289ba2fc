/** One line of an audit log as a row: typed columns for what controls ask, everything else in `fields`. */
import type { EvidenceRow } from '../../core/tables.ts';
import { decodeField, withoutFinalNuls } from './decode.ts';
import { readFields, type Field } from './fields.ts';
import type { AuditLine } from './line.ts';
import { readSocketAddress } from './socket-address.ts';
import { syscallName } from './syscall-names.ts';

type Columns = { -readonly [C in keyof EvidenceRow<'auditd_records'>]: EvidenceRow<'auditd_records'>[C] };

export interface AuditRecord {
  readonly columns: Columns;
  /** Every field without a column of its own, decoded. */
  readonly others: Readonly<Record<string, string>>;
  readonly hasOthers: boolean;
  /** The arguments of an EXECVE record as written: a long one comes in pieces that may cut a character. */
  readonly args: readonly Field[];
}

/** The group separator that stands before what a daemon with log_format=ENRICHED adds. */
const ENRICHMENT = '\u001d';
const UNSET = 4_294_967_295;

/** Reads the fields of a line whose beginning is read. `event_record` is left to the caller. */
export function readRecord(line: AuditLine, text: string): AuditRecord {
  const columns: Columns = { time: line.time, serial: line.serial, type: line.type };
  if (line.node !== undefined) columns.node = line.node;
  const { list, words } = readFields(text.includes(ENRICHMENT) ? text.replace(ENRICHMENT, ' ') : text, line.bodyAt);
  const others = readColumns(columns, list);
  if (words !== '') keepWords(others, words);
  if (line.type === 'SOCKADDR') addSocketAddress(others);
  nameSyscall(columns);
  const args = line.type === 'EXECVE' ? list.filter(({ key }) => key.isArgument) : [];
  return { columns, others, hasOthers: Object.keys(others).length > 0, args };
}

/** Fills the columns; gives the fields that have none. */
function readColumns(columns: Columns, list: readonly Field[]): Record<string, string> {
  const others: Record<string, string> = {};
  const copies = new Map<string, number>();
  const isExecve = columns.type === 'EXECVE';
  for (const field of list) {
    if (setColumn(columns, field)) continue;
    const text = decodeField(field, field.key.mayBeEncoded || (isExecve && field.key.isArgument));
    if (text !== undefined) others[freeName(field.key.name, others, copies)] = othersText(field, text);
  }
  return others;
}

/** The name, or `name#2` and so on where it is taken. */
function freeName(name: string, others: Readonly<Record<string, string>>, copies: Map<string, number>): string {
  // A plain object is read and written fastest; the one name that it treats differently gets a mark.
  if (name !== '__proto__' && !Object.hasOwn(others, name)) return name;
  const copy = (copies.get(name) ?? (name === '__proto__' ? 0 : 1)) + 1;
  copies.set(name, copy);
  return `${name}#${copy}`;
}

/** A command line has a NUL after each argument. */
function othersText({ key }: Field, text: string): string {
  return key.name === 'proctitle' ? withoutFinalNuls(text).replaceAll('\0', ' ') : text;
}

/** False when the field has no column, its column is taken, or its value does not fit there. */
function setColumn(columns: Columns, field: Field): boolean {
  const kind = field.key.column;
  if (kind === undefined) return false;
  const column = field.key.name as keyof Columns;
  if (columns[column] !== undefined) return false;
  if (kind === 'text') return setText(columns, column as 'comm', textOf(columns.type, field));
  if (kind === 'outcome') return setOutcome(columns, column as 'res', field.value);
  if (kind === 'syscall' && countOf(field.value) === undefined) return setText(columns, 'syscall_name', field.value);
  return setCount(columns, column as 'pid', { value: field.value, isId: kind === 'id' });
}

function setText(columns: Columns, column: 'comm' | 'syscall_name', text: string | undefined): boolean {
  if (text !== undefined && text !== '?' && text !== '') columns[column] = text;
  return true;
}

function setOutcome(columns: Columns, column: 'res' | 'success', value: string): boolean {
  const outcome = outcomeOf(value);
  if (outcome !== undefined) columns.success ??= outcome;
  if (column === 'res') columns.res = value;
  return column === 'res' || outcome !== undefined;
}

function outcomeOf(value: string): boolean | undefined {
  if (value === 'yes' || value === 'success' || value === '1') return true;
  return value === 'no' || value === 'failed' || value === '0' ? false : undefined;
}

interface WrittenCount {
  readonly value: string;
  readonly isId: boolean;
}

function setCount(columns: Columns, column: 'pid', { value, isId }: WrittenCount): boolean {
  if (isId && (value === 'unset' || value === '-1')) return true;
  const count = countOf(value);
  if (count === undefined) return value === '?' || value === '';
  if (!isId || count !== UNSET) columns[column] = count;
  return true;
}

/** 1 to 15 digits, with or without a minus. */
function countOf(value: string): number | undefined {
  const from = value.charCodeAt(0) === 45 ? 1 : 0;
  const { length } = value;
  if (length === from || length - from > 15) return undefined;
  let count = 0;
  for (let at = from; at < length; at++) {
    const digit = value.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return undefined;
    count = count * 10 + digit;
  }
  return from === 0 || count === 0 ? count : -count;
}

function textOf(type: string | null | undefined, field: Field): string | undefined {
  const text = decodeField(field, field.key.mayBeEncoded);
  const { name } = field.key;
  if (name === 'key' && text !== undefined) return text.replaceAll('\u0001', ',');
  return text === undefined || name === 'comm' || type === 'PATH' ? text : withoutFinalNuls(text);
}

const ACCESS_DECISION = /^avc: (granted|denied) \{ (.*) \}(?: for)?$/;

function keepWords(others: Record<string, string>, words: string): void {
  const [, result, permissions] = ACCESS_DECISION.exec(words) ?? [];
  if (result !== undefined && permissions !== undefined) {
    others['seresult'] = result;
    others['seperms'] = permissions;
  } else others['text'] = words;
}

function addSocketAddress(others: Record<string, string>): void {
  const socket = readSocketAddress(others['saddr'] ?? '');
  if (!socket) return;
  others['saddr_fam'] ??= socket.family;
  if (socket.address !== undefined) others['laddr'] ??= socket.address;
  if (socket.port !== undefined) others['lport'] ??= String(socket.port);
  if (socket.path !== undefined) others['path'] ??= socket.path;
}

function nameSyscall(columns: Columns): void {
  if (typeof columns.arch !== 'string' || typeof columns.syscall !== 'number') return;
  const name = syscallName(columns.arch, columns.syscall);
  if (name !== undefined) columns.syscall_name = name;
}
