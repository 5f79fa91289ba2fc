import type { JsonKind, JsonObject } from './json-kind.ts';
import { isObject, memberOf, textOf } from './json-values.ts';

/** `cryptsetup luksDump --dump-json-metadata` of LUKS2. Salts and digests are left out. */
export const luksJson: JsonKind = {
  id: 'luksDump',
  as: 'as cryptsetup luksDump --dump-json-metadata prints it',
  fits: (record) => ['keyslots', 'segments', 'digests', 'config'].every((name) => isObject(memberOf(record, name))),
  read: (record) => {
    const [segments, slots, tokens] = ['segments', 'keyslots', 'tokens'].map((name) => memberOf(record, name));
    if (!isObject(segments) || !isObject(slots)) return 'The header has no segments or no key slots.';
    const cipher = Object.values(segments)
      .map((each) => textOf(each, 'encryption'))
      .find((each) => each !== undefined);
    const bytes = Object.values(slots)
      .map((each) => memberOf(each, 'key_size'))
      .find((each) => typeof each === 'number');
    const kinds = isObject(tokens) ? Object.values(tokens).map((each) => textOf(each, 'type')) : undefined;
    const crypt = {
      luks_version: 2,
      encrypted: true,
      cipher,
      key_bits: typeof bytes === 'number' ? bytes * 8 : undefined,
      keyslots: Object.keys(slots).length,
      tpm2: kinds?.some((kind) => /tpm2/i.test(kind ?? '')) ?? JSON.stringify(tokens ?? {}).includes('tpm2'),
      token_types: kinds,
    };
    const fields = { ...crypt, segments, slots: plain(slots), config: memberOf(record, 'config') };
    return { facts: [{ type: 'block_device', id: 'device', fields }] };
  },
};

/** The key slots without their salts. */
function plain(slots: JsonObject): JsonObject {
  const member = ([name, slot]: readonly [string, unknown]): [string, unknown] => {
    if (!isObject(slot)) return [name, slot];
    return [
      name,
      Object.fromEntries(
        Object.entries(slot).map(([key, value]) => [
          key,
          key === 'kdf' && isObject(value) ? { ...value, salt: undefined } : value,
        ]),
      ),
    ];
  };
  return Object.fromEntries(Object.entries(slots).map(member));
}
