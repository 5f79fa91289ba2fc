/** Words of a rule as nft prints it. A word is what stands between spaces and signs; text in quotes is one token. */

export interface Token {
  readonly kind: 'word' | 'text' | 'sign';
  readonly value: string;
}

const TOKEN = /\s*(?:"([^"]*)"|(==|!=|<=|>=|<<|>>|[{}(),;=<>&|^!])|([^\s"{}(),;=<>&|^!]+))/y;

/** The tokens of a text; nothing where a quote is not closed. */
export function tokensOf(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (!found) return text.slice(at).trim() === '' ? tokens : undefined;
    const [, quoted, sign, word] = found;
    if (quoted !== undefined) tokens.push({ kind: 'text', value: quoted });
    else if (sign !== undefined) tokens.push({ kind: 'sign', value: sign });
    else tokens.push({ kind: 'word', value: word ?? '' });
  }
  return tokens;
}

/** Thrown by a parser for what it does not know; the message is a sentence. */
export class NotUnderstood extends Error {
  override readonly name = 'NotUnderstood';
}

/** Tokens that are taken one after the other. */
export class TokenReader {
  #at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  get isAtEnd(): boolean {
    return this.#at >= this.tokens.length;
  }

  peek(ahead = 0): Token | undefined {
    return this.tokens[this.#at + ahead];
  }

  /** True when the next token is this word or sign (not a text in quotes). */
  is(value: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token !== undefined && token.kind !== 'text' && token.value === value;
  }

  /** Takes the next token when it is this word or sign. */
  skip(value: string): boolean {
    if (!this.is(value)) return false;
    this.#at++;
    return true;
  }

  next(): Token {
    const token = this.tokens[this.#at++];
    if (!token) throw new NotUnderstood('The rule ends before it is complete.');
    return token;
  }

  word(): string {
    const token = this.next();
    if (token.kind === 'sign')
      throw new NotUnderstood(`The rule has ${JSON.stringify(token.value)} where a word belongs.`);
    return token.value;
  }

  expect(sign: string): void {
    const { value } = this.next();
    if (value !== sign)
      throw new NotUnderstood(
        `The rule has ${JSON.stringify(value.slice(0, 60))} where ${JSON.stringify(sign)} belongs.`,
      );
  }
}
