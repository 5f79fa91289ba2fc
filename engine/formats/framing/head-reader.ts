/** Formats that come in more than one form: the beginning of a file tells which. */
import type { Problem } from '../../../shared/problem.ts';
import type { SourceReader } from '../format.ts';
import { copyOf } from './copy-of.ts';

const HEAD_BYTES = 64 * 1024;

/**
 * Keeps the first 64 KiB, then hands every byte to the reader that `open` gives for them. What the file is taken for
 * does not depend on the size of the pieces that it comes in.
 */
export class HeadReader implements SourceReader {
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #reader: SourceReader | undefined;

  constructor(private readonly open: (head: Uint8Array) => SourceReader) {}

  push(piece: Uint8Array): void {
    if (this.#reader) return this.#reader.push(piece);
    this.#waiting.push(copyOf(piece));
    this.#waitingBytes += piece.length;
    if (this.#waitingBytes >= HEAD_BYTES) this.#choose();
  }

  finish(): Problem | undefined {
    return this.#choose().finish();
  }

  #choose(): SourceReader {
    if (this.#reader) return this.#reader;
    this.#reader = this.open(Buffer.concat(this.#waiting).subarray(0, HEAD_BYTES));
    for (const piece of this.#waiting.splice(0)) this.#reader.push(piece);
    return this.#reader;
  }
}
