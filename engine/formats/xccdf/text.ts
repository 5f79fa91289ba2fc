/** The text of one element and what is in it, up to a length. */
export class BoundedText {
  #text = '';
  /** Something was left out for its length. */
  shortened = false;

  constructor(private readonly most: number) {}

  add(text: string): void {
    const room = this.most - this.#text.length;
    if (text.length > room) this.shortened = true;
    if (room > 0) this.#text += text.slice(0, room);
  }

  /** White space around it removed; `undefined` when there is no more. */
  get trimmed(): string | undefined {
    return this.#text.trim().toWellFormed() || undefined;
  }

  /** As `trimmed`, on one line: texts of a document are indented. */
  get line(): string | undefined {
    return this.trimmed?.replace(/\s+/g, ' ');
  }
}
