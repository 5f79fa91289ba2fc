/** Where documents begin and end, and what stands in them before and after their elements. */
import { ByteWindow } from '../framing/byte-window.ts';
import { JsonRecordScanner } from '../framing/json-records.ts';

/** What surrounds the elements is not longer than that in any report. */
const MAX_EDGE_BYTES = 16 * 1024 * 1024;

export class DocumentEdges {
  readonly #window = new ByteWindow();
  /** Where what is not an element begins. */
  #from = 0;

  push(piece: Uint8Array): void {
    this.#window.append(piece);
  }

  /** To be called when a piece was read: lets go of what no edge needs. */
  settle(): void {
    this.#window.letGo(this.#from);
    if (this.#window.end - this.#window.start > MAX_EDGE_BYTES) this.#window.letGo(this.#window.end);
  }

  get end(): number {
    return this.#window.end;
  }

  /** Where the document under way began, or its last element ended. */
  get from(): number {
    return this.#from;
  }

  passed(to: number): void {
    this.#from = Math.max(to, this.#from);
  }

  /** The bytes since the last edge, up to `to`; `undefined` where there were too many. */
  since(to: number): Uint8Array | undefined {
    return this.#window.start <= this.#from ? this.#window.copy(this.#from, to) : undefined;
  }

  /** Where the document ends whose last element ended at the last edge; `hadElements`: there was one. */
  documentEnd(hadElements: boolean): number {
    const rest = this.since(this.end);
    if (rest === undefined) return this.end;
    // The list is opened again, so that the end of the document is the end of a value.
    const opening = Buffer.from(hadElements ? (startsInObject(rest) ? '{"":[0' : '[0') : '');
    let end: number | undefined;
    const scanner = new JsonRecordScanner(
      { lists: [], firstKeys: [], maxRecordBytes: MAX_EDGE_BYTES, tuples: true },
      {
        record: ({ byte, bytes }) => (end ??= byte + bytes.length),
        damaged: () => undefined,
      },
    );
    scanner.push(opening);
    scanner.push(rest);
    scanner.finish();
    return end === undefined ? this.end : this.#from + end - opening.length;
  }
}

/** Whether the list that these bytes close is a member of an object: a brace or a comma follows its bracket. */
function startsInObject(rest: Uint8Array): boolean {
  const after = Buffer.from(rest.subarray(0, 4096)).toString('latin1').trimStart();
  return /^\]\s*[,}]/.test(after);
}
