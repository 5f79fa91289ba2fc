/** The names of fields: which column each has, how its values are written, and what a description asks for. */
import { internalized, NameTable } from '../framing/name-table.ts';

/** How a field with a column of its own is read. */
export type ColumnKind = 'text' | 'count' | 'id' | 'outcome' | 'syscall';

const columns: Readonly<Record<ColumnKind, string>> = {
  count: 'pid ppid exit',
  id: 'uid euid auid ses',
  outcome: 'success res',
  text: 'arch tty comm exe key acct addr terminal op name cwd',
  syscall: 'syscall',
};

const columnKinds = new Map(
  Object.entries(columns).flatMap(([kind, names]) =>
    names.split(' ').map((name) => [name, kind as ColumnKind] as const),
  ),
);

/** Fields that have a column of their own. */
export const columnNames = [...columnKinds.keys()];

const ENCODED = new Set(
  (
    'acct cgroup cmd comm cwd data device dir exe file grp invalid_context key name new_group ocomm path proctitle ' +
    'root_dir sw vm watch wd new-comm old-comm apparmor operation profile denied_mask info target requested_mask ' +
    'uuid new_name'
  ).split(' '),
);

/** Fields of which a description of the event may ask for the text: 32 at most, one bit each. */
export const describedNames = [
  ...['acct', 'addr', 'comm', 'cwd', 'exe', 'key', 'name', 'op'],
  ...['AUID', 'ID', 'UID', 'audit_lost', 'cmd', 'grp', 'hostname', 'id', 'laddr', 'lport', 'nametype', 'objtype'],
  ...['path', 'proctitle', 'rport', 'saddr', 'scontext', 'seperms', 'seresult', 'table', 'tclass', 'tcontext', 'text'],
  'unit',
] as const;

export type DescribedName = (typeof describedNames)[number];

/** Their numbers, by which a record is asked: a name would be looked up each time. */
export const slots = Object.fromEntries(describedNames.map((name, at) => [name, at])) as Readonly<
  Record<DescribedName, number>
>;

const SETTINGS = /^(?:audit_.*|lost|backlog_wait_time_actual)$/;
const ARGUMENT = /^a\d{1,9}(?:\[\d{1,9}\])?$/;
/** What JavaScript takes for an index of an array, and therefore puts first in an object. */
const INDEX = /^(?:0|[1-9]\d{0,9})$/;
const LARGEST_INDEX = 4_294_967_294;

/** The name of a field, made once for each name, and what is known of it in the line that is being read. */
export class Key {
  /** Of its column, where it has one. */
  readonly column: ColumnKind | undefined;
  /** Number of its column among `columnNames`, -1 where it has none. */
  readonly columnNumber: number;
  /** Values without quotes may be hexadecimal: the fields that the audit library lists as escaped. */
  readonly mayBeEncoded: boolean;
  /** An argument in an EXECVE record: `a0`, and `a2[0]` for a piece of a long one. */
  readonly isArgument: boolean;
  /** Number among `describedNames`, -1 where it is none of them. */
  readonly described: number;
  /** In a record of a changed setting of the kernel's auditing: it is named like the setting, or has the value before. */
  readonly setting: 'now' | 'old' | undefined;
  readonly isIndex: boolean;
  /** `"name":"` as it stands in JSON: its length in bytes, and the bytes in words of 32 bits, the lowest first. */
  readonly jsonLength: number;
  readonly jsonWords: Uint32Array;
  /** The line whose JSON has this name already, and its place there. */
  line = 0;
  entry = 0;
  readonly name: string;
  readonly bytes: Uint8Array;

  constructor(
    name: string,
    /** There is one key of this name, and not a new one each time. */
    readonly isKept: boolean,
  ) {
    this.name = internalized(name);
    this.column = columnKinds.get(name);
    this.columnNumber = columnNames.indexOf(name);
    this.mayBeEncoded = ENCODED.has(name);
    this.isArgument = ARGUMENT.test(name);
    this.described = (describedNames as readonly string[]).indexOf(name);
    this.setting = settingOf(name);
    this.isIndex = INDEX.test(name) && Number(name) <= LARGEST_INDEX;
    this.bytes = new TextEncoder().encode(name);
    const json = new TextEncoder().encode(`${JSON.stringify(name)}:"`);
    this.jsonLength = json.length;
    this.jsonWords = wordsOf(json);
  }
}

/** What a field of this name says in a record of a changed setting. */
export function settingOf(name: string): 'now' | 'old' | undefined {
  return SETTINGS.test(name) ? 'now' : name === 'old' ? 'old' : undefined;
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  const words = new Uint32Array((bytes.length + 3) >> 2);
  bytes.forEach((byte, at) => (words[at >> 2]! |= byte << ((at & 3) << 3)));
  return words;
}

/** The keys of one reader. */
export class Keys {
  private readonly table = new NameTable((name, isKept) => new Key(name, isKept), {
    slots: 4096,
    longest: 32,
    keeps: 'first',
  });
  private readonly encoder = new TextEncoder();

  find(hash: number, bytes: Uint8Array, from: number, to: number): Key {
    return this.table.find(hash, bytes, from, to);
  }

  named(name: string): Key {
    const bytes = this.encoder.encode(name);
    return this.table.at(bytes, 0, bytes.length);
  }
}
