import { spawn } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createCase, importFiles, readRecord } from '../../../engine/index.ts';
import { evidencePath } from '../../../engine/intake/case-folder.ts';
import { checkEvidence, sealCase } from '../../../engine/intake/seal.ts';
import type { CaseDatabase } from '../../../engine/store/case-database.ts';
import {
  auditLines,
  caseContent,
  newTestCase,
  openTestCase,
  temporaryFolder,
  testEngine,
  testJob,
  year2026,
} from '../test-case.ts';

async function caseWithEvidence() {
  const target = await newTestCase();
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'a.log'), `${auditLines(3000)}type=broken\n`);
  await writeFile(join(folder, 'b.log'), auditLines(50, 9000));
  await importFiles(target, [folder], {}, testJob());
  return target;
}

const tables = [
  'evidence.events',
  'evidence.auditd_records',
  'evidence.stream_hours',
  'sources',
  'rejects',
  'record_marks',
];

async function fingerprint(database: CaseDatabase): Promise<unknown> {
  const counts: unknown[] = [];
  for (const table of tables) {
    const [row] = await database.query(`SELECT count(*) AS n, sum(hash(t)::HUGEINT)::VARCHAR AS h FROM ${table} t`);
    counts.push([table, row]);
  }
  return counts;
}

describe('a new case', () => {
  it.each([
    [{ from: '2026-06-30', to: '2026-01-01', zone: 'UTC' }, /ends on 2026-01-01, before it begins/],
    [{ from: '2026-02-30', to: '2026-06-30', zone: 'UTC' }, /2026-02-30 is not a day/],
    [{ from: '2026-01-01', to: '2026-06-30', zone: 'Mars/Olympus' }, /Mars\/Olympus is not known/],
    [{ from: '1026-01-01', to: '2026-06-30', zone: 'UTC' }, /at most 731/],
  ])('is refused for the window %j', async (window, message) => {
    const root = join(await temporaryFolder(), 'c');
    const making = createCase(root, { ...year2026, window }, testEngine().caseContext);
    await expect(making).rejects.toMatchObject({
      problem: { code: 'bad_request', message: expect.stringMatching(message) },
    });
    await expect(readFile(join(root, 'data/ledger.jsonl'))).rejects.toThrow('ENOENT');
  });

  it('is not made over a folder that holds something', async () => {
    const root = await temporaryFolder();
    await writeFile(join(root, 'mine.txt'), 'x');
    await expect(createCase(root, year2026, testEngine().caseContext)).rejects.toMatchObject({
      problem: { code: 'already_exists' },
    });
    expect(await readFile(join(root, 'mine.txt'), 'utf8')).toBe('x');
  });

  it('does not take the place of a file', async () => {
    const file = join(await temporaryFolder(), 'mine.txt');
    await writeFile(file, 'precious');
    await expect(createCase(file, year2026, testEngine().caseContext)).rejects.toMatchObject({
      problem: { code: 'already_exists' },
    });
    expect(await readFile(file, 'utf8')).toBe('precious');
  });

  it('is the same bytes for the same engagement and clock', async () => {
    const [a, b] = [await newTestCase(), await newTestCase()];
    expect(await caseContent(a.folder.root)).toEqual(await caseContent(b.folder.root));
  });
});

describe('the database is a view that can be thrown away', () => {
  it.each([
    ['is missing', (path: string) => rm(path)],
    ['is not a database', (path: string) => writeFile(path, 'garbage')],
    ['is cut off', async (path: string) => writeFile(path, (await readFile(path)).subarray(0, 100_000))],
  ])('it is rebuilt, the same, when it %s', async (_how, damage) => {
    const target = await caseWithEvidence();
    const before = await fingerprint(target.database);
    await target.close();
    await damage(target.folder.database);
    const again = await openTestCase(target.folder.root);
    expect(again.wasRebuilt).toBe(true);
    expect(await fingerprint(again.database)).toEqual(before);
  });

  it('it is rebuilt when its schema has another version', async () => {
    const target = await caseWithEvidence();
    const before = await fingerprint(target.database);
    await target.database.query('UPDATE cache_state SET schema_version = 0');
    await target.close();
    const again = await openTestCase(target.folder.root);
    expect(again.wasRebuilt).toBe(true);
    expect(await fingerprint(again.database)).toEqual(before);
  });

  it('is left alone when nothing is amiss', async () => {
    const target = await caseWithEvidence();
    await target.close();
    const again = await openTestCase(target.folder.root);
    expect(again.wasRebuilt).toBe(false);
  });
});

describe('a ledger that lost something', () => {
  it.each([
    ['its last entry', (text: string) => text.replace(/[^\n]+\n$/, '')],
    ['its last two entries', (text: string) => text.replace(/[^\n]+\n[^\n]+\n$/, '')],
    ['the end of its last entry', (text: string) => text.slice(0, -40)],
  ])('%s: the case does not open, and no evidence is touched', async (_what, change) => {
    const target = await caseWithEvidence();
    await target.close();
    const before = await caseContent(target.folder.root);
    const whole = await readFile(target.folder.ledger, 'utf8');
    await writeFile(target.folder.ledger, change(whole));
    await expect(openTestCase(target.folder.root)).rejects.toMatchObject({
      problem: { code: 'case_damaged', where: { file: target.folder.ledger } },
    });
    await writeFile(target.folder.ledger, whole);
    expect(await caseContent(target.folder.root)).toEqual(before);
    await (await openTestCase(target.folder.root)).close();
  });

  it('only its last line end: nothing is lost', async () => {
    const target = await caseWithEvidence();
    await target.close();
    const before = await caseContent(target.folder.root);
    const whole = await readFile(target.folder.ledger, 'utf8');
    await writeFile(target.folder.ledger, whole.trimEnd());
    const again = await openTestCase(target.folder.root);
    expect(again.sources).toHaveLength(2);
    expect(await caseContent(target.folder.root)).toEqual(before);
  });

  it('an evidence file that no entry names is kept beside, and said', async () => {
    const target = await caseWithEvidence();
    await target.close();
    const path = evidencePath(target.folder, 'ab'.repeat(32), 'stray.log');
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, 'precious');
    await (await openTestCase(target.folder.root)).close();
    const kept = await readdir(join(target.folder.cache, 'orphans'));
    expect(await readFile(join(target.folder.cache, 'orphans', kept[0]!, 'stray.log'), 'utf8')).toBe('precious');
  });
});

describe('what was changed outside is found', () => {
  it('a byte of an evidence file: no record of it is shown as evidence', async () => {
    const target = await caseWithEvidence();
    const [source] = await target.database.query('SELECT sha256, name FROM sources WHERE source_id = 1');
    const path = evidencePath(target.folder, String(source?.['sha256']), String(source?.['name']));
    const bytes = await readFile(path);
    bytes[bytes.length - 5]! ^= 1;
    await chmod(path, 0o644);
    await writeFile(path, bytes);
    await expect(readRecord(target, { sourceId: 1, record: 1 })).rejects.toMatchObject({
      problem: { code: 'case_damaged', where: { file: path } },
    });
  });

  it('a byte of an evidence file: it is named when every byte is read', async () => {
    const target = await caseWithEvidence();
    const [source] = await target.database.query('SELECT sha256, name FROM sources WHERE source_id = 2');
    const path = evidencePath(target.folder, String(source?.['sha256']), String(source?.['name']));
    const bytes = await readFile(path);
    bytes[777]! ^= 1;
    await chmod(path, 0o644);
    await writeFile(path, bytes);
    const checking = checkEvidence(target, testJob());
    await expect(checking).rejects.toMatchObject({ problem: { code: 'case_damaged', where: { file: path } } });
    await expect(sealCase(target, testJob())).rejects.toMatchObject({ problem: { code: 'case_damaged' } });
  });

  it('a missing evidence file, a changed engagement: the case does not open and says which', async () => {
    const target = await caseWithEvidence();
    const [source] = await target.database.query('SELECT sha256, name FROM sources WHERE source_id = 1');
    await target.close();
    const path = evidencePath(target.folder, String(source?.['sha256']), String(source?.['name']));
    const bytes = await readFile(path);
    await rm(path);
    await expect(openTestCase(target.folder.root)).rejects.toMatchObject({
      problem: { code: 'case_damaged', where: { file: path } },
    });
    await writeFile(path, bytes);
    await writeFile(target.folder.engagement, 'entity: Other\nwindow: {from: 2026-01-01, to: 2026-12-31}\n');
    await expect(openTestCase(target.folder.root)).rejects.toMatchObject({
      problem: { code: 'case_damaged', where: { file: target.folder.engagement } },
    });
  });

  it('a folder that is no case', async () => {
    await expect(openTestCase(await temporaryFolder())).rejects.toMatchObject({ problem: { code: 'not_a_case' } });
  });
});

describe('a case has one owner', () => {
  it('a second opener in this process is told, and harms nothing', async () => {
    const target = await caseWithEvidence();
    const before = await fingerprint(target.database);
    await expect(openTestCase(target.folder.root)).rejects.toMatchObject({ problem: { code: 'case_in_use' } });
    expect(await fingerprint(target.database)).toEqual(before);
    await target.close();
    await (await openTestCase(target.folder.root)).close();
  });

  it('a second process is told who has it', async () => {
    const target = await newTestCase();
    const cli = spawn(process.execPath, ['dist/cli/main.js', 'sources', target.folder.root, '--json']);
    const [output, code] = await Promise.all([text(cli.stdout), new Promise((resolve) => cli.on('close', resolve))]);
    expect(code).toBe(3);
    expect(JSON.parse(output)).toMatchObject({
      error: { code: 'case_in_use', message: expect.stringContaining(String(process.pid)) },
    });
  });

  it('the lock of a process that is gone is taken over', async () => {
    const target = await newTestCase();
    await target.close();
    const gone = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => gone.on('close', resolve));
    const { hostname } = await import('node:os');
    await writeFile(
      target.folder.owner,
      JSON.stringify({ token: 'x', pid: gone.pid, host: hostname(), processStart: '1' }),
    );
    await (await openTestCase(target.folder.root)).close();
    // The process id is used again by another process: it started at another time.
    await writeFile(
      target.folder.owner,
      JSON.stringify({ token: 'x', pid: process.pid, host: hostname(), processStart: '1' }),
    );
    await (await openTestCase(target.folder.root)).close();
    await writeFile(target.folder.owner, '');
    await (await openTestCase(target.folder.root)).close();
  });
});

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  let all = '';
  for await (const piece of stream) all += String(piece);
  return all;
}

it('a sealed case is a BagIt bag, and stops being one when it changes', async () => {
  const target = await caseWithEvidence();
  const report = await sealCase(target, testJob());
  const manifest = await readFile(join(target.folder.root, 'manifest-sha256.txt'), 'utf8');
  const content = await caseContent(target.folder.root);
  const listed = Object.fromEntries(
    manifest
      .trimEnd()
      .split('\n')
      .map((line) => [line.slice(66), line.slice(0, 64)]),
  );
  const payload = Object.fromEntries(Object.entries(content).filter(([path]) => path.startsWith('data/')));
  expect(listed).toEqual(payload);
  expect(report.files).toBe(Object.keys(payload).length);
  expect(await readFile(join(target.folder.root, 'bagit.txt'), 'utf8')).toBe(
    'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n',
  );
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'c.log'), auditLines(5, 90_000));
  await importFiles(target, [folder], { dryRun: true }, testJob());
  expect(await readFile(join(target.folder.root, 'bagit.txt'), 'utf8')).toContain('BagIt-Version');
  await importFiles(target, [folder], {}, testJob());
  await expect(readFile(join(target.folder.root, 'bagit.txt'))).rejects.toThrow('ENOENT');
});
