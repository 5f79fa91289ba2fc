/** Zip archives: what is in them, and each file of it. */
import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import yauzl from 'yauzl';
import { ProblemError, type Problem } from '../../shared/problem.ts';

const MOST_MEMBERS = 200_000;

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
  if (/unsupported compression method/i.test(error.message))
    return {
      code: 'unknown_format',
      message: `It is compressed in a way that is not opened (${error.message}).`,
      where: { file },
      remedy: 'Unpack the archive and import its files.',
    };
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
