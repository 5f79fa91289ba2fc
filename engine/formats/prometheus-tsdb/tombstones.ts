/** Layer 5, deletions that were asked for and not yet carried out. docs/formats/prometheus-tsdb/tombstones.md */
import type { BlockFiles } from './block-files.ts';
import { crc32c } from './crc32c.ts';
import { ByteCursor, readU32 } from './cursor.ts';
import { damaged, tooLarge, unsupported } from './damage.ts';
import { checkCrc } from './index-sections.ts';

const MAGIC = 0x0130ba30;
const LARGEST = 64 * 1024 * 1024;

/** Times in milliseconds since 1970, both included. */
export interface DeletedInterval {
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
}

export interface Tombstones {
  readonly count: number;
  /** By series reference, in the order of time, not overlapping. */
  readonly bySeries: ReadonlyMap<number, readonly DeletedInterval[]>;
}

/** Reads a tombstones file. Fails with a `ProblemError`. */
export async function readTombstones(files: BlockFiles, name: string, sizeBytes: number): Promise<Tombstones> {
  if (sizeBytes < 9) damaged(name, 0, `It has ${sizeBytes} bytes; a tombstones file has at least 9.`);
  if (sizeBytes > LARGEST) tooLarge(name, 0, `It has ${sizeBytes} bytes, more than ${LARGEST}.`);
  const bytes = await files.read(name, 0, sizeBytes);
  if (bytes.length !== sizeBytes) damaged(name, 0, `Only ${bytes.length} of ${sizeBytes} bytes could be read.`);
  const magic = readU32(bytes, 0);
  if (magic !== MAGIC) damaged(name, 0, `It begins with 0x${magic.toString(16)}, not with 0x130ba30.`);
  if (bytes[4] !== 1) unsupported(name, 4, `Tombstones have version ${bytes[4]}; version 1 is read.`);
  // The checksum leaves out magic number and version.
  const end = sizeBytes - 4;
  checkCrc(name, end, 'Tombstones', crc32c(bytes, 5, end), readU32(bytes, end));
  return readStones(new ByteCursor(name, bytes, 5, end, 0));
}

function readStones(cursor: ByteCursor): Tombstones {
  const bySeries = new Map<number, DeletedInterval[]>();
  let count = 0;
  for (; cursor.left > 0; count++) {
    const byte = cursor.place;
    const ref = cursor.uvarint();
    const minTimeMs = cursor.varint();
    const maxTimeMs = cursor.varint();
    if (maxTimeMs < minTimeMs) damaged(cursor.file, byte, `Series ${ref}: deleted from ${minTimeMs} to ${maxTimeMs}.`);
    const intervals = bySeries.get(ref);
    if (intervals) intervals.push({ minTimeMs, maxTimeMs });
    else bySeries.set(ref, [{ minTimeMs, maxTimeMs }]);
  }
  for (const [ref, intervals] of bySeries) bySeries.set(ref, joined(intervals));
  return { count, bySeries };
}

function joined(intervals: readonly DeletedInterval[]): DeletedInterval[] {
  const result: DeletedInterval[] = [];
  for (const next of [...intervals].sort((a, b) => a.minTimeMs - b.minTimeMs)) {
    const last = result.at(-1);
    if (last && next.minTimeMs <= last.maxTimeMs + 1)
      result[result.length - 1] = { ...last, maxTimeMs: Math.max(last.maxTimeMs, next.maxTimeMs) };
    else result.push(next);
  }
  return result;
}
