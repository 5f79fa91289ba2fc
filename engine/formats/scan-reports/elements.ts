import { JsonRecordScanner } from '../framing/json-records.ts';

/** A record longer than that is damaged; it bounds the memory. Results of large images have some twenty megabytes. */
export const MAX_ELEMENT_BYTES = 64 * 1024 * 1024;

export interface Element {
  /** Offset in the file. */
  readonly byte: number;
  readonly bytes: Uint8Array;
  readonly value: unknown;
}

/** The elements of these lists of an object, in the order of the file. The bytes are a copy of nothing: keep none. */
export function elementsOf(parent: Element, lists: readonly string[]): readonly Element[] {
  const found: Element[] = [];
  const scanner = new JsonRecordScanner(
    { lists, firstKeys: [], maxRecordBytes: MAX_ELEMENT_BYTES },
    {
      record: ({ byte, bytes, value }) =>
        void found.push({
          byte: parent.byte + byte,
          // The scanner's own bytes are valid during the call only.
          bytes: parent.bytes.subarray(byte, byte + bytes.length),
          value,
        }),
      damaged: () => undefined,
    },
  );
  scanner.push(parent.bytes);
  scanner.finish();
  // Without any of the lists the object itself is what was found.
  return found.length === 1 && found[0]!.byte === parent.byte ? [] : found;
}
