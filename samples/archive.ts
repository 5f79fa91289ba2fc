/** gzip and zip whose bytes depend on nothing but their content: no clock, no platform. */
import { constants, crc32, deflateRawSync, gzipSync } from 'node:zlib';

const UNIX = 3;

/** gzip with no time, no name, and the same system byte everywhere. */
export function gzip(content: Uint8Array): Buffer {
  const bytes = gzipSync(content, { level: constants.Z_DEFAULT_COMPRESSION });
  bytes.writeUInt32LE(0, 4);
  bytes[9] = UNIX;
  return bytes;
}

export interface ZipEntry {
  readonly name: string;
  readonly content: Uint8Array;
}

// 1980-01-01 00:00, the first instant that a zip can hold.
const DOS_TIME = 0;
const DOS_DATE = 0x21;

/** A zip of the entries in the order given; at most 65535 entries and 4 GiB. See APPNOTE.TXT 4.3.7, 4.3.12, 4.3.16. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of entries) {
    const packed = deflateRawSync(content);
    const fields = commonFields(content, packed, name);
    const local = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), fields, Buffer.from(name, 'utf8'), packed]);
    directory.push(directoryEntry(fields, name, offset));
    parts.push(local);
    offset += local.length;
  }
  const listing = Buffer.concat(directory);
  return Buffer.concat([...parts, listing, endRecord(entries.length, listing.length, offset)]);
}

/** What local header and directory entry share: from "version needed" to "extra field length". */
function commonFields(content: Uint8Array, packed: Uint8Array, name: string): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(0x0800, 2); // names are UTF-8
  fields.writeUInt16LE(8, 4); // deflate
  fields.writeUInt16LE(DOS_TIME, 6);
  fields.writeUInt16LE(DOS_DATE, 8);
  fields.writeUInt32LE(crc32(content), 10);
  fields.writeUInt32LE(packed.length, 14);
  fields.writeUInt32LE(content.length, 18);
  fields.writeUInt16LE(Buffer.byteLength(name), 22);
  return fields;
}

function directoryEntry(fields: Buffer, name: string, offset: number): Buffer {
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE((0o100644 << 16) >>> 0, 6);
  rest.writeUInt32LE(offset, 10);
  return Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, 20, UNIX]), fields, rest, Buffer.from(name, 'utf8')]);
}

function endRecord(count: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return end;
}
