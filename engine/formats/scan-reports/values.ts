/** Values of a report whose shape nobody vouches for. */
import { parseInstant, type UtcMicros } from '../../../shared/time.ts';

const MAX_TEXT = 64 * 1024;

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member of an object, its own only; `undefined` for what is no object. */
export function member(value: unknown, ...names: readonly string[]): unknown {
  let found = value;
  for (const name of names) found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  return found;
}

/** A member that is text with something in it, of bounded length. */
export function text(value: unknown, ...names: readonly string[]): string | undefined {
  const found = member(value, ...names);
  if (typeof found !== 'string' || found.trim() === '') return undefined;
  return (found.length > MAX_TEXT ? found.slice(0, MAX_TEXT) : found).toWellFormed();
}

/** A member that is a number, or text that is one. */
export function number(value: unknown, ...names: readonly string[]): number | undefined {
  const found = member(value, ...names);
  if (typeof found === 'number') return Number.isFinite(found) ? found : undefined;
  return typeof found === 'string' && /^\d{1,9}(?:\.\d{1,9})?$/.test(found.trim()) ? Number(found) : undefined;
}

/** The elements of a member that is a list. */
export function list(value: unknown, ...names: readonly string[]): readonly unknown[] {
  const found = member(value, ...names);
  return Array.isArray(found) ? found : [];
}

/** The elements of a member that are text, each once. */
export function texts(value: unknown, ...names: readonly string[]): readonly string[] {
  const found = list(value, ...names).flatMap((each) => text({ each }, 'each') ?? []);
  return [...new Set(found)];
}

/** A base score of CVSS, 0 to 10. */
export function baseScore(value: unknown, ...names: readonly string[]): number | undefined {
  const score = number(value, ...names);
  return score !== undefined && score >= 0 && score <= 10 ? score : undefined;
}

/** A time with an offset. The zero of Go's clock is none. */
export function time(value: unknown, ...names: readonly string[]): UtcMicros | undefined {
  const written = text(value, ...names);
  const instant = written === undefined ? undefined : parseInstant(written.trim());
  return instant === undefined || instant <= 0n ? undefined : instant;
}

export const CVE = /^CVE-\d{4}-\d{4,19}$/i;

/** A list, or nothing where it is empty. */
export function some<T>(found: readonly T[]): readonly T[] | undefined {
  return found.length === 0 ? undefined : found;
}

/** The document of a text that breaks off after one of these lists began: the list is closed and empty. */
export function closedAt(broken: string, lists: readonly string[]): unknown {
  const begun = new RegExp(`"(?:${lists.join('|')})"\\s*:\\s*\\[`).exec(broken);
  if (begun === null) return undefined;
  try {
    return JSON.parse(`${broken.slice(0, begun.index + begun[0].length)}]}`) as unknown;
  } catch {
    return undefined;
  }
}
