/** Reports of AIDE, the file integrity checker, as text and as JSON. docs/formats/aide.md */
import type { Problem } from '../../../shared/problem.ts';
import type { Format, ReadContext, RowSink, SourceReader } from '../format.ts';
import { AideJsonReader } from './json-reader.ts';
import { beginsAsJson, recogniseAide } from './recognise.ts';
import { AideTextReader } from './text-reader.ts';

export const aide: Format = {
  id: 'aide',
  title: 'AIDE file integrity report (text, JSON)',
  version: 1,
  framing: 'spans',
  streams: ['aide'],
  recognise: recogniseAide,
  open: (sink, context) => new EitherReader(sink, context),
};

/** Waits for the first characters, which tell JSON from text. */
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
    const text = this.#waiting.toString('latin1').trimStart();
    if (text.length >= 64 || this.#waiting.length >= 4096) this.#choose();
  }

  finish(): Problem | undefined {
    return (this.#reader ?? this.#choose()).finish();
  }

  #choose(): SourceReader {
    const { sink, context } = this;
    const reader = beginsAsJson(this.#waiting) ? new AideJsonReader(sink, context) : new AideTextReader(sink, context);
    this.#reader = reader;
    reader.push(this.#waiting);
    this.#waiting = Buffer.alloc(0);
    return reader;
  }
}
