/** Numbers that look random and are the same at every run. */
export interface Random {
  /** A whole number from 0 to `limit`, without it. */
  below(limit: number): number;
}

/** Marsaglia's xorshift of 32 bits; `seed` is any whole number. */
export function startRandom(seed: number): Random {
  let state = (seed ^ 0x9e3779b9) | 0 || 1;
  return {
    below(limit) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return Math.floor(((state >>> 0) / 2 ** 32) * limit);
    },
  };
}
