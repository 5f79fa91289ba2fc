/**
 * The bytes of a source that a push parser still needs. Pieces are appended at the end, and what has been read is let
 * go at the start, so that memory follows the longest record and not the file. Offsets are absolute, from 0.
 */
export class ByteWindow {
  #bytes = new Uint8Array(64 * 1024);
  #base = 0;
  #length = 0;

  /** Absolute offset of the first byte that is still held. */
  get start(): number {
    return this.#base;
  }

  /** Absolute offset after the last byte that was appended. */
  get end(): number {
    return this.#base + this.#length;
  }

  /** The held bytes, `start` to `end`; a view that the next `append` or `letGo` may overwrite. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  append(piece: Uint8Array): void {
    const needed = this.#length + piece.length;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = needed;
  }

  /** Lets go of everything before an absolute offset. */
  letGo(before: number): void {
    const count = Math.min(Math.max(before - this.#base, 0), this.#length);
    if (count === 0) return;
    this.#bytes.copyWithin(0, count, this.#length);
    this.#base += count;
    this.#length -= count;
  }

  /** A copy of `[from, to)` in absolute offsets, cut to what is still held. */
  copy(from: number, to: number): Uint8Array {
    return this.#bytes.slice(Math.max(from - this.#base, 0), Math.max(Math.min(to, this.end) - this.#base, 0));
  }
}

const UTF8_BOM = [0xef, 0xbb, 0xbf];

/** Length of a UTF-8 byte order mark at the start of these bytes: 3 or 0. */
export function bomLength(head: Uint8Array): number {
  return UTF8_BOM.every((byte, i) => head[i] === byte) ? 3 : 0;
}

/** True for text in UTF-16 or UTF-32: by its byte order mark, or by the NUL beside the first character. */
export function looksLikeUtf16(head: Uint8Array): boolean {
  const [a, b] = head;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return true;
  return head.length >= 2 && (a === 0) !== (b === 0);
}
