/** Archives written byte by byte, so that they can be what no tool would write. */
import { crc32, deflateRawSync } from 'node:zlib';

const BLOCK = 512;

export interface TarEntry {
  readonly name: string | Buffer;
  readonly content?: Buffer | string;
  /** One character; `0`, a file, if left out. */
  readonly type?: string;
  /** What stands in the field of the size; the size if left out. */
  readonly size?: Buffer | string;
  readonly link?: string;
  /** What stands in the field of the checksum; the right one if left out. */
  readonly checksum?: string;
  readonly magic?: 'ustar' | 'gnu';
}

/** One member: its header and its content, filled up to whole blocks. */
export function tarEntry({ name, content = '', type = '0', size, link = '', checksum, magic }: TarEntry): Buffer {
  const bytes = Buffer.from(content as string);
  const header = Buffer.alloc(BLOCK);
  Buffer.from(name as string).copy(header, 0, 0, 100);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  Buffer.from((size ?? octal(bytes.length, 11)) as string).copy(header, 124, 0, 12);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(link, 157, 100);
  header.write(magic === 'gnu' ? 'ustar  \0' : 'ustar\x0000', 257, 'latin1');
  header.write(checksum ?? `${octal(sumOf(header), 6)}\0 `, 148, 8, 'latin1');
  return Buffer.concat([header, bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)]);
}

/** The two empty blocks that end a tar. */
export const tarEnd = Buffer.alloc(2 * BLOCK);

export function tarOf(...entries: readonly (TarEntry | Buffer)[]): Buffer {
  return Buffer.concat([...entries.map((entry) => (Buffer.isBuffer(entry) ? entry : tarEntry(entry))), tarEnd]);
}

/** A pax header for the member after it. */
export function paxHeader(records: Readonly<Record<string, string>>, type: 'x' | 'g' = 'x'): TarEntry {
  return { name: 'PaxHeader/x', type, content: Object.entries(records).map(paxRecord).join('') };
}

/** The name of the member after it, as GNU tar writes names that do not fit. */
export function gnuLongName(name: string): TarEntry {
  return { name: '././@LongLink', type: 'L', content: `${name}\0`, magic: 'gnu' };
}

// `LEN KEY=VALUE\n`, where LEN counts its own digits.
function paxRecord([key, value]: readonly [string, string]): string {
  const rest = ` ${key}=${value}\n`;
  const length = Buffer.byteLength(rest);
  let digits = String(length).length;
  while (String(length + digits).length !== digits) digits++;
  return `${length + digits}${rest}`;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

function sumOf(header: Buffer): number {
  return header.reduce((sum, byte) => sum + byte, 0);
}

export interface ZipEntry {
  readonly name: string;
  readonly content: Buffer | string;
  /** A UNIX mode, such as that of a link, 0o120777. */
  readonly mode?: number;
  /** Content that was compressed already, and what it is said to hold. */
  readonly packed?: { readonly bytes: Buffer; readonly crc: number; readonly size: number };
}

export function zipOf(...entries: readonly ZipEntry[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name: text, content, mode, packed } of entries) {
    const bytes = Buffer.from(content as string);
    const name = Buffer.from(text);
    const {
      bytes: data,
      crc,
      size,
    } = packed ?? { bytes: deflateRawSync(bytes), crc: crc32(bytes), size: bytes.length };
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(20, 4);
    // Names are UTF-8.
    header.writeUInt16LE(0x0800, 6);
    header.writeUInt16LE(8, 8);
    header.writeUInt32LE(crc, 14);
    header.writeUInt32LE(data.length, 18);
    header.writeUInt32LE(size, 22);
    header.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE((3 << 8) | 20, 4);
    entry.writeUInt16LE(20, 6);
    header.copy(entry, 8, 6, 30);
    entry.writeUInt32LE(((mode ?? 0o100644) << 16) >>> 0, 38);
    entry.writeUInt32LE(offset, 42);
    files.push(header, name, data);
    directory.push(entry, name);
    offset += header.length + name.length + data.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, ...directory, end]);
}
