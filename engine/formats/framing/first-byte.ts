const BOM = [0xef, 0xbb, 0xbf];

/** The first byte that is neither white space nor of a byte order mark; `undefined` where there is none. */
export function firstByte(head: Uint8Array): number | undefined {
  return head.find((byte) => byte > 0x20 && !BOM.includes(byte));
}
