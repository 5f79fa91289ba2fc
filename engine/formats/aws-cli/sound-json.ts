/** JSON that says one thing to everybody who reads it. */

/**
 * Why a record must not be kept: a member that it gives twice (readers of JSON differ in which one counts, and so would
 * a control and a person), or half a character. `undefined` when nothing is wrong. `text` is valid JSON that spells
 * `value`; linear in it.
 */
export function unsoundness(text: string, value: unknown): string | undefined {
  const found = { members: 0, isWellFormed: true };
  count(value, found);
  if (!found.isWellFormed) return 'A text in the record has half of a surrogate pair (\\ud800 to \\udfff).';
  if (namesIn(text) !== found.members)
    return 'An object in the record has a member twice: which one counts is not said.';
  return undefined;
}

/** Texts that a colon follows. By character and by no regular expression: a text may have 16 MiB. */
function namesIn(text: string): number {
  let names = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at)) {
    at++;
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    at++;
    while (at < text.length && ' \t\r\n'.includes(text[at]!)) at++;
    if (text[at] === ':') names++;
  }
  return names;
}

function count(value: unknown, found: { members: number; isWellFormed: boolean }): void {
  if (typeof value === 'string') found.isWellFormed &&= value.isWellFormed();
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) for (const each of value) count(each, found);
  else
    for (const [name, each] of Object.entries(value)) {
      found.members++;
      found.isWellFormed &&= name.isWellFormed();
      count(each, found);
    }
}
