/**
 * One column of a row group: pages, one after the other (specification: "File format", "Data Pages").
 *
 *   chunk = [dictionary page] *(page header, page)
 *   v1    = unpack([4-byte length, levels] values)        v2 = levels, unpack(values)
 *
 * Only columns that are not nested are read, so a level is one bit: there is a value, or none.
 */
import type { ColumnMetaData, PageHeader, SchemaElement } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { readPlain } from 'hyparquet/src/plain.js';
import { crc32, unpackPage } from './parquet-codecs.ts';
import { readDelta } from './parquet-delta.ts';
import { readRuns } from './parquet-runs.ts';
import type { AsText, ParquetValue } from './parquet-text.ts';
import { checkThrift } from './parquet-thrift.ts';

/** Larger pages than any writer makes. */
const MOST_PAGE_BYTES = 256 * 1024 * 1024;

export interface ColumnChunk {
  readonly bytes: Uint8Array;
  readonly meta: ColumnMetaData;
  readonly element: SchemaElement;
  readonly asText: AsText;
  readonly rows: number;
}

interface Page {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly encoding: string;
  /** 1 where there is a value; `undefined` where all have one. */
  readonly levels: Uint32Array | undefined;
}

/** The text of each row, `undefined` where it is NULL. Throws an Error where the chunk is not as its headers say. */
export function readColumnChunk(chunk: ColumnChunk): readonly (string | undefined)[] {
  const { bytes, rows } = chunk;
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 0 };
  const texts: (string | undefined)[] = [];
  let dictionary: readonly string[] | undefined;
  while (texts.length < rows) {
    checkThrift(bytes, reader.offset);
    const header = parquetHeader(reader);
    const packed = takePacked(header, bytes.subarray(reader.offset));
    reader.offset += packed.length;
    if (header.dictionary_page_header) dictionary = readDictionary(header, packed, chunk);
    else if (header.data_page_header || header.data_page_header_v2)
      addPage(texts, openPage(header, packed, chunk), dictionary, chunk);
  }
  if (texts.length > rows) throw new Error(`a column has ${texts.length} values for ${rows} rows`);
  return texts;
}

function takePacked(
  { compressed_page_size: size, uncompressed_page_size: unpacked, crc }: PageHeader,
  rest: Uint8Array,
) {
  if (!(size >= 0) || size > rest.length) throw new Error(`a page of ${size} bytes does not fit into ${rest.length}`);
  if (!(unpacked >= 0) || unpacked > MOST_PAGE_BYTES) throw new Error(`a page of ${unpacked} bytes`);
  const packed = rest.subarray(0, size);
  if (crc !== undefined && crc >>> 0 !== crc32(packed)) throw new Error('the checksum of a page does not match');
  return packed;
}

function readDictionary(header: PageHeader, packed: Uint8Array, { meta, element, asText }: ColumnChunk) {
  const page = unpackPage(meta.codec, packed, header.uncompressed_page_size);
  const count = header.dictionary_page_header!.num_values;
  if (!(count >= 0) || count > page.length) throw new Error(`a dictionary of ${count} values in ${page.length} bytes`);
  return Array.from(plainValues(page, meta.type, count, element), asText);
}

function openPage(header: PageHeader, packed: Uint8Array, chunk: ColumnChunk): Page {
  const optional = chunk.element.repetition_type === 'OPTIONAL';
  const size = header.uncompressed_page_size;
  const v2 = header.data_page_header_v2;
  if (v2) {
    const levelsEnd = v2.repetition_levels_byte_length + v2.definition_levels_byte_length;
    checkCount(v2.num_values, chunk);
    if (!(levelsEnd >= 0) || levelsEnd > packed.length) throw new Error('levels are longer than their page');
    const levels = packed.subarray(v2.repetition_levels_byte_length, levelsEnd);
    const rest = packed.subarray(levelsEnd);
    const bytes = unpackPage(v2.is_compressed === false ? 'UNCOMPRESSED' : chunk.meta.codec, rest, size - levelsEnd);
    return {
      bytes,
      count: v2.num_values,
      encoding: v2.encoding,
      levels: optional ? readRuns(levels, 1, v2.num_values) : undefined,
    };
  }
  const { num_values: count, encoding } = header.data_page_header!;
  checkCount(count, chunk);
  const page = unpackPage(chunk.meta.codec, packed, size);
  if (!optional) return { bytes: page, count, encoding, levels: undefined };
  if (page.length < 4) throw new Error('a page ends before its levels');
  const length = new DataView(page.buffer, page.byteOffset, 4).getUint32(0, true);
  if (4 + length > page.length) throw new Error('levels are longer than their page');
  return { bytes: page.slice(4 + length), count, encoding, levels: readRuns(page.subarray(4, 4 + length), 1, count) };
}

function checkCount(count: number, { rows }: ColumnChunk): void {
  if (!(count >= 0) || count > rows) throw new Error(`a page of ${count} values in a group of ${rows} rows`);
}

function addPage(
  texts: (string | undefined)[],
  page: Page,
  dictionary: readonly string[] | undefined,
  chunk: ColumnChunk,
): void {
  const present = page.levels === undefined ? page.count : page.levels.reduce((sum, level) => sum + level, 0);
  const valueAt = pageValues(page, present, dictionary, chunk);
  let next = 0;
  for (let i = 0; i < page.count; i++) texts.push(page.levels?.[i] === 0 ? undefined : valueAt(next++));
}

function pageValues(
  { bytes, encoding }: Page,
  count: number,
  dictionary: readonly string[] | undefined,
  { meta, element, asText }: ColumnChunk,
): (place: number) => string {
  if (count === 0) return () => '';
  if (encoding === 'PLAIN_DICTIONARY' || encoding === 'RLE_DICTIONARY') {
    const indexes = readRuns(bytes.subarray(1), bytes[0] ?? 0, count);
    return (place) => {
      const text = dictionary?.[indexes[place]!];
      if (text === undefined) throw new Error('a value is not in the dictionary of its column');
      return text;
    };
  }
  const values =
    encoding === 'PLAIN'
      ? plainValues(bytes, meta.type, count, element)
      : readDelta(encoding, bytes, meta.type === 'INT32' ? 32 : 64, count);
  return (place) => asText(values[place]!);
}

/** Over bytes that begin at the start of their buffer and end with it: nothing after the page can be taken for a value. */
function plainValues(
  bytes: Uint8Array,
  type: ColumnMetaData['type'],
  count: number,
  element: SchemaElement,
): ArrayLike<ParquetValue> {
  const own = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
  const reader = { view: new DataView(own.buffer, own.byteOffset, own.length), offset: 0 };
  const values = readPlain(reader, type, count, element.type_length) as ArrayLike<ParquetValue>;
  if (values.length !== count || reader.offset > own.length)
    throw new Error(`${values.length} of ${count} values in a page`);
  return values;
}
