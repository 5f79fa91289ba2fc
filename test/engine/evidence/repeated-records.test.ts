import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importFiles, type EvidenceCase, type ImportReport } from '../../../engine/index.ts';
import { auditLines, newTestCase, openTestCase, temporaryFolder, testJob } from '../test-case.ts';

async function imported(target: EvidenceCase, files: Readonly<Record<string, string>>): Promise<ImportReport> {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const report = await importFiles(target, [folder], { system: 'web-1' }, testJob());
  expect(report.refused).toBe(0);
  return report;
}

const one = async (target: EvidenceCase, sql: string) => (await target.database.query(sql))[0];

describe('records that were delivered twice', () => {
  it('count once, have two citations, and the report says so', async () => {
    const target = await newTestCase();
    await imported(target, { 'audit.log': auditLines(100) });
    const report = await imported(target, { 'audit.log': auditLines(150) });
    expect(report.files[0]).toMatchObject({
      records: 150,
      assumptions: expect.arrayContaining([
        '100 of its records are in S1 too: each counts once, and this is its second citation.',
      ]),
    });
    expect(await one(target, 'SELECT count(*) AS n, count(DISTINCT sequence) AS serials FROM events')).toEqual({
      n: 150,
      serials: 150,
    });
    expect(await one(target, 'SELECT count(*) AS n FROM auditd_records')).toEqual({ n: 150 });
    expect(await one(target, 'SELECT sum(records)::BIGINT AS n FROM stream_hours')).toEqual({ n: 150 });
    expect(await one(target, 'SELECT * FROM repeats WHERE record = 7')).toEqual({
      source_id: 2,
      record: 7,
      of_source_id: 1,
      of_record: 7,
    });
  });

  it('are counted where a log really holds the same line more than once', async () => {
    const line = 'Mar  1 00:00:01 web-1 sshd[77]: Failed password for root from 10.0.0.9 port 4000 ssh2\n';
    const other = 'Mar  1 00:00:01 web-1 sshd[78]: Failed password for root from 10.0.0.9 port 4000 ssh2\n';
    const target = await newTestCase();
    await imported(target, { 'secure.1': line.repeat(3) });
    await imported(target, { secure: line.repeat(4) + other });
    const rows = await target.database.query(
      'SELECT s.pid, count(*) AS n FROM events e JOIN syslog_records s USING (source_id, record) GROUP BY s.pid ORDER BY s.pid',
    );
    expect(rows).toEqual([
      { pid: 77, n: 4 },
      { pid: 78, n: 1 },
    ]);
  });

  it('are told from equal records of another system and of other times', async () => {
    const target = await newTestCase();
    await imported(target, { 'audit.log': auditLines(10) });
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'audit.log'), auditLines(11));
    await importFiles(target, [folder], { system: 'web-2' }, testJob());
    expect(await one(target, 'SELECT count(*) AS n FROM events')).toEqual({ n: 21 });
    expect(await one(target, 'SELECT count(*) AS n FROM repeats')).toEqual({ n: 0 });
  });

  it('give way in the same way over three deliveries, and again when the case is read again', async () => {
    const target = await newTestCase();
    await imported(target, { 'audit.log': auditLines(10) });
    await imported(target, { 'audit.log': auditLines(20, 1) });
    await imported(target, { 'audit.log': auditLines(30, 1) });
    const counts = 'SELECT source_id, of_source_id, count(*) AS n FROM repeats GROUP BY ALL ORDER BY ALL';
    const expected = [
      { source_id: 2, of_source_id: 1, n: 10 },
      { source_id: 3, of_source_id: 1, n: 10 },
      { source_id: 3, of_source_id: 2, n: 10 },
    ];
    expect(await target.database.query(counts)).toEqual(expected);
    expect(await one(target, 'SELECT count(*) AS n FROM events')).toEqual({ n: 30 });
    const { root } = target.folder;
    const before = await target.database.query('SELECT assumptions FROM sources ORDER BY source_id');
    await target.close();
    await rm(join(root, 'cache'), { recursive: true });
    const again = await openTestCase(root);
    expect(await again.database.query(counts)).toEqual(expected);
    expect(await again.database.query('SELECT assumptions FROM sources ORDER BY source_id')).toEqual(before);
  });
});
