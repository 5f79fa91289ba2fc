/** Evidence that is compressed with Zstandard: the same rows as without it, from the sealed file too. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { importFiles, readRecord, sealCase, type ImportReport } from '../../../engine/index.ts';
import { tarOf, zipOf } from '../../abuse/archive-bytes.ts';
import { auditLines, newTestCase, openTestCase, temporaryFolder, testJob } from '../test-case.ts';

const isThere = spawnSync('zstd', ['--version']).status === 0;
const withZstd = isThere ? it : it.skip;
const skipped = isThere ? '' : ' (skipped: the program zstd is not installed)';
const lines = auditLines(5000);

function zstd(content: string | Buffer, ...options: readonly string[]): Buffer {
  return execFileSync('zstd', ['-q', '-c', ...options], { input: content, maxBuffer: 64 << 20 });
}

async function write(files: Readonly<Record<string, Buffer>>): Promise<readonly string[]> {
  const folder = await temporaryFolder();
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  return Object.keys(files).map((name) => join(folder, name));
}

/** Records of what was imported, the code of what was refused, by the name of the file. */
function outcomes({ files }: ImportReport): Readonly<Record<string, unknown>> {
  const outcome = (file: ImportReport['files'][number]) =>
    file.outcome === 'refused' ? file.problem.code : file.records;
  return Object.fromEntries(files.map((file) => [basename(file.path.replace(/!.*\//, '!')), outcome(file)]));
}

withZstd(`compressed logs are imported, found again, read again and sealed${skipped}`, async () => {
  const members = [
    { name: 'one.log.zst', content: zstd(auditLines(300, 6000)) },
    { name: 'two.log.gz', content: gzipSync(auditLines(200, 7000)) },
    { name: 'three.log', content: Buffer.from(auditLines(100, 8000)) },
  ];
  const packed = zstd(lines, '-19');
  const paths = await write({
    'audit.log.zst': packed,
    'logs.tar.zst': zstd(tarOf(...members)),
    'logs.zip': zipOf(...members),
  });
  const target = await newTestCase();
  expect(outcomes(await importFiles(target, paths, {}, testJob()))).toEqual({
    'audit.log.zst': 5000,
    'logs.tar.zst!one.log.zst': 300,
    'logs.tar.zst!two.log.gz': 200,
    'logs.tar.zst!three.log': 100,
    'logs.zip!one.log.zst': 300,
    'logs.zip!two.log.gz': 200,
    'logs.zip!three.log': 100,
  });
  const [whole] = target.sources;
  expect(whole).toMatchObject({ bytes: packed.length, content_bytes: lines.length });
  expect(whole!.sha256).toBe(createHash('sha256').update(packed).digest('hex'));
  expect(whole!.content_sha256).toBe(createHash('sha256').update(lines).digest('hex'));
  const rows = 'SELECT source_id, record, time, message FROM evidence.events ORDER BY ALL';
  const before = await target.database.query(rows);
  const { root } = target.folder;
  await target.close();
  await rm(join(root, 'cache'), { recursive: true, force: true });
  const again = await openTestCase(root);
  expect(await again.database.query(rows)).toEqual(before);
  const texts = lines.split('\n');
  for (const record of [1, 2500, 5000])
    expect((await readRecord(again, { sourceId: 1, record })).text).toBe(texts[record - 1]);
  expect((await readRecord(again, { sourceId: 2, record: 300 })).text).toContain(':6299)');
  expect((await readRecord(again, { sourceId: 3, record: 200 })).text).toContain(':7199)');
  await sealCase(again, testJob());
  expect(await readFile(join(root, 'manifest-sha256.txt'), 'utf8')).toContain(whole!.sha256);
});

withZstd(`what is cut off, or compressed twice, is refused, and what stands beside it is not${skipped}`, async () => {
  const whole = zstd(lines);
  const paths = await write({
    'a-whole.zst': zstd(auditLines(10, 9000)),
    'b-cut.zst': whole.subarray(0, whole.length - 9),
    'c-twice.zst': zstd(gzipSync(lines)),
    'd-twice.gz': gzipSync(whole),
    'e-zip.zst': zstd(zipOf({ name: 'a.log', content: lines })),
    'f.tar.zst': zstd(tarOf({ name: 'in.tar.zst', content: zstd(tarOf({ name: 'a.log', content: lines })) })),
    'g-cut.tar.zst': zstd(tarOf({ name: 'a.log', content: lines })).subarray(0, 5000),
  });
  const target = await newTestCase();
  expect(outcomes(await importFiles(target, paths, {}, testJob()))).toEqual({
    'a-whole.zst': 10,
    'b-cut.zst': 'damaged_file',
    'c-twice.zst': 'unsafe_archive',
    'd-twice.gz': 'unsafe_archive',
    'e-zip.zst': 'unsafe_archive',
    'f.tar.zst!in.tar.zst': 'unsafe_archive',
    'g-cut.tar.zst': 'damaged_file',
  });
  expect(target.sources.map(({ name }) => name)).toEqual(['a-whole.zst']);
});

it('what follows gzip data is told: zeros may, nothing else', async () => {
  const paths = await write({
    'a.gz': Buffer.concat([gzipSync(auditLines(10)), Buffer.alloc(3_000_000)]),
    'b.gz': Buffer.concat([gzipSync(auditLines(11)), Buffer.alloc(2_000_000), Buffer.from('one more line\n')]),
    'c.gz': Buffer.concat([gzipSync(auditLines(12)), Buffer.from('one more line\n')]),
  });
  const target = await newTestCase();
  const report = await importFiles(target, paths, {}, testJob());
  expect(outcomes(report)).toEqual({ 'a.gz': 10, 'b.gz': 'damaged_file', 'c.gz': 'damaged_file' });
  const messages = report.files.map((file) => (file.outcome === 'refused' ? file.problem.message : ''));
  expect(messages.join('\n')).toMatch(/ends at byte \d+ of \d+, and what follows is none/);
});
