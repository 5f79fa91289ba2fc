import type { Problem } from '../../../shared/problem.ts';
import type { Format, ReadContext, RowSink, SourceReader } from '../format.ts';
import { NftJsonReader } from './json-reader.ts';
import { isJson, recognise } from './recognise.ts';
import { NftTextReader } from './text-reader.ts';

/** What nft prints of its rule set, as JSON and as text. See docs/formats/nftables.md. */
export const nftables: Format = {
  id: 'nftables',
  title: 'nftables: nft list ruleset, as text and as JSON',
  version: 1,
  framing: 'spans',
  streams: [],
  recognise,
  open: (sink, context) => new EitherReader(sink, context),
};

/** Waits for the first byte that is no white space, which tells text from JSON. */
class EitherReader implements SourceReader {
  #waiting = Buffer.alloc(0);
  #reader: SourceReader | undefined;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {}

  push(piece: Uint8Array): void {
    if (this.#reader) return this.#reader.push(piece);
    this.#waiting = Buffer.concat([this.#waiting, piece]);
    const isTold = /[^\s\ufeff\ufffd]/.test(this.#waiting.toString('utf8'));
    if (isTold || this.#waiting.length > 4096) this.#choose();
  }

  finish(): Problem | undefined {
    return this.#choose().finish();
  }

  #choose(): SourceReader {
    if (this.#reader) return this.#reader;
    const { sink, context } = this;
    this.#reader = isJson(this.#waiting) ? new NftJsonReader(sink, context) : new NftTextReader(sink, context);
    this.#reader.push(this.#waiting);
    this.#waiting = Buffer.alloc(0);
    return this.#reader;
  }
}
