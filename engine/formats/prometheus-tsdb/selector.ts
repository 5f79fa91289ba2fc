/**
 * Label selectors as PromQL has them: `node_load1`, `{__name__=~"node_.*",job!="x"}`, `{"a.name","a label"="x"}`.
 * Grammar: https://prometheus.io/docs/prometheus/latest/querying/basics/#instant-vector-selectors
 *
 *   selector = [ metric ] [ "{" [ part { "," part } [ "," ] ] "}" ]
 *   part     = quoted | ( name | quoted ) ( "=" | "!=" | "=~" | "!~" ) quoted
 */
import { fail, type Problem } from '../../../shared/problem.ts';
import { labelValue, type Label } from './labels.ts';
import { compileRegex } from './regex-match.ts';
import { parseRegex, RegexRefused } from './regex-syntax.ts';

export type MatcherOperator = '=' | '!=' | '=~' | '!~';

export interface LabelMatcher {
  readonly name: string;
  readonly operator: MatcherOperator;
  readonly value: string;
}

/** A selector that was read. */
export interface Selector {
  readonly matchers: readonly LabelMatcher[];
  /** A label that a series does not have counts as one with an empty value. */
  readonly picks: (labels: readonly Label[]) => boolean;
}

const METRIC_NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const OPERATOR = /=~|!~|!=|=/y;
const QUOTED = /"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*'|`[^`]*`/y;
const ESCAPE = /\\(?:([abfnrtv\\'"])|x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|.)/gsu;
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const LONGEST = 100_000;

/** Reads a selector. Fails with a `ProblemError` (`bad_request`) that names the column, from 1. */
export function parseSelector(text: string): Selector {
  const matchers = new SelectorParser(text).parse();
  const tests = matchers.map((matcher) => ({ name: matcher.name, test: valueTest(matcher, text) }));
  if (tests.every(({ test }) => test('')))
    refuse(text, 0, 'has no part that a series without labels would fail, so it would pick everything');
  return { matchers, picks: (labels) => tests.every(({ name, test }) => test(labelValue(labels, name))) };
}

/** Picks what any of several selectors picks. Fails as `parseSelector`. */
export function anySelector(texts: readonly string[]): (labels: readonly Label[]) => boolean {
  const selectors = texts.map(parseSelector);
  return (labels) => selectors.some(({ picks }) => picks(labels));
}

function refuse(text: string, at: number, why: string): never {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…`.toWellFormed() : text;
  const problem: Problem = {
    code: 'bad_request',
    message: `The selector ${JSON.stringify(shown)} ${why} (at character ${at + 1}).`,
    remedy: 'Write it as in PromQL, such as {__name__=~"node_.*",job!="x"}.',
  };
  return fail(problem);
}

function valueTest({ operator, value }: LabelMatcher, text: string): (given: string) => boolean {
  if (operator === '=') return (given) => given === value;
  if (operator === '!=') return (given) => given !== value;
  try {
    const matches = remembering(compileRegex(parseRegex(value)));
    return operator === '=~' ? matches : (given) => !matches(given);
  } catch (error) {
    if (error instanceof RegexRefused) return refuse(text, 0, `cannot be used: ${error.message.replace(/\.$/, '')}`);
    throw error;
  }
}

// The same values come again and again: most labels have few.
function remembering(matches: (value: string) => boolean): (value: string) => boolean {
  const known = new Map<string, boolean>();
  return (value) => {
    const before = known.get(value);
    if (before !== undefined) return before;
    if (known.size >= 10_000) known.clear();
    const result = matches(value);
    known.set(value, result);
    return result;
  };
}

class SelectorParser {
  #at = 0;
  readonly #matchers: LabelMatcher[] = [];

  constructor(private readonly text: string) {
    if (text.length > LONGEST) refuse(text, LONGEST, `has ${text.length} characters; at most ${LONGEST} are read`);
  }

  parse(): readonly LabelMatcher[] {
    this.#space();
    const metric = this.#token(METRIC_NAME);
    if (metric !== undefined) this.#addName(metric);
    if (this.#sign('{')) this.#parts();
    else if (metric === undefined) this.#refuse('has neither a metric name nor "{"');
    if (this.#at < this.text.length) this.#refuse('goes on after its end');
    return this.#matchers;
  }

  #refuse(why: string): never {
    return refuse(this.text, this.#at, why);
  }

  #parts(): void {
    while (!this.#sign('}')) {
      this.#part();
      if (this.#sign('}')) return;
      if (!this.#sign(',')) this.#refuse('has neither "," nor "}" after a part');
    }
  }

  #part(): void {
    const quoted = this.#quoted();
    const name = quoted ?? this.#token(LABEL_NAME) ?? this.#refuse('has no label name here');
    const operator = this.#token(OPERATOR) as MatcherOperator | undefined;
    if (operator === undefined && quoted !== undefined) return this.#addName(quoted);
    if (operator === undefined) this.#refuse('has neither of =, !=, =~ and !~ after a label name');
    const value = this.#quoted() ?? this.#refuse('has no quoted value here');
    if (name === '') this.#refuse('has an empty label name');
    this.#matchers.push({ name, operator, value });
  }

  #addName(value: string): void {
    if (this.#matchers.some(({ name }) => name === '__name__')) this.#refuse('has two metric names');
    this.#matchers.push({ name: '__name__', operator: '=', value });
  }

  #token(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) return undefined;
    this.#at += found.length;
    this.#space();
    return found;
  }

  #sign(sign: string): boolean {
    if (this.text[this.#at] !== sign) return false;
    this.#at++;
    this.#space();
    return true;
  }

  #space(): void {
    while (' \t\r\n'.includes(this.text[this.#at] ?? 'x')) this.#at++;
  }

  #quoted(): string | undefined {
    const from = this.#at;
    const literal = this.#token(QUOTED);
    if (literal === undefined || literal.startsWith('`')) return literal?.slice(1, -1);
    return literal.slice(1, -1).replace(ESCAPE, (escape: string, ...found: (string | undefined)[]) => {
      const [short, hexadecimal, octal, four, eight] = found;
      if (short !== undefined && (!`'"`.includes(short) || literal.startsWith(short)))
        return SHORT_ESCAPES[short] ?? short;
      const code = octal === undefined ? parseInt(hexadecimal ?? four ?? eight ?? '', 16) : parseInt(octal, 8);
      // \x and octal escapes are single bytes, so above 127 they would be parts of a character.
      const most = (hexadecimal ?? octal) === undefined ? 0x10ffff : 127;
      if (!(code <= most) || (code >= 0xd800 && code <= 0xdfff))
        return refuse(this.text, from, `has the escape ${escape}, which is not read here`);
      return String.fromCodePoint(code);
    });
  }
}
