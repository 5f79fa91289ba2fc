/** Lines without a year in the files of a rotated set that goes over new year. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importFiles, type Engagement } from '../../../engine/index.ts';
import { newTestCase, temporaryFolder, testJob } from '../test-case.ts';

const engagement = (from: string, to: string): Engagement => ({
  entity: 'Test & Sons',
  window: { from, to, zone: 'UTC' },
  criteria: ['CC7.2'],
  parameters: {},
});

const line = (day: string): string => `${day} 12:00:00 web-1 sshd[77]: Server listening on 0.0.0.0 port 22.\n`;

/** The first and last day of each file, oldest first, and what was taken for granted about its year. */
async function yearsOf(window: Engagement, files: Readonly<Record<string, readonly string[]>>) {
  const folder = await temporaryFolder();
  for (const [name, days] of Object.entries(files)) await writeFile(join(folder, name), days.map(line).join(''));
  const target = await newTestCase(window);
  const report = await importFiles(target, [folder], {}, testJob());
  return report.files.map((file) =>
    file.outcome === 'imported' ? [file.firstTime?.slice(0, 10), file.lastTime?.slice(0, 10)] : [],
  );
}

const set = {
  'messages.3': ['Nov  2', 'Nov 29'],
  'messages.2': ['Dec  1', 'Dec 30'],
  'messages.1': ['Dec 31', 'Jan 25'],
  messages: ['Jan 26', 'Feb 20'],
};

describe('a rotated set over new year', () => {
  it.each([
    ['of twelve months from July to June', '2025-07-01', '2026-06-30'],
    ['of twelve months that begin in the set', '2025-11-01', '2026-10-31'],
    ['of six months from October to March', '2025-10-01', '2026-03-31'],
    ['of six months that begin with the year', '2026-01-01', '2026-06-30'],
    ['of six months that end with the year', '2025-07-01', '2025-12-31'],
  ])('has its years right in a window %s', async (_, from, to) => {
    expect(await yearsOf(engagement(from, to), set)).toEqual([
      ['2025-11-02', '2025-11-29'],
      ['2025-12-01', '2025-12-30'],
      ['2025-12-31', '2026-01-25'],
      ['2026-01-26', '2026-02-20'],
    ]);
  });

  it('is told to be a year wrong where the window is the calendar year after it began', async () => {
    const folder = await temporaryFolder();
    for (const [name, days] of Object.entries(set)) await writeFile(join(folder, name), days.map(line).join(''));
    const target = await newTestCase(engagement('2026-01-01', '2026-12-31'));
    const report = await importFiles(target, [folder], {}, testJob());
    const told = report.files.map((file) =>
      file.outcome === 'imported' ? file.assumptions.filter((one) => one.startsWith('By their names')) : [],
    );
    expect(told.map((one) => one.length)).toEqual([0, 0, 0, 3]);
    expect(told[3]).toContain(
      'By their names S1 was written before this file, but its times begin at 2026-11-02T12:00:00Z and those of this file end at 2026-02-20T12:00:00Z: the year assumed for one of them is wrong. Ask for files with the year in their times, or import the set into a case whose window begins where the set does.',
    );
  });
});
