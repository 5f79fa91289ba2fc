/** `ausearch --interpret`: every line with every field, numbers as the names that they stand for. */
import { constants } from 'node:os';
import { auditd } from '../../../../engine/formats/auditd/auditd.ts';
import type { CollectedRow } from '../../../engine/formats/collect-rows.ts';
import { FieldCount, type Comparison, type CorpusFolder } from '../../adapter.ts';
import { asFlag, asNumber } from '../../normal.ts';
import { oraclesBeside } from '../../oracles.ts';
import { readEvidence } from '../../reading.ts';
import { AccountNames } from './accounts.ts';
import { fieldsOf, said, type Fields } from './fields.ts';
import { exitNumber, machineName } from './words.ts';

/** `X-ausearch.interpret.txt` beside `X-audit.log`, `X.interpret.txt` beside `X.log`. */
export function compareInterpreted(folder: CorpusFolder): readonly Comparison[] {
  return oraclesBeside(folder, /([.-]ausearch)?\.interpret\.txt$/, (stem) => [`${stem}-audit.log`, `${stem}.log`]).map(
    ({ file, oracle }) => {
      const rows = readEvidence(auditd, folder, file).all.rows('auditd_records');
      return compareLines(rows, folder.text(oracle), new FieldCount(file, oracle));
    },
  );
}

function compareLines(rows: readonly CollectedRow[], text: string, count: FieldCount): Comparison {
  const accounts = new AccountNames();
  const left = new Map<string, CollectedRow[]>();
  for (const row of rows) left.set(stampOf(row), [...(left.get(stampOf(row)) ?? []), row]);
  const lines = text.split('\n').filter((line) => /^(node=\S+ )?type=/.test(line));
  lines.forEach((line, index) => {
    const theirs = lineOf(line);
    count.record();
    // The lines of an event are printed from the last to the first.
    const ours = left.get(theirs.stamp)?.pop();
    count.field(index + 1, 'record', ours ? theirs.stamp : undefined, theirs.stamp);
    if (ours) compareFields(count, index + 1, { ours: fieldsOf(ours), theirs, accounts });
  });
  for (const row of [...left.values()].flat()) count.field(row.record, 'record', stampOf(row), undefined);
  return count.result();
}

function stampOf(row: CollectedRow): string {
  return [row['node'] ?? '', row['type'], (row['time'] as bigint) / 1000n, row['serial']].map(String).join(' ');
}

interface Line {
  readonly type: string;
  readonly stamp: string;
  readonly fields: readonly (readonly [string, string])[];
}

// node=N type=T msg=audit(MM/DD/YY HH:MM:SS.mmm:serial) : fields
const LINE = /^(?:node=(\S+) )?type=(\S+) msg=audit\((\d+)\/(\d+)\/(\d+) ([\d:]+\.\d{3}):(\d+)\) : ?(.*)$/;

function lineOf(line: string): Line {
  const [, node = '', type = '', month, day, year, clock, serial, rest = ''] = LINE.exec(line) ?? [];
  const millis = Date.parse(`20${year}-${month}-${day}T${clock}Z`);
  return { type, stamp: [node, type, millis, serial].join(' '), fields: fieldsIn(type, rest.trim()) };
}

/** Values have no quotes, so that a value ends where ` name=` follows; by type where that may stand in a value. */
function fieldsIn(type: string, text: string): readonly (readonly [string, string])[] {
  if (type === 'PROCTITLE') return [['proctitle', text.slice('proctitle='.length)]];
  const plain = text.replace(/ msg='(.*)'$/, ' $1').replace(/^saddr=\{ (.*) \}$/, '$1');
  const starts =
    type === 'EXECVE'
      ? / (?=a\d+(?:_len)?(?:\[\d+\])?=)/
      : type === 'USER_CMD'
        ? / (?=(?:cwd|cmd|exe|terminal|res|uid|auid|ses|subj)=)/
        : / (?=[\w-]+=)/;
  return plain.split(starts).flatMap((part) => {
    const at = part.indexOf('=');
    return at < 0 ? [] : [[part.slice(0, at), part.slice(at + 1)] as const];
  });
}

/*
 * Not compared: arguments of system calls where they are shown as the flags that they mean (O_RDONLY, AT_FDCWD), sets of
 * capabilities as their names, and lists of audit rules as the name of the list: ours are the numbers of the log. The
 * address of a netlink socket is not taken apart; it stays in saddr.
 */
const CAPABILITIES = /^(old_p|p|f|cap_f)[piea]$/;
const isLeftOut = (type: string, name: string, value: string): boolean =>
  (type === 'SYSCALL' && /^a[0-3]$/.test(name) && !/^0x[\da-f]+$/.test(value)) ||
  (CAPABILITIES.test(name) && !/^\d+$/.test(value)) ||
  (name === 'list' && !/^\d+$/.test(value)) ||
  name.startsWith('nlnk-');

const ACCOUNT = /^(old-)?[aesfo]?[su]?uid$|^(iuid|vm-uid|inode_uid|id)$/;
const GROUP = /^([esfo]|fs)?gid$|^inode_gid$|^new_gid$/;

interface Compared {
  readonly ours: Fields;
  readonly theirs: Line;
  readonly accounts: AccountNames;
}

function compareFields(count: FieldCount, at: number, { ours, theirs, accounts }: Compared): void {
  const keys = theirs.fields.filter(([name]) => name === 'key').map(([, value]) => value);
  if (keys.length > 0) count.field(at, `${theirs.type}.key`, ours['key'], said(keys.join(',')));
  for (const [name, value] of theirs.fields) {
    if (name === 'key' || isLeftOut(theirs.type, name, value)) continue;
    const [mine, other] = inOneForm({ name, type: theirs.type, mine: ours[name], ours }, value, accounts);
    count.field(at, `${theirs.type}.${name}`, mine, other);
  }
}

interface OurField {
  readonly name: string;
  readonly type: string;
  readonly mine: string | undefined;
  readonly ours: Fields;
}

/** Ours and theirs so that they are equal as text when they mean the same. */
function inOneForm(
  { name, type, mine, ours }: OurField,
  value: string,
  accounts: AccountNames,
): readonly [unknown, unknown] {
  const theirs = said(value);
  if (ACCOUNT.test(name)) return [said(mine), accounts.numberOf(theirs, said(mine))];
  // Groups are numbered like the accounts that they belong to, or not: one that has a name is taken by its number.
  if (GROUP.test(name)) return [said(mine), theirs === 'root' ? '0' : /^\w*\D\w*$/.test(value) ? said(mine) : theirs];
  switch (name) {
    case 'syscall':
      return [ours['syscall_name'] ?? mine, theirs];
    case 'arch':
      return [machineName(mine), theirs];
    case 'success':
    case 'res':
      return [ours['success'], asFlag(value)];
    case 'exit':
      return [mine, exitValue(value)];
    case 'mode':
      return [mine, modeOf(value) ?? theirs];
    case 'sig':
      return [mine, signal(value)];
    case 'proctitle':
    case 'name':
    case 'cmd':
      return [said(mine), theirs];
    default:
      if (type === 'SYSCALL' && /^a[0-3]$/.test(name)) return [asNumber(`0x${mine}`), asNumber(value)];
      return [said(mine), theirs];
  }
}

/** `ENOENT(No such file or directory)` is -2. */
function exitValue(value: string): unknown {
  return exitNumber(/^([A-Z]\w+)\(/.exec(value)?.[1] ?? value);
}

function signal(value: string): unknown {
  return (constants.signals as Readonly<Record<string, number>>)[value] ?? value;
}

const KINDS: Readonly<Record<string, number>> = {
  fifo: 0o010000,
  character: 0o020000,
  dir: 0o040000,
  block: 0o060000,
  file: 0o100000,
  link: 0o120000,
  socket: 0o140000,
};
const BITS: Readonly<Record<string, number>> = { suid: 0o4000, sgid: 0o2000, sticky: 0o1000 };

/** `file,suid,755` is 0104755. */
function modeOf(value: string): string | undefined {
  const parts = value.split(',');
  const numbers = parts.map(
    (part) => KINDS[part] ?? BITS[part] ?? (/^[0-7]+$/.test(part) ? parseInt(part, 8) : undefined),
  );
  if (numbers.some((number) => number === undefined)) return undefined;
  const mode = numbers.reduce<number>((sum, number) => sum + (number ?? 0), 0);
  return `0${mode.toString(8)}`;
}
