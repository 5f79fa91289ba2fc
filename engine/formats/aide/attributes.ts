/** Attributes of files: how AIDE calls them in its text, and in its JSON, whose names both give. */
import type { Attributes } from '../integrity-checks/found-changes.ts';

const jsonNames: Readonly<Record<string, string>> = {
  'file type': 'file_type',
  lname: 'link_name',
  size: 'size',
  'size (>)': 'growing_size',
  bcount: 'block_count',
  perm: 'perm',
  permissions: 'perm',
  uid: 'uid',
  gid: 'gid',
  atime: 'access_time',
  mtime: 'modify_time',
  ctime: 'change_time',
  inode: 'inode',
  linkcount: 'link_count',
  caps: 'capabilities',
  fstype: 'fs_type',
};

/** `Mtime` is `modify_time`, `SHA256` is `sha256`. */
export function attributeName(written: string): string {
  const name = written.trim().toLowerCase();
  return Object.hasOwn(jsonNames, name) ? jsonNames[name]! : name;
}

/**
 * `f > p.. mc..H    `: the kind of file, then a place for each attribute. A letter says that it changed, `+` and `-`
 * that it is watched now or no more; `.` and `=` are the same as before, `:` is ignored, a space is not watched.
 */
const places = [
  ...['link_name', 'size', 'block_count', 'perm', 'uid', 'gid', 'access_time', 'modify_time', 'change_time'],
  ...['inode', 'link_count', 'checksums'],
];
/** After the checksums the places depend on how AIDE was built; their letters do not. */
const letters: Readonly<Record<string, string>> = {
  A: 'acl',
  X: 'xattrs',
  S: 'selinux',
  E: 'e2fsattrs',
  C: 'capabilities',
};

/** The attributes that the flags say changed; all of them without values. */
export function changedByFlags(flags: string): Attributes {
  const changed = new Map<string, null>();
  if (flags.startsWith('!')) changed.set('file_type', null);
  for (let at = 1; at < flags.length; at++) {
    const letter = flags[at]!;
    if (!/[A-Za-z<>]/.test(letter)) continue;
    const name = places[at - 1] ?? letters[letter];
    if (name !== undefined) changed.set(name, null);
  }
  return changed;
}

const kinds: Readonly<Record<string, string>> = {
  f: 'file',
  d: 'directory',
  l: 'link',
  L: 'link',
  p: 'fifo',
  F: 'fifo',
  s: 'socket',
  c: 'character device',
  C: 'character device',
  b: 'block device',
  B: 'block device',
  D: 'door',
  P: 'port',
};

/** The kind of file that flags begin with. */
export function kindOfFlags(flags: string): string | undefined {
  return kinds[flags[0] ?? ''];
}

/** The kind in the words of a report: `Directory`. */
export function kindOfWord(word: string): string | undefined {
  return word === 'Unknown file type' ? undefined : word.toLowerCase();
}

/** Whether flags are those of a file that was added (`f++++`), removed (`f----`) or changed. */
export function changeOfFlags(flags: string): 'added' | 'removed' | 'changed' {
  if (/^.\++$/.test(flags)) return 'added';
  return /^.-+$/.test(flags) ? 'removed' : 'changed';
}

/** What the details say, where there are any: they name each attribute that the flags only hint at. */
export function saidInDetail(attributes: Attributes | undefined): Attributes | undefined {
  const detailed = [...(attributes ?? [])].filter(([, change]) => change !== null);
  return detailed.length === 0 ? attributes : new Map(detailed);
}
