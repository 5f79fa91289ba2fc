import type { JsonKind, JsonObject } from './json-kind.ts';
import { memberOf, objectsOf, textOf, without } from './json-values.ts';
import type { Fact } from './kind.ts';

/** `findmnt -J`: `{"filesystems": [{"target": "/", "source": ..., "fstype": ..., "options": ..., "children": [...]}]}`. */
export const findmnt: JsonKind = {
  id: 'findmnt',
  as: 'as findmnt -J prints them',
  list: 'filesystems',
  fits: (record) => textOf(record, 'target') !== undefined,
  read: (record) =>
    textOf(record, 'target') === undefined ? 'The mount has no target.' : { facts: [...mounts(record)] },
};

function* mounts(record: JsonObject): Generator<Fact> {
  const target = textOf(record, 'target') ?? 'unnamed';
  const options = textOf(record, 'options')?.split(',');
  const fields = { ...without(record, ['children']), ...(options ? { options } : {}) };
  yield { type: 'mount', id: target, fields };
  for (const child of objectsOf(memberOf(record, 'children'))) yield* mounts(child);
}
