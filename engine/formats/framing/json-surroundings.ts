/** What surrounds the records of a JSON document: which of its lists hold them, and the text before and after these. */

/** Follows one document after the other. Depth 1 is a member of the document, depth 2 one of an object in it. */
export class JsonSurroundings {
  readonly #lists: readonly (readonly Buffer[])[];
  /** Keys of the objects that are open, from the outermost, as they are written. */
  readonly #path: Uint8Array[] = [];
  /** Depth of the deepest list that can hold records; objects deeper than that are of no interest. */
  readonly deepest: number;
  #parts: Uint8Array[] = [];
  #bytes = 0;

  constructor(
    lists: readonly (string | readonly string[])[],
    private readonly maxBytes: number,
  ) {
    this.#lists = lists.map((path) => [path].flat().map((name) => Buffer.from(JSON.stringify(name))));
    this.deepest = Math.max(0, ...this.#lists.map((path) => path.length));
  }

  /** An object is the value of a member at `depth`; all around it are objects too. */
  enter(depth: number, key: Uint8Array): void {
    if (depth < this.deepest) this.#path[depth - 1] = key.slice();
  }

  /** Whether the list that is the value of this member holds records. */
  holdsRecords(depth: number, key: Uint8Array): boolean {
    const leadsHere = (name: Buffer, i: number): boolean => name.equals(i === depth - 1 ? key : this.#path[i]!);
    return this.#lists.some((path) => path.length === depth && path.every(leadsHere));
  }

  get hasText(): boolean {
    return this.#parts.length > 0;
  }

  /** Keeps a part of the text; gives up the document when that becomes too long. */
  keep(part: Uint8Array): void {
    this.#parts.push(part);
    this.#bytes += part.length;
    if (this.#bytes > this.maxBytes) this.forget();
  }

  forget(): void {
    this.#parts = [];
    this.#bytes = 0;
  }

  /** The text of the document, and forgets it. */
  take(): Uint8Array {
    const text = Buffer.concat(this.#parts);
    this.forget();
    return text;
  }
}
