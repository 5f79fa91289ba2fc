import type { JsonKind, JsonObject } from './json-kind.ts';
import { isObject, memberOf, textOf, without } from './json-values.ts';

/**
 * `docker inspect`, `podman inspect`: a list of images or containers. The values of environment variables are left out,
 * as they hold passwords; their names stay.
 */
export const dockerInspect: JsonKind = {
  id: 'docker inspect',
  as: 'as docker inspect prints them',
  fits: (record) => textOf(record, 'Id') !== undefined && (isImage(record) || isObject(memberOf(record, 'State'))),
  begins: (text) => /^\s*\[?\s*\{\s*"Id":\s*"(?:sha256:)?[0-9a-f]{64}"/.test(text),
  read: (record) => {
    const id = textOf(record, 'Id');
    if (id === undefined) return 'The object has no Id.';
    if (isImage(record)) {
      const tags = memberOf(record, 'RepoTags');
      const name = Array.isArray(tags) && typeof tags[0] === 'string' ? tags[0] : undefined;
      return { facts: [{ type: 'container_image', id, name, fields: masked(record) }] };
    }
    const name = textOf(record, 'Name')?.replace(/^\//, '');
    return { facts: [{ type: 'container', id, name, fields: masked(record) }] };
  },
};

function isImage(record: JsonObject): boolean {
  return Object.hasOwn(record, 'RepoTags') || Object.hasOwn(record, 'RepoDigests');
}

function masked(record: JsonObject): JsonObject {
  const config = memberOf(record, 'Config');
  if (!isObject(config)) return record;
  const env = memberOf(config, 'Env');
  const names = Array.isArray(env) ? env.map((each) => String(each).split('=', 1)[0]) : undefined;
  return { ...record, Config: { ...without(config, ['Env']), ...(names ? { EnvNames: names } : {}) } };
}
