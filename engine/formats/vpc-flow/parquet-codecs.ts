/** What pages of a Parquet file are compressed with. Nothing longer than the page header says ever comes out. */
import * as zlib from 'node:zlib';
import { snappyUncompress } from 'hyparquet/src/snappy.js';

type Unpack = (bytes: Uint8Array, length: number) => Uint8Array;

const codecs: Readonly<Record<string, Unpack>> = {
  UNCOMPRESSED: (bytes) => bytes.slice(),
  SNAPPY: (bytes, length) => {
    const page = new Uint8Array(length);
    snappyUncompress(bytes, page);
    return page;
  },
  // What AWS writes.
  GZIP: (bytes, length) => zlib.gunzipSync(bytes, { maxOutputLength: Math.max(length, 1) }),
};

/** Whether pages of this codec can be read here. */
export function knowsCodec(codec: string): boolean {
  return Object.hasOwn(codecs, codec);
}

/** The page, which must have exactly `length` bytes. Throws otherwise, and where the bytes are not of that codec. */
export function unpackPage(codec: string, bytes: Uint8Array, length: number): Uint8Array {
  const page = length === 0 && bytes.length === 0 ? new Uint8Array(0) : codecs[codec]!(bytes, length);
  if (page.length !== length) throw new Error(`a page has ${page.length} bytes where its header says ${length}`);
  return page;
}

/** CRC-32 as page headers have it, without a sign. */
export function crc32(bytes: Uint8Array): number {
  return zlib.crc32(bytes);
}
