/**
 * STRUCTURED-DATA of RFC 5424, 6.3:
 *
 *     "-" / 1*( "[" SD-ID *( SP NAME "=" DQUOTE VALUE DQUOTE ) "]" )
 *
 * In a value `\"`, `\\` and `\]` stand for the second character; before anything else the backslash is a character.
 */

/** Elements by SD-ID, in their order. A name that is given again has both values. */
export type StructuredData = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

export interface ReadStructuredData {
  readonly kind: 'structured_data';
  readonly elements: StructuredData;
  /** Where the text after it begins. */
  readonly end: number;
}

const NOTHING: StructuredData = new Map();
/** SD-NAME: printable ASCII but `=`, space, `]` and `"`. Some senders use other letters, too. */
const NAME = /[^\s=\]"[]{1,255}/y;

/** Reads structured data at `at`; `undefined` where it is neither `-` nor such elements. */
export function readStructuredData(text: string, at: number): ReadStructuredData | undefined {
  if (text[at] === '-') return { kind: 'structured_data', elements: NOTHING, end: at + 1 };
  const elements = new Map<string, Map<string, string[]>>();
  let next = at;
  while (text[next] === '[') {
    const end = readElement(text, next, elements);
    if (end === undefined) return undefined;
    next = end;
  }
  return next === at ? undefined : { kind: 'structured_data', elements, end: next };
}

/** Gives where the element ends. */
function readElement(text: string, at: number, elements: Map<string, Map<string, string[]>>): number | undefined {
  const id = match(NAME, text, at + 1);
  if (id === undefined) return undefined;
  const params = elements.get(id) ?? new Map<string, string[]>();
  elements.set(id, params);
  let next = at + 1 + id.length;
  while (text[next] === ' ') {
    while (text[next] === ' ') next++;
    if (text[next] === ']') break;
    const name = match(NAME, text, next);
    if (name === undefined || !text.startsWith('="', next + name.length)) return undefined;
    const valueFrom = next + name.length + 2;
    const valueTo = endOfValue(text, valueFrom);
    if (valueTo < 0) return undefined;
    const value = unescape(text.slice(valueFrom, valueTo));
    const values = params.get(name);
    if (values) values.push(value);
    else params.set(name, [value]);
    next = valueTo + 1;
  }
  return text[next] === ']' ? next + 1 : undefined;
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** Where the closing quote stands; -1 without one. */
function endOfValue(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (at - 1 - backslashes >= from && text[at - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  return -1;
}

function unescape(value: string): string {
  return value.includes('\\') ? value.replace(/\\(["\\\]])/g, '$1') : value;
}

/** The first value of a parameter. */
export function paramOf(elements: StructuredData, id: string, name: string): string | undefined {
  return elements.get(id)?.get(name)?.[0];
}

/** As plain objects, for JSON: a parameter that was given once is its value, else the list of its values. */
export function asObject(elements: StructuredData): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...elements].map(([id, params]) => [
      id,
      Object.fromEntries([...params].map(([name, values]) => [name, values.length === 1 ? values[0] : values])),
    ]),
  );
}
