import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CsvParser, type CsvTrouble } from '../../../../engine/formats/framing/csv.ts';
import { inPieces } from '../collect-rows.ts';

interface Parsed {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly spans: readonly string[];
  readonly lines: readonly number[];
  readonly troubles: readonly (string | undefined)[];
  readonly trouble: CsvTrouble | undefined;
}

function parse(content: string | Uint8Array, pieceBytes = 1 << 20): Parsed {
  const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content);
  let header: readonly string[] = [];
  const rows: (readonly string[])[] = [];
  const spans: string[] = [];
  const lines: number[] = [];
  const troubles: (string | undefined)[] = [];
  const parser = new CsvParser({
    header: (row) => {
      header = row.fields;
      return true;
    },
    row: (row) => {
      rows.push(row.fields);
      spans.push(bytes.toString('utf8', row.byte, row.byte + row.bytes.length));
      lines.push(row.line);
      troubles.push(row.trouble);
    },
  });
  for (const piece of inPieces(bytes, pieceBytes)) parser.push(piece);
  return { header, trouble: parser.finish(), rows, spans, lines, troubles };
}

it('reads quotes, doubled quotes, line ends in quotes, and every kind of line end', () => {
  for (const end of ['\n', '\r\n', '\r']) {
    const lines = ['a,b,c', '1,"x, ""y""",3', `2,"one${end}two",`, '3,5" disk,"z"', ''];
    const { header, rows, spans, lines: numbers } = parse(lines.join(end));
    expect(header).toEqual(['a', 'b', 'c']);
    expect(rows).toEqual([
      ['1', 'x, "y"', '3'],
      ['2', `one${end}two`, ''],
      ['3', '5" disk', 'z'],
    ]);
    expect(spans).toEqual(lines.slice(1, 4));
    expect(numbers).toEqual([2, 3, 5]);
  }
});

it('finds the delimiter in the header, past a byte order mark and a line that names it', () => {
  const table = (delimiter: string): string => `a,"x;y;z"${delimiter}b${delimiter}c\n1${delimiter}2${delimiter}3`;
  expect(parse('a;b;c\n1,5;2;3').rows).toEqual([['1,5', '2', '3']]);
  expect(parse('\ufeffa\tb\n1\t2').header).toEqual(['a', 'b']);
  expect(parse(table(';')).rows).toEqual([['1', '2', '3']]);
  expect(parse('sep=;\r\na;b\r\n1;2').rows).toEqual([['1', '2']]);
  expect(parse('only\n1').rows).toEqual([['1']]);
});

it('takes blank lines and rows of empty cells for no rows', () => {
  const { header, rows, lines } = parse('\n\na,b\n\n , \n,\n1,2\n\n');
  expect(header).toEqual(['a', 'b']);
  expect(rows).toEqual([['1', '2']]);
  expect(lines).toEqual([7]);
});

it('reads back what was written, in pieces of any size', () => {
  const cell = fc.string({ maxLength: 6, unit: fc.constantFrom('a', '"', ',', '\n', '\r', 'é', ' ', ';') });
  const table = fc.array(fc.tuple(cell, cell, cell), { maxLength: 5 });
  const quoted = (row: readonly string[]): string => row.map((each) => `"${each.replaceAll('"', '""')}"`).join(',');
  fc.assert(
    fc.property(table, fc.integer({ min: 1, max: 9 }), (rows, size) => {
      const filled = rows.filter((row) => row.some((each) => each.trim() !== ''));
      const text = ['h1,h2,h3', ...rows.map(quoted)].join('\r\n');
      expect(parse(text).rows).toEqual(filled);
      expect(parse(text, size)).toEqual(parse(text));
    }),
    { seed: 13, numRuns: 400 },
  );
});

it('names the line of a quote that is never closed', () => {
  expect(parse('a,b\n1,2\n3,"4\n5,6\n').trouble).toEqual({
    line: 3,
    because: 'The quote opened in line 3 is never closed.',
  });
});

it('says when text follows a closing quote, and when bytes are no text', () => {
  expect(parse('a,b\n"1"x,2\n3,4').troubles).toEqual(['Line 2 has text after a closing quote.', undefined]);
  const bytes = Buffer.from('a,b\n\xe9,2\n\0,4\n5,6', 'latin1');
  expect(parse(bytes).troubles).toEqual(['Line 2 is not valid UTF-8.', 'Line 3 holds a NUL byte.', undefined]);
  expect(parse(Buffer.from('\xe9,b\n1,2', 'latin1')).trouble?.because).toBe('Line 1 is not valid UTF-8.');
  expect(parse(Buffer.from('\ufeffa,b', 'utf16le')).trouble?.because).toContain('UTF-16');
});

it('stops at sizes that no table has', () => {
  expect(parse(','.repeat(20_000)).trouble?.because).toBe('Line 1 has more than 10000 columns.');
  expect(parse(`a,b\n"${'x'.repeat(2e6)}`, 65536).trouble?.because).toBe(
    'A field in line 2 is longer than 1048576 bytes; its quote was opened in line 2.',
  );
  expect(parse(`a,b\n${'x'.repeat(2e6)}`, 65536).trouble?.because).toContain('longer than 1048576 bytes.');
  expect(parse(`a,b\n${`${'x'.repeat(1e6)},`.repeat(20)}`, 65536).trouble?.because).toContain('row in line 2');
});
