import type { Problem } from '../../../shared/problem.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { isJson } from '../framing/json-or-csv.ts';
import { isJunit } from './conftest-junit.ts';
import { shareOfTap } from './conftest-tap.ts';
import { OpaReader } from './reader.ts';
import { ReportReader } from './report-reader.ts';

const HEAD_BYTES = 64 * 1024;

/** Waits for what tells a report of conftest from the JSON of everything else, then hands everything on. */
export class OpaFile implements SourceReader {
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #reader: SourceReader | undefined;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {}

  push(piece: Uint8Array): void {
    if (this.#reader) return this.#reader.push(piece);
    this.#waiting.push(new Uint8Array(piece));
    this.#waitingBytes += piece.length;
    if (this.#waitingBytes >= HEAD_BYTES) this.#choose();
  }

  finish(): Problem | undefined {
    return this.#choose().finish();
  }

  #choose(): SourceReader {
    if (this.#reader) return this.#reader;
    this.#reader = this.#readerFor(Buffer.concat(this.#waiting).subarray(0, HEAD_BYTES));
    for (const piece of this.#waiting.splice(0)) this.#reader.push(piece);
    return this.#reader;
  }

  #readerFor(head: Uint8Array): SourceReader {
    const { sink, context } = this;
    if (!isJson(head) && isJunit(head)) return new ReportReader('junit', sink, context);
    if (!isJson(head) && shareOfTap(head) > 0) return new ReportReader('tap', sink, context);
    return new OpaReader(sink, context);
  }
}
