/** Lists of records deeper in a document, what stands around them, and lists that are records themselves. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { JsonRecordScanner, type JsonRecordOptions } from '../../../../engine/formats/framing/json-records.ts';
import { inPieces } from '../collect-rows.ts';

const nested: JsonRecordOptions = { lists: [['data', 'result'], 'Records'], firstKeys: ['a'], tuples: true };

interface Found {
  readonly values: unknown[];
  readonly spans: [number, number][];
  readonly damaged: string[];
  readonly documents: unknown[];
  readonly ending: string;
}

function scan(content: string, options = nested, pieceBytes = 1 << 20): Found {
  const found = { values: [], spans: [], damaged: [], documents: [] } as Omit<Found, 'ending'>;
  const scanner = new JsonRecordScanner(options, {
    record: (record) => {
      found.values.push(record.value);
      found.spans.push([record.byte, record.bytes.length]);
    },
    damaged: (_byte, bytes, reason) => void found.damaged.push(`${Buffer.from(bytes).toString()}: ${reason}`),
    document: (around) => void found.documents.push(around),
  });
  for (const piece of inPieces(Buffer.from(content), pieceBytes)) scanner.push(piece);
  return { ...found, ending: scanner.finish() };
}

it('finds a list in an object of the document, whatever stands before and after it', () => {
  const text =
    '{"x":{"result":[0]},"data":{"t":"m","s":{"result":[1]},"result": [ {"a":[2]} ,{"a":3}],"u":[4]},"end":{"data":5}}';
  const { values, spans, damaged, documents, ending } = scan(text);
  expect(values).toEqual([{ a: [2] }, { a: 3 }]);
  expect(spans.map(([byte, length]) => JSON.parse(text.slice(byte, byte + length)) as unknown)).toEqual(values);
  expect([damaged, ending]).toEqual([[], 'complete']);
  expect(documents).toEqual([
    { x: { result: [0] }, data: { t: 'm', s: { result: [1] }, result: [], u: [4] }, end: { data: 5 } },
  ]);
});

it('takes only lists that a path leads to through objects', () => {
  for (const text of [
    '{"data":[{"result":[1]}]}',
    '{"result":[1]}',
    '{"data":{"x":{"result":[1]}}}',
    '{"data":[["result",[1]]]}',
  ]) {
    const { values, documents } = scan(text);
    expect([values, documents]).toEqual([[JSON.parse(text)], []]);
  }
  expect(scan('{"data":{"result":[{"a":1}],"result":[{"a":2}]},"Records":[{"a":3}]}').values.length).toBe(3);
});

it('gives what is around the lists of each of several documents, and nothing for values without a list', () => {
  const { values, documents } = scan(
    '{"Records":[{"a":1}],"n":1}\n[]{"a":2}{"data":{"result":[]}},{"n":2,"Records":[{"a":3}]}',
  );
  expect(values).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
  expect(documents).toEqual([{ Records: [], n: 1 }, [], { data: { result: [] } }, { n: 2, Records: [] }]);
});

it('takes a list that begins with a number as a record, where asked to', () => {
  const text = '{"data":{"result": [ 1.5, "x" ],"resultType":"s"},"n":{}}\n[-2,[3]] [4]';
  const { values, spans, documents, damaged } = scan(text);
  expect(values).toEqual([[1.5, 'x'], [-2, [3]], [4]]);
  expect(spans.map(([byte, length]) => JSON.parse(text.slice(byte, byte + length)) as unknown)).toEqual(values);
  expect(documents).toEqual([{ data: { result: [], resultType: 's' }, n: {} }, [], []]);
  expect(damaged).toEqual([]);
  expect(scan('[1,{"a":2}]', { lists: [], firstKeys: [] }).values).toEqual([1, { a: 2 }]);
  expect(scan('["x",1] [null]').values).toEqual(['x', 1, null]);
});

it('gives the same for pieces of any size', () => {
  const json = fc.json({ maxDepth: 3 });
  const text = fc
    .tuple(json, fc.array(json, { maxLength: 4 }), json)
    .map(
      ([before, list, after]) =>
        `{"b":${before},"data":{"x":${before},"result": [${list.join(' ,')}],"y":${after}},"z":${after}}`,
    );
  fc.assert(
    fc.property(fc.array(text, { maxLength: 3 }), fc.integer({ min: 1, max: 9 }), (texts, size) => {
      const joined = texts.join('\n');
      const whole = scan(joined);
      expect(whole.documents.length).toBe(texts.length);
      expect(whole.damaged).toEqual([]);
      expect(scan(joined, nested, size)).toEqual(whole);
    }),
    { seed: 20260302, numRuns: 300 },
  );
});

it('goes on after damage in a record of such a list, and still gives what is around it', () => {
  const { values, damaged, documents, ending } = scan('{"n":1,"data":{"result":[{"a":1},{"a":2x},{"a":3}],"m":2}}');
  expect(values).toEqual([{ a: 1 }, { a: 3 }]);
  expect(damaged).toEqual(['{"a":2x}: Byte 39: "x" stands where a value belongs.']);
  expect([documents, ending]).toEqual([[{ n: 1, data: { result: [], m: 2 } }], 'complete']);
});

it('finds the records where what is around them is damaged, which is then not given', () => {
  for (const text of ['{"n":x,"data":{"result":[{"a":1},{"a":2}]}}', '{"data":{"result":[{"a":1},{"a":2}],"n":x}}']) {
    const { values, documents, damaged } = scan(`${text}\n{"a":3}`);
    expect(values).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
    expect(documents).toEqual([]);
    expect(damaged.length).toBeGreaterThan(0);
  }
});

it('says where a document was cut off in or after a tuple', () => {
  const text = '{"data":{"result":[1,"x"],"n":1}}';
  for (let length = 1; length < text.length; length++) {
    const { values, damaged, ending, documents } = scan(text.slice(0, length));
    expect([ending, documents]).toEqual(['cut-off', []]);
    expect(values.length).toBe(length >= 25 ? 1 : 0);
    // The list alone is not yet a record.
    expect(damaged.length).toBe(length < 25 && length !== 19 ? 1 : 0);
  }
});

it('holds no more of what is around records than a record may have', () => {
  const options = { ...nested, maxRecordBytes: 100 };
  const long = 'x'.repeat(200);
  const after = scan(`{"data":{"result":[{"a":1}],"n":"${long}"}}{"a":2}`, options, 10);
  expect([after.values, after.documents]).toEqual([[{ a: 1 }, { a: 2 }], []]);
  const between = scan(`{"Records":[{"a":1}]${',"data":{"result":[{"a":2}]}'.repeat(9)}}{"Records":[]}`, options, 10);
  expect([between.values.length, between.documents]).toEqual([10, [{ Records: [] }]]);
  const record = scan(`[{"a":"${long}"},{"a":2}]`, options, 10);
  expect(record.values).toEqual([{ a: 2 }]);
  expect(record.damaged[0]).toContain('The record is longer than 100 bytes.');
});

it('accounts for every byte after random damage, and finds the records far from it', () => {
  const rows = Array.from({ length: 60 }, (_, i) => ({
    a: i,
    text: `"q" \\ {${i}} [x]`,
    deep: [[i, '1'], { a: [i] }],
  }));
  const clean = Buffer.from(JSON.stringify({ n: 1, data: { t: 'm', result: rows }, after: { a: 1 } }));
  const from = clean.indexOf('[');
  fc.assert(
    fc.property(fc.integer({ min: from, max: clean.length - 1 }), fc.integer({ min: 0, max: 255 }), (at, byte) => {
      const bytes = Uint8Array.from(clean);
      bytes[at] = byte;
      let end = 0;
      let values = 0;
      const scanner = new JsonRecordScanner(nested, {
        record: (record) => {
          expect(record.byte).toBeGreaterThanOrEqual(end);
          end = record.byte + record.bytes.length;
          values++;
        },
        damaged: (from_, raw) => {
          expect(from_).toBeGreaterThanOrEqual(end);
          expect(Buffer.from(raw)).toEqual(Buffer.from(bytes.subarray(from_, from_ + raw.length)));
          end = from_ + raw.length;
        },
        document: () => undefined,
      });
      scanner.push(bytes);
      scanner.finish();
      if (at > from) expect(values).toBeGreaterThanOrEqual(rows.length - 2);
    }),
    { seed: 8, numRuns: 1000 },
  );
});
