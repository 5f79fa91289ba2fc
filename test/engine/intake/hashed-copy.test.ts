import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HashedCopy } from '../../../engine/intake/hashed-copy.ts';
import { startProgress } from '../../../engine/intake/import-progress.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashed-copy-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const progress = startProgress([], { signal: new AbortController().signal, progress: () => undefined });

/** Bytes that are another in each mebibyte, so that a piece in the place of another one shows. */
function bytesOf(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let value = 1;
  for (let at = 0; at < size; at++) {
    value = (Math.imul(value, 1_103_515_245) + 12_345) | 0;
    bytes[at] = value >>> 16;
  }
  return bytes;
}

async function copyOf(size: number, isLetGo: boolean) {
  const [from, to] = [join(folder, 'from'), join(folder, 'to')];
  const bytes = bytesOf(size);
  writeFileSync(from, bytes);
  let seen = 0;
  const copy = new HashedCopy(from, to, progress);
  const read = createHash('sha256');
  for await (const piece of copy.bytes(isLetGo)) {
    // Others are at work while a piece is read.
    await new Promise((resolve) => setTimeout(resolve, 1));
    read.update(piece);
    seen += piece.length;
  }
  const sealed = await copy.finish();
  return { bytes, sealed, seen, read: read.digest('hex'), written: readFileSync(to) };
}

test.each([
  [0, true],
  [1, true],
  [1 << 20, true],
  [(5 << 20) + 17, true],
  [(5 << 20) + 17, false],
])('of %i bytes, memory used again: %s, what is read, hashed and copied is the file', async (size, isLetGo) => {
  const { bytes, sealed, seen, read, written } = await copyOf(size, isLetGo);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  expect({ sha256: sealed.sha256, bytes: sealed.bytes }).toEqual({ sha256, bytes: size });
  expect({ read, seen }).toEqual({ read: sha256, seen: size });
  expect(written.equals(bytes)).toBe(true);
});

test('a file that is gone is told by its path', async () => {
  const gone = join(folder, 'gone');
  const copy = new HashedCopy(gone, join(folder, 'to'), progress);
  await expect(copy.bytes(true).next()).rejects.toMatchObject({
    problem: { code: 'not_found', where: { file: gone } },
  });
});
