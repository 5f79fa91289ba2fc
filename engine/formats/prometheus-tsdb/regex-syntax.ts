/**
 * Regular expressions of label selectors, in RE2's syntax as Prometheus takes it: anchored at both ends, `.` takes line
 * ends too. What is not built here is refused with its place, never read differently.
 */

/** A character, as one or more ranges of code points, both ends included. */
export type Ranges = readonly (readonly [low: number, high: number])[];

export type RegexNode =
  | { readonly kind: 'empty' }
  | { readonly kind: 'character'; readonly ranges: Ranges }
  | { readonly kind: 'sequence'; readonly parts: readonly RegexNode[] }
  | { readonly kind: 'choice'; readonly parts: readonly RegexNode[] }
  | { readonly kind: 'repeat'; readonly part: RegexNode; readonly least: number; readonly most: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' };

/** Something in the expression is wrong, or not built here. The message is a sentence about it. */
export class RegexRefused extends Error {}

const LAST = 0x10ffff;
/** RE2 allows no more repetitions than this. */
const MOST_REPEATS = 1000;
const DEEPEST = 200;
const DIGIT: Ranges = [[48, 57]];
const SPACE: Ranges = [
  [9, 10],
  [12, 13],
  [32, 32],
];
const WORD: Ranges = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];

const CLASSES: ReadonlyMap<string, Ranges> = new Map([
  ['d', DIGIT],
  ['s', SPACE],
  ['w', WORD],
  ['D', others(DIGIT)],
  ['S', others(SPACE)],
  ['W', others(WORD)],
]);

const POSIX: ReadonlyMap<string, Ranges> = new Map([
  [
    'alnum',
    [
      [48, 57],
      [65, 90],
      [97, 122],
    ],
  ],
  [
    'alpha',
    [
      [65, 90],
      [97, 122],
    ],
  ],
  ['ascii', [[0, 127]]],
  [
    'blank',
    [
      [9, 9],
      [32, 32],
    ],
  ],
  [
    'cntrl',
    [
      [0, 31],
      [127, 127],
    ],
  ],
  ['digit', DIGIT],
  ['graph', [[33, 126]]],
  ['lower', [[97, 122]]],
  ['print', [[32, 126]]],
  [
    'punct',
    [
      [33, 47],
      [58, 64],
      [91, 96],
      [123, 126],
    ],
  ],
  [
    'space',
    [
      [9, 13],
      [32, 32],
    ],
  ],
  ['upper', [[65, 90]]],
  ['word', WORD],
  [
    'xdigit',
    [
      [48, 57],
      [65, 70],
      [97, 102],
    ],
  ],
] as [string, Ranges][]);

const ESCAPES: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['f', 12],
  ['t', 9],
  ['n', 10],
  ['r', 13],
  ['v', 11],
]);

/** Parses an expression. Throws `RegexRefused`. */
export function parseRegex(text: string): RegexNode {
  return new RegexParser(text).parse();
}

class RegexParser {
  readonly #characters: readonly string[];
  #at = 0;
  #ignoreCase = false;
  #depth = 0;

  constructor(text: string) {
    this.#characters = [...text];
  }

  parse(): RegexNode {
    if (this.#take('(?i)')) this.#ignoreCase = true;
    const node = this.#choice();
    if (this.#at < this.#characters.length) this.#refuse('has a ")" without a "("');
    return node;
  }

  #refuse(why: string): never {
    throw new RegexRefused(`The regular expression ${why}, at character ${this.#at + 1}.`);
  }

  #look(ahead = 0): string | undefined {
    return this.#characters[this.#at + ahead];
  }

  #take(text: string): boolean {
    if (this.#characters.slice(this.#at, this.#at + text.length).join('') !== text) return false;
    this.#at += text.length;
    return true;
  }

  #choice(): RegexNode {
    if (++this.#depth > DEEPEST) this.#refuse(`is nested more than ${DEEPEST} deep`);
    const parts = [this.#sequence()];
    while (this.#take('|')) parts.push(this.#sequence());
    this.#depth--;
    return parts.length === 1 ? parts[0]! : { kind: 'choice', parts };
  }

  #sequence(): RegexNode {
    const parts: RegexNode[] = [];
    for (let next = this.#look(); next !== undefined && next !== '|' && next !== ')'; next = this.#look())
      if (this.#take('\\Q')) this.#quoted(parts);
      else parts.push(this.#repeated(this.#atom()));
    return parts.length === 0 ? { kind: 'empty' } : { kind: 'sequence', parts };
  }

  #quoted(parts: RegexNode[]): void {
    while (this.#look() !== undefined && !this.#take('\\E')) {
      const literal = this.#literal(this.#look()!.codePointAt(0)!);
      this.#at++;
      parts.push(literal);
    }
  }

  #repeated(part: RegexNode): RegexNode {
    const bounds = this.#repeatBounds();
    if (!bounds) return part;
    // Whether many or few are preferred makes no difference when the whole text has to match.
    this.#take('?');
    if (this.#repeatBounds()) this.#refuse('has a repetition of a repetition');
    return { kind: 'repeat', part, ...bounds };
  }

  #repeatBounds(): { least: number; most: number } | undefined {
    if (this.#take('*')) return { least: 0, most: Infinity };
    if (this.#take('+')) return { least: 1, most: Infinity };
    if (this.#take('?')) return { least: 0, most: 1 };
    // A brace that is no repetition is a plain character.
    const rest = this.#characters.slice(this.#at, this.#at + 16).join('');
    const counted = /^\{(\d+)(,(\d*))?\}/.exec(rest);
    if (!counted) return undefined;
    const least = Number(counted[1]);
    const most = counted[2] === undefined ? least : counted[3] === '' ? Infinity : Number(counted[3]);
    if (least > MOST_REPEATS || (most !== Infinity && most > MOST_REPEATS) || most < least)
      this.#refuse(`has the repetition ${counted[0]}`);
    this.#at += counted[0].length;
    return { least, most };
  }

  #atom(): RegexNode {
    const next = this.#look()!;
    if (next === '(') return this.#group();
    if (next === '[') return this.#class();
    if (next === '\\') return this.#escape();
    if (this.#repeatBounds()) this.#refuse(`has "${next}" with nothing to repeat, or after a quoted text`);
    this.#at++;
    if (next === '.') return { kind: 'character', ranges: [[0, LAST]] };
    if (next === '^') return { kind: 'start' };
    if (next === '$') return { kind: 'end' };
    return this.#literal(next.codePointAt(0)!);
  }

  #group(): RegexNode {
    const rest = this.#characters.slice(this.#at, this.#at + 80).join('');
    const opening = /^\((?:\?(?::|s:|P?<[A-Za-z_][A-Za-z0-9_]*>)|(?!\?))/.exec(rest);
    if (!opening) this.#refuse(`has the group "${rest.slice(0, 4)}", which is not read here`);
    this.#at += opening[0].length;
    const node = this.#choice();
    if (!this.#take(')')) this.#refuse('has a "(" without a ")"');
    return node;
  }

  #escape(): RegexNode {
    this.#at++;
    if (this.#take('A')) return { kind: 'start' };
    if (this.#take('z')) return { kind: 'end' };
    const ranges = this.#classEscape();
    if (ranges) return { kind: 'character', ranges };
    return this.#literal(this.#escapedCharacter());
  }

  // Under (?i) a class would also take the letters that fold into it.
  #classEscape(): Ranges | undefined {
    const ranges = CLASSES.get(this.#look() ?? '');
    if (!ranges) return undefined;
    if (this.#ignoreCase && 'wW'.includes(this.#look()!)) this.#refuse('has \\w together with (?i)');
    this.#at++;
    return ranges;
  }

  #escapedCharacter(): number {
    const next = this.#look();
    if (next === undefined) this.#refuse('ends with "\\"');
    if (next === 'x') return this.#hexadecimal();
    this.#at++;
    const short = ESCAPES.get(next);
    if (short !== undefined) return short;
    // RE2 takes a backslash before any sign as that sign; before letters and digits it would mean something.
    if (/[\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]/.test(next)) return next.charCodeAt(0);
    this.#at--;
    return this.#refuse(`has "\\${next}", which is not read here`);
  }

  #hexadecimal(): number {
    const rest = this.#characters.slice(this.#at, this.#at + 12).join('');
    const written = /^x(?:\{([0-9a-fA-F]{1,8})\}|([0-9a-fA-F]{2}))/.exec(rest);
    const code = parseInt(written?.[1] ?? written?.[2] ?? '', 16);
    if (!written || !(code <= LAST)) this.#refuse('has "\\x" without a character');
    this.#at += written[0].length;
    return code;
  }

  #class(): RegexNode {
    this.#at++;
    const negated = this.#take('^');
    const ranges: (readonly [number, number])[] = [];
    for (let first = true; first || this.#look() !== ']'; first = false) {
      if (this.#look() === undefined) this.#refuse('has a "[" without a "]"');
      ranges.push(...this.#classPart());
    }
    this.#at++;
    const folded = this.#ignoreCase ? ranges.flatMap((range) => this.#foldRange(range)) : ranges;
    return { kind: 'character', ranges: negated ? others(folded) : folded };
  }

  #classPart(): Ranges {
    const posix = /^\[:(\^?)([a-z]+):\]/.exec(this.#characters.slice(this.#at, this.#at + 16).join(''));
    const named = posix && POSIX.get(posix[2]!);
    if (posix && !named) this.#refuse(`has the class ${posix[0]}`);
    if (posix && named) {
      this.#at += posix[0].length;
      return posix[1] === '^' ? others(named) : named;
    }
    if (this.#look() === '\\') {
      this.#at++;
      const ranges = this.#classEscape();
      if (ranges) return ranges;
      this.#at--;
    }
    const low = this.#classCharacter();
    if (this.#look() !== '-' || this.#look(1) === ']' || this.#look(1) === undefined) return [[low, low]];
    this.#at++;
    const high = this.#classCharacter();
    if (high < low) this.#refuse('has a range that ends before it begins');
    return [[low, high]];
  }

  #classCharacter(): number {
    if (this.#take('\\')) return this.#escapedCharacter();
    return this.#characters[this.#at++]!.codePointAt(0)!;
  }

  #literal(code: number): RegexNode {
    return { kind: 'character', ranges: this.#ignoreCase ? this.#foldRange([code, code]) : [[code, code]] };
  }

  // Letters of other alphabets have folds of their own; for them (?i) is refused.
  #foldRange([low, high]: readonly [number, number]): Ranges {
    if (high > 127) this.#refuse('has a letter beyond ASCII together with (?i)');
    const ranges: (readonly [number, number])[] = [[low, high]];
    for (let code = low; code <= high; code++) {
      const letter = String.fromCharCode(code);
      if (!/[a-zA-Z]/.test(letter)) continue;
      for (const other of [code ^ 32, ...(/k/i.test(letter) ? [0x212a] : []), ...(/s/i.test(letter) ? [0x17f] : [])])
        ranges.push([other, other]);
    }
    return ranges;
  }
}

function others(ranges: Ranges): Ranges {
  const gaps: (readonly [number, number])[] = [];
  let next = 0;
  for (const [low, high] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (low > next) gaps.push([next, low - 1]);
    next = Math.max(next, high + 1);
  }
  if (next <= LAST) gaps.push([next, LAST]);
  return gaps;
}
