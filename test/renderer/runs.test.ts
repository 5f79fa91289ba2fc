import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countValues, mergeRuns, runsByValue } from '../../renderer/time/runs.ts';
import { layerPath } from '../../renderer/time/strip-paths.ts';

describe('runs of days', () => {
  it('merges equal neighbours', () => {
    expect(mergeRuns('++--.')).toEqual([
      { value: '+', from: 0, to: 2 },
      { value: '-', from: 2, to: 4 },
      { value: '.', from: 4, to: 5 },
    ]);
    expect(mergeRuns([])).toEqual([]);
  });

  it('covers every day once, and can be spread out again to what it came from', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('+', '-', '.')), (days) => {
        const runs = mergeRuns(days);
        expect(runs.flatMap(({ value, from, to }) => Array.from({ length: to - from }, () => value))).toEqual(days);
        runs.slice(1).forEach((run, index) => {
          expect(run.from).toBe(runs[index]!.to);
          expect(run.value).not.toBe(runs[index]!.value);
        });
        for (const [value, stretches] of runsByValue(days)) {
          const length = stretches.reduce((sum, { from, to }) => sum + to - from, 0);
          expect(length).toBe(countValues(days).get(value));
        }
      }),
    );
  });
});

describe('paths of a strip', () => {
  const band = { className: 'x', shape: 'fill', top: 9, height: 12 } as const;

  it('draws one band a run, in whole pixels', () => {
    const runs = mergeRuns(['a', 'a', 'b', 'a']).filter(({ value }) => value === 'a');
    expect(layerPath(band, runs, { days: ['1', '2', '3', '4'], width: 40 })).toBe('M0 9h20v12h-20zM30 9h10v12h-10z');
  });

  it('keeps a single day at least two pixels wide where a day has less', () => {
    const days = Array.from({ length: 400 }, (_, index) => String(index));
    expect(layerPath(band, [{ value: 'a', from: 7, to: 8 }], { days, width: 400 })).toBe('M7 9h2v12h-2z');
  });
});
