import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importFiles, readDeliveries, type EvidenceCase } from '../../../engine/index.ts';
import { auditLines, newTestCase, temporaryFolder, testJob } from '../test-case.ts';

async function imported(target: EvidenceCase, text: string): Promise<readonly string[]> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'audit.log'), text);
  const report = await importFiles(target, [folder], { system: 'web-1' }, testJob());
  const [file] = report.files;
  return file?.outcome === 'imported' ? file.assumptions : [];
}

const lines = auditLines(1000).trimEnd().split('\n');

describe('a second delivery of the same time', () => {
  it('is compared with the first by day: what is gone, what is new, what was changed', async () => {
    const target = await newTestCase({
      entity: 'Test & Sons',
      window: { from: '2026-01-01', to: '2026-12-31', zone: 'Asia/Kolkata' },
      criteria: ['CC6.1'],
      parameters: {},
    });
    await imported(target, `${lines.join('\n')}\n`);
    const altered = lines.map((line, i) => (i === 500 ? line.replace('alice', 'mallory') : line));
    const later = [...altered.slice(0, 100), ...altered.slice(103)];
    const extra = lines[700]!.replace(':701)', ':5000)');
    const statements = await imported(target, `${[...later, extra].join('\n')}\n`);
    expect(statements).toContain(
      'Compared with auditd of web-1 in S1, over the time that both cover: 4 records of that delivery are not in this one, 2 are only in this one, 1 of them changed (2026-03-01 -4 +2).',
    );
    expect(statements).toContain(
      'Finding: records that S1 has are gone from this delivery of the same log, or altered as 1 of them was: S1 #101, S1 #102, S1 #103, S1 #501. They count as S1 has them; ask who changed the log between the two deliveries, and why.',
    );
    expect(await readDeliveries(target)).toEqual([
      {
        earlier: 1,
        later: 2,
        stream: 'auditd',
        system: 'web-1',
        day: '2026-03-01',
        shared: 996,
        added: 2,
        removed: 4,
        changed: 1,
        firstRemoved: 101,
        removedRecords: [101, 102, 103, 501],
      },
    ]);
  });

  it('is no difference where it goes on after the first, or repeats it whole', async () => {
    const target = await newTestCase();
    await imported(target, `${lines.slice(0, 600).join('\n')}\n`);
    const statements = await imported(target, `${lines.slice(300).join('\n')}\n`);
    expect(statements.filter((statement) => statement.startsWith('Compared'))).toEqual([]);
    expect((await readDeliveries(target)).map(({ shared, added, removed }) => [shared, added, removed])).toEqual([
      [300, 0, 0],
    ]);
  });

  it('tells a line of an audit event that was altered where the event says the same', async () => {
    const target = await newTestCase();
    await imported(target, `${lines.join('\n')}\n`);
    const altered = lines.map((line, i) => (i === 500 ? line.replace('ses=1', 'ses=2') : line));
    const statements = await imported(target, `${altered.join('\n')}\n`);
    expect(statements.filter((statement) => statement.startsWith('Compared'))).toEqual([
      'Compared with auditd of web-1 in S1, over the time that both cover: 1 records of that delivery are not in this one, 1 are only in this one, 1 of them changed (2026-03-01 -1 +1).',
    ]);
  });

  it('is not seen in another log of the same host that has a few records in common', async () => {
    const target = await newTestCase();
    await imported(target, `${lines.join('\n')}\n`);
    const other = lines.map((line, i) => (i < 100 ? line : line.replace(':', ':9')));
    const statements = await imported(target, `${other.join('\n')}\n`);
    expect(statements.filter((statement) => statement.startsWith('Compared'))).toEqual([]);
  });
});
