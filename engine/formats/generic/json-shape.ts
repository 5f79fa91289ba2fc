/** What the records of a JSON file look like, from its first bytes. */
import { JsonRecordScanner } from '../framing/json-records.ts';
import { pathText, type Step } from './member-path.ts';

export interface JsonShape {
  /** Paths of the members of the first records that hold single values, in order. */
  readonly names: readonly string[];
  /** The list in the document that holds the records, where there seems to be one. */
  readonly list: string | undefined;
}

const RECORDS_LOOKED_AT = 20;
const DEEPEST = 3;
const MOST_NAMES = 200;
/** Lists that exports keep their records in, for documents that are longer than what is looked at. */
const usualLists = ['Records', 'records', 'value', 'events', 'items', 'data', 'results', 'result', 'logs', 'entries'];

/** Looks for the list that holds the records, and for what they have. */
export function findShape(head: Uint8Array): JsonShape {
  const [only, ...more] = recordsOf(head, []);
  if (only === undefined)
    return shapeIn(
      head,
      usualLists.find((list) => recordsOf(head, [[list]]).length > 0),
    );
  if (more.length > 0) return shapeIn(head, undefined);
  return shapeIn(head, listIn(only));
}

function shapeIn(head: Uint8Array, list: string | undefined): JsonShape {
  const names = new Set<string>();
  for (const record of recordsOf(head, list === undefined ? [] : [list.split('.')])) addNames(names, record, []);
  return { names: [...names], list };
}

/** The keys with which the records begin, so that the next one is found after damage. */
export function firstKeysOf(head: Uint8Array, lists: readonly (readonly string[])[]): readonly string[] {
  const keys = recordsOf(head, lists).flatMap((record) =>
    typeof record === 'object' && record !== null && !Array.isArray(record) ? Object.keys(record).slice(0, 1) : [],
  );
  return [...new Set(keys)];
}

function recordsOf(head: Uint8Array, lists: readonly (readonly string[])[]): unknown[] {
  const records: unknown[] = [];
  const scanner = new JsonRecordScanner(
    { lists, firstKeys: [], maxRecordBytes: head.length + 1 },
    {
      record: ({ value }) => {
        if (records.length < RECORDS_LOOKED_AT) records.push(value);
      },
      damaged: () => undefined,
    },
  );
  scanner.push(head);
  scanner.finish();
  return records;
}

/** The first list of objects in objects, those further out first. */
function listIn(document: unknown): string | undefined {
  let level: { path: string[]; value: unknown }[] = [{ path: [], value: document }];
  for (let depth = 0; depth < DEEPEST; depth++) {
    level = level.flatMap(({ path, value }) =>
      isObject(value) ? Object.entries(value).map(([name, each]) => ({ path: [...path, name], value: each })) : [],
    );
    const found = level.find(({ value }) => Array.isArray(value) && value.length > 0 && value.every(isObject));
    if (found) return found.path.some((name) => name.includes('.')) ? undefined : found.path.join('.');
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function addNames(names: Set<string>, value: unknown, path: readonly Step[]): void {
  if (names.size >= MOST_NAMES) return;
  if (isObject(value) && path.length < DEEPEST)
    for (const [name, each] of Object.entries(value)) addNames(names, each, [...path, name]);
  else if (path.length > 0) names.add(pathText(path));
}
