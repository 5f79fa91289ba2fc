/** Zstandard data against the program `zstd`: what it makes is read, what it refuses is refused. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { zstdContent } from '../../../engine/intake/zstd-data.ts';
import { ProblemError, type Problem } from '../../../shared/problem.ts';
import { temporaryFolder } from '../test-case.ts';

const version = spawnSync('zstd', ['--version'], { encoding: 'utf8' }).stdout ?? '';
const withZstd = version === '' ? describe.skip : describe;
const MIB = 1024 * 1024;

const audit = readFileSync('test/fixtures/auditd/gen-audit.log');
const trail = readFileSync('test/fixtures/cloudtrail/panther-cloudtrail.jsonl');

/** Bytes that do not shrink, the same at every run. */
function noise(bytes: number): Buffer {
  const words = new Uint32Array(Math.ceil(bytes / 4));
  let state = 0x9e3779b9;
  for (let i = 0; i < words.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[i] = state;
  }
  return Buffer.from(words.buffer).subarray(0, bytes);
}

function zstd(content: Uint8Array, ...options: readonly string[]): Buffer {
  return execFileSync('zstd', ['-q', '-c', ...options], { input: content, maxBuffer: 512 * MIB });
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

async function decoded(bytes: Uint8Array, size = MIB): Promise<Buffer> {
  const out: Uint8Array[] = [];
  for await (const piece of zstdContent(pieces(bytes, size), 'a.zst')) out.push(piece);
  return Buffer.concat(out);
}

async function problemOf(bytes: Uint8Array): Promise<Problem> {
  const error: unknown = await decoded(bytes).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProblemError)) throw new Error(`It was not refused: ${String(error)}`);
  expect(error.problem.where?.file).toBe('a.zst');
  expect(error.problem.remedy).toMatch(/\.$/);
  return error.problem;
}

const skippable = (length: number, kind = 0x50): Buffer => {
  const header = Buffer.from([kind, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);
  header.writeUInt32LE(length, 4);
  return Buffer.concat([header, noise(length)]);
};

withZstd(`what zstd writes (${version.trim() || 'skipped: the program zstd is not installed'})`, () => {
  it.each([
    ['the fastest', ['--fast=5']],
    ['level 1', ['-1']],
    ['the usual level', []],
    ['level 19', ['-19']],
    ['level 22', ['--ultra', '-22']],
    ['a long window', ['--long=27']],
    ['no checksum', ['--no-check']],
    ['no size in the header', ['--no-content-size']],
    ['small blocks', ['--target-compressed-block-size=1400']],
    ['several threads', ['-T2', '-B1M']],
  ])('%s', async (_what, options) => {
    for (const content of [audit, trail, Buffer.alloc(5 * MIB), noise(700_000), Buffer.from('x'), Buffer.alloc(0)]) {
      expect((await decoded(zstd(content, ...options))).equals(content)).toBe(true);
    }
  });

  it('matches that lie further back than 64 MiB', async () => {
    const start = noise(3 * MIB);
    const content = Buffer.concat([start, noise(70 * MIB).reverse(), start, audit]);
    const packed = zstd(content, '--long=27', '-1');
    expect(packed.length).toBeLessThan(74 * MIB);
    expect((await decoded(packed)).equals(content)).toBe(true);
  });

  it('pieces of any size', async () => {
    const packed = zstd(audit, '-19');
    for (const size of [1, 7, 4096, 131_075]) expect((await decoded(packed, size)).equals(audit)).toBe(true);
  });

  it('frames one after the other, with frames to skip between them', async () => {
    const frames = [
      skippable(4),
      zstd(audit),
      skippable(0),
      zstd(Buffer.alloc(0)),
      skippable(300_000, 0x5f),
      zstd(trail),
    ];
    const bytes = Buffer.concat([...frames, skippable(9)]);
    for (const size of [MIB, 1000])
      expect((await decoded(bytes, size)).equals(Buffer.concat([audit, trail]))).toBe(true);
  });
});

withZstd('what is no whole Zstandard data', () => {
  const packed = zstd(audit, '-3');

  it('cut off anywhere', async () => {
    for (const length of [1, 3, 4, 5, 9, 100, 5000, packed.length - 5, packed.length - 4, packed.length - 1]) {
      const { code, message, where } = await problemOf(packed.subarray(0, length));
      expect([code, message, where?.byte]).toEqual(['damaged_file', expect.stringContaining('cut off'), length]);
    }
    const second = await problemOf(Buffer.concat([packed, packed.subarray(0, 50)]));
    expect(second.where?.byte).toBe(packed.length + 50);
  });

  it('a wrong byte anywhere: nothing is given that zstd would not give', async () => {
    for (let at = 0; at < packed.length; at += 997) {
      const bytes = Buffer.from(packed);
      bytes[at]! ^= 0x40;
      const theirs = spawnSync('zstd', ['-q', '-d', '-c'], { input: bytes });
      const ours = await decoded(bytes).catch((error: unknown) => error);
      if (theirs.status === 0) expect((ours as Buffer).equals(theirs.stdout)).toBe(true);
      else expect((ours as ProblemError).problem.code).toMatch(/^(damaged_file|unknown_format)$/);
    }
  });

  it('a wrong checksum, told with the frame it is of', async () => {
    const bytes = Buffer.concat([packed, packed]);
    bytes[bytes.length - 1]! ^= 1;
    const { code, message, where } = await problemOf(bytes);
    expect([code, message]).toEqual(['damaged_file', expect.stringContaining('checksum')]);
    expect(where?.byte).toBe(packed.length);
  });

  it('something else after the last frame', async () => {
    const { code, message, where } = await problemOf(Buffer.concat([packed, Buffer.from('a line of a log\n')]));
    expect([code, message]).toEqual(['damaged_file', expect.stringContaining('no frame begins')]);
    expect(where?.byte).toBe(packed.length);
  });

  it('nothing at all', async () => {
    expect((await problemOf(Buffer.alloc(0))).code).toBe('damaged_file');
  });
});

withZstd('what needs more than there is', () => {
  it('a window of more than 128 MiB', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'a.log');
    // As long as the window, or zstd makes the window smaller; holes take no room on the disk.
    await writeFile(path, audit);
    await truncate(path, 200 * MIB);
    const packed = execFileSync('zstd', ['-q', '-c', '--long=28', '-1', path], { maxBuffer: 64 * MIB });
    const { code, message, remedy } = await problemOf(packed);
    expect([code, message]).toEqual(['unknown_format', expect.stringContaining('128 MiB')]);
    expect(remedy).toContain('--long=31');
  });

  it('a dictionary', async () => {
    const folder = await temporaryFolder();
    const lines = audit.toString('latin1').split('\n');
    const samples = lines.slice(0, 600).map((_, i) => join(folder, `${i}`));
    for (const [i, sample] of samples.entries()) await writeFile(sample, lines[i]!);
    const dictionary = join(folder, 'dictionary');
    execFileSync('zstd', ['-q', '--train', ...samples, '-o', dictionary, '--maxdict=4096']);
    expect((await readFile(dictionary)).length).toBeGreaterThan(100);
    const { code, message, remedy } = await problemOf(zstd(audit, '-D', dictionary));
    expect([code, message]).toEqual(['unknown_format', expect.stringContaining('dictionary')]);
    expect(remedy).toContain('-D');
  });
});
