/** CRC-32C (Castagnoli, reflected polynomial 0x82f63b78), as every part of a block is guarded. */

// Eight tables, so that eight bytes are taken at a time ("slicing by 8").
const TABLES = buildTables();

function buildTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    tables[byte] = crc;
  }
  for (let byte = 0; byte < 256; byte++) {
    let crc = tables[byte]!;
    for (let table = 1; table < 8; table++) {
      crc = tables[crc & 255]! ^ (crc >>> 8);
      tables[table * 256 + byte] = crc;
    }
  }
  return tables;
}

/**
 * CRC-32C of `bytes[from, to)`, as an unsigned 32-bit number.
 *
 * To go on with the next piece of the same content, give the checksum so far as `before`.
 */
export function crc32c(bytes: Uint8Array, from = 0, to = bytes.length, before = 0): number {
  const T = TABLES;
  let crc = ~before;
  let i = from;
  for (; i + 8 <= to; i += 8) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    crc =
      T[1792 + (crc & 255)]! ^
      T[1536 + ((crc >>> 8) & 255)]! ^
      T[1280 + ((crc >>> 16) & 255)]! ^
      T[1024 + (crc >>> 24)]! ^
      T[768 + bytes[i + 4]!]! ^
      T[512 + bytes[i + 5]!]! ^
      T[256 + bytes[i + 6]!]! ^
      T[bytes[i + 7]!]!;
  }
  for (; i < to; i++) crc = T[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
