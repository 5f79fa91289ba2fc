import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ABSENT, ENDS_EARLY, JsonPaths, TEXT, UNUSUAL } from '../../../../engine/formats/framing/json-paths.ts';

const paths = new JsonPaths([['name'], ['who', 'id'], ['list', 0, 'x'], ['answers', { namedBy: 'name' }], ['raw']]);

/** What is found of each path, as it is written; the number below zero where the record is not for it. */
function found(text: string, onlyKnown = false): number | (string | undefined)[] {
  const bytes = Buffer.from(text, 'utf8');
  const to = paths.read(bytes, 0, onlyKnown);
  if (to < 0) return to;
  expect(to).toBe(bytes.length);
  return [0, 1, 2, 3, 4].map((slot) =>
    paths.kind[slot] === ABSENT ? undefined : bytes.toString('utf8', paths.from[slot], paths.to[slot]),
  );
}

it('finds values by their paths, and passes over the rest', () => {
  const text =
    '{ "name" : "a", "skip": [1, {"name": "no"}, "]"], "who": {"id": -1.5e3, "name": 2}, "list": [{"x": "1"}, 2], "answers": {"b": 1, "a": "yes"}, "raw": {"k": [ ]} }';
  expect(found(text)).toEqual(['a', '-1.5e3', '1', 'yes', '{"k": [ ]}']);
  expect(paths.kind[3]).toBe(TEXT);
  expect(found('{}')).toEqual([undefined, undefined, undefined, undefined, undefined]);
  expect(found('{"list":[],"who":null,"name":""}')).toEqual(['', undefined, undefined, undefined, undefined]);
});

it.each([
  ['a member given twice', '{"name":"a","name":"b"}'],
  ['another member given twice', '{"z":1,"z":2}'],
  ['an escape in a name', '{"n\\u0061me":"a"}'],
  ['an object where a list was expected', '{"list":{"0":{"x":1}}}'],
  ['a name that comes later', '{"answers":{"a":1},"name":"a"}'],
  ['a number that is none', '{"raw":01}'],
  ['a word that is none', '{"raw":nul1}'],
  ['an escape that is none', '{"raw":"\\x"}'],
  ['a control character', '{"raw":"\t"}'],
  ['a comma too many', '{"raw":[1,]}'],
  ['nesting that no record has', `{"raw":${'['.repeat(100)}${']'.repeat(100)}}`],
])('leaves %s to others', (_, text) => {
  expect(found(text)).toBe(UNUSUAL);
});

it('says when the bytes end before the record does, wherever that is', () => {
  const text = '{"name":"a\\u00e9","who":{"id":12.5e+3},"raw":[true,false,null,{"a":""}]}';
  for (let length = 1; length < text.length; length++) expect(found(text.slice(0, length))).toBe(ENDS_EARLY);
});

it('leaves what may be an envelope to others, where that is asked', () => {
  expect(found('{"Records":[{"name":"a"}]}', true)).toBe(UNUSUAL);
  expect(found('{"other":1,"raw":[1]}', true)).toEqual([undefined, undefined, undefined, undefined, '[1]']);
});

it('takes nothing that JSON.parse would not take', () => {
  const alphabet = fc.constantFrom(...'{}[]",:\\u0019.eE+-tfn a\n'.split(''));
  const parses = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(alphabet, { maxLength: 12 }).map((c) => c.join('')),
        fc.json(),
      ),
      (value) => {
        const text = `{"raw":${value}}`;
        const to = paths.read(Buffer.from(text), 0, false);
        if (to >= 0) expect(parses(text.slice(0, to))).toBe(true);
      },
    ),
    { numRuns: 3000, seed: 3 },
  );
});
