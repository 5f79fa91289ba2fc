/** Values of nft's text as libnftables-json(5) has them: numbers, prefixes, ranges, sets, concatenations. */
import { addressNumber, readPrefix } from '../firewall/addresses.ts';
import { NotUnderstood, type TokenReader } from './tokens.ts';

export type Value = unknown;

/** A value outside of braces: `22`, `10.0.0.0/8`, `established,related`, `@name`, `{ ... }`, `syn / syn,rst`. */
export function readRight(tokens: TokenReader, readVerdict?: () => Value): Value {
  if (tokens.is('{')) return { set: readElements(tokens, readVerdict) };
  const first = readConcatenation(tokens);
  if (!tokens.is(',') && !tokens.is('|')) return first;
  const values = [first];
  while (tokens.skip(',') || tokens.skip('|')) values.push(readOne(tokens));
  return values;
}

/** The elements between braces; with a colon, pairs of key and value. */
export function readElements(tokens: TokenReader, readVerdict?: () => Value): readonly Value[] {
  tokens.expect('{');
  const elements: Value[] = [];
  while (!tokens.skip('}')) {
    const key = withOptions(tokens, readConcatenation(tokens));
    if (!tokens.skip(':')) elements.push(key);
    else elements.push([key, readVerdict ? readVerdict() : readConcatenation(tokens)]);
    if (!tokens.is('}')) tokens.expect(',');
  }
  return elements;
}

const WITH_VALUE = new Set(['timeout', 'expires', 'comment']);

/** What stands behind an element: `timeout 1h expires 59m`, `counter packets 0 bytes 0`, `comment "x"`. */
function withOptions(tokens: TokenReader, value: Value): Value {
  const options: Record<string, Value> = {};
  for (;;) {
    const name = tokens.peek();
    if (name?.kind !== 'word') break;
    if (WITH_VALUE.has(name.value)) {
      tokens.next();
      options[name.value] = tokens.word();
    } else if (name.value === 'counter') {
      tokens.next();
      tokens.skip('packets');
      const packets = tokens.word();
      tokens.skip('bytes');
      options['counter'] = { packets: plain(packets), bytes: plain(tokens.word()) };
    } else if (name.value === 'limit' || name.value === 'ct' || name.value === 'last' || name.value === 'quota') {
      // Elements of meters; what they ask is not evaluated.
      while (!tokens.isAtEnd && !tokens.is(',') && !tokens.is('}') && !tokens.is(':')) tokens.next();
      options[name.value] = true;
    } else break;
  }
  return Object.keys(options).length === 0 ? value : { elem: { val: value, ...options } };
}

function readConcatenation(tokens: TokenReader): Value {
  const parts = [readOne(tokens)];
  while (tokens.skip('.')) parts.push(readOne(tokens));
  return parts.length === 1 ? parts[0] : { concat: parts };
}

function readOne(tokens: TokenReader): Value {
  if (tokens.skip('(')) {
    const values = [readOne(tokens)];
    while (tokens.skip('|') || tokens.skip(',')) values.push(readOne(tokens));
    tokens.expect(')');
    return values.length === 1 ? values[0] : values;
  }
  const token = tokens.next();
  if (token.kind === 'sign')
    throw new NotUnderstood(`The rule has ${JSON.stringify(token.value)} where a value belongs.`);
  return token.kind === 'text' ? token.value : literal(token.value);
}

function literal(word: string): Value {
  if (word.startsWith('$'))
    throw new NotUnderstood(`The variable ${JSON.stringify(word.slice(0, 60))} stands in place of a value.`);
  if (addressNumber(word) !== undefined) return word;
  const slash = word.indexOf('/');
  if (slash > 0 && readPrefix(word))
    return { prefix: { addr: word.slice(0, slash), len: Number(word.slice(slash + 1)) } };
  const dash = rangeDash(word);
  if (dash > 0) return { range: [literal(word.slice(0, dash)), literal(word.slice(dash + 1))] };
  return plain(word);
}

/** Where a word is a range: both ends are numbers, or both addresses. Names have dashes too. */
function rangeDash(word: string): number {
  const dash = word.indexOf('-');
  if (dash <= 0) return -1;
  const ends = [word.slice(0, dash), word.slice(dash + 1)];
  const isRange = ends.every(isNumber) || ends.every((end) => addressNumber(end) !== undefined);
  return isRange ? dash : -1;
}

const isNumber = (text: string): boolean => /^(?:\d{1,15}|0x[0-9a-f]{1,12})$/i.test(text);

/** A number where the word is one, else the word. */
export function plain(word: string): string | number {
  return isNumber(word) ? Number(word) : word;
}
