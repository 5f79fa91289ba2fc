/** Formats that are exported as JSON or as CSV: the first character tells. */
import type { Problem } from '../../../shared/problem.ts';
import type { SourceReader } from '../format.ts';

/** White space before the first character that is worth keeping to find out. */
const MAX_BLANK_BYTES = 64 * 1024;
const BOM = [0xef, 0xbb, 0xbf];

/** JSON begins with a bracket; no header of a table does. `undefined` when there is only white space so far. */
export function isJson(head: Uint8Array): boolean | undefined {
  const first = head.find((byte) => byte > 0x20 && !BOM.includes(byte));
  return first === undefined ? undefined : first === 0x7b || first === 0x5b;
}

/** Waits for the first byte that tells CSV from JSON, then hands everything on. */
export class JsonOrCsvReader implements SourceReader {
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #reader: SourceReader | undefined;

  constructor(private readonly open: Readonly<Record<'json' | 'csv', () => SourceReader>>) {}

  push(piece: Uint8Array): void {
    if (this.#reader) return this.#reader.push(piece);
    this.#waiting.push(piece.slice());
    this.#waitingBytes += piece.length;
    const json = isJson(piece);
    if (json !== undefined || this.#waitingBytes > MAX_BLANK_BYTES) this.#choose(json ?? false);
  }

  finish(): Problem | undefined {
    return this.#choose(false).finish();
  }

  #choose(json: boolean): SourceReader {
    if (this.#reader) return this.#reader;
    this.#reader = json ? this.open.json() : this.open.csv();
    for (const piece of this.#waiting.splice(0)) this.#reader.push(piece);
    return this.#reader;
  }
}
