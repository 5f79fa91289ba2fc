/**
 * Evidence files as they are handed over: plain, gzip, tar, or zip. Compressed files are opened by Node, never by DuckDB,
 * which gives half of a truncated .gz without an error.
 */
import { createReadStream, type ReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { constants, crc32, createGunzip, gunzipSync } from 'node:zlib';
import yauzl from 'yauzl';
import { fail, ProblemError, type Problem } from '../../shared/problem.ts';

export type Container = 'plain' | 'gzip' | 'tar' | 'zip' | 'zstd';

/** How much of a file is looked at to recognise it, in bytes after decompression. */
export const HEAD_BYTES = 64 * 1024;
const PIECE_BYTES = 1 << 20;
const LEAST_PIECE_BYTES = 16 * 1024;
/** How many times as long as gzip data a log is. */
const USUAL_RATIO = 16;
const MOST_MEMBERS = 200_000;

/** What a file is, by its first bytes. */
export function containerOf(head: Uint8Array): Container {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  if (head[0] === 0x50 && head[1] === 0x4b && (head[2] === 3 || head[2] === 5) && (head[3] === 4 || head[3] === 6))
    return 'zip';
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return 'zstd';
  if (isTar(head)) return 'tar';
  return 'plain';
}

// POSIX and GNU tar have a mark at byte 257 of the header of each member. In older ones only the checksum tells: the sum
// of the bytes of the header, with blanks in its own place, stands there in octal digits.
function isTar(head: Uint8Array): boolean {
  if (head.length < 512) return false;
  if (textAt(head, 257, 262) === 'ustar') return true;
  const header = Uint8Array.from(head.subarray(0, 512));
  header.fill(0x20, 148, 156);
  const digits = /^ *([0-7]{1,7})[ \0]/.exec(textAt(head, 148, 156))?.[1];
  return digits !== undefined && parseInt(digits, 8) === header.reduce((sum, byte) => sum + byte, 0);
}

function textAt(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.subarray(from, to)).toString('latin1');
}

/** The first bytes of a file as they stand in it. */
export async function readHead(path: string, bytes = HEAD_BYTES): Promise<Uint8Array> {
  const file = await open(path, 'r').catch((error: unknown) => failUnreadable(path, error));
  try {
    const head = Buffer.alloc(bytes);
    const { bytesRead } = await file.read(head, 0, bytes, 0);
    return head.subarray(0, bytesRead);
  } catch (error) {
    return failUnreadable(path, error);
  } finally {
    await file.close();
  }
}

/** The start of what a gzip head holds; empty when it is damaged from the start. */
export function gunzipHead(head: Uint8Array): Uint8Array {
  const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 128 << 20 };
  // Of text a part is mostly enough; one that is cut off gives less. Without its last bytes a small file has no checksum
  // yet: a wrong one is told when all of it is read.
  for (const part of [head.subarray(0, head.length / 4), head, head.subarray(0, -8)]) {
    try {
      const start = gunzipSync(part, options).subarray(0, HEAD_BYTES);
      if (start.length === HEAD_BYTES || part.length > head.length / 4) return start;
    } catch {
      continue;
    }
  }
  return new Uint8Array(0);
}

/** Room for pieces of content that has about so many bytes: a megabyte for each of thousands of small files is too much. */
function pieceBytes(expected: number): number {
  return Math.max(LEAST_PIECE_BYTES, Math.min(PIECE_BYTES, expected));
}

/**
 * The bytes of a file in order, in pieces of 1 MiB; smaller ones where the file is `expected` to have fewer bytes.
 * Fails with `unreadable`.
 */
export async function* fileBytes(path: string, expected = PIECE_BYTES): AsyncGenerator<Uint8Array> {
  const stream: ReadStream = createReadStream(path, { highWaterMark: pieceBytes(expected) });
  try {
    for await (const piece of stream) yield piece as Buffer;
  } catch (error) {
    failUnreadable(path, error);
  } finally {
    stream.destroy();
  }
}

/**
 * The bytes inside gzip data, all members of it; `expected` bytes of data, where that is known. Fails with `damaged_file`
 * when they are cut off or corrupt.
 */
export async function* gunzipped(
  compressed: AsyncIterable<Uint8Array>,
  name: string,
  expected = PIECE_BYTES,
): AsyncGenerator<Uint8Array> {
  const source = Readable.from(compressed);
  const gunzip = createGunzip({ chunkSize: pieceBytes(USUAL_RATIO * expected) });
  source.on('error', (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  try {
    for await (const piece of gunzip) yield piece as Buffer;
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    failDamagedGzip(error as NodeJS.ErrnoException, name);
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

function failDamagedGzip(error: NodeJS.ErrnoException, file: string): never {
  const cutOff = error.code === 'Z_BUF_ERROR';
  return fail({
    code: 'damaged_file',
    message: cutOff
      ? 'The gzip data ends before its end mark: the file was cut off.'
      : `The gzip data is damaged (${error.message}).`,
    where: { file },
    remedy: 'Copy the file again from its origin and compare its size and hash with the original.',
  });
}

/** A file inside a zip. */
export interface Member {
  readonly name: string;
  readonly bytes: number;
  /** Its content in order; can be read once for each call. */
  open(): AsyncGenerator<Uint8Array>;
}

export interface ZipArchive {
  readonly members: readonly Member[];
  close(): void;
}

/**
 * Opens a zip and lists its files in the order of their names.
 * Fails with `unsafe_archive` for names that lead out of the archive, encryption, or too many members, and with
 * `damaged_file` when it is no readable zip.
 */
export async function openZip(path: string, name: string): Promise<ZipArchive> {
  const zip = await openZipFile(path, name);
  try {
    const entries = await listEntries(zip, name);
    const members = entries.map((entry) => ({
      name: entry.fileName,
      bytes: entry.uncompressedSize,
      open: () => memberBytes(zip, entry, `${name}!${entry.fileName}`),
    }));
    return { members, close: () => zip.close() };
  } catch (error) {
    zip.close();
    throw error;
  }
}

function openZipFile(path: string, name: string): Promise<yauzl.ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.open(path, { lazyEntries: true, autoClose: false, strictFileNames: true }, (error, zip) =>
      error ? reject(new ProblemError(zipProblem(error, name))) : resolve(zip),
    );
  });
}

function listEntries(zip: yauzl.ZipFile, name: string): Promise<readonly yauzl.Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: yauzl.Entry[] = [];
    const names = new Set<string>();
    zip.on('error', (error: Error) => reject(new ProblemError(zipProblem(error, name))));
    zip.on('end', () =>
      resolve(entries.sort((a, b) => (a.fileName < b.fileName ? -1 : a.fileName > b.fileName ? 1 : 0))),
    );
    zip.on('entry', (entry: yauzl.Entry) => {
      const unsafe = unsafeEntry(entry, names);
      names.add(entry.fileName);
      if (unsafe !== undefined) return reject(new ProblemError(unsafeProblem(unsafe, name)));
      if (!entry.fileName.endsWith('/')) entries.push(entry);
      zip.readEntry();
    });
    zip.readEntry();
  });
}

// UNIX keeps the mode of a file in the upper half of its attributes.
const MADE_ON_UNIX = 3;
const FILE_KIND = 0o170000;
const PLAIN_FILE = 0o100000;
const FOLDER = 0o040000;

function unsafeEntry(entry: yauzl.Entry, names: ReadonlySet<string>): string | undefined {
  if (names.has(entry.fileName)) return `The archive has two members named ${entry.fileName}.`;
  if (names.size >= MOST_MEMBERS) return `The archive has more than ${MOST_MEMBERS} files.`;
  if ((entry.generalPurposeBitFlag & 1) === 1) return `The member ${entry.fileName} is encrypted.`;
  const kind = (entry.externalFileAttributes >>> 16) & FILE_KIND;
  if (entry.versionMadeBy >>> 8 === MADE_ON_UNIX && ![0, PLAIN_FILE, FOLDER].includes(kind))
    return `The member ${entry.fileName} is a link or a device, not a file.`;
  if (entry.fileName.endsWith('/') && entry.uncompressedSize > 0)
    return `The folder ${entry.fileName} in the archive has content.`;
  return undefined;
}

async function* memberBytes(zip: yauzl.ZipFile, entry: yauzl.Entry, name: string): AsyncGenerator<Uint8Array> {
  const stream = await new Promise<Readable>((resolve, reject) => {
    zip.openReadStream(entry, (error, opened) =>
      error ? reject(new ProblemError(zipProblem(error, name))) : resolve(opened),
    );
  });
  let checksum = 0;
  try {
    for await (const piece of stream) {
      checksum = crc32(piece as Buffer, checksum);
      yield piece as Buffer;
    }
  } catch (error) {
    throw new ProblemError(zipProblem(error as Error, name));
  } finally {
    stream.destroy();
  }
  if (checksum !== entry.crc32)
    throw new ProblemError(zipProblem(new Error('the checksum of the member is wrong'), name));
}

function zipProblem(error: Error, file: string): Problem {
  const unsafe = /invalid relative path|absolute path|invalid characters in fileName/i.test(error.message);
  if (unsafe) return unsafeProblem(`A name in the archive leads out of it (${error.message}).`, file);
  return {
    code: 'damaged_file',
    message: `The zip archive is damaged (${error.message}).`,
    where: { file },
    remedy: 'Copy the archive again from its origin and compare its size and hash with the original.',
  };
}

function unsafeProblem(message: string, file: string): Problem {
  return {
    code: 'unsafe_archive',
    message,
    where: { file },
    remedy: 'Unpack it in a safe place, look at its files, and import those.',
  };
}

function failUnreadable(file: string, error: unknown): never {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') {
    return fail({ code: 'not_found', message: 'There is no such file.', where: { file }, remedy: 'Check the path.' });
  }
  return fail({
    code: 'unreadable',
    message: `The file cannot be read (${code ?? message}).`,
    where: { file },
    remedy: 'Check its permissions and its disk.',
  });
}
