import type { Recognition } from '../format.ts';
import { firstLines } from '../framing/lines.ts';

const LOOKED_AT = 100;
const FEWEST_MATCHING = 0.2;

/** `sure` could hardly be from another program; `fits` stands beside such lines. */
export type Sign = 'sure' | 'fits' | 'other';

/** Recognises a file by its first lines. `as` ends the reason: "as chronyd logs or chronyc prints them". */
export function recogniseBySigns(head: Uint8Array, signOf: (line: string) => Sign, as: string): Recognition {
  const lines = firstLines(head, LOOKED_AT).map((line) => line.trimEnd());
  const signs = lines.map(signOf);
  const count = (sign: Sign): number => signs.filter((each) => each === sign).length;
  const matching = count('sure') + count('fits');
  const isOurs = count('sure') > 0 && matching >= lines.length * FEWEST_MATCHING;
  return {
    confidence: isOurs ? (matching / lines.length) * 0.98 : 0,
    reason: `${matching} of the first ${lines.length} lines are ${as}.`,
  };
}
