/**
 * Whoever hands over evidence decides what lies in the folder: files that are none, names that a terminal obeys, lines
 * without end, text that is none, content that grows a thousandfold, a log that is still being written to.
 *
 * Promise: `fieldwork import` ends, says of every file what became of it, and of one that it does not take, why and what
 * to do. Every line is a record or a reject. Nothing in a file or in its name reaches the terminal as anything but text.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, createWriteStream } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { importFiles } from '../../engine/index.ts';
import { caseWith, fieldwork } from '../cli/run-cli.ts';
import { auditLines, newTestCase, temporaryFolder, testJob } from '../engine/test-case.ts';
import { tarOf, zipOf } from './archive-bytes.ts';

const MIB = 1024 * 1024;

interface Imported {
  readonly files: readonly {
    readonly path: string;
    readonly outcome: string;
    readonly records?: number;
    readonly rejected?: number;
    readonly problem?: { readonly code: string; readonly message: string; readonly remedy: string };
  }[];
}

/** Imports a folder with the command line, and gives what it says of each file by its path in the folder. */
async function imported(folder: string): Promise<Readonly<Record<string, Imported['files'][number]>>> {
  const { root } = await caseWith({});
  const { stdout } = await fieldwork('import', root, folder, '--json');
  const { files } = JSON.parse(stdout) as Imported;
  for (const { problem } of files) {
    if (!problem) continue;
    expect(problem.message).toMatch(/\.$/);
    expect(problem.remedy).toMatch(/\.$/);
  }
  return Object.fromEntries(files.map((file) => [file.path.slice(folder.length + 1), file]));
}

const refused = (code: string) => expect.objectContaining({ problem: expect.objectContaining({ code }) });
const read = (records: number, rejected = 0) => expect.objectContaining({ records, rejected });

/** Bytes that look random and are the same at every run. */
function noise(length: number): Buffer {
  let state = 12345;
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

describe('what is in a file', () => {
  it('NUL, invalid UTF-8, noise and emptiness: every line is accounted for', async () => {
    const folder = await temporaryFolder();
    const odd = Buffer.concat([
      Buffer.from(auditLines(50)),
      Buffer.from([0xff, 0xfe, 10, 0xc3, 0x28, 10, 0, 0, 0, 10]),
    ]);
    const broken = auditLines(20, 500).replaceAll('alice', 'al\0ice');
    const files: Readonly<Record<string, string | Buffer>> = {
      'a-noise': noise(2 * MIB),
      'b-nul': Buffer.alloc(MIB),
      'c-odd.log': odd,
      'd-nul.log': broken,
      'e-empty': '',
      'f-blank': ' \n\n\t\n',
      'g-empty.gz': gzipSync(''),
      'h-no-end.log': auditLines(5, 900).trimEnd(),
    };
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    const found = await imported(folder);
    expect(found).toEqual({
      'a-noise': refused('unknown_format'),
      'b-nul': refused('unknown_format'),
      'c-odd.log': read(50, 3),
      'd-nul.log': read(20),
      'e-empty': refused('unknown_format'),
      'f-blank': refused('unknown_format'),
      'g-empty.gz': refused('unknown_format'),
      'h-no-end.log': read(5),
    });
    expect(found['e-empty']!.problem!.remedy).toContain('if it should hold something');
  });

  it('a line of 200 MB between others is one reject, and the others are read', async () => {
    const folder = await temporaryFolder();
    const pieces = [auditLines(1000), ...Array<Buffer>(200).fill(Buffer.alloc(MIB, 'a')), `\n${auditLines(10, 5000)}`];
    await pipeline(Readable.from(pieces), createWriteStream(join(folder, 'long.log')));
    expect(await imported(folder)).toEqual({ 'long.log': read(1010, 1) });
  });

  it('gigabytes of zeros after real lines: accounted for, or refused as too much', async () => {
    const folder = await temporaryFolder();
    const zeros = gzipSync(Buffer.alloc(64 * MIB), { level: 9 });
    const bomb = Buffer.concat([gzipSync(auditLines(1000)), ...Array<Buffer>(24).fill(zeros)]);
    await writeFile(join(folder, 'a.gz'), bomb);
    await writeFile(
      join(folder, 'b.zip'),
      zipOf({ name: 'in.gz', content: bomb }, { name: 'x.log', content: auditLines(3) }),
    );
    await writeFile(
      join(folder, 'c.tar.gz'),
      gzipSync(tarOf({ name: 'in.gz', content: bomb }, { name: 'x.log', content: auditLines(4, 50) })),
    );
    await writeFile(join(folder, 'd.gz.gz'), gzipSync(bomb));
    expect(await imported(folder)).toEqual({
      'a.gz': read(1000, 1),
      'b.zip!in.gz': refused('unsafe_archive'),
      'b.zip!x.log': read(3),
      'c.tar.gz!in.gz': refused('unsafe_archive'),
      'c.tar.gz!x.log': read(4),
      'd.gz.gz': refused('unsafe_archive'),
    });
  });

  const withZstd = spawnSync('zstd', ['--version']).status === 0;
  const skipped = withZstd ? '' : ' (skipped: the program zstd is not installed)';
  it.skipIf(!withZstd)(`Zstandard that grows thirty thousandfold is refused${skipped}`, async () => {
    const folder = await temporaryFolder();
    const script = '{ cat "$1"; head -c 3G /dev/zero; } | zstd -q -c > "$2"';
    await writeFile(join(folder, 'lines'), auditLines(100));
    await mkdir(join(folder, 'in'));
    execFileSync('sh', ['-c', script, 'sh', join(folder, 'lines'), join(folder, 'in', 'a.zst')]);
    const { 'a.zst': file } = await imported(join(folder, 'in'));
    expect(file).toEqual(refused('unsafe_archive'));
    expect(file!.problem!.message).toContain('1100 times its size');
  });

  it('a table of ten thousand columns is read with a mapping; one of more is refused', async () => {
    const { root, folder } = await caseWith({});
    const map = join(folder, 'map.yaml');
    await writeFile(map, 'table: events\nstream: wide\ncolumns:\n  time: when\n  message: c7\n');
    const outcomes: unknown[] = [];
    for (const count of [9_999, 10_000]) {
      const path = join(folder, `${count}.csv`);
      const columns = Array.from({ length: count }, (_, i) => `c${i}`);
      const rows = Array.from({ length: 20 }, (_, row) => ['2026-03-01T00:00:00Z', ...columns.map((_c, i) => row * i)]);
      await writeFile(path, [['when', ...columns], ...rows].map((cells) => cells.join()).join('\n'));
      const { stdout } = await fieldwork('import', root, path, '--mapping', map, '--json');
      const answer = JSON.parse(stdout) as Partial<Imported>;
      outcomes.push(...(answer.files ?? []));
    }
    expect(outcomes).toEqual([read(20), refused('damaged_file')]);
  });
});

describe('what a file is called', () => {
  it('names are shown as text, whatever is in them, and taken', async () => {
    const folder = await temporaryFolder();
    const names = [
      'new\nline.log',
      '\u001b[31mred\u001b]0;owned\u0007.log',
      'gpj.\u202egol.log',
      `${'n'.repeat(251)}.log`,
      '..\\evil.log',
      'Case.log',
      'case.log',
      '-rf.log',
      '$(touch x)`id`.log',
    ];
    for (const [i, name] of names.entries()) await writeFile(join(folder, name), auditLines(2, 100 * (i + 1)));
    expect(await imported(folder)).toEqual(Object.fromEntries(names.map((name) => [name, read(2)])));
    const { root } = await caseWith({});
    for (const { stdout, stderr } of [await fieldwork('import', root, folder), await fieldwork('sources', root)]) {
      expect(`${stdout}${stderr}`).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      expect(stdout).toContain('new\\u000aline.log');
    }
    const beside = await readdir(join(root, '..'));
    expect(beside).toEqual(['case.fieldwork']);
  });

  it('a name that is no UTF-8 is refused by name', async () => {
    const folder = await temporaryFolder();
    await writeFile(Buffer.concat([Buffer.from(`${folder}/bad`), Buffer.from([0xff, 0xfe]), Buffer.from('.log')]), 'x');
    const [file] = Object.values(await imported(folder));
    expect(file).toEqual(refused('unreadable'));
    expect(file!.problem!.message).toContain('not UTF-8');
  });

  it('two members of a zip with one name are refused; such that differ in case are two', async () => {
    const folder = await temporaryFolder();
    const member = (name: string, first: number) => ({ name, content: auditLines(2, first) });
    await writeFile(join(folder, 'a.zip'), zipOf(member('a.log', 1), member('a.log', 50)));
    await writeFile(join(folder, 'b.zip'), zipOf(member('a.log', 100), member('A.log', 150)));
    expect(await imported(folder)).toEqual({
      'a.zip': refused('unsafe_archive'),
      'b.zip!A.log': read(2),
      'b.zip!a.log': read(2),
    });
  });
});

describe('what is no file', () => {
  it('links, pipes, sockets and devices are told of, and none is opened', async () => {
    const folder = await temporaryFolder();
    await symlink('/etc/passwd', join(folder, 'a-link'));
    await symlink('nowhere', join(folder, 'b-dangling'));
    await symlink('.', join(folder, 'c-loop'));
    execFileSync('mkfifo', [join(folder, 'd-pipe')]);
    const server = createServer().listen(join(folder, 'e-socket'));
    onTestFinished(() => void server.close());
    await new Promise((done) => server.once('listening', done));
    const isDevice = spawnSync('mknod', [join(folder, 'f-device'), 'c', '1', '5']).status === 0;
    await writeFile(join(folder, 'g.log'), auditLines(2));
    const names = ['a-link', 'b-dangling', 'c-loop', 'd-pipe', 'e-socket', ...(isDevice ? ['f-device'] : [])];
    expect(await imported(folder)).toEqual({
      ...Object.fromEntries(names.map((name) => [name, refused('unreadable')])),
      'g.log': read(2),
    });
  });

  const isRoot = process.getuid?.() === 0;
  it.skipIf(isRoot)(`a file that may not be read${isRoot ? ' (skipped: root may read every file)' : ''}`, async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'a.log'), auditLines(2));
    await chmod(join(folder, 'a.log'), 0);
    expect(await imported(folder)).toEqual({ 'a.log': refused('unreadable') });
  });
});

describe('what changes meanwhile', () => {
  it('a file that is written to while it is read is refused, and taken once it rests', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'live.log');
    await writeFile(path, auditLines(20_000));
    const target = await newTestCase();
    let appended = false;
    const progress = () => {
      if (!appended) appendFileSync(path, auditLines(1, 90_000));
      appended = true;
    };
    const report = await importFiles(target, [path], {}, { ...testJob(), progress });
    expect(appended).toBe(true);
    expect(report.files).toEqual([refused('unreadable')]);
    expect(target.sources).toEqual([]);
    await copyFile(path, join(folder, 'copy.log'));
    const second = await importFiles(target, [join(folder, 'copy.log')], {}, testJob());
    expect(second).toMatchObject({ imported: 1, records: 20_001 });
  });
});

describe('what goes out again', () => {
  it('a system named like a formula is none in the CSV of the results', async () => {
    const { root } = await caseWith({
      'inventory.csv': `system,environment,role,needs\r\n"=cmd|'/C calc'!A0",production,web,auditd\r\n`,
    });
    await fieldwork('run', root, '--control', 'CC6.3-least-privilege-root');
    const { stdout } = await fieldwork('results', root, '--format', 'csv');
    expect(stdout).toContain(`"'=cmd|'/C calc'!A0`);
    expect(stdout).not.toMatch(/(^|,)"?[=+@-]/m);
  });
});
