import { describe, expect, it } from 'vitest';
import { skipsOf, type SequenceRun } from '../../../engine/timeline/sequence-chains.ts';

/** A run of numbers of which each is written in the second of its own number, or so many seconds later. */
function run(least: number, most: number, more: { later?: number; source?: number; skips?: number } = {}): SequenceRun {
  const { later = 0, source = 1, skips = 0 } = more;
  const record = (number: number) => ({ time: BigInt(number + later), sourceId: source, record: number });
  return { least, most, numbers: most - least + 1 - skips, skips, first: record(least), last: record(most) };
}

function told(...runs: readonly SequenceRun[]): readonly string[] {
  const ordered = [...runs].sort((a, b) => Number(a.first.time - b.first.time) || a.least - b.least);
  return skipsOf(ordered).map(
    ({ missing, before, after }) =>
      `${missing}: S${before.sourceId} #${before.record} S${after.sourceId} #${after.record}`,
  );
}

describe('runs of numbers', () => {
  it('are whole where one follows the other, or overlaps it', () => {
    expect(told(run(1, 100), run(101, 200, { source: 2 }), run(150, 260, { source: 3 }))).toEqual([]);
  });

  it('miss what is between them', () => {
    expect(told(run(1, 100), run(105, 200, { source: 2 }))).toEqual(['4: S1 #100 S2 #105']);
  });

  it('miss only what no other has, however late it was written', () => {
    const late = run(100, 102, { later: 30, source: 3 });
    expect(told(run(1, 99), run(103, 200, { source: 2 }), late)).toEqual([]);
    expect(told(run(1, 99), run(110, 200, { source: 2 }), late)).toEqual(['7: S3 #102 S2 #110']);
    const between = run(1095, 1096, { later: 50, source: 3 });
    expect(told(run(1, 1090), run(1110, 1200, { source: 2 }), between)).toEqual([
      '4: S1 #1090 S3 #1095',
      '13: S3 #1096 S2 #1110',
    ]);
  });

  it('begin again at a boot, and each boot has its own losses', () => {
    const second = [run(1, 50, { later: 500 }), run(54, 400, { later: 500 })];
    expect(told(run(1, 300), ...second)).toEqual(['3: S1 #50 S1 #54']);
    expect(told(run(1, 300), run(306, 400), run(1, 1000, { later: 500 }))).toEqual(['5: S1 #300 S1 #306']);
  });

  it('of two that count at the same time under one name are told apart', () => {
    const days = [0, 1000, 2000, 3000];
    const one = days.map((day) => run(50_001 + day, 51_000 + day, { later: -50_000, source: 1 }));
    const other = days.map((day) => run(1 + day, 1000 + day, { later: 5, source: 2 }));
    expect(told(...one, ...other)).toEqual([]);
    expect(told(...one.slice(0, 3), ...other, run(53_011, 54_000, { later: -50_000 }))).toEqual([
      '10: S1 #53000 S1 #53011',
    ]);
  });

  it('of a file that seemed to be picked tell what it lacks where the log as a whole is complete', () => {
    const burst = run(1001, 1100, { skips: 5, source: 2 });
    expect(told(run(1, 1000), burst, run(1101, 5000, { source: 3 }))).toEqual(['5: S2 #1001 S2 #1100']);
    // Numbers are missing in nearly every second step: nothing is known.
    expect(told(run(1, 1000, { skips: 490 }))).toEqual([]);
  });

  it('that are few say nothing', () => {
    expect(told(run(1, 9), run(12, 20))).toEqual([]);
  });
});
