import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importFiles, type EvidenceCase, type ImportReport } from '../../../engine/index.ts';
import { auditLines, newTestCase, temporaryFolder, testJob } from '../test-case.ts';

/** Imports a folder with these files. */
async function imported(target: EvidenceCase, files: Readonly<Record<string, string>>): Promise<ImportReport> {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return importFiles(target, [folder], {}, testJob());
}

/** `count` events from second `from` on, their serials from `from` + 1 on. */
function stretch(from: number, count: number): string {
  return auditLines(count, from + 1).replaceAll(
    /audit\((\d+)/g,
    (_, seconds: string) => `audit(${Number(seconds) + from}`,
  );
}

function said({ files }: ImportReport): readonly string[] {
  return files
    .flatMap((file) => (file.outcome === 'imported' ? file.assumptions : []))
    .filter((one) => /rotated set|serials/.test(one));
}

describe('a rotated set', () => {
  it('is told to lack the numbers between two of its files, and the serials that are skipped', async () => {
    const target = await newTestCase();
    const report = await imported(target, {
      'audit.log.4': stretch(0, 10),
      'audit.log.1': stretch(30_000, 10),
      'audit.log': stretch(30_010, 10),
    });
    expect(said(report)).toEqual([
      'Between S1 #10 (serial 10, 2026-03-01T00:00:09Z) and S2 #1 (serial 30001, 2026-03-01T08:20:00Z), 29990 serials are skipped: records between the two files are missing, or a file of the set is.',
      'Between this file and S1 of the rotated set audit.log, numbers 2 to 3 were not in the case when this was imported: what they hold is missing, unless it comes later.',
    ]);
  });

  it('says nothing where none is missing, where the host was started anew, and of other folders', async () => {
    const target = await newTestCase();
    const report = await imported(target, {
      'a/audit.log.2': stretch(0, 10),
      'a/audit.log.1': stretch(10, 10),
      'a/audit.log': stretch(20_000, 10).replaceAll(/:20(\d{3})\)/g, ':$1)'),
      'b/audit.log.5': stretch(90_000, 10),
    });
    expect(report.imported).toBe(4);
    expect(said(report)).toEqual([]);
  });

  it('is told to lack one number when the older file comes later', async () => {
    const folder = await temporaryFolder();
    const target = await newTestCase();
    for (const [name, text] of [
      ['audit.log.1', stretch(40, 10)],
      ['audit.log.3', stretch(20, 10)],
    ] as const) {
      await writeFile(join(folder, name), text);
      await importFiles(target, [join(folder, name)], {}, testJob());
    }
    const [row] = await target.database.query('SELECT assumptions FROM sources WHERE source_id = 2');
    expect(row?.['assumptions']).toContain(
      'Between this file and S1 of the rotated set audit.log, number 2 was not in the case when this was imported: what it holds is missing, unless it comes later.',
    );
  });
});
