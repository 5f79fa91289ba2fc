/** One line of an audit log as a row: typed columns for what controls ask, everything else in `fields`. */
import type { EvidenceRow } from '../../core/tables.ts';
import { decodeField, isArgument, mayBeEncoded } from './decode.ts';
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

type ColumnKind = 'text' | 'count' | 'id' | 'outcome' | 'syscall';

const columnKinds: ReadonlyMap<string, ColumnKind> = new Map<string, ColumnKind>([
  ...names('pid ppid exit', 'count'),
  ...names('uid euid auid ses', 'id'),
  ...names('success res', 'outcome'),
  ...names('arch tty comm exe key acct addr terminal op name cwd', 'text'),
  ['syscall', 'syscall'],
]);

function names(keys: string, kind: ColumnKind): [string, ColumnKind][] {
  return keys.split(' ').map((key) => [key, kind]);
}

/** The group separator that stands before what a daemon with log_format=ENRICHED adds. */
const ENRICHMENT = '\u001d';
const UNSET = 4_294_967_295;

/** Reads the fields of a line whose beginning is read. `event_record` is left to the caller. */
export function readRecord(line: AuditLine, text: string): AuditRecord {
  const columns: Columns = { time: line.time, serial: line.serial, type: line.type };
  if (line.node !== undefined) columns.node = line.node;
  const others: Record<string, string> = {};
  const { list, words } = readFields(text.includes(ENRICHMENT) ? text.replace(ENRICHMENT, ' ') : text, line.bodyAt);
  for (const field of list) if (!setColumn(columns, line.type, field)) keepOther(others, line.type, field);
  if (words !== '') keepWords(others, words);
  if (line.type === 'SOCKADDR') addSocketAddress(others);
  nameSyscall(columns);
  const args = line.type === 'EXECVE' ? list.filter(({ key }) => isArgument(key)) : [];
  return { columns, others, hasOthers: Object.keys(others).length > 0, args };
}

/** False when the field has no column, its column is taken, or its value does not fit there. */
function setColumn(columns: Columns, type: string, field: Field): boolean {
  const kind = columnKinds.get(field.key);
  if (kind === undefined) return false;
  const column = field.key as keyof Columns;
  if (columns[column] !== undefined) return false;
  if (kind === 'text') return setText(columns, column as 'comm', textOf(type, field));
  if (kind === 'outcome') return setOutcome(columns, column as 'res', field.value);
  if (kind === 'syscall' && !/^\d+$/.test(field.value)) return setText(columns, 'syscall_name', field.value);
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
  if (!/^-?\d{1,15}$/.test(value)) return value === '?' || value === '';
  const count = Number(value);
  if (!isId || count !== UNSET) columns[column] = count;
  return true;
}

function textOf(type: string, field: Field): string | undefined {
  const text = decodeField(field, mayBeEncoded(field.key));
  if (field.key === 'key' && text !== undefined) return text.replaceAll('\u0001', ',');
  return field.key === 'comm' || type === 'PATH' ? text : text?.replace(/\0+$/, '');
}

function keepOther(others: Record<string, string>, type: string, field: Field): void {
  const isEncoded = mayBeEncoded(field.key) || (type === 'EXECVE' && isArgument(field.key));
  const text = decodeField(field, isEncoded);
  if (text === undefined) return;
  let { key } = field;
  // A plain object is read and written fastest; the one name that it treats differently gets a mark.
  if (key === '__proto__') key = '__proto__#1';
  for (let copy = 2; Object.hasOwn(others, key); copy++) key = `${field.key}#${copy}`;
  // A command line has a NUL after each argument.
  others[key] = field.key === 'proctitle' ? text.replace(/\0+$/, '').replaceAll('\0', ' ') : text;
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
