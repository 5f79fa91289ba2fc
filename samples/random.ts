/** Chance that can be repeated: the same seed and label give the same numbers on every machine. */

/** A stream of numbers. Each has its own, so that one more line on one host moves nothing elsewhere. */
export interface Chance {
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number;
  /** True in `share` (0 to 1) of all cases. */
  happens(share: number): boolean;
  pick<T>(choices: readonly T[]): T;
  /** `length` characters out of `alphabet`. */
  text(alphabet: string, length: number): string;
}

export const HEX = '0123456789abcdef';
export const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
export const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** The stream that `seed` and `label` name. */
export function chanceOf(seed: number, label: string): Chance {
  const next = sfc32(wordsOf(`${seed}/${label}`));
  const between = (from: number, to: number): number => from + Math.floor((next() / 0x1_0000_0000) * (to - from + 1));
  return {
    between,
    happens: (share) => next() / 0x1_0000_0000 < share,
    pick: (choices) => choices[between(0, choices.length - 1)]!,
    text: (alphabet, length) => {
      let text = '';
      for (let at = 0; at < length; at++) text += alphabet[between(0, alphabet.length - 1)];
      return text;
    },
  };
}

/** Four 32-bit words from a text: FNV-1a, started from four different offsets. */
function wordsOf(text: string): readonly [number, number, number, number] {
  const hash = (offset: number): number => {
    let word = (0x811c9dc5 ^ offset) >>> 0;
    for (let at = 0; at < text.length; at++) word = Math.imul(word ^ text.charCodeAt(at), 0x01000193) >>> 0;
    return word;
  };
  return [hash(0), hash(0x9e3779b9), hash(0x243f6a88), hash(0xb7e15162)];
}

/** Chris Doty-Humphrey's sfc32: 128 bits of state, 32-bit whole numbers only, so no platform can differ. */
function sfc32(seed: readonly [number, number, number, number]): () => number {
  let [a, b, c, counter] = seed;
  const next = (): number => {
    const result = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + result;
    return result >>> 0;
  };
  for (let round = 0; round < 16; round++) next();
  return next;
}
