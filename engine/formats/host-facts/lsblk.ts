import type { JsonKind, JsonObject } from './json-kind.ts';
import { memberOf, objectsOf, textOf, without } from './json-values.ts';
import type { Fact } from './kind.ts';

/**
 * `lsblk -J` (-O, -f, -o ...): `{"blockdevices": [{"name": "sda", ..., "children": [...]}]}`. A device of type crypt is
 * the open mapping of an encrypted one; one with fstype crypto_LUKS holds what is encrypted. lsblk(8).
 */
export const lsblk: JsonKind = {
  id: 'lsblk',
  as: 'as lsblk -J prints them',
  list: 'blockdevices',
  fits: (record) => textOf(record, 'name') !== undefined || textOf(record, 'kname') !== undefined,
  read: (record) => {
    if (nameOf(record) === undefined) return 'The device has no name, kname or path.';
    return { facts: [...devices(record, [], { isEncrypted: false })] };
  },
};

const nameOf = (record: JsonObject): string | undefined =>
  textOf(record, 'name') ?? textOf(record, 'kname') ?? textOf(record, 'path');

interface Known {
  /** It is an open mapping, or stands on one. */
  readonly isOpened: boolean;
  readonly mountedAt: string | undefined;
}

/**
 * Whether what is on a device is encrypted by the kernel. Not known where lsblk shows no file system on it (without -f or
 * -O, or without root) and nothing of it is mounted: it may hold an encrypted one that is closed.
 */
export function encryptedOf(record: JsonObject, { isOpened, mountedAt: mounted }: Known): boolean | undefined {
  const fstype = textOf(record, 'fstype');
  if (isOpened || fstype === 'crypto_LUKS' || fstype === 'BitLocker') return true;
  if (objectsOf(memberOf(record, 'children')).some((child) => textOf(child, 'type') === 'crypt')) return true;
  return fstype !== undefined || mounted !== undefined ? false : undefined;
}

/** New versions list all mount points, old ones have the last; null is none. */
function mountedAt(record: JsonObject): string | undefined {
  const all = memberOf(record, 'mountpoints');
  const points = Array.isArray(all) ? all.filter((each) => typeof each === 'string') : [];
  return points.length > 0 ? points.join(', ') : textOf(record, 'mountpoint');
}

interface Below {
  /** What it stands on is encrypted. */
  readonly isEncrypted: boolean;
}

function* devices(record: JsonObject, above: readonly string[], { isEncrypted }: Below): Generator<Fact> {
  const name = nameOf(record) ?? 'unnamed';
  const type = textOf(record, 'type');
  const opens = type === 'crypt' || isEncrypted;
  const children = objectsOf(memberOf(record, 'children'));
  const fields = {
    ...without(record, ['children']),
    mounted_at: mountedAt(record),
    encrypted: encryptedOf(record, { isOpened: opens, mountedAt: mountedAt(record) }),
    parent: above.at(-1),
    children: children.map(nameOf),
  };
  // The same device may stand under two (a mirror): its path tells them apart.
  yield { type: 'block_device', id: [...above, name].join('/'), name, fields };
  for (const child of children) yield* devices(child, [...above, name], { isEncrypted: opens });
}
