/** Damage to a tenth of the lines of a file, always the same for the same seed. */

/** A generator of numbers from 0 up to 1 (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface DamagedFile {
  readonly bytes: Uint8Array;
  /** Numbers, from 1, of the lines that were damaged. */
  readonly damaged: ReadonlySet<number>;
}

/** Damages lines so that none becomes blank or two: cut, overwritten, with NULs or bad UTF-8 before or in them. */
export function damageLines(lines: readonly Uint8Array[], seed: number): DamagedFile {
  const random = seededRandom(seed);
  const damaged = new Set<number>();
  const pieces = lines.map((line, at) => {
    if (random() >= 0.1) return line;
    damaged.add(at + 1);
    return damage(line, random);
  });
  return { bytes: Buffer.concat(pieces.flatMap((line) => [line, Buffer.from('\n')])), damaged };
}

function damage(line: Uint8Array, random: () => number): Uint8Array {
  const at = Math.floor(random() * line.length);
  const kind = Math.floor(random() * 4);
  if (kind === 0) return Buffer.concat([line.subarray(0, at), Buffer.from('x')]);
  if (kind === 1) return Buffer.concat([Buffer.alloc(1 + at, 0), line]);
  const changed = Uint8Array.from(line);
  for (let count = 0; count < 8; count++) {
    const value = Math.floor(random() * 256);
    changed[Math.floor(random() * line.length)] = kind === 2 ? 0xff : value === 10 || value === 13 ? 0 : value;
  }
  changed[0] = 0xfe;
  return changed;
}
