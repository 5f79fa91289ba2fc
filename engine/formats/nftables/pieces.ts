/** Where something stands in a file, and its bytes as pieces: one a line. */
export interface Place {
  readonly byte: number;
  readonly length: number;
  readonly raw: readonly Uint8Array[];
}

const LINE_END = Uint8Array.of(10);

/** The bytes of all lines, each with one LF between, whatever their line ends were. */
export function rawBytes({ raw }: Place): Uint8Array {
  return Buffer.concat(raw.flatMap((piece, index) => (index === 0 ? [piece] : [LINE_END, piece])));
}

/** Two places, one after the other, as one. */
export function joinedPlace(first: Place, second: Place): Place {
  return {
    byte: first.byte,
    length: second.byte + second.length - first.byte,
    raw: [...first.raw, ...second.raw],
  };
}
