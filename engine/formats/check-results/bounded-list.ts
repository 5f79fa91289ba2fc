/** Different texts in the order they came in, up to a number of them. */
export class BoundedList {
  readonly #texts = new Set<string>();
  /** How many came after the list was full. */
  left = 0;

  constructor(private readonly most: number) {}

  add(text: string | undefined): void {
    if (text === undefined || text === '' || this.#texts.has(text)) return;
    if (this.#texts.size < this.most) this.#texts.add(text);
    else this.left++;
  }

  get texts(): readonly string[] {
    return [...this.#texts];
  }

  /** `undefined` instead of an empty list. */
  get filled(): readonly string[] | undefined {
    return this.#texts.size === 0 ? undefined : this.texts;
  }
}
