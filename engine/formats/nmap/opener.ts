import type { Problem } from '../../../shared/problem.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { GreppableReader } from './greppable-reader.ts';
import { NmapReader } from './reader.ts';

/** White space and a byte order mark before the first character, as far as they are waited for. */
const MAX_BLANK_BYTES = 64 * 1024;
const BOM = [0xef, 0xbb, 0xbf];

/** True for greppable output, which no XML begins like; `undefined` when there is only white space so far. */
export function beginsAsText(bytes: Uint8Array): boolean | undefined {
  const first = bytes.find((byte) => byte > 0x20 && !BOM.includes(byte));
  return first === undefined ? undefined : first === 0x23 || first === 0x48 || first === 0x54;
}

/** Waits for the first character, then hands everything to the reader for it. */
export class NmapOpener implements SourceReader {
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #reader: SourceReader | undefined;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {}

  push(piece: Uint8Array): void {
    if (this.#reader) return this.#reader.push(piece);
    this.#waiting.push(piece.slice());
    this.#waitingBytes += piece.length;
    const isText = beginsAsText(piece);
    if (isText !== undefined || this.#waitingBytes > MAX_BLANK_BYTES) this.#choose(isText ?? false);
  }

  finish(): Problem | undefined {
    return this.#choose(false).finish();
  }

  #choose(isText: boolean): SourceReader {
    if (this.#reader) return this.#reader;
    const Reader = isText ? GreppableReader : NmapReader;
    this.#reader = new Reader(this.sink, this.context);
    for (const piece of this.#waiting) this.#reader.push(piece);
    this.#waiting = [];
    return this.#reader;
  }
}
