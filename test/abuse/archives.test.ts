/**
 * Whoever hands over an archive decides what is in it: names that lead elsewhere, links, devices, content without end,
 * an archive that lost its second half on the way.
 *
 * Promise: an archive is taken whole, file by file, with every file accounted for, or it is refused with the file named
 * and the case is byte for byte as it was. Memory and disk stay bounded, and nothing is ever written outside the case.
 */
import { execFileSync } from 'node:child_process';
import { createWriteStream, existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { importFiles, readRecord, type EvidenceCase, type ImportReport } from '../../engine/index.ts';
import { auditLines, caseContent, newTestCase, openTestCase, temporaryFolder, testJob } from '../engine/test-case.ts';
import { gnuLongName, paxHeader, tarEnd, tarEntry, tarOf, zipOf, type TarEntry } from './archive-bytes.ts';

const SNAPSHOT = 'test/fixtures/prometheus-tsdb/live-snapshot';
const BLOCK = '01M7YBW96F9A2EAZNNG3008VV9';
const MIB = 1024 * 1024;

type Refused = Extract<ImportReport['files'][number], { outcome: 'refused' }>;

/** Imports one archive that has to be refused whole: nothing of it stays, in the case or beside it. */
async function refusal(name: string, bytes: Buffer): Promise<Refused['problem']> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, name), bytes);
  return refusalOf(join(folder, name));
}

async function refusalOf(path: string): Promise<Refused['problem']> {
  const target = await newTestCase();
  const { root } = target.folder;
  const before = await caseContent(root);
  const beside = await filesBelow(join(root, '..'), root);
  const report = await importFiles(target, [path], {}, testJob());
  expect(report.files).toMatchObject([{ outcome: 'refused' }]);
  expect(await caseContent(root)).toEqual(before);
  expect(await leftInCache(target)).toEqual([]);
  expect(await filesBelow(join(root, '..'), root)).toEqual(beside);
  const rows = 'SELECT (SELECT count(*) FROM sources) + (SELECT count(*) FROM metric_series) AS n';
  expect(await target.database.query(rows)).toEqual([{ n: 0 }]);
  const { problem } = report.files[0] as Refused;
  expect(problem.where?.file).toContain(path);
  expect(problem.message).toMatch(/\.$/);
  expect(problem.remedy).toMatch(/\.$/);
  return problem;
}

async function filesBelow(folder: string, except?: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.filter((file) => except === undefined || !file.startsWith(`${except}/`)).sort();
}

/** Files that an import may have left in the cache, the database aside. */
async function leftInCache({ folder }: EvidenceCase): Promise<readonly string[]> {
  const files = await filesBelow(folder.cache);
  return files
    .map((file) => relative(folder.cache, file).split(sep).join('/'))
    .filter((file) => /^(incoming|unpacked|orphans)\//.test(file));
}

const log = auditLines(3);
const first: TarEntry = { name: 'first.log', content: auditLines(2, 900) };

describe('names that lead elsewhere', () => {
  const unsafe: Readonly<Record<string, readonly (TarEntry | Buffer)[]>> = {
    'up and out': [{ name: '../evil.log', content: log }],
    'down, up and out': [{ name: 'a/../../evil.log', content: log }],
    'ending in ..': [{ name: 'a/..', content: log }],
    'a folder up and out': [{ name: '../evil/', type: '5' }],
    absolute: [{ name: '/tmp/evil.log', content: log }],
    'a drive of Windows': [{ name: 'C:/evil.log', content: log }],
    'a drive without a separator': [{ name: 'c:evil.log', content: log }],
    'backslashes of Windows': [{ name: 'in\\..\\evil.log', content: log }],
    'a share of Windows': [{ name: '\\\\host\\share\\evil.log', content: log }],
    'out by a pax header': [paxHeader({ path: '../../evil.log' }), { name: 'good.log', content: log }],
    'absolute by a pax header': [paxHeader({ path: '/tmp/evil.log' }), { name: 'good.log', content: log }],
    'NUL by a pax header': [paxHeader({ path: 'a\0b.log' }), { name: 'good.log', content: log }],
    'out by a long name of GNU': [gnuLongName(`${'a/'.repeat(120)}../../evil.log`), { name: 'good.log', content: log }],
    'no name at all': [{ name: '', content: log }],
    'nothing but the folder itself': [{ name: './/.', content: log }],
    'the same twice': [
      { name: 'a.log', content: log },
      { name: 'a.log', content: auditLines(2, 50) },
    ],
    'the same twice, written otherwise': [
      { name: 'in/a.log', content: log },
      { name: './in//./a.log', content: auditLines(2, 50) },
    ],
    'longer than any system has them': [paxHeader({ path: 'a'.repeat(5000) }), { name: 'good.log', content: log }],
    'in more folders than anybody makes': [
      paxHeader({ path: `${'a/'.repeat(1500)}b` }),
      { name: 'good.log', content: log },
    ],
  };
  it.each(Object.entries(unsafe))('a tar: %s', async (_what, entries) => {
    for (const bytes of [tarOf(first, ...entries), gzipSync(tarOf(first, ...entries))]) {
      const { code, message } = await refusal('a.tar', bytes);
      expect([code, message]).toEqual(['unsafe_archive', expect.stringMatching(/name/)]);
      expect(message.length).toBeLessThan(500);
    }
  });

  it.each([
    '../evil.log',
    'a/../../evil.log',
    '/tmp/evil.log',
    'C:/evil.log',
    'in\\evil.log',
    'a\0b.log',
    'a'.repeat(5000),
    `${'a/'.repeat(1500)}b`,
  ])('a zip: %j', async (name) => {
    const { code, message } = await refusal('a.zip', zipOf({ name: 'a.log', content: log }, { name, content: log }));
    expect([code, message]).toEqual(['unsafe_archive', expect.stringMatching(/name/)]);
    expect(message.length).toBeLessThan(500);
  });

  it('a zip: the same twice, written otherwise', async () => {
    const bytes = zipOf({ name: 'in/a.log', content: log }, { name: './in/a.log', content: auditLines(2, 50) });
    expect(await refusal('a.zip', bytes)).toMatchObject({
      code: 'unsafe_archive',
      message: expect.stringContaining('two members named'),
    });
  });
});

describe('members that are no files', () => {
  it.each([
    ['a hard link', '1', 'a link'],
    ['a symbolic link', '2', 'a symlink'],
    ['a character device', '3', 'a character-device'],
    ['a block device', '4', 'a block-device'],
    ['a pipe', '6', 'a fifo'],
    ['a sparse file of old GNU tar', 'S', 'of a kind that is not read'],
    ['a part of a file on several tapes', 'M', 'of a kind that is not read'],
    ['a kind that nobody knows', '~', 'of a kind that is not read'],
  ])('%s', async (_what, type, words) => {
    const { code, message } = await refusal('a.tar', tarOf(first, { name: 'odd.log', type, link: '/etc/passwd' }));
    expect(code).toBe('unsafe_archive');
    expect(message).toContain('odd.log');
    expect(message).toContain(words);
  });

  it.each(['gnu', 'posix'])('a sparse file, as GNU tar writes it with --format=%s', async (format) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'sparse.log'), log);
    await truncate(join(folder, 'sparse.log'), 4 * MIB);
    execFileSync('tar', ['-S', `--format=${format}`, '-cf', 'a.tar', 'sparse.log'], { cwd: folder });
    expect((await stat(join(folder, 'a.tar'))).size).toBeLessThan(MIB);
    const { code, message } = await refusalOf(join(folder, 'a.tar'));
    expect(code).toBe('unsafe_archive');
    expect(message).toContain('sparse.log');
  });

  it('links in a zip, as zip writes them when it is told to keep them', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'good.log'), log);
    execFileSync('ln', ['-s', '/etc/passwd', join(folder, 'odd.log')]);
    execFileSync('zip', ['-qry', 'a.zip', 'good.log', 'odd.log'], { cwd: folder });
    const { code, message } = await refusalOf(join(folder, 'a.zip'));
    expect([code, message]).toEqual(['unsafe_archive', expect.stringContaining('odd.log')]);
    const device = zipOf({ name: 'a.log', content: log }, { name: 'odd.log', content: '', mode: 0o020666 });
    expect((await refusal('b.zip', device)).code).toBe('unsafe_archive');
    const full = zipOf({ name: 'a.log', content: log }, { name: 'odd.log/', content: auditLines(5), mode: 0o040755 });
    expect((await refusal('c.zip', full)).code).toBe('unsafe_archive');
  });

  it('links in a real tar', async () => {
    const folder = await temporaryFolder();
    await cp(SNAPSHOT, join(folder, 'snap'), { recursive: true });
    execFileSync('ln', ['-s', '/etc/passwd', join(folder, 'snap', BLOCK, 'chunks', '000002')]);
    execFileSync('tar', ['-cf', 'a.tar', 'snap'], { cwd: folder });
    const { code, message } = await refusalOf(join(folder, 'a.tar'));
    expect([code, message]).toEqual(['unsafe_archive', expect.stringContaining(`snap/${BLOCK}/chunks/000002`)]);
  });
});

describe('sizes that are none', () => {
  const negative = Buffer.alloc(12, 0xff);
  const huge = Buffer.concat([Buffer.from([0x80, 0, 0, 0]), Buffer.alloc(8, 0x7f)]);
  it.each<[string, readonly TarEntry[]]>([
    ['no number', [{ name: 'odd.log', content: log, size: 'zzzzzzzzzzz' }]],
    ['below zero', [{ name: 'odd.log', content: log, size: negative }]],
    ['more than there is', [{ name: 'odd.log', content: log, size: huge }]],
    ['no number by a pax header', [paxHeader({ size: 'abc' }), { name: 'odd.log', content: log }]],
    ['below zero by a pax header', [paxHeader({ size: '-512' }), { name: 'odd.log', content: log }]],
    ['half a number by a pax header', [paxHeader({ size: '1e400' }), { name: 'odd.log', content: log }]],
    ['of a pax header itself', [{ ...paxHeader({ path: 'x' }), size: 'zzzzzzzzzzz' }, first]],
  ])(
    '%s',
    async (_what, entries) => {
      const { code } = await refusal('a.tar', tarOf({ name: 'good.log', content: log }, ...entries));
      expect(code).toBe('damaged_file');
    },
    20_000,
  );
});

describe('an archive that was cut off or damaged', () => {
  const entries = [
    { name: 'a.log', content: auditLines(40) },
    { name: 'b.log', content: auditLines(40, 100) },
  ];
  const whole = tarOf(...entries);
  const second = tarEntry(entries[0]!).length;
  const cuts: Readonly<Record<string, Buffer>> = {
    'in a header': whole.subarray(0, second + 100),
    'in the content': whole.subarray(0, second + 1000),
    'in the content of the only file': whole.subarray(0, 1000),
    'between two files': whole.subarray(0, second),
    'after the last file': whole.subarray(0, whole.length - tarEnd.length),
    'after a pax header': Buffer.concat([tarEntry(entries[0]!), tarEntry(paxHeader({ path: 'b.log' }))]),
    'in a pax header': Buffer.concat([tarEntry(entries[0]!), tarEntry(paxHeader({ path: 'b.log' })).subarray(0, 520)]),
  };
  it.each(Object.entries(cuts))('%s', async (_where, bytes) => {
    for (const cut of [bytes, gzipSync(bytes)]) {
      const { code, message } = await refusal('a.tar', cut);
      expect([code, message]).toEqual(['damaged_file', expect.stringMatching(/archive/)]);
    }
  });

  it('between two files, where the content before ends in zeros', async () => {
    const zeros = tarEntry({ name: 'b.bin', content: Buffer.alloc(4096) });
    expect((await refusal('a.tar', Buffer.concat([tarEntry(entries[0]!), zeros]))).code).toBe('damaged_file');
  });

  it('one that other files stand beside does not keep them out of the case', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'a.tar'), cuts['in the content']!);
    await writeFile(join(folder, 'b.log'), log);
    const target = await newTestCase();
    const report = await importFiles(target, [folder], {}, testJob());
    expect(report).toMatchObject({ imported: 1, refused: 1 });
  });

  it.each([
    ['a header with a wrong checksum', tarOf(first, { name: 'b.log', content: log, checksum: '000000\0 ' })],
    ['nonsense between two files', Buffer.concat([tarEntry(first), Buffer.alloc(512, 'x'), tarOf(entries[0]!)])],
  ])('%s', async (_what, bytes) => {
    expect((await refusal('a.tar', bytes)).code).toBe('damaged_file');
  });

  it('compressed, and the compressed data cut off or damaged', async () => {
    const packed = gzipSync(tarOf({ name: 'a.log', content: auditLines(4000) }, ...entries.slice(1)));
    for (const length of [packed.length - 4, packed.length - 20, Math.floor(packed.length / 2), 600]) {
      const { code, message } = await refusal('a.tar.gz', packed.subarray(0, length));
      expect([code, message]).toEqual(['damaged_file', expect.stringContaining('cut off')]);
    }
    const wrong = Buffer.from(packed);
    wrong[packed.length - 6]! ^= 1;
    expect((await refusal('a.tar.gz', wrong)).code).toBe('damaged_file');
  });

  it('a snapshot whose tar was cut off in the middle of a block', async () => {
    const folder = await temporaryFolder();
    execFileSync('tar', ['-cf', join(folder, 'a.tar'), 'live-snapshot'], { cwd: join(SNAPSHOT, '..') });
    await truncate(join(folder, 'a.tar'), 40_000);
    expect((await refusalOf(join(folder, 'a.tar'))).code).toBe('damaged_file');
  });
});

describe('far more inside than outside', () => {
  /** Gzip data of so many mebibytes of zeros: gzip may be put one after the other. */
  const zeros = gzipSync(Buffer.alloc(64 * MIB), { level: 9 });

  async function bomb(mebibytes: number, before: Buffer, after: Buffer): Promise<string> {
    const path = join(await temporaryFolder(), 'bomb.tar.gz');
    const parts = [gzipSync(before), ...Array<Buffer>(mebibytes / 64).fill(zeros), gzipSync(after)];
    await pipeline(Readable.from(parts), createWriteStream(path));
    return path;
  }

  const sized = (name: string, mebibytes: number): Buffer =>
    tarEntry({ name, size: `${(mebibytes * MIB).toString(8).padStart(11, '0')}\0` });

  it.each([
    ['a log', 'a.log'],
    ['the chunks of a snapshot', `snap/${BLOCK}/chunks/000001`],
  ])(
    'gigabytes of zeros as %s',
    async (_what, name) => {
      const path = await bomb(4096, sized(name, 4096), tarEnd);
      expect((await stat(path)).size).toBeLessThan(6 * MIB);
      const { code, message } = await refusalOf(path);
      expect([code, message]).toEqual(['unsafe_archive', expect.stringContaining('100 times its own size')]);
    },
    120_000,
  );

  it.each(['L', 'K', 'x', 'g'])(
    'a gigabyte of zeros as what stands before a file (type %s)',
    async (type) => {
      const header = tarEntry({ name: 'long', type, size: (512 * MIB).toString(8).padStart(11, '0') });
      const path = await bomb(512, Buffer.concat([tarEntry(first), header]), tarOf(first));
      const before = process.memoryUsage().rss;
      const { code } = await refusalOf(path);
      expect(code).toBe('unsafe_archive');
      expect(process.memoryUsage().rss - before).toBeLessThan(300 * MIB);
    },
    120_000,
  );

  it('a zip of gigabytes, with what makes a snapshot', async () => {
    const piece = Buffer.alloc(64 * MIB);
    const packed = deflateRawSync(piece, { level: 9, finishFlush: constants.Z_FULL_FLUSH });
    const count = 2048 / 64;
    let crc = 0;
    for (let i = 0; i < count; i++) crc = crc32(piece, crc);
    const bytes = Buffer.concat([...Array<Buffer>(count).fill(packed), deflateRawSync(Buffer.alloc(0))]);
    const member = { content: '', packed: { bytes, crc, size: count * piece.length } };
    const path = join(await temporaryFolder(), 'bomb.zip');
    await writeFile(path, zipOf({ name: `${BLOCK}/index`, ...member }, { name: `${BLOCK}/chunks/000001`, ...member }));
    const { code, message } = await refusalOf(path);
    expect([code, message]).toEqual(['unsafe_archive', expect.stringContaining('100 times its own size')]);
    // What it says of its sizes may be a lie.
    const lie = { content: '', packed: { bytes, crc, size: 1000 } };
    await writeFile(path, zipOf({ name: `${BLOCK}/index`, ...lie }, { name: `${BLOCK}/meta.json`, content: '{}' }));
    expect((await refusalOf(path)).code).toBe('damaged_file');
  }, 120_000);

  it('more files than are counted', async () => {
    const empty = Buffer.concat(Array.from({ length: 200_001 }, (_, i) => tarEntry({ name: `wal/${i}` })));
    const { code, message } = await refusal('a.tar.gz', gzipSync(tarOf(first, empty), { level: 1 }));
    expect([code, message]).toEqual(['unsafe_archive', expect.stringContaining('more than 200000 files')]);
  }, 120_000);

  it('names that are most of it', async () => {
    const path = (i: number): string => `${String(i).padStart(6, '0')}/${'index/'.repeat(90)}${'x'.repeat(3000)}`;
    const names = Array.from({ length: 30_000 }, (_, i) => [tarEntry(paxHeader({ path: path(i) })), tarEntry(first)]);
    const { code, message } = await refusal('a.tar.gz', gzipSync(tarOf(...names.flat()), { level: 1 }));
    expect([code, message]).toEqual(['unsafe_archive', expect.stringMatching(/names/)]);
  }, 120_000);
});

it('fifty thousand members are accounted for, one by one', async () => {
  const path = join(await temporaryFolder(), 'a.tar.gz');
  const members = Array.from({ length: 50_000 }, (_, i) => tarEntry({ name: `spool/${i}`, content: `${i}` }));
  await writeFile(path, gzipSync(tarOf(...members), { level: 1 }));
  const target = await newTestCase();
  const before = await caseContent(target.folder.root);
  const { files, refused } = await importFiles(target, [path], {}, testJob());
  expect(refused).toBe(50_000);
  expect(files[49_999]).toMatchObject({ path: `${path}!spool/49999`, problem: { code: 'unknown_format' } });
  expect(await caseContent(target.folder.root)).toEqual(before);
}, 180_000);

describe('nothing inside', () => {
  it.each([
    ['an empty tar', 'a.tar', Buffer.alloc(10_240), 'unknown_format'],
    ['an empty tar, compressed', 'a.tar.gz', gzipSync(Buffer.alloc(10_240)), 'unknown_format'],
    ['a tar of folders', 'a.tar', tarOf({ name: './', type: '5' }, { name: 'a/', type: '5' }), 'damaged_file'],
    ['a tar of folders, compressed', 'a.tgz', gzipSync(tarOf({ name: 'a/b/', type: '5' })), 'damaged_file'],
  ])('%s', async (_what, name, bytes, code) => {
    expect((await refusal(name, bytes)).code).toBe(code);
  });
});

async function tarIn(folder: string, ...args: readonly string[]): Promise<string> {
  const path = join(await temporaryFolder(), 'made.tar');
  execFileSync('tar', ['-cf', path, ...args], { cwd: folder });
  return path;
}

interface Account {
  readonly member: string | null;
  readonly format: string;
  readonly records: number;
}

const accountOf = (target: EvidenceCase): readonly Account[] =>
  target.sources.map(({ member, format, records }) => ({ member, format, records }));

/** Opens the case again without its cache: everything is read again from the sealed archive. */
async function readAgain(target: EvidenceCase): Promise<EvidenceCase> {
  const { root } = target.folder;
  await target.close();
  await rm(join(root, 'cache'), { recursive: true });
  const again = await openTestCase(root);
  expect(again.wasRebuilt).toBe(true);
  return again;
}

const longName = `${'ein langer Ordner mit Größe/'.repeat(12)}日本語のログ – ünï.log`;

describe('a tar of logs', () => {
  it('has each member as a source of its own, and every record is found again', async () => {
    const noise = Buffer.alloc(3 * MIB, 'no format has lines like these\n');
    const bytes = tarOf(
      { name: './logs/', type: '5' },
      { name: './logs/a.log', content: auditLines(2500) },
      { name: 'noise.bin', content: noise },
      { name: 'logs/b.log.gz', content: gzipSync(auditLines(700, 5000)) },
      { name: 'empty.log', content: '' },
      paxHeader({ path: longName }),
      { name: 'short', content: auditLines(5, 9000) },
      gnuLongName(`gnu/${'x'.repeat(300)}.log`),
      { name: 'gnu/xxxx', content: auditLines(6, 9100), magic: 'gnu' },
      paxHeader({ comment: 'of all that follow' }, 'g'),
      { name: 'last.log', content: auditLines(7, 9200) },
    );
    const folder = await temporaryFolder();
    for (const [name, content] of Object.entries({ 'a.tar': bytes, 'b.tar.gz': gzipSync(bytes) })) {
      const target = await newTestCase();
      await writeFile(join(folder, name), content);
      const report = await importFiles(target, [join(folder, name)], {}, testJob());
      const outcomes = report.files.map((file) => [
        file.path.slice(join(folder, name).length + 1),
        file.outcome === 'refused' ? file.problem.code : file.records,
      ]);
      expect(outcomes).toEqual([
        ['logs/a.log', 2500],
        ['noise.bin', 'unknown_format'],
        ['logs/b.log.gz', 700],
        ['empty.log', 'unknown_format'],
        [longName, 5],
        [`gnu/${'x'.repeat(300)}.log`, 6],
        ['last.log', 7],
      ]);
      const again = await readAgain(target);
      const lines = auditLines(2500).split('\n');
      for (const record of [1, 2, 1024, 1025, 2049, 2500])
        expect((await readRecord(again, { sourceId: 1, record })).text).toBe(lines[record - 1]);
      expect((await readRecord(again, { sourceId: 2, record: 700 })).text).toContain(':5699)');
      expect((await readRecord(again, { sourceId: 3, record: 5 })).text).toContain(':9004)');
      expect((await readRecord(again, { sourceId: 4, record: 6 })).text).toContain(':9105)');
      expect((await readRecord(again, { sourceId: 5, record: 7 })).text).toContain(':9206)');
      await again.close();
    }
  });

  it.each(['ustar', 'gnu', 'pax', 'v7'])('as tar writes it with --format=%s', async (format) => {
    const folder = await temporaryFolder();
    const name = format === 'ustar' || format === 'v7' ? 'logs/größe 日本.log' : longName;
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), auditLines(30));
    await writeFile(join(folder, 'z.log'), auditLines(4, 500));
    const top = name.split('/')[0]!;
    const path = await tarIn(folder, `--format=${format}`, top, 'z.log');
    const target = await newTestCase();
    await importFiles(target, [path], {}, testJob());
    expect(accountOf(target)).toEqual([
      { member: name, format: 'auditd', records: 30 },
      { member: 'z.log', format: 'auditd', records: 4 },
    ]);
  });

  it('with an archive inside: that member is refused, the others are taken', async () => {
    for (const inner of [tarOf(first), gzipSync(tarOf(first)), zipOf({ name: 'x.log', content: log })]) {
      const bytes = tarOf({ name: 'a.log', content: log }, { name: 'inner.x', content: inner }, first);
      const path = join(await temporaryFolder(), 'a.tar');
      await writeFile(path, bytes);
      const target = await newTestCase();
      const report = await importFiles(target, [path], {}, testJob());
      expect(report.files).toMatchObject([
        { outcome: 'imported', path: `${path}!a.log` },
        { outcome: 'refused', path: `${path}!inner.x`, problem: { code: 'unsafe_archive' } },
        { outcome: 'imported', path: `${path}!first.log` },
      ]);
    }
  });

  it('a member that breaks off in the middle of its own compression is refused, the others are taken', async () => {
    const cut = gzipSync(auditLines(3000, 5000)).subarray(0, 9000);
    const path = join(await temporaryFolder(), 'a.tar');
    await writeFile(path, tarOf({ name: 'a.log', content: log }, { name: 'cut.log.gz', content: cut }, first));
    const target = await newTestCase();
    const report = await importFiles(target, [path], {}, testJob());
    expect(report.files).toMatchObject([
      { outcome: 'imported' },
      { outcome: 'refused', path: `${path}!cut.log.gz`, problem: { code: 'damaged_file' } },
      { outcome: 'imported', path: `${path}!first.log` },
    ]);
  });

  it('two in one, as when one was appended to the other: the files of both', async () => {
    const path = join(await temporaryFolder(), 'a.tar');
    await writeFile(path, Buffer.concat([tarOf(first), Buffer.alloc(9216), tarOf({ name: 'b.log', content: log })]));
    const target = await newTestCase();
    await importFiles(target, [path], {}, testJob());
    expect(accountOf(target).map(({ member }) => member)).toEqual(['first.log', 'b.log']);
  });
});

describe('snapshots in archives', () => {
  async function seriesOf(target: EvidenceCase, source: number): Promise<unknown> {
    return target.database.query(
      `SELECT record, name, samples_kept, (SELECT count(*) FROM metric_samples m WHERE m.series_id = s.series_id) AS samples
       FROM metric_series s WHERE source_id = ${source} ORDER BY record`,
    );
  }

  /** A folder with two snapshots and other evidence beside them. */
  async function delivery(): Promise<string> {
    const folder = await temporaryFolder();
    await cp(SNAPSHOT, join(folder, 'eins'), { recursive: true });
    await cp('test/fixtures/prometheus-tsdb/om-snapshot', join(folder, 'in', 'zwei drei'), { recursive: true });
    await writeFile(join(folder, 'eins', 'notes.txt'), 'not a format');
    await writeFile(join(folder, 'in', 'audit.log'), log);
    return folder;
  }

  it.each<[string, (folder: string, path: string) => void]>([
    ['tar', (folder, path) => execFileSync('tar', ['-cf', path, 'eins', 'in'], { cwd: folder })],
    ['tar.gz', (folder, path) => execFileSync('tar', ['-czf', path, './eins', './in'], { cwd: folder })],
    ['zip', (folder, path) => execFileSync('zip', ['-qr', path, 'eins', 'in'], { cwd: folder })],
  ])('a %s with two snapshots and other files: each is what it is, now and when read again', async (kind, make) => {
    const path = join(await temporaryFolder(), `all.${kind}`);
    make(await delivery(), path);
    const target = await newTestCase();
    const report = await importFiles(target, [path], {}, testJob());
    const outcomes = report.files.map((file) => [
      file.path.slice(path.length),
      file.outcome === 'refused' ? file.problem.code : file.records,
    ]);
    expect(outcomes.slice(0, 2)).toEqual([
      ['!eins/', 165],
      ['!in/zwei drei/', 320],
    ]);
    expect(outcomes.slice(2).sort()).toEqual([
      ['!eins/notes.txt', 'unknown_format'],
      ['!in/audit.log', 3],
    ]);
    const before = [await seriesOf(target, 1), await seriesOf(target, 2)];
    const again = await readAgain(target);
    expect([await seriesOf(again, 1), await seriesOf(again, 2)]).toEqual(before);
    expect((await readRecord(again, { sourceId: 2, record: 1 })).text).toMatch(/^\{__name__=/);
    // The same archive brings nothing new, and takes nothing away.
    const second = await importFiles(again, [path], {}, testJob());
    const codes = second.files.map((file) => (file.outcome === 'refused' ? file.problem.code : file.outcome));
    expect(codes.filter((code) => code !== 'unknown_format')).toEqual(Array(3).fill('already_exists'));
    expect((await readRecord(again, { sourceId: 1, record: 165 })).text).toMatch(/^\{__name__=/);
  });

  it.each(['.', './', '*'])('a tar made inside the snapshot, of %s', async (what) => {
    const path = await tarIn(SNAPSHOT, what === '*' ? BLOCK : what);
    await expectsSnapshot(path, './');
  });

  it('a tar and a zip whose names begin with ./, and a tar of the block alone', async () => {
    const zip = join(await temporaryFolder(), 'dots.zip');
    const files = (await filesBelow(SNAPSHOT)).map((file) => relative(SNAPSHOT, file));
    const entries = await Promise.all(
      files.map(async (name) => ({ name, content: await readFile(join(SNAPSHOT, name)) })),
    );
    await writeFile(zip, zipOf(...entries.map(({ name, content }) => ({ name: `./${name}`, content }))));
    await expectsSnapshot(zip, './');
    await writeFile(zip, zipOf(...entries.map(({ name, content }) => ({ name: `./a/${name}`, content }))));
    await expectsSnapshot(zip, 'a/');
    await expectsSnapshot(await tarIn(join(SNAPSHOT, BLOCK), 'chunks', 'index', 'meta.json', 'tombstones'), './');
    await expectsSnapshot(await tarIn(join(SNAPSHOT, '..'), 'live-snapshot//', './index-v1/..//live-snapshot'), '');
  });

  async function expectsSnapshot(path: string, member: string): Promise<void> {
    const target = await newTestCase();
    const report = await importFiles(target, [path], {}, testJob());
    if (member === '') {
      expect(report.files).toMatchObject([{ outcome: 'refused', problem: { code: 'unsafe_archive' } }]);
      return;
    }
    expect(accountOf(target)).toEqual([{ member, format: 'prometheus-snapshot', records: 165 }]);
    expect(report.refused).toBe(0);
    const before = await seriesOf(target, 1);
    const again = await readAgain(target);
    expect(await seriesOf(again, 1)).toEqual(before);
  }

  it('a snapshot that cannot be read is refused by its name, and what stands beside it is taken', async () => {
    const folder = await delivery();
    await writeFile(join(folder, 'eins', BLOCK, 'meta.json'), '{');
    const path = await tarIn(folder, 'eins', 'in/audit.log');
    const target = await newTestCase();
    const report = await importFiles(target, [path], {}, testJob());
    expect(report.files).toMatchObject([
      { outcome: 'refused', path: `${path}!eins/`, problem: { code: 'damaged_file' } },
      { outcome: 'refused', path: `${path}!eins/notes.txt`, problem: { code: 'unknown_format' } },
      { outcome: 'imported', path: `${path}!in/audit.log` },
    ]);
    // What was unpacked for the snapshot is of no more use.
    expect(await leftInCache(target)).toEqual([]);
  });

  it('a dry run, and an import that is stopped, leave nothing', async () => {
    const path = await tarIn(await delivery(), 'eins', 'in');
    const target = await newTestCase();
    const before = await caseContent(target.folder.root);
    const dry = await importFiles(target, [path], { dryRun: true }, testJob());
    expect(dry).toMatchObject({ imported: 3, refused: 1 });
    expect(await leftInCache(target)).toEqual([]);
    const stop = new AbortController();
    const job = { signal: stop.signal, progress: () => stop.abort() };
    await expect(importFiles(target, [path], {}, job)).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    expect(await caseContent(target.folder.root)).toEqual(before);
    expect(await leftInCache(target)).toEqual([]);
  });

  it('ten thousand files beside the blocks are of the snapshot, and it is read all the same', async () => {
    const path = join(await temporaryFolder(), 'a.tar.gz');
    const files = (await filesBelow(SNAPSHOT)).map((file) => relative(SNAPSHOT, file));
    const blocks = await Promise.all(
      files.map(async (name) => tarEntry({ name: `data/${name}`, content: await readFile(join(SNAPSHOT, name)) })),
    );
    const wal = Array.from({ length: 10_000 }, (_, i) => tarEntry({ name: `data/wal/${i}`, content: 'x' }));
    await writeFile(path, gzipSync(tarOf(...wal, ...blocks), { level: 1 }));
    const target = await newTestCase();
    const report = await importFiles(target, [path], {}, testJob());
    expect(report).toMatchObject({ imported: 1, refused: 0, records: 165 });
    const [file] = report.files;
    const said = file?.outcome === 'imported' ? file.assumptions.join() : '';
    expect(said).toContain('Not read: wal (10000 files, 10000 bytes).');
  }, 180_000);

  it('what was unpacked is unpacked again where somebody cleared a part of it', async () => {
    const path = await tarIn(join(SNAPSHOT, '..'), 'live-snapshot');
    const target = await newTestCase();
    await importFiles(target, [path], {}, testJob());
    const before = (await readRecord(target, { sourceId: 1, record: 1 })).text;
    for (const damage of ['a file is gone', 'a file is cut', 'the list is cut', 'all is gone']) {
      const [folder] = await readdir(target.folder.unpacked);
      const unpacked = join(target.folder.unpacked, folder!);
      if (damage === 'a file is gone') await rm(join(unpacked, '000001'));
      else if (damage === 'a file is cut') await truncate(join(unpacked, '000002'), 10);
      else if (damage === 'the list is cut') await truncate(join(unpacked, 'files.json'), 10);
      else await rm(target.folder.unpacked, { recursive: true });
      expect((await readRecord(target, { sourceId: 1, record: 1 })).text).toBe(before);
    }
  });

  it('nothing was ever written where the names pointed', () => {
    for (const path of ['/tmp/evil.log', '/tmp/evil', '/evil.log']) expect(existsSync(path)).toBe(false);
  });
});
