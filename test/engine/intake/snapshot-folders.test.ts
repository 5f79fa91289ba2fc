/** Folders as they are handed over: with a snapshot somewhere in them, whole, in part, or only what looks like one. */
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importFiles, readRecord, sealCase, type EvidenceCase, type ImportReport } from '../../../engine/index.ts';
import { auditLines, caseContent, newTestCase, openTestCase, temporaryFolder, testJob } from '../test-case.ts';

const FIXTURES = 'test/fixtures/prometheus-tsdb';
const A = '01M7YBW96F9A2EAZNNG3008VV9';
const B = '01M7YQM6SZHP09AHB9MWNNCA88';

async function withSnapshot(...below: readonly string[]): Promise<string> {
  const folder = await temporaryFolder();
  await cp(join(FIXTURES, 'live-snapshot'), join(folder, ...below), { recursive: true });
  return folder;
}

/** What became of each file, by path: that below `top`, and its records or why it was refused. */
function outcomes({ files }: ImportReport, top: string): readonly unknown[] {
  return files
    .map((file) => [file.path.slice(top.length + 1), file.outcome === 'refused' ? file.problem.code : file.records])
    .sort();
}

/** Opens the case again without its cache, and gives its sources; their records are there again. */
async function readAgain(target: EvidenceCase): Promise<EvidenceCase> {
  const { root } = target.folder;
  await target.close();
  await rm(join(root, 'cache'), { recursive: true });
  const again = await openTestCase(root);
  for (const { source_id } of again.sources) await readRecord(again, { sourceId: source_id, record: 1 });
  return again;
}

describe('a folder with a snapshot in it', () => {
  it('and other evidence beside it: each is what it is, and nothing is left out', async () => {
    const folder = await withSnapshot('hosts', 'prom 1 – größe', 'snapshot');
    const snapshot = join(folder, 'hosts', 'prom 1 – größe', 'snapshot');
    await writeFile(join(folder, 'audit.log'), auditLines(3));
    await writeFile(join(snapshot, 'auth.log'), auditLines(4, 100));
    await writeFile(join(snapshot, 'notes.txt'), 'not a format');
    await writeFile(join(snapshot, 'lock'), '');
    const target = await newTestCase();
    const report = await importFiles(target, [folder], {}, testJob());
    const where = 'hosts/prom 1 – größe/snapshot';
    expect(outcomes(report, folder)).toEqual([
      ['audit.log', 3],
      [where, 165],
      [`${where}/auth.log`, 4],
      [`${where}/notes.txt`, 'unknown_format'],
    ]);
    const again = await readAgain(target);
    expect(again.sources.map(({ name, files }) => [name, files?.length ?? 1]).sort()).toEqual([
      ['audit.log', 1],
      ['auth.log', 1],
      ['snapshot', 5],
    ]);
  });

  it('named as the block itself, as the snapshot, and as a file of it', async () => {
    const folder = await withSnapshot('snap');
    const target = await newTestCase();
    const block = await importFiles(target, [join(folder, 'snap', A)], {}, testJob());
    expect(outcomes(block, folder)).toEqual([[`snap/${A}`, 165]]);
    expect(target.sources[0]!.files!.map(({ path }) => path)).toContain(`${A}/meta.json`);
    // The same files below the same names are the same evidence.
    const snapshot = await importFiles(target, [join(folder, 'snap'), `${folder}/snap/`], {}, testJob());
    expect(outcomes(snapshot, folder)).toEqual([['snap', 'already_exists']]);
    const file = await importFiles(target, [join(folder, 'snap', A, 'index')], {}, testJob());
    expect(outcomes(file, folder)).toEqual([[`snap/${A}/index`, 'unknown_format']]);
    await readAgain(target);
  });

  it('that is the data folder of a server: its blocks are read, the rest is named', async () => {
    const folder = await withSnapshot('data');
    const data = join(folder, 'data');
    for (const name of ['wal', 'chunks_head', `${B}.tmp-for-creation`]) await mkdir(join(data, name));
    await writeFile(join(data, 'wal', '00000001'), 'x'.repeat(700));
    await writeFile(join(data, 'chunks_head', '000001'), 'y');
    await writeFile(join(data, 'lock'), '');
    await writeFile(join(data, 'queries.active'), Buffer.alloc(20_001));
    await writeFile(join(data, `${B}.tmp-for-creation`, 'index'), 'half of it');
    const target = await newTestCase();
    const report = await importFiles(target, [folder], {}, testJob());
    expect(outcomes(report, folder)).toEqual([['data', 165]]);
    const [file] = report.files;
    const said = file?.outcome === 'imported' ? file.assumptions.join('\n') : '';
    for (const part of [
      'Not read: wal (1 file, 700 bytes).',
      'Not read: chunks_head (1 file, 1 bytes).',
      'Not read: lock (1 file, 0 bytes).',
      'Not read: queries.active (1 file, 20001 bytes).',
      `Not read: ${B}.tmp-for-creation (1 file, 10 bytes).`,
    ])
      expect(said).toContain(part);
    await readAgain(target);
  });

  it('twice, in two folders: two sources', async () => {
    const folder = await withSnapshot('one');
    await cp(join(FIXTURES, 'om-snapshot'), join(folder, 'two'), { recursive: true });
    const target = await newTestCase();
    const report = await importFiles(target, [folder], {}, testJob());
    expect(outcomes(report, folder)).toEqual([
      ['one', 165],
      ['two', 320],
    ]);
    await readAgain(target);
  });

  it('with a block that lacks its meta.json beside one that has it', async () => {
    const folder = await withSnapshot('snap');
    await cp(join(folder, 'snap', A), join(folder, 'snap', B), { recursive: true });
    await rm(join(folder, 'snap', B, 'meta.json'));
    const target = await newTestCase();
    const report = await importFiles(target, [folder], {}, testJob());
    expect(report).toMatchObject({ imported: 1, refused: 0, records: 165, rejected: 1 });
    const reasons = await target.database.query('SELECT reason FROM rejects');
    expect(reasons).toMatchObject([{ reason: expect.stringContaining(B) }]);
    await readAgain(target);
  });

  it('alone, and without its meta.json: refused by its name, and the case is as it was', async () => {
    const folder = await withSnapshot('snap');
    await rm(join(folder, 'snap', A, 'meta.json'));
    const target = await newTestCase();
    const before = await caseContent(target.folder.root);
    const report = await importFiles(target, [folder], {}, testJob());
    expect(outcomes(report, folder)).toEqual([['snap', 'damaged_file']]);
    expect(report.files[0]).toMatchObject({ problem: { where: { file: expect.stringContaining(A) } } });
    expect(await caseContent(target.folder.root)).toEqual(before);
  });

  it('with a block whose folder has another name', async () => {
    const folder = await withSnapshot('snap');
    await rename(join(folder, 'snap', A), join(folder, 'snap', 'Mai – Größe'));
    const target = await newTestCase();
    const report = await importFiles(target, [folder], {}, testJob());
    expect(outcomes(report, folder)).toEqual([['snap', 165]]);
    await readAgain(target);
  });
});

describe('what only looks like one', () => {
  it('an index and a meta.json that are none keep no evidence beside them out of the case', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'site'));
    await writeFile(join(folder, 'site', 'meta.json'), '{"title": "a site"}');
    await writeFile(join(folder, 'site', 'index'), 'nothing');
    await writeFile(join(folder, 'site', 'audit.log'), auditLines(3));
    const target = await newTestCase();
    const report = await importFiles(target, [folder], {}, testJob());
    expect(outcomes(report, folder)).toEqual([
      ['site/audit.log', 3],
      ['site/index', 'unknown_format'],
      ['site/meta.json', 'unknown_format'],
    ]);
  });

  it('a whole block of nonsense is refused by its name, and the case is as it was', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, A, 'chunks'), { recursive: true });
    for (const name of ['index', 'meta.json', 'chunks/000001']) await writeFile(join(folder, A, name), 'nonsense');
    const target = await newTestCase();
    const before = await caseContent(target.folder.root);
    const report = await importFiles(target, [folder], {}, testJob());
    expect(report.files).toMatchObject([{ outcome: 'refused', problem: { code: 'damaged_file' } }]);
    expect(await caseContent(target.folder.root)).toEqual(before);
  });
});

it('names that no list of hashes likes are sealed, and the seal holds', async () => {
  const folder = await withSnapshot('snap');
  const odd = ['a b', 'größe 日本', '100%', 'line\nend', 'back\\slash', '.hidden', '-rf', 'x'.repeat(200)];
  for (const name of odd) await writeFile(join(folder, 'snap', A, name), name);
  const target = await newTestCase();
  const report = await importFiles(target, [folder], {}, testJob());
  expect(outcomes(report, folder)).toEqual([['snap', 165]]);
  const again = await readAgain(target);
  expect(again.sources[0]!.files!.map(({ path }) => path.slice(A.length + 1))).toEqual(expect.arrayContaining(odd));
  await sealCase(again, testJob());
  const manifest = await readFile(join(again.folder.root, 'manifest-sha256.txt'), 'utf8');
  // A line for each file, so no name may break one.
  expect(
    manifest
      .trimEnd()
      .split('\n')
      .filter((line) => line.includes(`/${A}/`)),
  ).toHaveLength(4 + odd.length);
  await again.close();
  await openTestCase(again.folder.root);
});
