/**
 * A line that begins with `#`. See docs/formats/openmetrics.md, "Metadata".
 *
 *     # TYPE name counter     # HELP name text     # UNIT name seconds     # EOF     # anything else
 */
import {
  closingQuote,
  nameEnd,
  QUOTE,
  shown,
  skipSpaces,
  unescape,
  unreadable,
  wordEnd,
  type Unreadable,
} from './scan.ts';

export type MetadataKind = 'type' | 'help' | 'unit';

export interface MetadataLine {
  readonly kind: MetadataKind;
  /** The family. */
  readonly name: string;
  /** What it says, escapes resolved; empty when it says nothing. */
  readonly value: string;
  /** Something follows the name, be it a space. */
  readonly saysSomething: boolean;
  /** Between the parts stands one space each. */
  readonly isTidy: boolean;
}

export interface EofLine {
  readonly kind: 'eof';
  readonly isTidy: boolean;
}

export interface CommentLine {
  readonly kind: 'comment';
  /** Without the # and the spaces after it. */
  readonly value: string;
  readonly isTidy: boolean;
}

const kinds: ReadonlyMap<string, MetadataKind> = new Map([
  ['TYPE', 'type'],
  ['HELP', 'help'],
  ['UNIT', 'unit'],
]);

/** Reads a line whose first character that is no space is `#`. */
export function readHashLine(text: string): MetadataLine | EofLine | CommentLine | Unreadable {
  const hash = skipSpaces(text, 0);
  const wordAt = skipSpaces(text, hash + 1);
  const end = wordEnd(text, wordAt);
  // A word right after # makes a comment, whatever it is.
  const word = wordAt > hash + 1 ? text.slice(wordAt, end) : '';
  if (word === 'EOF' && skipSpaces(text, end) === text.length) return { kind: 'eof', isTidy: text === '# EOF' };
  const kind = kinds.get(word);
  if (kind === undefined) return { kind: 'comment', value: text.slice(wordAt), isTidy: true };
  return readMetadata(text, kind, { keywordAt: wordAt, at: end });
}

function readMetadata(
  text: string,
  kind: MetadataKind,
  { keywordAt, at }: { keywordAt: number; at: number },
): MetadataLine | Unreadable {
  const keyword = kind.toUpperCase();
  const nameAt = skipSpaces(text, at);
  if (nameAt === text.length) return unreadable(`The ${keyword} line names no metric.`);
  const named = readName(text, nameAt);
  if (named === undefined)
    return unreadable(
      `The ${keyword} line has "${shown(text.slice(nameAt, wordEnd(text, nameAt)))}" where the name is.`,
    );
  const { name, end } = named;
  // Text of HELP begins after one space; more of them belong to it.
  const value = text.slice(kind === 'help' ? end + 1 : skipSpaces(text, end));
  const saysSomething = end < text.length;
  const before = `# ${keyword} ${text.slice(nameAt, end)}`;
  const isTidy =
    keywordAt === 2 && text.startsWith(before) && (!saysSomething || text[end] === ' ') && isOneWord(kind, text, end);
  if (kind === 'type' && value.trim() === '') return unreadable(`The TYPE line says no type for ${shown(name)}.`);
  return { kind, name, value: kind === 'help' ? unescape(value) : value.trimEnd(), saysSomething, isTidy };
}

/** True for help, and for a type or unit with nothing but its word after the one space. */
function isOneWord(kind: MetadataKind, text: string, end: number): boolean {
  return kind === 'help' || end === text.length || wordEnd(text, end + 1) === text.length;
}

function readName(text: string, at: number): { name: string; end: number } | undefined {
  const isQuoted = text.charCodeAt(at) === QUOTE;
  const last = isQuoted ? closingQuote(text, at) : nameEnd(text, at, true) - 1;
  const end = last + 1;
  const name = isQuoted ? unescape(text.slice(at + 1, last)) : text.slice(at, end);
  return last < at || name === '' || wordEnd(text, end) !== end ? undefined : { name, end };
}
