/** The index of a block, version 2. docs/formats/prometheus-tsdb/index.md */
import { crc32c } from '../../engine/formats/prometheus-tsdb/crc32c.ts';
import { compareText, type Label } from '../../engine/formats/prometheus-tsdb/labels.ts';
import { ByteWriter, FileWriter, u32 } from './byte-writer.ts';

const HEADER = Uint8Array.of(0xba, 0xaa, 0xd7, 0x00, 2);
const SERIES_ALIGN = 16;
const LIST_ALIGN = 4;

/** A series whose chunks are written: its labels, and its chunks as the index will have them. */
export interface IndexedSeries {
  readonly labels: readonly Label[];
  readonly chunkCount: number;
  readonly chunks: Uint8Array;
}

/** Chunks of one series, encoded as they come: some bytes each, whatever is in them. */
export class ChunkList {
  count = 0;
  readonly #bytes = new ByteWriter();
  #lastMs = 0;
  #reference = 0;

  add(minTimeMs: number, maxTimeMs: number, reference: number): void {
    if (this.count === 0) this.#bytes.varint(minTimeMs);
    else this.#bytes.uvarint(minTimeMs - this.#lastMs);
    this.#bytes.uvarint(maxTimeMs - minTimeMs);
    if (this.count === 0) this.#bytes.uvarint(reference);
    else this.#bytes.varint(reference - this.#reference);
    this.#lastMs = maxTimeMs;
    this.#reference = reference;
    this.count++;
  }

  /** The chunks of the series; the list is then as new. */
  take(labels: readonly Label[]): IndexedSeries {
    const series = { labels, chunkCount: this.count, chunks: new Uint8Array(this.#bytes.written) };
    this.#bytes.clear();
    this.count = 0;
    return series;
  }
}

/** Writes the index of series that are in the order of their labels. Gives its size in bytes. */
export function writeIndex(path: string, series: readonly IndexedSeries[]): number {
  const file = new FileWriter(path);
  file.put(HEADER);
  const symbols = symbolsOf(series);
  const symbolsAt = writeSymbols(file, symbols);
  const seriesAt = file.length;
  const postings = new PostingLists();
  for (const each of series) postings.add(writeSeries(file, each, symbols), each.labels);
  const postingsAt = file.length;
  const table = writePostings(file, postings);
  const tableAt = file.putSection(table);
  // Newer servers write no label index, and let its places point to what follows.
  writeContents(file, [symbolsAt, seriesAt, postingsAt, tableAt, postingsAt, tableAt]);
  file.close();
  return file.length;
}

function symbolsOf(series: readonly IndexedSeries[]): ReadonlyMap<string, number> {
  const all = new Set<string>();
  for (const { labels } of series) for (const [name, value] of labels) all.add(name).add(value);
  return new Map([...all].sort(compareText).map((symbol, i) => [symbol, i]));
}

function writeSymbols(file: FileWriter, symbols: ReadonlyMap<string, number>): number {
  const section = new ByteWriter();
  section.u32(symbols.size);
  for (const symbol of symbols.keys()) section.text(symbol);
  return file.putSection(section.written);
}

const entry = new ByteWriter();
const entryLength = new ByteWriter();

// Gives the reference of the series.
function writeSeries(file: FileWriter, series: IndexedSeries, symbols: ReadonlyMap<string, number>): number {
  file.align(SERIES_ALIGN);
  const reference = file.length / SERIES_ALIGN;
  entry.clear();
  entry.uvarint(series.labels.length);
  for (const text of series.labels.flat()) entry.uvarint(symbols.get(text)!);
  entry.uvarint(series.chunkCount);
  entry.put(series.chunks);
  entryLength.clear();
  entryLength.uvarint(entry.length);
  file.put(entryLength.written);
  file.put(entry.written);
  file.put(u32(crc32c(entry.written)));
  return reference;
}

/** The series of each label, and of all series under the empty one. */
class PostingLists {
  readonly #all: number[] = [];
  readonly #lists = new Map<string, Map<string, number[]>>();

  add(reference: number, labels: readonly Label[]): void {
    this.#all.push(reference);
    for (const [name, value] of labels) {
      const values = getOrAdd(this.#lists, name, () => new Map<string, number[]>());
      getOrAdd(values, value, () => []).push(reference);
    }
  }

  /** In the order of names and values, as a server looks for them. */
  *inOrder(): Generator<{ name: string; value: string; references: readonly number[] }> {
    yield { name: '', value: '', references: this.#all };
    const byText = ([a]: [string, unknown], [b]: [string, unknown]): number => compareText(a, b);
    for (const [name, values] of [...this.#lists].sort(byText))
      for (const [value, references] of [...values].sort(byText)) yield { name, value, references };
  }
}

function getOrAdd<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

// Gives the table that finds the lists.
function writePostings(file: FileWriter, postings: PostingLists): Uint8Array {
  const list = new ByteWriter();
  const entries = new ByteWriter();
  let count = 0;
  for (const { name, value, references } of postings.inOrder()) {
    list.clear();
    list.u32(references.length);
    for (const reference of references) list.u32(reference);
    file.align(LIST_ALIGN);
    const at = file.putSection(list.written);
    entries.u8(2);
    entries.text(name);
    entries.text(value);
    entries.uvarint(at);
    count++;
  }
  const table = new ByteWriter();
  table.u32(count);
  table.put(entries.written);
  return table.written;
}

function writeContents(file: FileWriter, places: readonly number[]): void {
  const contents = new ByteWriter();
  for (const place of places) contents.u64(place);
  file.put(contents.written);
  file.put(u32(crc32c(contents.written)));
}
