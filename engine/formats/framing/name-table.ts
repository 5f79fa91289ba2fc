/**
 * Things that have a name, found by the bytes of the name where they stand. A log has some hundred names and millions
 * of places where one stands: making a text of each first would be a third of the time of reading.
 */
import { decodeText } from './lines.ts';

export interface NameTableOptions {
  /** A power of two. */
  readonly slots: number;
  /** Longer names, in bytes, are made each time; at most 255. */
  readonly longest: number;
  /**
   * Of two names that want one slot: the first keeps it, so that what is found once is found always; or the last takes
   * it, for values of which the frequent ones come and go.
   */
  readonly keeps: 'first' | 'last';
}

export class NameTable<T> {
  private readonly items: (T | undefined)[];
  /** By slot: the bytes of the name, `longest` of them, and how many it has. */
  private readonly names: Uint8Array;
  private readonly lengths: Uint8Array;
  private readonly mask: number;
  private readonly longest: number;

  constructor(
    private readonly make: (name: string, isKept: boolean) => T,
    private readonly options: NameTableOptions,
  ) {
    const { slots, longest } = options;
    this.items = Array.from({ length: slots }, () => undefined);
    this.names = new Uint8Array(slots * longest);
    this.lengths = new Uint8Array(slots);
    this.mask = slots - 1;
    this.longest = longest;
  }

  /** What the name `bytes[from, to)` stands for. */
  at(bytes: Uint8Array, from: number, to: number): T {
    if (to - from > this.longest) return this.make(nameOf(bytes, from, to), false);
    let hash = 0;
    for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
    return this.find(hash, bytes, from, to);
  }

  /** The same for whoever has gone over the name already: its hash is 0, for each byte `hash * 31 + byte`, 32 bits. */
  find(hash: number, bytes: Uint8Array, from: number, to: number): T {
    const slot = (hash ^ (hash >>> 12)) & this.mask;
    const item = this.items[slot];
    if (item !== undefined && this.isNamed(slot, bytes, from, to)) return item;
    return this.makeFor(slot, bytes, from, to);
  }

  private isNamed(slot: number, bytes: Uint8Array, from: number, to: number): boolean {
    if (this.lengths[slot] !== to - from) return false;
    const { names } = this;
    for (let at = from, name = slot * this.longest; at < to; at++, name++) if (names[name] !== bytes[at]) return false;
    return true;
  }

  private makeFor(slot: number, bytes: Uint8Array, from: number, to: number): T {
    const isFree = this.items[slot] === undefined || this.options.keeps === 'last';
    const isKept = isFree && to - from <= this.longest;
    const item = this.make(nameOf(bytes, from, to), isKept);
    if (!isKept) return item;
    this.items[slot] = item;
    this.lengths[slot] = to - from;
    for (let at = from, name = slot * this.longest; at < to; at++, name++) this.names[name] = bytes[at]!;
    return item;
  }
}

/** The name as text. A Buffer, as pieces of files are, gives it in a quarter of the time. */
export function nameOf(bytes: Uint8Array, from: number, to: number): string {
  if (!(bytes instanceof Buffer)) return decodeText(bytes, from, to);
  let all = 0;
  for (let at = from; at < to; at++) all |= bytes[at]!;
  return all < 128 ? bytes.toString('latin1', from, to) : decodeText(bytes, from, to);
}

/**
 * The same text as the one object that V8 has of it, as for texts in code: comparing two such texts is comparing two
 * addresses.
 */
export function internalized(text: string): string {
  return Object.keys({ [text]: true })[0] ?? text;
}
