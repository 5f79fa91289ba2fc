import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rawMember, readJsonRecord, repeatedMember } from '../../../../engine/formats/framing/json-members.ts';
import { JsonRecordScanner, MAX_JSON_RECORD_BYTES } from '../../../../engine/formats/framing/json-records.ts';
import { inPieces } from '../collect-rows.ts';

interface Found {
  readonly values: unknown[];
  readonly damaged: { readonly text: string; readonly reason: string }[];
  readonly spans: [number, number][];
  readonly ending: string;
}

function scan(content: string | Uint8Array, pieceBytes = 1 << 20): Found {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const found = { values: [] as unknown[], damaged: [] as Found['damaged'], spans: [] as [number, number][] };
  const scanner = new JsonRecordScanner(
    { lists: ['Records'], firstKeys: ['a'] },
    {
      record: (record) => {
        found.values.push(record.value);
        found.spans.push([record.byte, record.bytes.length]);
      },
      damaged: (byte, raw, reason) => {
        found.damaged.push({ text: Buffer.from(raw).toString('latin1'), reason });
        found.spans.push([byte, raw.length]);
      },
    },
  );
  for (const piece of inPieces(bytes, pieceBytes)) scanner.push(piece);
  return { ...found, ending: scanner.finish() };
}

it('finds the elements of a named list wherever it stands, and their bytes', () => {
  const text = '{"count":[9],"Records": [ {"a":1} , {"a":[2,{"Records":[0]}]}, 3, "s", null ],"more":{}}';
  const { values, spans, ending } = scan(text);
  expect(values).toEqual([{ a: 1 }, { a: [2, { Records: [0] }] }, 3, 's', null]);
  expect(spans.map(([byte, length]) => JSON.parse(text.slice(byte, byte + length)))).toEqual(values);
  expect(ending).toBe('complete');
});

it('reads lists, JSON lines, concatenated and pretty-printed values, with a byte order mark or without', () => {
  const expected = [{ a: 1 }, { a: { b: [2] } }];
  const pretty = expected.map((value) => JSON.stringify(value, null, 2)).join('\n');
  const forms = [JSON.stringify(expected), '{"a":1}\r\n{"a":{"b":[2]}}', '{"a":1}{"a":{"b":[2]}}', pretty];
  for (const form of [...forms, ...forms.map((text) => `\ufeff${text}`)]) expect(scan(form).values).toEqual(expected);
});

it('gives the same for pieces of any size', () => {
  const json = fc.json({ maxDepth: 4 });
  fc.assert(
    fc.property(fc.array(json, { maxLength: 6 }), fc.integer({ min: 1, max: 9 }), (texts, size) => {
      const list = `{"Records":[${texts.join(' ,')}]}`;
      expect(scan(list).values).toEqual(texts.map((text) => JSON.parse(text) as unknown));
      expect(scan(list, size)).toEqual(scan(list));
    }),
    { seed: 20260301, numRuns: 300 },
  );
});

it('gives damage in a record back as it stands and goes on with the next', () => {
  const cases: [string, string][] = [
    ['{"a":1,"b":"no end of text},{"a":2}', '{"a":1,"b":"no end of text}'],
    ['{"a":1,"b":{"c":1},{"a":2}', '{"a":1,"b":{"c":1}'],
    ['{"a":1,"b":01},{"a":2}', '{"a":1,"b":01}'],
    ['{"a":1,"b":"\u0000"},{"a":2}', '{"a":1,"b":"\u0000"}'],
    ['{"a":1]},{"a":2}', '{"a":1]}'],
    ['{"a" 1},{"a":2}', '{"a" 1}'],
  ];
  for (const [text, lost] of cases) {
    const { values, damaged } = scan(`{"Records":[{"a":0},${text},{"a":3}]}`);
    expect(values).toEqual([{ a: 0 }, { a: 2 }, { a: 3 }]);
    expect(damaged.map((each) => each.text)).toEqual([lost]);
  }
});

it('loses no more than the damaged line of JSON lines', () => {
  const { values, damaged, ending } = scan('{"a":1}\n{"a":2,"b":\n{"a":3}\nnoise\n{"a":4,"b":"x\n{"a":5}\n');
  expect(values).toEqual([{ a: 1 }, { a: 3 }, { a: 5 }]);
  expect(damaged.map(({ text }) => text)).toEqual(['{"a":2,"b":', 'noise', '{"a":4,"b":"x']);
  expect(ending).toBe('complete');
});

it('refuses bytes that are not UTF-8 inside one record only', () => {
  const bytes = Buffer.from('[{"a":"x"},{"a":2}]');
  bytes[7] = 0xff;
  const { values, damaged } = scan(bytes);
  expect(values).toEqual([{ a: 2 }]);
  expect(damaged[0]?.reason).toBe('The record is not valid UTF-8.');
});

it('says where a document was cut off, between records or inside one', () => {
  const text = '{"Records":[{"a":1},{"a":{"b":2}}]}';
  for (let length = 12; length < text.length; length++) {
    const { values, damaged, ending } = scan(text.slice(0, length));
    expect(ending).toBe('cut-off');
    expect(values.length).toBe(length >= 33 ? 2 : length >= 19 ? 1 : 0);
    expect(damaged.length).toBe((length > 12 && length < 19) || (length > 20 && length < 33) ? 1 : 0);
    for (const { reason } of damaged) expect(reason).toContain('cut off');
  }
  expect(scan(text).ending).toBe('complete');
});

it('stops at nesting that no record has, in bounded time and memory', () => {
  const bombs = ['['.repeat(1e6), '{"a":'.repeat(1e6), `[${'{"a":['.repeat(1e6)}`, '[{"a":1},'.repeat(3e5)];
  for (const bomb of bombs) {
    const started = performance.now();
    const { damaged } = scan(bomb, 65536);
    expect(damaged[0]?.reason).toMatch(/nested deeper than 512 levels|belongs/);
    expect(performance.now() - started).toBeLessThan(10_000);
  }
});

it('gives up on a record longer than the limit and still finds the next', () => {
  const long = `{"a":"${'x'.repeat(MAX_JSON_RECORD_BYTES)}"}`;
  const { values, damaged } = scan(`{"a":1}\n${long}\n{"a":3}\n`, 65536);
  expect(values).toEqual([{ a: 1 }, { a: 3 }]);
  expect(damaged.map(({ text }) => text.length).reduce((sum, length) => sum + length, 0)).toBe(long.length);
  expect(damaged[0]?.reason).toContain('longer than 16777216 bytes');
});

it('recognises UTF-16 instead of reading it as damage', () => {
  expect(scan(Buffer.from('\ufeff{"a":1}', 'utf16le')).ending).toBe('utf-16');
  expect(scan(Buffer.from('{"a":1}', 'utf16le')).ending).toBe('utf-16');
});

it('accounts for every byte after random damage, and finds records far from it', () => {
  const rows = Array.from({ length: 60 }, (_, i) => ({
    a: i,
    text: `"quoted" \\ {${i}} [x]`,
    deep: { list: [i, [i]] },
  }));
  const clean = Buffer.from(JSON.stringify({ Records: rows }));
  fc.assert(
    fc.property(fc.integer({ min: 12, max: clean.length - 1 }), fc.integer({ min: 0, max: 255 }), (at, byte) => {
      const bytes = Uint8Array.from(clean);
      bytes[at] = byte;
      const { values, spans } = scan(bytes);
      let end = 0;
      for (const [from, length] of spans) {
        expect(from).toBeGreaterThanOrEqual(end);
        end = from + length;
      }
      expect(values.length).toBeGreaterThanOrEqual(rows.length - 2);
    }),
    { seed: 7, numRuns: 1000 },
  );
});

it('gives members as they are written, the last one where a name is given twice', () => {
  const record = readJsonRecord(String.raw`{"n":1.10, "b" : {"x":1e400} ,"n":12345678901234567890,"\u0070":"\ud800"}`)!;
  expect(rawMember(record, 'n')).toBe('12345678901234567890');
  expect(rawMember(record, 'b')).toBe('{"x":1e400}');
  expect(rawMember(record, 'p')).toBe(String.raw`"\ud800"`);
  expect(rawMember(record, 'none')).toBeUndefined();
  expect(repeatedMember(record)).toBe('n');
  expect(readJsonRecord('{"a":1} {"a":2}')).toBeUndefined();
  expect(readJsonRecord('{"a":')).toBeUndefined();
});
