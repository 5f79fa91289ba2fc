import { comment, fact, heading, numberOrText, rejected, wordsOf, type LineKind, type LineReading } from './kind.ts';

/** `mount`: `/dev/sda1 on / type ext4 (rw,relatime) [label]`. */
const MOUNTED = /^(\S.*?) on (\/.*?|none) type (\S+) \(([^()]*(?:\([^()]*\)[^()]*)*)\)(?: \[(.*)\])?$/;

export const mount: LineKind = {
  id: 'mount',
  hasLongLines: true,
  as: 'as mount prints them',
  framing: 'lines',
  signOf: (line) => (MOUNTED.test(line) ? 'sure' : 'other'),
  open: () => (line) => {
    const [, source = '', target = '', fstype, options = '', label] = MOUNTED.exec(line) ?? [];
    if (source === '') return rejected('The line is no mount as mount lists them: it is cut off or damaged.');
    return fact({ type: 'mount', id: target, fields: { source, target, fstype, options: options.split(','), label } });
  },
};

/** /etc/fstab and /proc/mounts: source, target, type, options, dump, pass; a space in a name is `\040`. fstab(5). */
const TABLE = /^(\S+)\s+(\S+)\s+([\w.,-]+)(?:\s+([^\s#]\S*))?(?:\s+(\d+))?(?:\s+(\d+))?(?:\s+#.*)?$/;
const SOURCE = /^(?:\/|UUID=|LABEL=|PARTUUID=|PARTLABEL=|ID=|\w+:\/|\/\/)/;
const TYPES =
  /^(?:ext[234]|xfs|btrfs|vfat|swap|tmpfs|proc|sysfs|devtmpfs|devpts|nfs4?|cifs|zfs|iso9660|udf,iso9660|overlay|cgroup2?|securityfs|mqueue|hugetlbfs|debugfs|tracefs|pstore|bpf|autofs|ntfs\w*|fuse[\w.]*|auto|none|squashfs|rootfs|configfs|fusectl|binfmt_misc|rpc_pipefs|nsfs|efivarfs|gfs2|ceph|glusterfs|f2fs|jfs|reiserfs|9p|virtiofs|ramfs|selinuxfs)$/;

export const fstab: LineKind = {
  id: 'fstab',
  hasLongLines: true,
  as: 'as in /etc/fstab',
  framing: 'lines',
  signOf: (line) => {
    const [, source = '', target = '', type = ''] = TABLE.exec(line.trim()) ?? [];
    const isTarget = target.startsWith('/') || target === 'none' || target === 'swap';
    if (source !== '' && isTarget && TYPES.test(type)) return 'sure';
    return line.trim().startsWith('#') ? 'fits' : 'other';
  },
  open: () => (line) => (line.trim().startsWith('#') ? comment : readEntry(line.trim())),
};

function readEntry(line: string): LineReading {
  const [, source = '', target = '', fstype, options, dump, pass] = TABLE.exec(line) ?? [];
  if (source === '' || !(SOURCE.test(source) || /^[\w.:-]+$/.test(source)))
    return rejected('The line has not the columns of /etc/fstab: it is cut off or damaged.');
  const names = { source: unescaped(source), target: unescaped(target) };
  const numbers = dump === undefined ? {} : { dump: Number(dump), pass: pass === undefined ? undefined : Number(pass) };
  return fact({
    type: 'mount',
    id: names.target,
    fields: { ...names, fstype, options: options?.split(',') ?? [], ...numbers },
  });
}

const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));

/** `findmnt` as a tree or a list (-l): TARGET SOURCE FSTYPE OPTIONS. */
const FINDMNT_HEADING = /^TARGET\s+SOURCE\s+FSTYPE\s+OPTIONS(?:\s+PROPAGATION)?$/;
const FINDMNT =
  /^(?:[│├└─|`\s-]*)(\/.*?)\s+(\S+)\s+([\w.]+)\s+([\w-]+(?:[=,]\S*)?)(?:\s+((?:private|shared|slave|unbindable)\S*))?$/;

export const findmntText: LineKind = {
  id: 'findmnt',
  as: 'as findmnt prints them',
  framing: 'lines',
  signOf: (line) => (FINDMNT_HEADING.test(line) ? 'sure' : FINDMNT.test(line) ? 'fits' : 'other'),
  open: () => (line) => {
    if (FINDMNT_HEADING.test(line)) return heading;
    const [, target = '', source, fstype, options = '', propagation] = FINDMNT.exec(line) ?? [];
    if (target === '') return rejected('The line is no mount as findmnt lists them: it is cut off or damaged.');
    return fact({
      type: 'mount',
      id: target,
      fields: { source, target, fstype, options: options.split(','), propagation },
    });
  },
};

/** `df`, with -T a column Type: how full file systems are. Names with spaces are in the first and the last column only. */
const DF_HEADING =
  /^Filesystem\s+(?:Type\s+)?(?:\S+-blocks|Size|Inodes)\s+(?:Used|IUsed)\s+(?:Available|Avail|IFree)\s+(?:Use%|Capacity|IUse%)\s+Mounted on$/;
const DF_LINE =
  /^(\S.*?)\s+(?:(\S+)\s+)?(\d[\d.]*[KMGTPE]?|-)\s+(\d[\d.]*[KMGTPE]?|-)\s+(\d[\d.]*[KMGTPE]?|-)\s+(\d+%|-)\s+(\/.*|-)$/;

export const df: LineKind = {
  id: 'df',
  // Old versions go on in the next line behind a long name.
  goesOn: (line) => /^[^\s:]+$/.test(line) && /[/a-z]/.test(line),
  as: 'as df prints them',
  framing: 'lines',
  signOf: (line) => (DF_HEADING.test(line) ? 'sure' : DF_LINE.test(line) ? 'fits' : 'other'),
  open: ({ head }) => {
    const columns = wordsOf((head.find((line) => DF_HEADING.test(line)) ?? '').replace('Mounted on', 'Target')).map(
      (each) => each.toLowerCase(),
    );
    return (line) => (DF_HEADING.test(line) ? heading : readUse(line, columns));
  },
};

function readUse(line: string, columns: readonly string[]): LineReading {
  const [, source = '', type, size = '', used = '', available = '', use, target = ''] = DF_LINE.exec(line) ?? [];
  if (source === '') return rejected('The line is no file system as df lists them: it is cut off or damaged.');
  const sizeName = columns.find((name) => /blocks|size|inodes/.test(name)) ?? 'size';
  const sizes = { [sizeName]: numberOrText(size), used: numberOrText(used), available: numberOrText(available), use };
  // Without the column Type, what stands there is part of the name.
  const hasType = columns.includes('type');
  const name = hasType || type === undefined ? source : `${source} ${type}`;
  return fact({
    type: 'file_system',
    id: target,
    fields: { source: name, target, fstype: hasType ? type : undefined, ...sizes },
  });
}
