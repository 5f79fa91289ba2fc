/** A JSON value, looked into without trusting its shape: whatever is not there, or of another type, is undefined. */

/** The member of an object; `undefined` for anything else. */
export function memberOf(value: unknown, ...path: readonly string[]): unknown {
  let at = value;
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
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
