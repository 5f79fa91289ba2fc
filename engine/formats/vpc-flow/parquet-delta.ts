/**
 * Delta encodings of Parquet pages, which writers of its version 2 use (specification: Encodings, "Delta Encoding"):
 *
 *   integers = block size, parts a block, count, first value, *block        varints, the first value zigzag
 *   block    = least delta (zigzag), a byte with the bits of each part, *part       delta - least delta, packed
 *   texts    = integers (lengths), all bytes         prefixed texts = integers (bytes kept of the text before), texts
 */
import { readVarint, readZigzag, type ByteReader } from './parquet-varint.ts';

/** The values of a page. Throws an Error for encodings that are not known, and where the page is not as it says. */
export function readDelta(
  encoding: string,
  page: Uint8Array,
  bits: 32 | 64,
  count: number,
): readonly (bigint | Uint8Array)[] {
  const reader: ByteReader = { bytes: page, at: 0 };
  if (encoding === 'DELTA_BINARY_PACKED') return integers(reader, count, bits);
  if (encoding === 'DELTA_LENGTH_BYTE_ARRAY') return texts(reader, count);
  if (encoding === 'DELTA_BYTE_ARRAY') return prefixedTexts(reader, count);
  throw new Error(`it has values in the encoding ${encoding}, which is not read`);
}

function integers(reader: ByteReader, count: number, bits: number): bigint[] {
  const [blockSize, parts] = [readVarint(reader), readVarint(reader)];
  const total = readVarint(reader);
  if (total !== count) throw new Error(`a page has ${total} values where ${count} belong`);
  if (blockSize === 0 || blockSize > 65_536 || parts === 0 || parts > 1024 || blockSize % parts !== 0)
    throw new Error(`blocks of ${blockSize} values in ${parts} parts`);
  let value = readZigzag(reader);
  const values = count > 0 ? [value] : [];
  while (values.length < count) {
    const least = readZigzag(reader);
    const widths = take(reader, parts);
    for (let part = 0; part < parts && values.length < count; part++) {
      for (const delta of packed(reader, widths[part]!, blockSize / parts)) {
        value = BigInt.asIntN(bits, value + least + delta);
        if (values.length < count) values.push(value);
      }
    }
  }
  return values;
}

/** A part is padded to its full length; the last one may be cut off where nothing follows it. */
function packed(reader: ByteReader, width: number, count: number): bigint[] {
  if (width === 0) return new Array<bigint>(count).fill(0n);
  if (width > 64) throw new Error(`values of ${width} bits`);
  const bytes = take(reader, Math.ceil((count * width) / 8));
  return Array.from({ length: count }, (_, i) => bitsAt(bytes, i * width, width));
}

function bitsAt(bytes: Uint8Array, from: number, width: number): bigint {
  let value = 0n;
  for (let bit = 0; bit < width;) {
    const offset = (from + bit) % 8;
    const taken = Math.min(8 - offset, width - bit);
    const part = (bytes[(from + bit - offset) / 8]! >> offset) & ((1 << taken) - 1);
    value |= BigInt(part) << BigInt(bit);
    bit += taken;
  }
  return value;
}

function texts(reader: ByteReader, count: number): Uint8Array[] {
  return integers(reader, count, 32).map((length) => take(reader, Number(length)));
}

/** Each text is a beginning of the one before, and a rest of its own. */
function prefixedTexts(reader: ByteReader, count: number): Uint8Array[] {
  const prefixes = integers(reader, count, 32);
  let before: Uint8Array = new Uint8Array(0);
  return texts(reader, count).map((rest, i) => {
    const kept = Number(prefixes[i]);
    if (kept < 0 || kept > before.length) throw new Error('a text repeats more than the one before it has');
    before = kept === 0 ? rest : Buffer.concat([before.subarray(0, kept), rest]);
    return before;
  });
}

function take(reader: ByteReader, count: number): Uint8Array {
  const from = reader.at;
  if (count < 0 || from + count > reader.bytes.length) throw new Error(`${count} bytes are more than there are`);
  reader.at += count;
  return reader.bytes.subarray(from, from + count);
}
