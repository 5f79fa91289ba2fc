/** Which files of a delivery belong together as a snapshot, by their paths alone. */
import { isBlockFolder, isOtherPart } from './find-blocks.ts';

export interface FoundSnapshot {
  /** Path of the folder that the blocks lie in, ending in `/`; empty for the top of the delivery. */
  readonly folder: string;
  /** How many of its folders are blocks. */
  readonly blocks: number;
  /** Paths of its files, in the order in which they were given. */
  readonly files: readonly string[];
}

export interface Delivery {
  /** In the order of their folders. */
  readonly snapshots: readonly FoundSnapshot[];
  /** Paths that are of no snapshot, in the order in which they were given. */
  readonly others: readonly string[];
}

/**
 * Sorts the paths of a delivery (with `/`, relative to its top). A snapshot is a folder with blocks in it, and has those
 * blocks and the other parts of a server's storage that lie beside them; whatever else lies there is not of it.
 */
export function findSnapshots(paths: readonly string[]): Delivery {
  const blocks = blockFolders(paths);
  if (blocks.size === 0) return { snapshots: [], others: paths };
  const roots = new Set([...blocks].map(parentOf));
  const files = new Map<string, string[]>();
  const others: string[] = [];
  for (const path of paths) {
    const root = snapshotOf(path, blocks, roots);
    const known = root === undefined ? others : files.get(root);
    if (known) known.push(path);
    else files.set(root!, [path]);
  }
  const snapshots = [...files].map(([folder, inIt]) => ({
    folder,
    blocks: [...blocks].filter((block) => parentOf(block) === folder).length,
    files: inIt,
  }));
  return { snapshots: snapshots.sort((a, b) => (a.folder < b.folder ? -1 : 1)), others };
}

/** What says of a folder that it is a block. */
const BLOCK_PARTS = ['meta.json', 'index', 'chunks'];

// Folders end in `/`; the top is empty, and lies in itself.
function blockFolders(paths: readonly string[]): ReadonlySet<string> {
  const inside = new Map<string, Set<string>>();
  for (const path of paths) {
    const parts = path.split('/');
    parts.forEach((part, depth) => {
      if (!BLOCK_PARTS.includes(part)) return;
      const folder = parts.slice(0, depth).join('/') + (depth === 0 ? '' : '/');
      const known = inside.get(folder);
      if (known) known.add(part);
      else inside.set(folder, new Set([part]));
    });
  }
  const blocks = [...inside].filter(([folder, children]) => {
    const parts = folder.split('/').slice(0, -1);
    return !parts.some(isOtherPart) && isBlock(parts.at(-1) ?? '', children);
  });
  return new Set(blocks.map(([folder]) => folder));
}

/** Many things have an index and a meta.json: a folder that is not named as a block must have chunks as well. */
function isBlock(name: string, parts: ReadonlySet<string>): boolean {
  const isNamedAsBlock = isBlockFolder(name, new Set(BLOCK_PARTS.slice(1)));
  return isBlockFolder(name, parts) && (isNamedAsBlock || parts.size === BLOCK_PARTS.length);
}

function parentOf(folder: string): string {
  const parts = folder.split('/').slice(0, -2);
  return parts.length === 0 ? '' : `${parts.join('/')}/`;
}

function snapshotOf(path: string, blocks: ReadonlySet<string>, roots: ReadonlySet<string>): string | undefined {
  let folder = '';
  for (const part of path.split('/')) {
    if (blocks.has(folder)) return parentOf(folder);
    if (roots.has(folder) && isOtherPart(part)) return folder;
    folder += `${part}/`;
  }
  return undefined;
}
