import { encryptedOf } from './lsblk.ts';
import { fact, heading, rejected, type Fact, type LineKind, type LineReading } from './kind.ts';

/** `lsblk`: NAME MAJ:MIN RM SIZE RO TYPE MOUNTPOINT(S), names behind the branches of a tree. */
const HEADING = /^NAME\s+MAJ:MIN\s+RM\s+SIZE\s+RO\s+TYPE\s+MOUNTPOINTS?$/;
const DEVICE = /^([│├└─|`\s-]*)(\S+(?: \(\S+\))?)\s+(\d+:\d+)\s+([01])\s+(\S+)\s+([01])\s+([a-z]\w*)(?:\s+(\S.*))?$/;
/** Another mount point of the device above. */
const MOUNT_POINT = /^[│├└─|`\s]*\s{10,}(\/\S*|\[SWAP\])$/;
const DEEPEST = 64;

interface Above {
  readonly depth: number;
  readonly name: string;
  readonly isEncrypted: boolean;
}

export const lsblkText: LineKind = {
  id: 'lsblk',
  as: 'as lsblk prints them',
  framing: 'lines',
  signOf: (line) => (HEADING.test(line) || DEVICE.test(line) ? 'sure' : MOUNT_POINT.test(line) ? 'fits' : 'other'),
  open: () => {
    const above: Above[] = [];
    return (line) => (HEADING.test(line) ? heading : readDevice(line, above));
  },
};

function readDevice(line: string, above: Above[]): LineReading {
  const mounted = MOUNT_POINT.exec(line)?.[1];
  if (mounted !== undefined) {
    const name = above.at(-1)?.name ?? 'unknown';
    return fact({
      type: 'block_device',
      id: `${name} at ${mounted}`,
      name,
      fields: { name, mounted_at: mounted, encrypted: above.at(-1)?.isEncrypted },
    });
  }
  const [, tree = '', name = '', numbers, rm, size, ro, type, mountpoint] = DEVICE.exec(line) ?? [];
  if (name === '') return rejected('The line is no device as lsblk lists them: it is cut off or damaged.');
  while (above.length > 0 && ((above.at(-1)?.depth ?? 0) >= tree.length || above.length > DEEPEST)) above.pop();
  const parent = above.at(-1);
  // Without the column FSTYPE it may hold an encrypted file system that is closed, unless it is mounted.
  const isEncrypted = type === 'crypt' || parent?.isEncrypted === true;
  const fields = {
    name,
    'maj:min': numbers,
    rm: rm === '1',
    size,
    ro: ro === '1',
    type,
    mounted_at: mountpoint,
    parent: parent?.name,
  };
  const id = [...above.map((each) => each.name), name].join('/');
  above.push({ depth: tree.length, name, isEncrypted });
  return fact({
    type: 'block_device',
    id,
    name,
    fields: { ...fields, encrypted: isEncrypted ? true : mountpoint === undefined ? undefined : false },
  });
}

/** `lsblk -P`: `NAME="sda" MAJ:MIN="8:0" ...`; bytes that are not printed stand as \x20. */
const PAIRS = /^(?:[A-Z][A-Z0-9:%_-]*="[^"]*"\s*)+$/;
const PAIR = /([A-Z][A-Z0-9:%_-]*)="([^"]*)"/g;

export const lsblkPairs: LineKind = {
  id: 'lsblk -P',
  hasLongLines: true,
  as: 'as lsblk -P prints them',
  framing: 'lines',
  signOf: (line) => (PAIRS.test(line) && /(?:^| )K?NAME="/.test(line) ? 'sure' : 'other'),
  open: () => readPairs,
};

function readPairs(line: string): LineReading {
  if (!PAIRS.test(line)) return rejected('The line has not the pairs that lsblk -P prints: it is cut off or damaged.');
  const fields = new Map<string, string>(
    [...line.matchAll(PAIR)].map(([, name = '', value = '']) => [name.toLowerCase(), plain(value)]),
  );
  const name = fields.get('name') ?? fields.get('kname');
  if (name === undefined) return rejected('The device has neither NAME nor KNAME.');
  const encrypted = encryptedOf(Object.fromEntries(fields), {
    isOpened: fields.get('type') === 'crypt',
    mountedAt: fields.get('mountpoint') === '' ? undefined : fields.get('mountpoint'),
  });
  const item: Fact = {
    type: 'block_device',
    id: name,
    fields: { ...Object.fromEntries(fields), name, mounted_at: fields.get('mountpoint'), encrypted },
  };
  return fact(item);
}

const plain = (text: string): string =>
  text.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
