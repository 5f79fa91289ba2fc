/**
 * Jira says in `names`, beside the list of issues, what its custom fields are called, and the order of the two is not
 * fixed. Issues of such an answer are therefore held until it is over, as long as they are not too many.
 */
export interface Held {
  readonly byte: number;
  /** A copy, or valid during the call only when nothing is held. */
  readonly bytes: Uint8Array;
  readonly content: { readonly value: unknown } | { readonly damage: string };
}

export const MAX_HELD_BYTES = 16 * 1024 * 1024;

export class HeldRecords {
  #held: Held[] = [];
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#held.length === 0;
  }

  /** Keeps a copy. False: there was no room for it, and it is not kept. */
  add(record: Held): boolean {
    if (this.#bytes + record.bytes.length > MAX_HELD_BYTES) return false;
    this.#bytes += record.bytes.length;
    this.#held.push({ ...record, bytes: record.bytes.slice() });
    return true;
  }

  /** All that is held, in order; then it is forgotten. */
  take(): readonly Held[] {
    const held = this.#held;
    this.#held = [];
    this.#bytes = 0;
    return held;
  }
}
