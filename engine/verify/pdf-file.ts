/**
 * A PDF file as revisions of numbered objects (ISO 32000-1, 7.5). Classic cross-reference tables only, generation 0,
 * no encryption, no object streams: what binders are made of.
 */
import { inflateSync } from 'node:zlib';
import {
  isDictionary,
  isReference,
  latin1,
  nameOf,
  PdfScanner,
  UnreadablePdf,
  type PdfDictionary,
  type PdfValue,
} from './pdf-values.ts';

export interface PdfObject {
  readonly value: PdfValue;
  /** Bytes of the stream as they stand in the file; absent where the object is no stream. */
  readonly stream?: Uint8Array;
}

export interface PdfFile {
  readonly bytes: Uint8Array;
  /** Of the newest revision. */
  readonly trailer: PdfDictionary;
  /** How many cross-reference sections follow one another: 1 as drawn, 2 when signed. */
  readonly revisions: number;
  /** The newest version of every object, by number. */
  readonly objects: ReadonlyMap<number, PdfObject>;
}

/** More than a binder of 10,000 pages has; a hostile table must not fill memory. */
const MOST_OBJECTS = 1_000_000;
const MOST_REVISIONS = 16;

/** A stream that inflates to more is refused: attachments of a binder are smaller. */
const MOST_INFLATED_BYTES = 1 << 30;

const HEADER = /^%PDF-1\.7\n%[\x80-\xff]{4}\n/;
const TAIL = /\nstartxref\n(\d{1,12})\n%%EOF\n$/;

/**
 * Reads a whole file, each object of it. Fails (throws) with `UnreadablePdf` for anything that it does not read: other
 * kinds of PDF, damage, bytes after the end.
 */
export function readPdfFile(bytes: Uint8Array): PdfFile {
  if (!HEADER.test(latin1(bytes.subarray(0, 16)))) throw new UnreadablePdf('The header of a binder expected', 0);
  const tail = TAIL.exec(latin1(bytes.subarray(-64)));
  if (!tail) throw new UnreadablePdf('startxref and %%EOF expected as the last lines', Math.max(0, bytes.length - 64));
  const sections = readSections(bytes, Number(tail[1]));
  const offsets = new Map<number, number>();
  for (const section of sections) {
    for (const [number, offset] of section.offsets) if (!offsets.has(number)) offsets.set(number, offset);
  }
  const trailer = sections[0]!.trailer;
  if (trailer.has('Encrypt')) throw new UnreadablePdf('The file is encrypted', Number(tail[1]));
  return { bytes, trailer, revisions: sections.length, objects: readObjects(bytes, offsets) };
}

interface Section {
  readonly offsets: ReadonlyMap<number, number>;
  readonly trailer: PdfDictionary;
}

/** The newest section first, along /Prev; each must lie before the one that names it. */
function readSections(bytes: Uint8Array, start: number): readonly Section[] {
  const sections: Section[] = [];
  for (let at: number | undefined = start, before = bytes.length; at !== undefined;) {
    if (at >= before || sections.length >= MOST_REVISIONS) throw new UnreadablePdf('Cross-references loop', at);
    const section = readSection(bytes, at);
    sections.push(section);
    const previous: PdfValue | undefined = section.trailer.get('Prev');
    if (previous !== undefined && typeof previous !== 'number') throw new UnreadablePdf('/Prev is no number', at);
    before = at;
    at = previous;
  }
  return sections;
}

const ENTRY = /^(\d{10}) (\d{5}) ([nf]) \n$/;

function readSection(bytes: Uint8Array, start: number): Section {
  const scanner = new PdfScanner(bytes, start);
  scanner.expect('xref');
  const offsets = new Map<number, number>();
  for (;;) {
    const from = scanner.at;
    const word = scanner.word();
    if (word === 'trailer') break;
    scanner.at = from;
    readSubsection(scanner, offsets);
  }
  const trailer = scanner.value();
  if (!isDictionary(trailer)) throw new UnreadablePdf('The trailer is no dictionary', scanner.at);
  return { offsets, trailer };
}

function readSubsection(scanner: PdfScanner, offsets: Map<number, number>): void {
  const [first, count] = [scanner.integer(), scanner.integer()];
  if (count > MOST_OBJECTS || offsets.size + count > MOST_OBJECTS)
    throw new UnreadablePdf('Too many objects', scanner.at);
  if (scanner.bytes[scanner.at] !== 0x0a) throw new UnreadablePdf('A line end expected', scanner.at);
  scanner.at += 1;
  for (let number = first; number < first + count; number += 1) {
    const entry = ENTRY.exec(latin1(scanner.bytes.subarray(scanner.at, scanner.at + 20)));
    if (!entry || offsets.has(number)) throw new UnreadablePdf('A cross-reference of 20 bytes expected', scanner.at);
    if (entry[3] === 'n') {
      if (entry[2] !== '00000') throw new UnreadablePdf('Generation 0 expected', scanner.at);
      offsets.set(number, Number(entry[1]));
    }
    scanner.at += 20;
  }
}

function readObjects(bytes: Uint8Array, offsets: ReadonlyMap<number, number>): ReadonlyMap<number, PdfObject> {
  const objects = new Map<number, PdfObject>();
  for (const [number, offset] of offsets) objects.set(number, readObject(bytes, number, offset));
  return objects;
}

function readObject(bytes: Uint8Array, number: number, offset: number): PdfObject {
  const scanner = new PdfScanner(bytes, offset);
  if (scanner.integer() !== number) throw new UnreadablePdf(`Object ${number} expected`, offset);
  scanner.expect('0');
  scanner.expect('obj');
  const value = scanner.value();
  const from = scanner.at;
  const word = scanner.word();
  if (word === 'endobj') return { value };
  if (word !== 'stream' || !isDictionary(value)) throw new UnreadablePdf('endobj expected', from);
  return { value, stream: readStream(scanner, value) };
}

/** The bytes between `stream` with its line end, and `endstream`; the length must be written in the dictionary itself. */
function readStream(scanner: PdfScanner, dictionary: PdfDictionary): Uint8Array {
  const length = dictionary.get('Length');
  if (typeof length !== 'number' || scanner.bytes[scanner.at] !== 0x0a) {
    throw new UnreadablePdf('A stream with its own length expected', scanner.at);
  }
  const from = scanner.at + 1;
  scanner.at = from + length;
  scanner.expect('endstream');
  scanner.expect('endobj');
  return scanner.bytes.subarray(from, from + length);
}

/** The value that a reference leads to, or the value itself. References to nothing are null (7.3.10). */
export function resolve(file: PdfFile, value: PdfValue | undefined): PdfValue {
  if (!isReference(value)) return value ?? null;
  const found = file.objects.get(value.number)?.value ?? null;
  if (isReference(found)) throw new UnreadablePdf(`Object ${value.number} is itself a reference`, 0);
  return found;
}

/** A member of a dictionary, resolved. */
export function member(file: PdfFile, dictionary: PdfValue, key: string): PdfValue {
  return isDictionary(dictionary) ? resolve(file, dictionary.get(key)) : null;
}

/** The content of a stream object, inflated where it is deflated. Fails (throws) on every other filter. */
export function streamContent({ value, stream }: PdfObject): Uint8Array {
  if (!stream || !isDictionary(value)) throw new UnreadablePdf('A stream expected', 0);
  const filter = value.get('Filter');
  if (filter === undefined) return stream;
  if (nameOf(filter) !== 'FlateDecode' || value.has('DecodeParms')) throw new UnreadablePdf('A filter is not known', 0);
  try {
    return inflateSync(stream, { maxOutputLength: MOST_INFLATED_BYTES });
  } catch {
    throw new UnreadablePdf('A stream cannot be inflated', 0);
  }
}

/** How many pages the file has, as its page tree says. */
export function pageCount(file: PdfFile): number {
  const count = member(file, member(file, resolve(file, file.trailer.get('Root')), 'Pages'), 'Count');
  if (typeof count !== 'number') throw new UnreadablePdf('The page tree has no count', 0);
  return count;
}
