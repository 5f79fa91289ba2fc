/**
 * Levels and dictionary indexes of a Parquet page (specification: Encodings, "RLE / Bit-Packing Hybrid"):
 *
 *   run     = varint header, then (header & 1) ? header >> 1 groups of 8 values, packed, lowest bit first
 *                                              : one value of whole bytes, (header >> 1) times
 *
 * A header can promise 2^31 values in five bytes, so no more are made than are wanted.
 */
import { nextByte, readVarint, type ByteReader } from './parquet-varint.ts';

/** `count` values of `width` bits. Throws an Error where the bytes hold fewer. */
export function readRuns(bytes: Uint8Array, width: number, count: number): Uint32Array {
  if (width > 32) throw new Error(`values of ${width} bits`);
  const values = new Uint32Array(count);
  const reader = { bytes, at: 0 };
  for (let seen = 0; seen < count;) {
    const header = readVarint(reader);
    const promised = header % 2 === 1 ? Math.floor(header / 2) * 8 : Math.floor(header / 2);
    const taken = Math.min(promised, count - seen);
    if (header % 2 === 1) unpack(reader, width, values.subarray(seen, seen + taken), promised);
    else values.fill(wholeBytes(reader, Math.ceil(width / 8)), seen, seen + taken);
    seen += taken;
  }
  return values;
}

function wholeBytes(reader: ByteReader, bytes: number): number {
  let value = 0;
  for (let i = 0; i < bytes; i++) value += nextByte(reader) * 2 ** (8 * i);
  return value;
}

/** Bytes that the last group would have, but that no value needs, may be left out by writers. */
function unpack(reader: ByteReader, width: number, values: Uint32Array, promised: number): void {
  const from = reader.at;
  const needed = Math.ceil((values.length * width) / 8);
  if (from + needed > reader.bytes.length) throw new Error('a run ends early');
  for (let i = 0; i < values.length; i++) {
    let value = 0;
    for (let bit = 0; bit < width;) {
      const place = i * width + bit;
      const offset = place % 8;
      const taken = Math.min(8 - offset, width - bit);
      const part = (reader.bytes[from + (place - offset) / 8]! >> offset) & ((1 << taken) - 1);
      value += part * 2 ** bit;
      bit += taken;
    }
    values[i] = value;
  }
  reader.at = from + Math.min(Math.ceil((promised * width) / 8), reader.bytes.length - from);
}
