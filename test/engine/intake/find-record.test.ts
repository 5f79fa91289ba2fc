/** Syslog as it is sent: each record is found again in its file, whether it is a line or has an octet count. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { importFiles, type EvidenceCase } from '../../../engine/index.ts';
import { findRecord } from '../../../engine/intake/find-record.ts';
import { newTestCase, temporaryFolder, testJob } from '../test-case.ts';

const LINES = 3000;
const line = (at: number): string =>
  `<34>1 2026-03-01T00:00:00Z web-${at % 3} app ${at} - - message ${'x'.repeat(at % 50)}`;

async function importedAs(content: string): Promise<EvidenceCase> {
  const target = await newTestCase();
  const file = join(await temporaryFolder(), 'messages.log');
  await writeFile(file, content);
  const report = await importFiles(target, [file], {}, testJob());
  expect(report.files[0]).toMatchObject({ outcome: 'imported', format: 'syslog-5424', records: LINES });
  return target;
}

const marksOf = async (target: EvidenceCase): Promise<unknown> =>
  (await target.database.query('SELECT count(*) AS n FROM record_marks'))[0]?.['n'];

it('in a file of lines, of which few have a mark', async () => {
  const target = await importedAs(Array.from({ length: LINES }, (_, at) => `${line(at)}\n\n`).join(''));
  expect(await marksOf(target)).toBe(3);
  for (const record of [1, 2, 1024, 1025, 2999, 3000]) {
    const found = await findRecord(target, 1, record);
    expect(Buffer.from(found.bytes).toString()).toBe(line(record - 1));
  }
});

it('in a file of counted messages, each of which has one', async () => {
  const target = await importedAs(Array.from({ length: LINES }, (_, at) => `${line(at).length} ${line(at)}`).join(''));
  expect(await marksOf(target)).toBe(LINES);
  for (const record of [1, 2, 1024, 3000]) {
    const found = await findRecord(target, 1, record);
    expect(Buffer.from(found.bytes).toString()).toBe(`${line(record - 1).length} ${line(record - 1)}`);
  }
});
