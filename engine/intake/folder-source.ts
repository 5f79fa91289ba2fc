/** A source that is a folder of files: what identifies it, how it is copied, and how its files are read. */
import { chmod, mkdir, open, readdir, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fail } from '../../shared/problem.ts';
import { sha256, startSha256, type Sha256 } from '../core/hash.ts';
import type { BlockFile, BlockFiles } from '../formats/prometheus-tsdb/block-files.ts';
import { fileBytes } from './open-content.ts';

/** A file of a folder, as the ledger has it. */
export interface FolderPart {
  /** From the folder, with `/`. */
  readonly path: string;
  readonly sha256: Sha256;
  readonly bytes: number;
}

/** Where a file of a folder is on the disk. */
export interface PlacedPart {
  readonly path: string;
  readonly place: string;
  readonly bytes: number;
}

/**
 * The hash of a folder: of the lines that `sha256sum` prints for its files, in the order of their paths by code units
 * (`find . -type f -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum` for plain names).
 */
export function folderHash(parts: readonly FolderPart[]): Sha256 {
  const sorted = [...parts].sort((a, b) => (a.path < b.path ? -1 : 1));
  return sha256(sorted.map(({ path, sha256: hash }) => sumLine(hash, path)).join(''));
}

// A name with a line end would look like two lines: sha256sum escapes it, and says so with a backslash at the start.
function sumLine(hash: Sha256, path: string): string {
  const escaped = path.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return escaped === path ? `${hash}  ${path}\n` : `\\${hash}  ${escaped}\n`;
}

/** The hash and size of files as they lie on the disk. */
export async function identityOf(
  parts: readonly PlacedPart[],
): Promise<{ readonly contentSha256: Sha256; readonly contentBytes: number }> {
  const hashed: FolderPart[] = [];
  for (const { path, place } of parts) hashed.push({ path, ...(await hashFile(place)) });
  return { contentSha256: folderHash(hashed), contentBytes: hashed.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** The hash and size of a file. Fails with `unreadable`, or `not_found`. */
export async function hashFile(place: string): Promise<{ readonly sha256: Sha256; readonly bytes: number }> {
  const hash = startSha256();
  let bytes = 0;
  for await (const piece of fileBytes(place)) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { sha256: hash.digest(), bytes };
}

export interface CopiedFolder {
  readonly files: readonly FolderPart[];
  /** Resolves when the copies are on the disk for good. They can be read before that. */
  readonly synced: Promise<void>;
}

/** Copies the files of a folder into `to` and takes their hashes. `onBytes` hears of every piece; it may throw. */
export async function copyFolder(
  parts: readonly PlacedPart[],
  to: string,
  onBytes: (count: number) => void,
): Promise<CopiedFolder> {
  const files: FolderPart[] = [];
  const syncs: Promise<void>[] = [];
  for (const { path, place } of parts) {
    const target = join(to, path);
    await mkdir(dirname(target), { recursive: true });
    const { synced, ...hashed } = await copyFile(place, target, onBytes);
    files.push({ path, ...hashed });
    syncs.push(synced);
  }
  const synced = Promise.all(syncs).then(() => undefined);
  synced.catch(() => undefined); // whoever waits for it hears of a failure
  return { files, synced };
}

async function copyFile(
  from: string,
  to: string,
  onBytes: (count: number) => void,
): Promise<{ readonly sha256: Sha256; readonly bytes: number; readonly synced: Promise<void> }> {
  const hash = startSha256();
  let bytes = 0;
  const copy = await open(to, 'w');
  try {
    for await (const piece of fileBytes(from)) {
      hash.update(piece);
      await copy.writeFile(piece);
      bytes += piece.length;
      onBytes(piece.length);
    }
  } catch (error) {
    await copy.close();
    throw error;
  }
  const synced = copy.datasync().finally(() => copy.close());
  return { sha256: hash.digest(), bytes, synced };
}

/** Makes every file below a folder read-only. The folders stay as they are, so that the case can be moved and removed. */
export async function makeReadOnly(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) await chmod(join(entry.parentPath, entry.name), 0o444);
  }
}

/** Those of `parts` that `names` lists, with their paths from `folder` (which ends in `/`, or is empty). */
export function partsBelow(
  parts: readonly PlacedPart[],
  folder: string,
  names: readonly string[],
): readonly PlacedPart[] {
  const wanted = new Set(names);
  return parts
    .filter(({ path }) => wanted.has(path))
    .map((part) => ({ ...part, path: part.path.slice(folder.length) }));
}

const MOST_OPEN = 64;

/** Files of a folder for a reader that asks for ranges of them. */
export class DiskFiles implements BlockFiles {
  private readonly places: ReadonlyMap<string, string>;
  private readonly listed: readonly BlockFile[];
  private readonly handles = new Map<string, Promise<FileHandle>>();

  constructor(
    parts: readonly PlacedPart[],
    private readonly onBytes: (count: number) => void = () => undefined,
  ) {
    this.places = new Map(parts.map(({ path, place }) => [path, place]));
    this.listed = parts.map(({ path, bytes }) => ({ name: path, sizeBytes: bytes }));
  }

  list(): readonly BlockFile[] {
    return this.listed;
  }

  async read(name: string, from: number, to: number): Promise<Uint8Array> {
    const handle = await this.open(name);
    // Not cleared first: what is given back was read.
    const bytes = Buffer.allocUnsafeSlow(to - from);
    let have = 0;
    while (have < bytes.length) {
      const { bytesRead } = await handle.read(bytes, have, bytes.length - have, from + have);
      if (bytesRead === 0) break;
      have += bytesRead;
    }
    this.onBytes(have);
    return bytes.subarray(0, have);
  }

  async close(): Promise<void> {
    const open = [...this.handles.values()];
    this.handles.clear();
    for (const handle of open) await (await handle.catch(() => undefined))?.close();
  }

  private async open(name: string): Promise<FileHandle> {
    const known = this.handles.get(name);
    if (known) return known;
    const place = this.places.get(name) ?? failNoPart(name);
    if (this.handles.size >= MOST_OPEN) await this.closeOldest();
    const handle = open(place, 'r');
    this.handles.set(name, handle);
    return handle;
  }

  private async closeOldest(): Promise<void> {
    const [name, handle] = [...this.handles][0]!;
    this.handles.delete(name);
    await (await handle).close();
  }
}

function failNoPart(file: string): never {
  return fail({
    code: 'not_found',
    message: 'There is no such file in the folder.',
    where: { file },
    remedy: 'Restore the folder from a sealed copy of the case.',
  });
}
