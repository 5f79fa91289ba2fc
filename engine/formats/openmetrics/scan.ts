/**
 * Steps through a line that every part of the format needs. By character and never by a repeating regular expression:
 * a line may have 16 MiB, and the stack of a regular expression has an end.
 */

/** What stands at this place cannot be read. */
export interface Unreadable {
  readonly kind: 'unreadable';
  /** A sentence for the rejects. */
  readonly reason: string;
}

export const unreadable = (reason: string): Unreadable => ({ kind: 'unreadable', reason });

export const SPACE = 32;
const TAB = 9;
export const QUOTE = 34;
export const COMMA = 44;
export const COLON = 58;
export const EQUALS = 61;
const BACKSLASH = 92;
const UNDERSCORE = 95;
export const BRACE_OPEN = 123;
export const BRACE_CLOSE = 125;

const isSpace = (code: number): boolean => code === SPACE || code === TAB;

/** Where the spaces and tabs from `at` end. */
export function skipSpaces(text: string, at: number): number {
  while (isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** Where the word from `at` ends: at a space, a tab or the end of the text. */
export function wordEnd(text: string, at: number): number {
  while (at < text.length && !isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** Where a name without quotes ends; `at` when none begins there. Only names of metrics may have colons. */
export function nameEnd(text: string, at: number, mayHaveColons: boolean): number {
  const begin = at;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isLetter = ((code | 32) >= 97 && (code | 32) <= 122) || code === UNDERSCORE;
    const isDigit = code >= 48 && code <= 57;
    if (!isLetter && !(isDigit && at > begin) && !(code === COLON && mayHaveColons)) return at;
  }
  return at;
}

/** Where the quote is that closes the one at `at`; -1 when there is none. A backslash keeps what follows from closing. */
export function closingQuote(text: string, at: number): number {
  for (at++; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at++;
  }
  return -1;
}

/** Where the brace is that closes the one at `at`, braces in quotes passed over; -1 when there is none. */
export function closingBrace(text: string, at: number): number {
  for (at++; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BRACE_CLOSE) return at;
    if (code !== QUOTE) continue;
    at = closingQuote(text, at);
    if (at < 0) return -1;
  }
  return -1;
}

/** Text with `\\`, `\"` and `\n` resolved; a backslash before anything else stays, as Prometheus leaves it. */
export function unescape(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\[\\"n]/g, (escape) => (escape === '\\n' ? '\n' : escape.charAt(1)));
}

const MOST_SHOWN = 60;

/** Text as a message shows it: its beginning, in whole characters, control characters by their number. */
export function shown(text: string, most = MOST_SHOWN): string {
  const part = text.length <= most ? text : `${text.slice(0, most).toWellFormed()}...`;
  return part.replace(/[\0-\x1f\x7f]/g, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
