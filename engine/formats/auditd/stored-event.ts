/** An audit event from its lines as they stand in `auditd_records`: for one whose lines lie in two files. */
import type { EvidenceRow } from '../../core/tables.ts';
import { CommandLine } from './command-line.ts';
import { describe, outcomeOf } from './describe.ts';
import { MOST_PATHS, type DescribedEvent, type EventPath } from './event.ts';
import type { DescribedRecord } from './audit-record.ts';
import { describedNames, settingOf, slots } from './keys.ts';
import { RecordType } from './record-types.ts';

/** A line of `auditd_records`: its columns, NULL ones as `null`, and what `fields` has. */
export interface StoredLine {
  readonly type: string;
  readonly texts: Readonly<Record<string, string | null>>;
  readonly counts: Readonly<Record<'exit' | 'syscall' | 'uid' | 'auid' | 'ses', number | null>>;
  readonly success: boolean | null;
  readonly fields: Readonly<Record<string, string>>;
}

/** What depends on all lines of an event in its row of `events`. */
export type JoinedRow = Pick<
  EvidenceRow<'events'>,
  | 'class'
  | 'activity'
  | 'code'
  | 'actor'
  | 'target'
  | 'src_ip'
  | 'src_port'
  | 'dst_ip'
  | 'dst_port'
  | 'outcome'
  | 'message'
>;

/** Records of these types come once in an event; two that differ are of two events. */
const ONCE: ReadonlySet<string> = new Set(['SYSCALL', 'CWD', 'PROCTITLE']);

/** What a line is the only one of in its event, `undefined` where there may be others: `SYSCALL`, `PATH 0`. */
export function placeInEvent({ type, fields }: StoredLine): string | undefined {
  if (ONCE.has(type)) return type;
  return type === 'PATH' && fields['item'] !== undefined ? `PATH ${fields['item']}` : undefined;
}

/** The lower, the more a line says what its event is. */
export function lineRank({ type }: StoredLine): number {
  return typeNamed(type).rank;
}

/** True for a line that is an event by itself, as user space writes it. */
export function isWholeEvent({ type }: StoredLine): boolean {
  return typeNamed(type).isSingle;
}

/** The row of an event, as if its lines had stood in one file in this order; `undefined` without a line that has one. */
export function describeLines(lines: readonly StoredLine[]): JoinedRow | undefined {
  const event = eventOf(lines);
  const { main } = event;
  if (!main) return undefined;
  return { ...describe(event, main), code: main.type.name, outcome: outcomeOf(event, main) };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function eventOf(lines: readonly StoredLine[]): DescribedEvent {
  const paths: EventPath[] = [];
  const event: Writable<DescribedEvent> = { paths, command: undefined, ...NOTHING };
  const command = new CommandLine();
  for (const line of lines) {
    const record = recordOf(line);
    const { type } = record;
    if (type.name === 'EOE') continue;
    if (type.name === 'SYSCALL') event.syscall ??= record;
    else if (type.isPath && paths.length < MOST_PATHS) paths.push(pathOf(record));
    else if (type.name === 'CWD') event.cwd ??= record.get(slots.cwd);
    else if (type.name === 'PROCTITLE') event.proctitle ??= record.get(slots.proctitle);
    else if (type.name === 'SOCKADDR') event.socket ??= record;
    else if (type.isExecve) {
      event.command = command;
      for (const [name, text] of Object.entries(line.fields)) if (ARGUMENT.test(name)) command.addText(name, text);
    }
    if (!event.main || type.rank < event.main.type.rank) event.main = record;
  }
  return event;
}

const NOTHING = { main: undefined, syscall: undefined, cwd: undefined, proctitle: undefined, socket: undefined };
const ARGUMENT = /^a\d{1,9}(?:\[\d{1,9}\])?$/;

function pathOf(record: DescribedRecord): EventPath {
  return {
    name: record.get(slots.name),
    isParent: record.get(slots.nametype) === 'PARENT' || record.get(slots.objtype) === 'PARENT',
  };
}

function recordOf({ type, texts, counts, success, fields }: StoredLine): DescribedRecord {
  const settings = Object.entries(fields);
  return {
    type: typeNamed(type),
    success: success ?? undefined,
    exit: counts.exit ?? undefined,
    syscall: counts.syscall ?? undefined,
    syscallName: texts['syscall_name'] ?? undefined,
    uid: counts.uid ?? undefined,
    auid: counts.auid ?? undefined,
    ses: counts.ses ?? undefined,
    setting: settings.find(([name]) => settingOf(name) === 'now'),
    oldSetting: settings.find(([name]) => settingOf(name) === 'old')?.[1],
    get: (slot: number) => {
      const name = describedNames[slot]!;
      return (name in texts ? texts[name] : fields[name]) ?? undefined;
    },
  };
}

const types = new Map<string, RecordType>();
const MOST_TYPES = 1000;

function typeNamed(name: string): RecordType {
  const known = types.get(name);
  if (known) return known;
  const type = new RecordType(name);
  if (types.size < MOST_TYPES) types.set(name, type);
  return type;
}
