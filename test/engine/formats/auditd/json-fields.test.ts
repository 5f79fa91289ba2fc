import { describe, expect, test } from 'vitest';
import { JsonFields } from '../../../../engine/formats/auditd/json-fields.ts';
import { Keys } from '../../../../engine/formats/auditd/keys.ts';
import { seededRandom } from '../damage.ts';

type Field = readonly [name: string, value: string];

/** What the fields are as an object, added one by one; a name that is taken gets a number. */
function expected(fields: readonly Field[]): string {
  const object: Record<string, string> = {};
  const copies = new Map<string, number>();
  for (const [name, value] of fields) {
    const copy = (copies.get(name) ?? (name === '__proto__' ? 0 : 1)) + 1;
    const isFree = name !== '__proto__' && !Object.hasOwn(object, name);
    if (!isFree) copies.set(name, copy);
    object[isFree ? name : `${name}#${copy}`] = value;
  }
  return JSON.stringify(object);
}

function written(json: JsonFields, keys: Keys, fields: readonly Field[]): string {
  json.begin();
  for (const [name, value] of fields) {
    const bytes = Buffer.from(value);
    json.add(keys.named(name), bytes, 0, bytes.length);
  }
  json.end();
  return Buffer.from(json.bytes.subarray(0, json.length)).toString();
}

const names = 'a b a#2 b#2 a#3 0 1 01 10 4294967294 4294967295 __proto__ constructor é "q" back\\slash'.split(' ');
names.push('a name of more than thirty-two bytes', 'another name of more than thirty-two bytes', 'tab\t', '');
const values = ['', 'x', 'é', '\u2028', '"', '\\', '\0\b\t\n\f\r\u001f\u007f', 'a long value '.repeat(500)];

describe('fields as JSON', () => {
  test('are the text that JSON.stringify gives, also where names are taken, or are numbers', () => {
    const random = seededRandom(42);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
    const keys = new Keys();
    const json = new JsonFields(keys);
    for (let round = 0; round < 3000; round++) {
      const fields = Array.from({ length: Math.floor(random() * 12) }, () => [pick(names), pick(values)] as const);
      expect(written(json, keys, fields)).toBe(expected(fields));
    }
  });

  test('of thousands of names', () => {
    const keys = new Keys();
    const fields = Array.from({ length: 9000 }, (_, i) => [`name${i % 6000}`, String(i)] as const);
    expect(written(new JsonFields(keys), keys, fields)).toBe(expected(fields));
  });
});
