/** CRC-32C (Castagnoli, reflected polynomial 0x82f63b78), as every part of a block is guarded. */

// Sixteen tables, so that sixteen bytes are taken at a time ("slicing by 16").
const AT_A_TIME = 16;

function buildTables(): Int32Array {
  const tables = new Int32Array(AT_A_TIME * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    tables[byte] = crc;
  }
  for (let byte = 0; byte < 256; byte++) {
    let crc = tables[byte]!;
    for (let table = 1; table < AT_A_TIME; table++) {
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
export const crc32c = makeCrc32c();

// Only as a constant of an enclosing function is the length of the tables known when this is compiled; then no access to
// them is checked, which takes a third of the time.
function makeCrc32c() {
  const T = buildTables();
  return (b: Uint8Array, from = 0, to = b.length, before = 0): number => {
    let crc = ~before;
    // Said to be small whole numbers: what was computed from offsets in a file is kept as a double, and so would be `i`.
    let i = from | 0;
    const end = to | 0;
    for (; i + AT_A_TIME <= end; i += AT_A_TIME) {
      crc ^= b[i]! | (b[i + 1]! << 8) | (b[i + 2]! << 16) | (b[i + 3]! << 24);
      crc =
        T[3840 + (crc & 255)]! ^
        T[3584 + ((crc >>> 8) & 255)]! ^
        T[3328 + ((crc >>> 16) & 255)]! ^
        T[3072 + (crc >>> 24)]! ^
        T[2816 + b[i + 4]!]! ^
        T[2560 + b[i + 5]!]! ^
        T[2304 + b[i + 6]!]! ^
        T[2048 + b[i + 7]!]! ^
        T[1792 + b[i + 8]!]! ^
        T[1536 + b[i + 9]!]! ^
        T[1280 + b[i + 10]!]! ^
        T[1024 + b[i + 11]!]! ^
        T[768 + b[i + 12]!]! ^
        T[512 + b[i + 13]!]! ^
        T[256 + b[i + 14]!]! ^
        T[b[i + 15]!]!;
    }
    for (; i < end; i++) crc = T[(crc ^ b[i]!) & 255]! ^ (crc >>> 8);
    return ~crc >>> 0;
  };
}
