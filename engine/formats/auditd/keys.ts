/**
 * The names of fields. A log has some hundred names and millions of fields, so each name is looked up where it stands
 * in the line, without making a string of it first: that is a third of the time of reading.
 */

/** How a field with a column of its own is read. */
export type ColumnKind = 'text' | 'count' | 'id' | 'outcome' | 'syscall';

export interface Key {
  readonly name: string;
  /** Of its column, where it has one. */
  readonly column: ColumnKind | undefined;
  /** Values without quotes may be hexadecimal: the fields that the audit library lists as escaped. */
  readonly mayBeEncoded: boolean;
  /** An argument in an EXECVE record: `a0`, and `a2[0]` for a piece of a long one. */
  readonly isArgument: boolean;
}

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

const ENCODED = new Set(
  (
    'acct cgroup cmd comm cwd data device dir exe file grp invalid_context key name new_group ocomm path proctitle ' +
    'root_dir sw vm watch wd new-comm old-comm apparmor operation profile denied_mask info target requested_mask ' +
    'uuid new_name'
  ).split(' '),
);

const ARGUMENT = /^a\d{1,9}(?:\[\d{1,9}\])?$/;

function makeKey(name: string): Key {
  return {
    name,
    column: columnKinds.get(name),
    mayBeEncoded: ENCODED.has(name),
    isArgument: ARGUMENT.test(name),
  };
}

const SLOTS = 4096;
const slots: (Key | undefined)[] = Array.from({ length: SLOTS }, () => undefined);

/** The key whose name is `text.slice(from, to)`. The first name of a slot keeps it; the others are made each time. */
export function keyAt(text: string, from: number, to: number): Key {
  let hash = 0;
  for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  const slot = (hash ^ (hash >>> 12)) & (SLOTS - 1);
  const known = slots[slot];
  if (known && known.name.length === to - from && text.startsWith(known.name, from)) return known;
  const made = makeKey(text.slice(from, to));
  if (!known && to - from < 32) slots[slot] = made;
  return made;
}
