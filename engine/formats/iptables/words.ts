/**
 * Splits a rule as iptables-save writes it: words apart by spaces; in double quotes anything, `\"` and `\\` escaped.
 * Gives nothing where a quote is not closed.
 */
export function wordsOf(text: string): readonly string[] | undefined {
  const words: string[] = [];
  for (let at = 0; at < text.length;) {
    if (text[at] === ' ' || text[at] === '\t') {
      at++;
      continue;
    }
    const word = WORD.exec(text.slice(at, at + LONGEST_WORD))?.[0];
    if (word === undefined || word === '') return undefined;
    if (word.startsWith('"') && (word.length < 2 || !CLOSED.test(word))) return undefined;
    words.push(word.startsWith('"') ? word.slice(1, -1).replaceAll(/\\(.)/gs, '$1') : word);
    at += word.length;
  }
  return words;
}

const LONGEST_WORD = 4096;
const WORD = /^"(?:[^"\\]|\\.)*"|^[^\s]+/s;
const CLOSED = /^"(?:[^"\\]|\\.)*"$/s;
