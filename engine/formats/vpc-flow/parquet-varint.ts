/** Variable-length integers of Parquet and Thrift: seven bits a byte, the lowest first. */
export interface ByteReader {
  readonly bytes: Uint8Array;
  at: number;
}

/** The next byte. Throws an Error at the end. */
export function nextByte(reader: ByteReader): number {
  const byte = reader.bytes[reader.at++];
  if (byte === undefined) throw new Error('it ends too early');
  return byte;
}

/** At most five bytes, as all lengths and counts have. Throws an Error for longer ones. */
export function readVarint(reader: ByteReader): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = nextByte(reader);
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
  throw new Error('a number is longer than any can be');
}

/** A signed number of at most 64 bits: 0, -1, 1, -2, ... are written 0, 1, 2, 3, ... */
export function readZigzag(reader: ByteReader): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = nextByte(reader);
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return value & 1n ? -(value >> 1n) - 1n : value >> 1n;
  }
  throw new Error('a number is longer than any can be');
}
