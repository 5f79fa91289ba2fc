/** Members of records whose types nobody vouches for. */
import type { JsonObject } from './json-kind.ts';

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Its own member of that name; `__proto__` and the like are members like others. */
export function memberOf(record: unknown, name: string): unknown {
  return isObject(record) && Object.hasOwn(record, name) ? record[name] : undefined;
}

export function textOf(record: unknown, name: string): string | undefined {
  const value = memberOf(record, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The objects of a list. */
export function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The object without some of its members. */
export function without(record: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}
