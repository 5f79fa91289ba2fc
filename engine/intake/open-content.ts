/**
 * Evidence files as they are handed over: plain, gzip, Zstandard, tar, or zip. Compressed files are opened here, never by
 * DuckDB, which gives half of a truncated .gz without an error.
 */
import type { BigIntStats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { fail, ProblemError } from '../../shared/problem.ts';
import { zstdContent } from './zstd-data.ts';

export type Container = 'plain' | 'gzip' | 'tar' | 'zip' | 'zstd';

/** How much of a file is looked at to recognise it, in bytes after decompression. */
export const HEAD_BYTES = 64 * 1024;
const PIECE_BYTES = 1 << 20;
const LEAST_PIECE_BYTES = 16 * 1024;
/** How many times as long as gzip data a log is. */
const USUAL_RATIO = 16;

/** What a file is, by its first bytes. */
export function containerOf(head: Uint8Array): Container {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  if (head[0] === 0x50 && head[1] === 0x4b && (head[2] === 3 || head[2] === 5) && (head[3] === 4 || head[3] === 6))
    return 'zip';
  if (isZstd(head)) return 'zstd';
  if (isTar(head)) return 'tar';
  return 'plain';
}

// A frame, or one that is to be skipped, which stands first in what pzstd writes.
function isZstd(head: Uint8Array): boolean {
  if (head.length < 4) return false;
  const magic = new DataView(head.buffer, head.byteOffset).getUint32(0, true);
  return magic === 0xfd2fb528 || (magic & 0xfffffff0) === 0x184d2a50;
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

/** How a file begins. */
export interface Opening {
  /** What it is as it stands on the disk. */
  readonly outer: Container;
  /** The first bytes of its content, after decompression. */
  readonly head: Uint8Array;
}

/** True for what holds one content in fewer bytes. */
export function isCompressed(container: Container): container is 'gzip' | 'zstd' {
  return container === 'gzip' || container === 'zstd';
}

/** Looks at the start of a file. Fails with `unreadable`, and as `unwrapped` does where not one byte comes out. */
export async function openingOf(path: string): Promise<Opening> {
  const raw = await readHead(path);
  const outer = containerOf(raw);
  return { outer, head: isCompressed(outer) ? await contentHead(path, outer) : raw };
}

// From the file, not from its first bytes: nothing comes out of a block of Zstandard before its last byte.
async function contentHead(path: string, container: Container): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of unwrapped(fileBytes(path, HEAD_BYTES), container, path, HEAD_BYTES / USUAL_RATIO)) {
      pieces.push(piece);
      length += piece.length;
      if (length >= HEAD_BYTES) break;
    }
  } catch (error) {
    // What follows is damaged: that is told by whoever reads it.
    if (length === 0) throw error;
  }
  return Buffer.concat(pieces).subarray(0, HEAD_BYTES);
}

/** A content of which the first bytes were looked at. */
export interface Looked {
  readonly head: Uint8Array;
  /** All of it, from its beginning; can be read once. */
  readonly all: AsyncIterable<Uint8Array>;
  /** Lets go of what it comes from, read or not: a decompressor reads ahead. */
  close(): Promise<void>;
}

/** Looks at the first bytes of a content. Whoever calls it must close what it gives. */
export async function withHead(content: AsyncIterable<Uint8Array>): Promise<Looked> {
  const pieces = content[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  while (length < HEAD_BYTES) {
    const next = await pieces.next();
    if (next.done === true) break;
    first.push(next.value);
    length += next.value.length;
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* first;
    for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
  }
  const close = async (): Promise<void> => void (await pieces.return?.());
  return { head: Buffer.concat(first).subarray(0, HEAD_BYTES), all: all(), close };
}

/**
 * What is in `bytes`, `expected` of them, which are of that container. Fails as `gunzipped` and `zstdContent` do. `name`
 * is for messages.
 */
export function unwrapped(
  bytes: AsyncIterable<Uint8Array>,
  container: Container,
  name: string,
  expected = PIECE_BYTES,
): AsyncIterable<Uint8Array> {
  if (container === 'gzip') return gunzipped(bytes, name, expected);
  return container === 'zstd' ? zstdContent(bytes, name) : bytes;
}

/** Room for pieces of content that has about so many bytes: a megabyte for each of thousands of small files is too much. */
function pieceBytes(expected: number): number {
  return Math.max(LEAST_PIECE_BYTES, Math.min(PIECE_BYTES, Math.ceil(expected)));
}

/**
 * The bytes of a file in order, in pieces of 1 MiB; smaller ones where the file is `expected` to have fewer bytes. Fails
 * with `unreadable`; also at the end, when the file was changed while it was read: what was read of it never stood in it
 * at one time.
 */
export async function* fileBytes(path: string, expected = PIECE_BYTES): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r').catch((error: unknown) => failUnreadable(path, error));
  const stream = file.createReadStream({ highWaterMark: pieceBytes(expected), autoClose: false });
  try {
    const before = await file.stat({ bigint: true });
    for await (const piece of stream) yield piece as Buffer;
    checkAtRest(path, before, await file.stat({ bigint: true }));
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    failUnreadable(path, error);
  } finally {
    stream.destroy();
    await file.close();
  }
}

/**
 * The same for whoever has done with a piece, and with the one before it, when asking for the next but one: the memory is
 * used again. New memory for each piece would make the garbage collector go over everything every 64 MiB.
 */
export async function* fileBytesInTurns(path: string): AsyncGenerator<Uint8Array> {
  const pieces = Array.from({ length: 3 }, () => Buffer.allocUnsafeSlow(PIECE_BYTES));
  let file: FileHandle | undefined;
  let next: Promise<{ readonly bytesRead: number; readonly buffer: Buffer }> | undefined;
  try {
    const opened = (file = await open(path));
    const before = await opened.stat({ bigint: true });
    for (let turn = 0; ; turn++) {
      const { bytesRead, buffer } = await (next ??= opened.read(pieces[turn % 3]!, 0, PIECE_BYTES));
      if (bytesRead === 0) return checkAtRest(path, before, await opened.stat({ bigint: true }));
      next = opened.read(pieces[(turn + 1) % 3]!, 0, PIECE_BYTES);
      next.catch(() => undefined); // told when it is asked for
      yield buffer.subarray(0, bytesRead);
    }
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    failUnreadable(path, error);
  } finally {
    await next?.catch(() => undefined);
    await file?.close();
  }
}

type TimeAndSize = Pick<BigIntStats, 'size' | 'mtimeNs'>;

function checkAtRest(file: string, before: TimeAndSize, after: TimeAndSize): void {
  if (before.size === after.size && before.mtimeNs === after.mtimeNs) return;
  fail({
    code: 'unreadable',
    message: `The file was written to while it was read: it had ${before.size} bytes at the beginning and ${after.size} at the end.`,
    where: { file },
    remedy: 'Copy it to where nobody writes to it, and import the copy.',
  });
}

/**
 * The bytes inside gzip data, all members of it; `expected` bytes of data, where that is known. Fails with `damaged_file`
 * when they are cut off or corrupt, or when other bytes follow them; only zeros may, which tapes are filled up with.
 */
export async function* gunzipped(
  compressed: AsyncIterable<Uint8Array>,
  name: string,
  expected = PIECE_BYTES,
): AsyncGenerator<Uint8Array> {
  const seen = { bytes: 0, untilLastNonZero: 0 };
  const source = Readable.from(watched(compressed, seen));
  const gunzip = createGunzip({ chunkSize: pieceBytes(USUAL_RATIO * expected) });
  source.on('error', (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  try {
    for await (const piece of gunzip) yield piece as Buffer;
    source.unpipe(gunzip);
    // Node stops at a zero after the end and drops what follows.
    for await (const piece of source) void piece;
    if (seen.untilLastNonZero > gunzip.bytesWritten) failAfterGzip(gunzip.bytesWritten, seen.bytes, name);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    failDamagedGzip(error as NodeJS.ErrnoException, name);
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

async function* watched(
  pieces: AsyncIterable<Uint8Array>,
  seen: { bytes: number; untilLastNonZero: number },
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    let end = piece.length;
    while (end > 0 && piece[end - 1] === 0) end--;
    if (end > 0) seen.untilLastNonZero = seen.bytes + end;
    seen.bytes += piece.length;
    yield piece;
  }
}

function failAfterGzip(end: number, bytes: number, file: string): never {
  return fail({
    code: 'damaged_file',
    message: `The gzip data ends at byte ${end} of ${bytes}, and what follows is none.`,
    where: { file, byte: end },
    remedy: 'Copy the file again from its origin and compare its size and hash with the original.',
  });
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
