import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { firstByte } from '../framing/first-byte.ts';
import { HeadReader } from '../framing/head-reader.ts';
import { GreppableReader } from './greppable-reader.ts';
import { NmapReader } from './reader.ts';

/** True for greppable output, which no XML begins like; `undefined` when there is only white space so far. */
export function beginsAsText(bytes: Uint8Array): boolean | undefined {
  const first = firstByte(bytes);
  return first === undefined ? undefined : first === 0x23 || first === 0x48 || first === 0x54;
}

/** Opens the reader for greppable output or for XML. */
export function openNmap(sink: RowSink, context: ReadContext): SourceReader {
  return new HeadReader((head) =>
    beginsAsText(head) ? new GreppableReader(sink, context) : new NmapReader(sink, context),
  );
}
