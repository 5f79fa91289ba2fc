import { expect, it } from 'vitest';
import { durationSeconds, lengthInWords } from '../../../engine/core/duration.ts';

it.each([
  [0, '0 s'],
  [0.25, '250 ms'],
  [59.6, '1 min'],
  [90, '1 min 30 s'],
  [3600, '1 h'],
  [3599.98, '1 h'],
  [133_198, '1 d 12 h'],
  [86_400 + 59, '1 d'],
  [2 * 86_400 + 3 * 3600 + 1, '2 d 3 h'],
])('%d seconds are %s', (seconds, words) => expect(lengthInWords(seconds)).toBe(words));

it.each([
  ['90s', 90],
  ['30 m', 1800],
  ['6h', 21_600],
  ['2d', 172_800],
  ['731d', 731 * 86_400],
  ['732d', undefined],
  ['0h', undefined],
  ['6', undefined],
  ['six hours', undefined],
  ['-6h', undefined],
])('%s as a length is %s seconds', (text, seconds) => expect(durationSeconds(text)).toBe(seconds));
