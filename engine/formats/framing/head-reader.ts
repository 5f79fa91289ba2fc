/** Formats that come in more than one form: the beginning of a file tells which. */
import type { Problem } from '../../../shared/problem.ts';
import { copyOf } from './copy-of.ts';

const HEAD_BYTES = 64 * 1024;

/** Whatever bytes are pushed to; `finish` gives how it ended. */
interface Receiver<T> {
  push(piece: Uint8Array): void;
  finish(): T;
}

/**
 * Keeps the beginning, 64 KiB if nothing else is said, then hands every byte to the reader that `open` gives for it. What
 * the file is taken for does not depend on the size of the pieces that it comes in.
 */
export class HeadReader<T = Problem | undefined> implements Receiver<T> {
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #reader: Receiver<T> | undefined;

  constructor(
    private readonly open: (head: Uint8Array) => Receiver<T>,
    private readonly headBytes = HEAD_BYTES,
  ) {}

  push(piece: Uint8Array): void {
    if (this.#reader) return this.#reader.push(piece);
    this.#waitingBytes += piece.length;
    const isEnough = this.#waitingBytes >= this.headBytes;
    // A piece that completes the beginning is handed on before anybody uses its memory again.
    this.#waiting.push(isEnough ? piece : copyOf(piece));
    if (isEnough) this.#choose();
  }

  finish(): T {
    return this.#choose().finish();
  }

  #choose(): Receiver<T> {
    if (this.#reader) return this.#reader;
    const [only, ...others] = this.#waiting;
    const begun = only && others.length === 0 ? only : Buffer.concat(this.#waiting);
    this.#waiting = [];
    const reader = this.open(begun.subarray(0, this.headBytes));
    reader.push(begun);
    this.#reader = reader;
    return reader;
  }
}
