import { describe, expect, it } from 'vitest';
import { anySelector } from '../../../../engine/formats/prometheus-tsdb/selector.ts';
import { awkwardSeries, equalTimes, manyLabelValues } from './awkward-series.ts';
import { collect, dumpLine, dumpRows, everything } from './collect.ts';
import { folderFiles } from './folder-files.ts';
import { dump, makeBlocks, promtoolMissing, withFolder } from './promtool.ts';

const missing = promtoolMissing();
if (missing !== undefined) process.stdout.write(`Left out: ${missing}\n`);

async function compare(folder: string): Promise<{ rows: number; duplicates: number; conflicts: number }> {
  const collected = await collect(await folderFiles(folder));
  expect(collected.report.problems).toEqual([]);
  const rows = dumpRows(collected);
  const expected = (await dump(folder)).map(dumpLine).sort();
  expect(rows.length).toBe(expected.length);
  // Compared one by one: a difference of two lists of this size is never printed.
  expect(rows.findIndex((row, i) => row !== expected[i])).toBe(-1);
  const { count, conflicts } = collected.report.duplicates;
  return { rows: rows.length, duplicates: count, conflicts };
}

describe.skipIf(missing !== undefined)('snapshots of a running server', () => {
  it.each(['live-snapshot', 'om-snapshot', 'index-v1'])('%s has the rows of its dump', async (name) => {
    const { rows } = await compare(`test/fixtures/prometheus-tsdb/${name}`);
    expect(rows).toBeGreaterThan(100);
  });
});

describe.skipIf(missing !== undefined)('blocks made by promtool', () => {
  it.each([1, 2, 3])('awkward series of seed %i are the rows of its dump', async (seed) => {
    await withFolder(async (folder) => {
      makeBlocks(folder, awkwardSeries(seed, 6000));
      const { rows } = await compare(folder);
      expect(rows).toBeGreaterThan(5000);
    });
  });

  it('has 10,000 values of a label', async () => {
    await withFolder(async (folder) => {
      makeBlocks(folder, manyLabelValues(10_000));
      expect((await compare(folder)).rows).toBe(10_000);
    });
  });

  it.each([2, 3, 4, 5, 6])('gives one sample for each time of %i blocks over each other', async (blocks) => {
    await withFolder(async (folder) => {
      for (let i = 0; i < blocks; i++)
        makeBlocks(
          folder,
          equalTimes(i, (sample) => sample % (i + 2) === 0),
        );
      const { duplicates, conflicts } = await compare(folder);
      expect(duplicates).toBeGreaterThan(100);
      expect(conflicts).toBeGreaterThan(10);
    });
  });

  it.each([
    'awkward',
    '{__name__=~"awk.*"}',
    '{i=~"1|2|1.",awkward!=""}',
    '{awkward="",i!=""}',
    '{i!~"[0-9]",i=~".+"}',
    '{awkward=~".*[^\\\\x00-\\\\x7f].*"}',
    '{awkward=~"x{1000,}"}',
    '{awkward=~"(?i)LINE\\\\sEND"}',
    '{awkward=~"\\\\w+\\\\s\\\\w+",i=~"\\\\d{1,2}"}',
    '{i=~"(?:1|2)+$",__name__!=""}',
    '{awkward=~"^.$"}',
    '{awkward!~".+",i=~"0?9?18?"}',
  ])('picks what promtool picks: %s', async (selector) => {
    await withFolder(async (folder) => {
      makeBlocks(folder, awkwardSeries(4, 480));
      const options = { ...everything, picks: anySelector([selector]) };
      const rows = dumpRows(await collect(await folderFiles(folder), options));
      const expected = (await dump(folder, selector)).map(dumpLine).sort();
      expect(rows.length).toBeGreaterThan(0);
      expect(rows).toEqual(expected);
    });
  });

  it.each([
    '{i=~"[z-a]"}',
    '{i=~"\\1"}',
    '{i=~"a{2,1}"}',
    '{i=~"("}',
    '{i=~"a**"}',
    '{i=~"(?=a)"}',
    '{i="x"',
    '{i=="x"}',
    'a b',
  ])('refuses what promtool refuses: %s', async (selector) => {
    await withFolder(async (folder) => {
      makeBlocks(folder, awkwardSeries(4, 24));
      expect(() => anySelector([selector])).toThrow(/The selector/);
      await expect(dump(folder, selector)).rejects.toThrow();
    });
  });
});
