/**
 * A Parquet file as a whole: "PAR1", row groups, the footer that says where they are, its length, "PAR1".
 * https://parquet.apache.org/docs/file-format/
 */
import type { FileMetaData, RowGroup, SchemaElement } from 'hyparquet';
import { parquetMetadata } from 'hyparquet/src/metadata.js';
import { knowsCodec } from './parquet-codecs.ts';
import { readColumnChunk } from './parquet-column.ts';
import { textOfColumn, type AsText } from './parquet-text.ts';
import { checkThrift } from './parquet-thrift.ts';

/** Rows times columns of a row group, and its bytes when unpacked: a group is in memory as a whole. */
export const MOST_GROUP_CELLS = 32_000_000;
export const MOST_GROUP_BYTES = 1024 * 1024 * 1024;

export interface ParquetTrouble {
  readonly kind: 'damaged' | 'limit';
  /** A sentence with a full stop. */
  readonly because: string;
}

export interface ParquetFile {
  readonly bytes: Uint8Array;
  readonly groups: readonly RowGroup[];
  /** Columns that are read, in the order of the schema. */
  readonly columns: readonly Column[];
  /** Names of columns that are nested or of a type that no flow log has: they are not read. */
  readonly unread: readonly string[];
}

interface Column {
  readonly name: string;
  /** Its place among the leaves of the schema, and so among the chunks of a row group. */
  readonly place: number;
  readonly element: SchemaElement;
  readonly asText: AsText;
}

export interface Group {
  readonly byte: number;
  readonly length: number;
  readonly rows: number;
  /** One for each column that is read. */
  readonly columns: readonly (readonly (string | undefined)[])[];
}

/** True for the first bytes of a Parquet file; PARE begins one whose footer is encrypted. */
export function beginsParquet(head: Uint8Array): boolean {
  const [a, b, c, d] = head;
  return a === 0x50 && b === 0x41 && c === 0x52 && (d === 0x31 || d === 0x45);
}

/** Reads the footer. */
export function openParquet(bytes: Uint8Array): ParquetFile | ParquetTrouble {
  if (bytes[3] !== 0x31) return damaged('The footer of the Parquet file is encrypted.');
  if (bytes.length < 12 || Buffer.from(bytes.subarray(-4)).toString('latin1') !== 'PAR1')
    return damaged(`The Parquet file is cut off: after ${bytes.length} bytes there is no footer.`);
  let metadata: FileMetaData;
  try {
    checkThrift(bytes, footerStart(bytes));
    metadata = parquetMetadata(bytes, { geoparquet: false });
  } catch {
    return damaged('The footer of the Parquet file cannot be read.');
  }
  const columns: Column[] = [];
  const unread: string[] = [];
  for (const [place, { element, nested }] of leaves(metadata.schema).entries()) {
    const asText = nested || element.repetition_type === 'REPEATED' ? undefined : textOfColumn(element);
    // A footer of hostile bytes may leave the name out.
    const name = String(element.name ?? '');
    if (asText === undefined) unread.push(name);
    else columns.push({ name, place, element, asText });
  }
  return { bytes, groups: metadata.row_groups, columns, unread };
}

/** Before the last "PAR1" stands the length of the footer, before that the footer. */
function footerStart(bytes: Uint8Array): number {
  const end = bytes.length - 8;
  const length = new DataView(bytes.buffer, bytes.byteOffset + end, 4).getUint32(0, true);
  if (length > end - 4) throw new Error(`the footer has ${length} bytes`);
  return end - length;
}

/** The leaves of the schema, which is its tree written down from the root on. */
function leaves(schema: readonly SchemaElement[]): readonly { element: SchemaElement; nested: boolean }[] {
  const found: { element: SchemaElement; nested: boolean }[] = [];
  const open: number[] = [];
  for (const element of schema.slice(1)) {
    while (open.at(-1) === 0) open.pop();
    if (open.length > 0) open[open.length - 1]! -= 1;
    if (element.num_children) open.push(element.num_children);
    else found.push({ element, nested: open.length > 0 });
  }
  return found;
}

/** Reads a row group whole. */
export function readGroup(file: ParquetFile, number: number): Group | ParquetTrouble {
  const group = file.groups[number]!;
  const rows = Number(group.num_rows);
  const where = `Row group ${number + 1} of the Parquet file`;
  if (!Number.isSafeInteger(rows) || rows < 0) return damaged(`${where} has ${rows} rows.`);
  const unpacked = group.columns.reduce(
    (sum, { meta_data: meta }) => sum + Number(meta?.total_uncompressed_size ?? 0),
    0,
  );
  if (rows * file.columns.length > MOST_GROUP_CELLS)
    return limit(
      `${where} has ${rows} rows of ${file.columns.length} columns, over the limit of ${MOST_GROUP_CELLS} values.`,
    );
  if (!(unpacked <= MOST_GROUP_BYTES))
    return limit(`${where} has ${unpacked} bytes unpacked, over the limit of ${MOST_GROUP_BYTES}.`);
  const columns: (readonly (string | undefined)[])[] = [];
  const span = { from: file.bytes.length, to: 0 };
  for (const column of file.columns) {
    const read = readColumn(file, group, column);
    if ('because' in read) return damaged(`${where}, column "${column.name}": ${read.because}.`);
    columns.push(read.texts);
    span.from = Math.min(span.from, read.from);
    span.to = Math.max(span.to, read.to);
  }
  return { byte: Math.min(span.from, span.to), length: Math.max(span.to - span.from, 0), rows, columns };
}

type ReadColumn = { texts: readonly (string | undefined)[]; from: number; to: number } | { because: string };

function readColumn(file: ParquetFile, group: RowGroup, { place, element, asText }: Column): ReadColumn {
  const chunk = group.columns[place];
  const meta = chunk?.meta_data;
  if (chunk?.file_path) return { because: 'it is in another file' };
  if (!meta) return { because: 'the footer does not say where it is, or it is encrypted' };
  if (meta.type !== element.type)
    return { because: `it is ${meta.type} in the group and ${element.type} in the schema` };
  if (!knowsCodec(meta.codec)) return { because: `it is compressed with ${meta.codec}, which is not read here` };
  const from = Number(firstPage(meta.dictionary_page_offset, meta.data_page_offset));
  const to = from + Number(meta.total_compressed_size);
  if (!(from >= 4 && to >= from && to <= file.bytes.length - 8))
    return { because: `bytes ${from} to ${to} are not in the file` };
  try {
    const bytes = file.bytes.slice(from, to);
    return { texts: readColumnChunk({ bytes, meta, element, asText, rows: Number(group.num_rows) }), from, to };
  } catch (error) {
    return { because: error instanceof Error ? error.message : 'it cannot be read' };
  }
}

/** Some writers give 0 for a dictionary that is not there. */
function firstPage(dictionary: bigint | undefined, data: bigint): bigint {
  return dictionary !== undefined && dictionary > 0n && dictionary < data ? dictionary : data;
}

function damaged(because: string): ParquetTrouble {
  return { kind: 'damaged', because };
}

function limit(because: string): ParquetTrouble {
  return { kind: 'limit', because };
}
