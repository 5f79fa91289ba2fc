/** Text of elements that are wanted, of bounded length. */

/** Outputs of plugins and compliance checks are longer than that only where a host lists all it has. */
export const MAX_KEPT_TEXT = 64 * 1024;

/** Gathers pieces of text up to a length; what comes after is counted and left out. */
export class KeptText {
  #text = '';
  /** True once something was left out. */
  shortened = false;

  add(piece: string): void {
    const room = MAX_KEPT_TEXT - this.#text.length;
    this.#text += piece.slice(0, room);
    if (piece.length > room) this.shortened = true;
  }

  /** What was gathered, without the white space around it. */
  get text(): string {
    return this.#text.toWellFormed().trim();
  }
}
