import { describe, expect, test } from 'vitest';
import {
  decodeText,
  firstLines,
  KEPT_OF_LONG_LINE_BYTES,
  LineSplitter,
  LONGEST_LINE_BYTES,
} from '../../../../engine/formats/framing/lines.ts';
import { inPieces } from '../collect-rows.ts';

interface Seen {
  readonly text: string;
  readonly byte: number;
  readonly length: number;
}

function split(pieces: readonly Uint8Array[]): { lines: Seen[]; long: Seen[] } {
  const lines: Seen[] = [];
  const long: Seen[] = [];
  const splitter = new LineSplitter({
    line: (bytes, from, to, byte) => lines.push({ text: decodeText(bytes, from, to), byte, length: to - from }),
    longLine: (head, byte, length) => long.push({ text: `${head.length}`, byte, length }),
  });
  for (const piece of pieces) splitter.push(piece);
  splitter.finish();
  return { lines, long };
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textsOf = (text: string): string[] => split([bytesOf(text)]).lines.map((line) => line.text);

describe('lines', () => {
  test.each([
    ['a\nb\n', ['a', 'b']],
    ['a\nb', ['a', 'b']],
    ['a\r\nb\r\n', ['a', 'b']],
    ['a\rb\nc', ['a\rb', 'c']],
    ['a\r\r\n', ['a\r']],
    ['\n\r\n \t\r\na\n\n', ['a']],
    ['\ufeffa\n\ufeffb\n', ['a', '\ufeffb']],
    ['\ufeff\na', ['a']],
    ['a\0b\n\0\n', ['a\0b', '\0']],
    ['', []],
  ])('%j', (text, expected) => {
    expect(textsOf(text)).toEqual(expected);
  });

  test('bytes that are not UTF-8 become U+FFFD, their neighbours stay', () => {
    expect(split([Uint8Array.of(97, 0xff, 98, 10, 0xc3, 10, 99)]).lines.map(({ text }) => text)).toEqual([
      'a\ufffdb',
      '\ufffd',
      'c',
    ]);
  });

  test('offset and length point at the bytes, for pieces of every size', () => {
    const bytes = bytesOf('\ufeffone\r\n\r\n  \ntwö\n\0three\rx\n\nlast\r');
    const whole = split([bytes]).lines;
    expect(whole.map(({ text }) => text)).toEqual(['one', 'twö', '\0three\rx', 'last']);
    for (const { text, byte, length } of whole) expect(decodeText(bytes, byte, byte + length)).toBe(text);
    for (let size = 1; size < bytes.length; size++) expect(split(inPieces(bytes, size)).lines).toEqual(whole);
  });
});

describe('a line that is too long', () => {
  const after = bytesOf('\nafter\n');

  function around(length: number): Uint8Array {
    const bytes = new Uint8Array(length + after.length).fill(120);
    bytes.set(after, length);
    return bytes;
  }

  test.each([1, 3])('is cut to its head with its true length, in 1 and in %i MiB pieces', (mebibytes) => {
    const bytes = around(LONGEST_LINE_BYTES + 5);
    const expected = {
      lines: [{ text: 'after', byte: LONGEST_LINE_BYTES + 6, length: 5 }],
      long: [{ text: `${KEPT_OF_LONG_LINE_BYTES}`, byte: 0, length: LONGEST_LINE_BYTES + 5 }],
    };
    expect(split([bytes])).toEqual(expected);
    expect(split(inPieces(bytes, mebibytes * 1024 * 1024))).toEqual(expected);
  });

  test('the longest that is allowed is whole', () => {
    const { lines, long } = split(inPieces(around(LONGEST_LINE_BYTES), 1_000_000));
    expect(long).toEqual([]);
    expect(lines.map(({ length }) => length)).toEqual([LONGEST_LINE_BYTES, 5]);
  });

  test('of 200 MB takes no memory for its length', () => {
    const piece = new Uint8Array(1024 * 1024).fill(120);
    const seen: number[] = [];
    const splitter = new LineSplitter({ line: () => undefined, longLine: (_head, _byte, length) => seen.push(length) });
    const before = process.memoryUsage().arrayBuffers;
    for (let pushed = 0; pushed < 200; pushed++) splitter.push(piece);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * 1024 * 1024);
    splitter.finish();
    expect(seen).toEqual([200 * 1024 * 1024]);
  });
});

describe('the first lines of a head', () => {
  test('leaves out the line that the head cuts', () => {
    const head = bytesOf(`${'a'.repeat(1000)}\n`.repeat(100)).subarray(0, 64 * 1024);
    expect(firstLines(head, 100)).toHaveLength(65);
    expect(firstLines(head, 10)).toHaveLength(10);
  });

  test('of a small file are all its lines', () => {
    expect(firstLines(bytesOf('a\n\nb'), 100)).toEqual(['a', 'b']);
  });
});
