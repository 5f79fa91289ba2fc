/**
 * The statements of `nft list ruleset`: a line each, blocks between a brace at the end of a line and one that stands
 * alone. Elements of sets may go on over several lines. What stands behind `#` is a comment; `# handle 7` is kept.
 */
import type { Place } from './pieces.ts';

export type Statement = Place & {
  readonly kind: 'open' | 'close' | 'plain';
  /** Without comment; the lines of one that has several are joined by a space. */
  readonly text: string;
  readonly handle: number | undefined;
};

const OPENS =
  /^(?:table|chain|set|map|flowtable|counter|quota|limit|secmark|synproxy|tunnel|ct (?:helper|timeout|expectation))\b[^{}]*\{$/;
/** A statement of more bytes is none that nft takes. */
const LONGEST = 64 * 1024 * 1024;

export interface StatementHandler {
  statement(statement: Statement): void;
  /** Bytes that are no statement. `reason` is a sentence. */
  notStatement(place: Place, reason: string): void;
}

export class StatementJoiner {
  #texts: string[] = [];
  #pieces: Uint8Array[] = [];
  #byte = 0;
  #end = 0;
  #bytes = 0;
  #depth = 0;
  #handle: number | undefined;

  constructor(private readonly handler: StatementHandler) {}

  line(text: string, { byte, length, bytes }: Omit<Place, 'raw'> & { readonly bytes: Uint8Array }): void {
    const { code: whole, comment } = withoutComment(text.trim());
    // A backslash at the end of a line joins the next one to it, in files that people write.
    const goesOn = whole.endsWith('\\');
    const code = goesOn ? whole.slice(0, -1).trimEnd() : whole;
    if (code === '') return;
    if (this.#texts.length === 0) this.#byte = byte;
    this.#end = byte + length;
    this.#bytes += length;
    this.#pieces.push(bytes.slice());
    this.#texts.push(code);
    this.#handle ??= handleOf(comment);
    if (goesOn) {
      this.#depth += bracesOf(code);
      return;
    }
    if (this.#texts.length === 1 && OPENS.test(code)) return this.#give('open');
    if (this.#texts.length === 1 && code === '}') return this.#give('close');
    this.#depth += bracesOf(code);
    if (this.#bytes > LONGEST) this.#giveUp(`The statement is longer than ${LONGEST} bytes.`);
    else if (this.#depth === 0) this.#give('plain');
    else if (this.#depth < 0) this.#giveUp('The line has a closing brace without an opening one.');
  }

  /** What began and did not end. */
  finish(): void {
    if (this.#texts.length > 0) this.#giveUp('The file is cut off inside this statement.');
  }

  #place(): Place {
    return { byte: this.#byte, length: this.#end - this.#byte, raw: this.#pieces };
  }

  #give(kind: Statement['kind']): void {
    const statement = { kind, text: this.#texts.join(' '), handle: this.#handle, ...this.#place() };
    this.#reset();
    this.handler.statement(statement);
  }

  #giveUp(reason: string): void {
    const place = this.#place();
    this.#reset();
    this.handler.notStatement(place, reason);
  }

  #reset(): void {
    this.#texts = [];
    this.#pieces = [];
    this.#bytes = 0;
    this.#depth = 0;
    this.#handle = undefined;
  }
}

function handleOf(comment: string): number | undefined {
  const handle = /^# handle (\d{1,15})$/.exec(comment)?.[1];
  return handle === undefined ? undefined : Number(handle);
}

/** A number sign within quotes is text. */
function withoutComment(line: string): { readonly code: string; readonly comment: string } {
  if (!line.includes('#')) return { code: line, comment: '' };
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '"') quoted = !quoted;
    else if (line[at] === '#' && !quoted) return { code: line.slice(0, at).trimEnd(), comment: line.slice(at).trim() };
  }
  return { code: line, comment: '' };
}

function bracesOf(code: string): number {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < code.length; at++) {
    const sign = code[at];
    if (sign === '"') quoted = !quoted;
    else if (!quoted) depth += sign === '{' ? 1 : sign === '}' ? -1 : 0;
  }
  return depth;
}

/** Parts of a statement that semicolons part, outside of quotes and braces. */
export function partsOf(code: string): readonly string[] {
  if (!code.includes(';')) return [code];
  const parts: string[] = [];
  let [from, depth, quoted] = [0, 0, false];
  for (let at = 0; at < code.length; at++) {
    const sign = code[at];
    if (sign === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (sign === '{' || sign === '}') depth += sign === '{' ? 1 : -1;
    else if (sign === ';' && depth === 0) {
      parts.push(code.slice(from, at).trim());
      from = at + 1;
    }
  }
  return [...parts, code.slice(from).trim()].filter((part) => part !== '');
}
