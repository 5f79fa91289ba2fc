/** Adapters that give the reader its files: a folder on disk, or bytes in memory. */
import { open, readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { BlockFile, BlockFiles } from '../../../../engine/formats/prometheus-tsdb/block-files.ts';

/** A folder on disk; files are opened for each read. */
export async function folderFiles(folder: string): Promise<BlockFiles> {
  const files: BlockFile[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.push({ name: relative(folder, path).split(sep).join('/'), sizeBytes: (await stat(path)).size });
  }
  return {
    list: () => files,
    async read(name, from, to) {
      const handle = await open(join(folder, name));
      try {
        const bytes = new Uint8Array(to - from);
        const { bytesRead } = await handle.read(bytes, 0, to - from, from);
        return bytes.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    },
  };
}

/** Files in memory, by name. `largestRead` is the most that was asked for at once, and beyond a file is an error. */
export class MemoryFiles implements BlockFiles {
  largestRead = 0;
  readsBeyond = 0;

  constructor(readonly files: ReadonlyMap<string, Uint8Array>) {}

  list(): BlockFile[] {
    return [...this.files].map(([name, bytes]) => ({ name, sizeBytes: bytes.length }));
  }

  read(name: string, from: number, to: number): Promise<Uint8Array> {
    const bytes = this.files.get(name)!;
    this.largestRead = Math.max(this.largestRead, to - from);
    if (from < 0 || to > bytes.length || to < from) this.readsBeyond++;
    return Promise.resolve(bytes.subarray(from, to));
  }
}

/** Everything of a folder in memory. */
export async function loadFolder(folder: string): Promise<Map<string, Uint8Array>> {
  const files = await folderFiles(folder);
  const loaded = new Map<string, Uint8Array>();
  for (const { name, sizeBytes } of files.list()) loaded.set(name, await files.read(name, 0, sizeBytes));
  return loaded;
}
