/** Puts the files of the sample on disk and counts them. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fail } from '../shared/problem.ts';
import { sha256, startSha256, type Sha256 } from '../engine/core/hash.ts';
import { gzip, zip, type ZipEntry } from './archive.ts';

export class SampleWriter {
  private readonly written: { readonly path: string; readonly sha256: Sha256 }[] = [];
  private diskBytes = 0;
  private contentBytes = 0;

  private constructor(private readonly folder: string) {}

  /** Begins a folder. Fails with `already_exists` when there is something in it. */
  static async begin(folder: string): Promise<SampleWriter> {
    await mkdir(folder, { recursive: true });
    const names = await readdir(folder);
    if (names.length > 0) {
      fail({
        code: 'already_exists',
        message: `The folder holds ${names.length} entries already.`,
        where: { file: folder },
        remedy: 'Name an empty folder, or one that does not exist yet.',
      });
    }
    return new SampleWriter(folder);
  }

  /** Writes a file as it is. `path` has forward slashes and is relative to the sample's folder. */
  async plain(path: string, content: Uint8Array | string): Promise<void> {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    await this.put(path, bytes, bytes.length);
  }

  async gzipped(path: string, content: Uint8Array): Promise<void> {
    await this.put(path, gzip(content), content.length);
  }

  async zipped(path: string, entries: readonly ZipEntry[]): Promise<void> {
    await this.put(
      path,
      zip(entries),
      entries.reduce((sum, { content }) => sum + content.length, 0),
    );
  }

  /** What was written so far. `digest` is over all paths and hashes: equal digests are equal samples. */
  account(): { files: number; diskBytes: number; contentBytes: number; digest: Sha256 } {
    const hash = startSha256();
    const inOrder = [...this.written].sort((a, b) => (a.path < b.path ? -1 : 1));
    for (const { path, sha256: digest } of inOrder) hash.update(Buffer.from(`${digest}  ${path}\n`));
    return {
      files: this.written.length,
      diskBytes: this.diskBytes,
      contentBytes: this.contentBytes,
      digest: hash.digest(),
    };
  }

  private async put(path: string, bytes: Uint8Array, contentBytes: number): Promise<void> {
    const file = join(this.folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
    this.written.push({ path, sha256: sha256(bytes) });
    this.diskBytes += bytes.length;
    this.contentBytes += contentBytes;
  }
}

/** The files that real tools wrote, with their names. Fails (throws) when the sample's own folder is not there. */
export async function realToolOutput(): Promise<readonly ZipEntry[]> {
  // Beside this file in the sources, two levels up from a bundle in dist/<face>/.
  const folders = ['./real/', '../../samples/real/'].map((path) => fileURLToPath(new URL(path, import.meta.url)));
  const folder = folders.find((candidate) => existsSync(candidate));
  if (!folder) throw new Error(`The real tool output is in none of ${folders.join(', ')}`);
  const names = (await readdir(folder)).sort();
  return Promise.all(names.map(async (name) => ({ name, content: await readFile(join(folder, name)) })));
}
