import { expect, it } from 'vitest';
import { isWellWithin, stretchesOf } from '../../../engine/timeline/gap-ranges.ts';

const minutes = (count: number): bigint => BigInt(count) * 60_000_000n;
const stretch = (from: number, to: number) => ({ from: minutes(from), to: minutes(to) });

it('stretches hold every gap with a margin of ten minutes, apart and in order', () => {
  const gaps = [stretch(500, 600), stretch(0, 60), stretch(75, 90), stretch(520, 530)];
  expect(stretchesOf(gaps)).toEqual([stretch(-10, 100), stretch(490, 610)]);
});

it('stretches are never many, and hold every gap all the same', () => {
  const gaps = Array.from({ length: 2000 }, (_, place) => stretch(place * 700, place * 700 + 30));
  const stretches = stretchesOf(gaps);
  expect(stretches.length).toBeLessThanOrEqual(100);
  for (const gap of gaps) expect(stretches.some(({ from, to }) => from < gap.from && to > gap.to)).toBe(true);
});

it('well within is further from both ends than ten minutes, or a quarter of a short stretch', () => {
  const day = stretch(0, 1440);
  expect([5, 10, 11, 1429, 1430].map((at) => isWellWithin(minutes(at), day))).toEqual([
    false,
    false,
    true,
    true,
    false,
  ]);
  expect([4, 5, 6, 14, 15].map((at) => isWellWithin(minutes(at), stretch(0, 20)))).toEqual([
    false,
    false,
    true,
    true,
    false,
  ]);
});
