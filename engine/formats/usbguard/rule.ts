/**
 * A rule, or the description of a device as a rule: `block id 0781:5567 serial "..." name "Cruzer Blade" via-port "1-2"`.
 * Only what a person looks for is read; the whole text stays as it is.
 */
import { decodeText } from '../framing/lines.ts';

export interface Device {
  readonly target?: string;
  readonly id?: string;
  readonly serial?: string;
  readonly name?: string;
  readonly hash?: string;
  readonly port?: string;
  readonly interfaces?: readonly string[];
}

const TOKEN = /\s*(?:"((?:[^"\\]|\\.)*)"|([{}])|([^\s"{}]+))/y;
const MOST_TOKENS = 1000;

const attributes: ReadonlyMap<string, 'id' | 'serial' | 'name' | 'hash' | 'port'> = new Map([
  ['id', 'id'],
  ['serial', 'serial'],
  ['name', 'name'],
  ['hash', 'hash'],
  ['via-port', 'port'],
]);

/** Reads a rule. What is not understood is left out: the text of the rule is kept beside this. */
export function readRule(text: string): Device {
  const tokens = tokensOf(text);
  const device: { -readonly [K in keyof Device]: Device[K] } = {};
  if (/^(?:allow|block|reject|match|device)$/.test(tokens[0] ?? '')) device.target = tokens[0]!;
  for (let i = 0; i < tokens.length - 1; i++) {
    const attribute = attributes.get(tokens[i]!);
    // A list of values (`one-of { ... }`) is no description of one device.
    if (attribute !== undefined && !['{', 'one-of', 'all-of', 'none-of', 'equals'].includes(tokens[i + 1]!))
      device[attribute] ??= tokens[++i]!;
    else if (tokens[i] === 'with-interface') device.interfaces ??= interfacesAt(tokens, i + 1);
  }
  return device;
}

function interfacesAt(tokens: readonly string[], from: number): readonly string[] {
  const open = tokens.indexOf('{', from);
  if (open < 0 || open > from + 1) return [tokens[from]!];
  const close = tokens.indexOf('}', open);
  return tokens.slice(open + 1, close < 0 ? tokens.length : close);
}

function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match && tokens.length < MOST_TOKENS; match = TOKEN.exec(text))
    tokens.push(match[1] === undefined ? (match[2] ?? match[3] ?? '') : unescaped(match[1]));
  return tokens;
}

/** `\x` and two digits stand for a byte, several of them for the bytes of one UTF-8 character. */
function unescaped(text: string): string {
  return text.replace(
    /((?:\\x[0-9a-fA-F]{2})+)|\\(.)/gs,
    (_all, bytes: string | undefined, plain: string | undefined) =>
      bytes === undefined ? (plain ?? '') : decodeText(Buffer.from(bytes.replaceAll('\\x', ''), 'hex')),
  );
}
