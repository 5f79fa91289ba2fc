/** Which folders of a snapshot are blocks, and what else is there. docs/formats/prometheus-tsdb/meta.md */
import type { BlockFolder } from './block.ts';
import type { BlockFile, BlockFiles } from './block-files.ts';

/** A part of a server's storage that is not in blocks, and so not read. */
export interface NotRead {
  /** Path inside the snapshot. */
  readonly name: string;
  readonly files: number;
  readonly sizeBytes: number;
  /** A sentence with a full stop. */
  readonly because: string;
}

export interface FoundBlocks {
  readonly blocks: readonly BlockFolder[];
  readonly notRead: readonly NotRead[];
}

// A block folder is named by a ULID: 26 characters of Crockford's base 32.
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

const OTHER_PARTS: readonly { readonly name: RegExp; readonly because: string }[] = [
  { name: /^chunks_head$/, because: 'It holds chunks of the last hours that are not in a block yet.' },
  { name: /^wal$/, because: 'The write-ahead log holds the last hours; it is not in a block yet.' },
  { name: /^wbl$/, because: 'The log of late samples is not in a block yet.' },
  { name: /^chunk_snapshot\./, because: 'It holds the last hours in memory form; it is not in a block yet.' },
  { name: /\.tmp-for-(creation|deletion)$/, because: 'The server was still making or removing this block.' },
  { name: /^(lock|queries\.active)$/, because: 'A server had this folder open; it says nothing about the samples.' },
];

/** True for the name of a folder or file that belongs to a server's storage beside its blocks. */
export function isOtherPart(name: string): boolean {
  return OTHER_PARTS.some((other) => other.name.test(name));
}

/** True for a folder that is a block, by its own name and the names in it. A damaged block is one too. */
export function isBlockFolder(name: string, inside: ReadonlySet<string>): boolean {
  if (isOtherPart(name)) return false;
  if (ULID.test(name)) return ['meta.json', 'index', 'chunks'].some((part) => inside.has(part));
  return inside.has('meta.json') && inside.has('index');
}

/** Sorts the files of a snapshot, at whatever depth its blocks are. Blocks are in the order of their names. */
export function findBlocks(files: BlockFiles): FoundBlocks {
  const blocks = new Map<string, BlockFile[]>();
  const others = new Map<string, NotRead>();
  const folders = foldersWithMeta(files);
  for (const file of files.list()) {
    const block = folderOf(file.name, folders);
    if (block !== undefined) add(blocks, block, file);
    else countOther(others, file);
  }
  const found = [...blocks].map(([path, inBlock]) => ({ path, files: inBlock }));
  const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
  return {
    blocks: found.sort((a, b) => (a.path < b.path ? -1 : 1)),
    notRead: [...others.values()].sort(byName),
  };
}

function add(blocks: Map<string, BlockFile[]>, block: string, file: BlockFile): void {
  const known = blocks.get(block);
  if (known) known.push(file);
  else blocks.set(block, [file]);
}

// A folder is a block by its name, or because it has a meta.json; those being made or removed are not.
function foldersWithMeta(files: BlockFiles): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const { name } of files.list()) {
    const parts = name.split('/');
    if (parts.slice(0, -1).some(isOtherPart)) continue;
    const ulid = parts.findIndex((part) => ULID.test(part));
    if (ulid >= 0 && ulid < parts.length - 1) folders.add(`${parts.slice(0, ulid + 1).join('/')}/`);
    else if (parts.at(-1) === 'meta.json') folders.add(name.slice(0, name.length - 'meta.json'.length));
  }
  return folders;
}

function folderOf(name: string, folders: ReadonlySet<string>): string | undefined {
  if (name.split('/').some(isOtherPart)) return undefined;
  for (let end = name.lastIndexOf('/'); end >= 0; end = end === 0 ? -1 : name.lastIndexOf('/', end - 1)) {
    const folder = name.slice(0, end + 1);
    if (folders.has(folder)) return folder;
  }
  return folders.has('') ? '' : undefined;
}

function countOther(others: Map<string, NotRead>, { name, sizeBytes }: BlockFile): void {
  const parts = name.split('/');
  const at = parts.findIndex(isOtherPart);
  const because = OTHER_PARTS.find((other) => other.name.test(parts[at] ?? ''))?.because ?? 'It is no part of a block.';
  const part = at < 0 ? name : parts.slice(0, at + 1).join('/');
  const known = others.get(part);
  others.set(part, {
    name: part,
    files: (known?.files ?? 0) + 1,
    sizeBytes: (known?.sizeBytes ?? 0) + sizeBytes,
    because,
  });
}
