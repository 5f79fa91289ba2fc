/** Layer 2d, the series: labels, and where the chunks are. docs/formats/prometheus-tsdb/index.md */
import type { FileWindow } from './block-files.ts';
import { crc32c } from './crc32c.ts';
import { ByteCursor, readU32 } from './cursor.ts';
import { damaged, tooLarge } from './damage.ts';
import { checkCrc, type IndexFile } from './index-sections.ts';
import type { Label } from './labels.ts';
import type { Symbols } from './symbols.ts';

/** Version 2 aligns series to 16 bytes and counts references in that unit. */
const SERIES_ALIGN = 16;
const LARGEST_ENTRY = 16 * 1024 * 1024;

export interface ChunkEntry {
  /** Times of its first and last sample, milliseconds since 1970, both included. */
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  /** Number of the segment file, from 0, and offset in it. */
  readonly segment: number;
  readonly offset: number;
}

export interface SeriesEntry {
  readonly ref: number;
  readonly labels: readonly Label[];
  /** In the order of time; they do not overlap. */
  readonly chunks: readonly ChunkEntry[];
}

/**
 * Reads the series with this reference. Fails with a `ProblemError` that names its place. Without symbols its labels are
 * passed over, and are empty.
 */
export async function readSeries(
  index: IndexFile,
  window: FileWindow,
  symbols: Symbols | undefined,
  ref: number,
): Promise<SeriesEntry> {
  const what = `Series ${ref}`;
  const at = index.version === 1 ? ref : ref * SERIES_ALIGN;
  if (at < index.toc.series || at >= index.tocStart) damaged(index.name, at, `${what} is outside the part for series.`);
  await window.load(at, Math.min(at + 10, index.tocStart), what);
  const head = cursorAt(index, window, at, Math.min(at + 10, index.tocStart));
  const length = head.uvarint();
  const from = head.place;
  if (from + length + 4 > index.tocStart) damaged(index.name, at, `${what} has ${length} bytes, more than can follow.`);
  if (length > LARGEST_ENTRY) tooLarge(index.name, at, `${what} has ${length} bytes, more than ${LARGEST_ENTRY}.`);
  index.count(at, length, what);
  await window.load(from, from + length + 4, what);
  const { bytes, base } = window;
  const crc = crc32c(bytes, from - base, from + length - base);
  checkCrc(index.name, from + length, what, crc, readU32(bytes, from + length - base));
  const cursor = cursorAt(index, window, from, from + length);
  const entry = { ref, labels: readLabels(cursor, symbols, what), chunks: readChunks(cursor, what) };
  if (cursor.left > 0) damaged(index.name, cursor.place, `${what}: ${cursor.left} bytes follow the last chunk.`);
  return entry;
}

function cursorAt(index: IndexFile, { bytes, base }: FileWindow, from: number, to: number): ByteCursor {
  return new ByteCursor(index.name, bytes, from - base, to - base, base);
}

function readLabels(cursor: ByteCursor, symbols: Symbols | undefined, what: string): Label[] {
  const count = cursor.uvarint();
  if (count * 2 > cursor.left) damaged(cursor.file, cursor.place, `${what}: ${count} labels in ${cursor.left} bytes.`);
  const labels: Label[] = [];
  for (let i = 0; i < count; i++) {
    const byte = cursor.place;
    const name = cursor.uvarint();
    const value = cursor.uvarint();
    if (symbols) labels.push([symbols.text(name, byte), symbols.text(value, byte)]);
  }
  return labels;
}

function readChunks(cursor: ByteCursor, what: string): ChunkEntry[] {
  const count = cursor.uvarint();
  if (count * 3 > cursor.left) damaged(cursor.file, cursor.place, `${what}: ${count} chunks in ${cursor.left} bytes.`);
  const chunks: ChunkEntry[] = [];
  let last = 0;
  let ref = 0;
  for (let i = 0; i < count; i++) {
    const byte = cursor.place;
    const minTimeMs = i === 0 ? cursor.varint() : last + cursor.uvarint();
    const maxTimeMs = minTimeMs + cursor.uvarint();
    ref = i === 0 ? cursor.uvarint() : ref + cursor.varint();
    if (i > 0 && minTimeMs <= last)
      damaged(cursor.file, byte, `${what}: chunk ${i} begins when the one before it ends.`);
    if (!Number.isSafeInteger(maxTimeMs) || !Number.isSafeInteger(ref) || ref < 0)
      damaged(cursor.file, byte, `${what}: chunk ${i} has the last time ${maxTimeMs} and the reference ${ref}.`);
    last = maxTimeMs;
    chunks.push({ minTimeMs, maxTimeMs, segment: Math.floor(ref / 4_294_967_296), offset: ref % 4_294_967_296 });
  }
  return chunks;
}
