/**
 * A binary heap that moves its members exactly as Go's container/heap does. Where two blocks have different values for
 * the same time, which one a server gives depends on these moves.
 */
export class GoHeap<T> {
  readonly #members: T[] = [];

  constructor(private readonly less: (a: T, b: T) => boolean) {}

  get size(): number {
    return this.#members.length;
  }

  /** The least member, if there is one. */
  get top(): T | undefined {
    return this.#members[0];
  }

  push(member: T): void {
    this.#members.push(member);
    let child = this.#members.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#lessAt(child, parent)) return;
      this.#swap(child, parent);
      child = parent;
    }
  }

  /** Takes the least member out. */
  pop(): T | undefined {
    const end = this.#members.length - 1;
    if (end < 0) return undefined;
    this.#swap(0, end);
    this.#sink(end);
    return this.#members.pop();
  }

  #sink(end: number): void {
    for (let parent = 0; ;) {
      const left = 2 * parent + 1;
      if (left >= end) return;
      const child = left + 1 < end && this.#lessAt(left + 1, left) ? left + 1 : left;
      if (!this.#lessAt(child, parent)) return;
      this.#swap(parent, child);
      parent = child;
    }
  }

  #lessAt(a: number, b: number): boolean {
    return this.less(this.#members[a]!, this.#members[b]!);
  }

  #swap(a: number, b: number): void {
    const member = this.#members[a]!;
    this.#members[a] = this.#members[b]!;
    this.#members[b] = member;
  }
}
