/** A JSON value, looked into without trusting its shape: whatever is not there, or of another type, is undefined. */

/**
 * The member of an object at a path; `undefined` where there is none. What objects inherit (functions) is never text or
 * a flag, so it needs no test of its own here.
 */
export function memberOf(value: unknown, ...path: readonly string[]): unknown {
  let at = value;
  for (let i = 0; i < path.length; i++) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string, unknown>)[path[i]!];
  }
  return at;
}

/** Text that is not empty, with lone surrogates (which have no UTF-8 form) replaced. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = memberOf(value, ...path);
  return typeof found === 'string' && found !== '' ? found.toWellFormed() : undefined;
}

/** `true`, `"true"`, `"Yes"` and their opposites: AWS writes all of them. */
export function flagAt(value: unknown, ...path: readonly string[]): boolean | undefined {
  const found = memberOf(value, ...path);
  if (typeof found === 'boolean') return found;
  if (typeof found !== 'string') return undefined;
  const word = found.toLowerCase();
  if (word === 'true' || word === 'yes') return true;
  return word === 'false' || word === 'no' ? false : undefined;
}
