/**
 * A configuration as a list of attributes, so that two of them can be compared in SQL: one path and one value each.
 *
 * The members of objects are attributes: `Encryption.Rules`. A list is a set, whose elements are one attribute each:
 * `Rules[]` with the whole element as its value, for providers give lists in any order. Where the order says something
 * (rules of a firewall) the elements are numbered: `rules[3].target`. Tags are attributes by their key: `Tags[Name]`.
 */
import type { Json } from '../core/canonical-json.ts';
import { isVolatileMember } from './volatile-attributes.ts';

export interface Attribute {
  readonly path: string;
  /** JSON, keys sorted; a number as it is written where JavaScript could not hold it exactly. */
  readonly value: string;
}

/** Resource types whose lists are in an order that matters. */
const ordered: ReadonlySet<string> = new Set(['firewall', 'audit_rules', 'sudo_rule', 'network_acl']);
/** Deeper than this a value is one attribute, as text. */
const DEEPEST = 64;
/** Begins the text that stands for a number; no JSON text of evidence can have it unescaped. */
const NUMBER = '\u0000';

/**
 * Gives the attributes of a configuration, JSON as text; a text that is none, or nested beyond reason, is one
 * attribute with an empty path.
 * Time and memory are linear in the text.
 */
export function attributesOf(configuration: string, resourceType: string): readonly Attribute[] {
  try {
    const found: Attribute[] = [];
    flatten(JSON.parse(markNumbers(configuration)) as Json, '', ordered.has(resourceType), 0, found);
    return found;
  } catch {
    return [{ path: '', value: JSON.stringify(configuration) }];
  }
}

/** Numbers as texts with a mark, so that `JSON.parse` does not round them. */
function markNumbers(json: string): string {
  return json.replaceAll(STRING_OR_NUMBER, (token) => (token[0] === '"' ? token : `"\\u0000${token}"`));
}
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/gs;

function flatten(value: Json, path: string, isOrdered: boolean, depth: number, found: Attribute[]): void {
  if (!isContainer(value) || depth >= DEEPEST || isEmpty(value)) found.push({ path, value: canonical(value) });
  else if (!isList(value)) {
    for (const key of Object.keys(value).sort(byUnits))
      flatten(value[key]!, path === '' ? plainKey(key) : `${path}.${plainKey(key)}`, isOrdered, depth + 1, found);
  } else if (isOrdered) value.forEach((each, at) => flatten(each, `${path}[${at + 1}]`, isOrdered, depth + 1, found));
  else if (value.every(isTag))
    for (const { key, text } of value.map(tagOf)) found.push({ path: `${path}[${key}]`, value: text });
  else for (const each of value) found.push({ path: `${path}[]`, value: canonical(each) });
}

/** The value with keys sorted, lists in the order of their texts, and without what changes by itself. */
function canonical(value: Json): string {
  if (typeof value === 'string') return value.startsWith(NUMBER) ? numberText(value.slice(1)) : JSON.stringify(value);
  if (!isContainer(value)) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonical).sort(byUnits).join(',')}]`;
  const members = Object.keys(value)
    .filter((key) => !isVolatileMember(key))
    .sort(byUnits)
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key]!)}`);
  return `{${members.join(',')}}`;
}

/** `1.0` and `1` are one number; what has more digits than JavaScript keeps stays as it is written. */
function numberText(written: string): string {
  const digits = written
    .replace(/[eE].*$/, '')
    .replaceAll(/[-.]/g, '')
    .replace(/^0+/, '');
  const number = Number(written);
  return digits.length <= 15 && Number.isFinite(number) ? String(number) : written;
}

interface Tag {
  readonly key: string;
  readonly text: string;
}

function isTag(value: Json): boolean {
  if (!isContainer(value) || isList(value)) return false;
  const names = Object.keys(value).map((name) => name.toLowerCase());
  return names.length === 2 && names.includes('key') && names.includes('value');
}

function tagOf(value: Json): Tag {
  const members = Object.entries(value as Readonly<Record<string, Json>>);
  const of = (name: string): Json => members.find(([key]) => key.toLowerCase() === name)![1];
  const key = of('key');
  return { key: typeof key === 'string' ? key : canonical(key), text: canonical(of('value')) };
}

/** A key that would be read as part of the path stands in quotes. */
function plainKey(key: string): string {
  return /[.[\]"]|^$/.test(key) ? JSON.stringify(key) : key;
}

const byUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function isContainer(value: Json): value is readonly Json[] | { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null;
}

function isList(value: readonly Json[] | { readonly [key: string]: Json }): value is readonly Json[] {
  return Array.isArray(value);
}

function isEmpty(value: readonly Json[] | { readonly [key: string]: Json }): boolean {
  return Object.keys(value).length === 0;
}
