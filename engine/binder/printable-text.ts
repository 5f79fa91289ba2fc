/**
 * Evidence text made fit for print. PDF/A forbids characters that the font does not have, and a reader must see what a
 * hostile file hides: control and direction marks are written out, never passed on.
 */
import { inflateSync } from 'node:zlib';

/** Control characters, line separators, and marks that reorder or hide text. Line feed and tab become a space. */
const UNPRINTABLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/u;

/**
 * Gives `text` with each character that the font cannot show written as `[U+65E5]`.
 * Line ends and tabs become one space each, as cells have one flow of text.
 */
export function printableText(text: string, coverage: ReadonlySet<number>): string {
  let printable = '';
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (character === '\n' || character === '\t' || character === '\r') printable += ' ';
    else if (!UNPRINTABLE.test(character) && coverage.has(code)) printable += character;
    else printable += `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
  }
  return printable;
}

/** Lines of a longer text such as SQL, tabs as four spaces, each line fit for print. */
export function printableLines(text: string, coverage: ReadonlySet<number>): readonly string[] {
  const lines = text.replaceAll('\r\n', '\n').replaceAll('\t', '    ').split('\n');
  return lines.map((line) => printableText(line, coverage));
}

/**
 * The code points a WOFF font has a glyph for.
 * Source: WOFF 1.0, section 4 (table directory); OpenType `cmap`, formats 4 and 12.
 * Fails (throws) on a file that is not WOFF: fonts are part of Fieldwork, so that is a bug.
 */
export function fontCoverage(woff: Buffer): ReadonlySet<number> {
  if (woff.toString('latin1', 0, 4) !== 'wOFF') throw new Error('Font file is not WOFF');
  const cmap = woffTable(woff, 'cmap');
  const covered = new Set<number>();
  for (let index = 0; index < cmap.readUInt16BE(2); index += 1) {
    const subtable = cmap.subarray(cmap.readUInt32BE(4 + index * 8 + 4));
    const format = subtable.readUInt16BE(0);
    if (format === 4) addSegments(subtable, covered);
    else if (format === 12) addGroups(subtable, covered);
  }
  return covered;
}

function woffTable(woff: Buffer, tag: string): Buffer {
  for (let index = 0; index < woff.readUInt16BE(12); index += 1) {
    const entry = 44 + index * 20;
    if (woff.toString('latin1', entry, entry + 4) !== tag) continue;
    const [offset, stored, length] = [4, 8, 12].map((at) => woff.readUInt32BE(entry + at)) as [number, number, number];
    const bytes = woff.subarray(offset, offset + stored);
    return stored < length ? inflateSync(bytes) : bytes;
  }
  throw new Error(`Font file has no table ${tag}`);
}

/** Format 4: arrays of end code, start code, delta and range offset, one entry a segment. */
function addSegments(table: Buffer, covered: Set<number>): void {
  const doubleCount = table.readUInt16BE(6);
  const [ends, starts] = [14, 16 + doubleCount];
  const [deltas, offsets] = [16 + 2 * doubleCount, 16 + 3 * doubleCount];
  for (let at = 0; at < doubleCount; at += 2) {
    const end = table.readUInt16BE(ends + at);
    for (let code = table.readUInt16BE(starts + at); code <= end && code < 0xffff; code += 1) {
      const offset = table.readUInt16BE(offsets + at);
      const place = offsets + at + offset + 2 * (code - table.readUInt16BE(starts + at));
      const glyph = offset === 0 ? (code + table.readUInt16BE(deltas + at)) & 0xffff : table.readUInt16BE(place);
      if (glyph !== 0) covered.add(code);
    }
  }
}

/** Format 12: groups of first code, last code, first glyph. */
function addGroups(table: Buffer, covered: Set<number>): void {
  for (let group = 0; group < table.readUInt32BE(12); group += 1) {
    const at = 16 + group * 12;
    for (let code = table.readUInt32BE(at); code <= table.readUInt32BE(at + 4); code += 1) covered.add(code);
  }
}
