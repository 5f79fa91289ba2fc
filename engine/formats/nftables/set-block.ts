/** A named set, map or other object as `nft list ruleset` prints it, turned into what `nft -j` prints of it. */
import { NotUnderstood, TokenReader, tokensOf } from './tokens.ts';
import { plain, readElements, type Value } from './values.ts';

/** Reads the statements of the block; a sentence says what was not understood. */
export function readSetBlock(lines: readonly string[]): Readonly<Record<string, Value>> | string {
  const found: Record<string, Value> = {};
  try {
    for (const line of lines) readSetting(line, found);
  } catch (error) {
    if (error instanceof NotUnderstood) return error.message;
    throw error;
  }
  return found;
}

function readSetting(line: string, found: Record<string, Value>): void {
  const [, name = '', rest = ''] = /^([a-z-]+)(?:\s+(.*))?$/s.exec(line) ?? [];
  if (name === '')
    throw new NotUnderstood(`The block has the line ${JSON.stringify(line.slice(0, 60))}, which is not known.`);
  if (name === 'elements') found['elem'] = elementsOf(rest);
  else if (name === 'flags') found['flags'] = rest.split(',').map((flag) => flag.trim());
  else if (name === 'type' || name === 'typeof') {
    const [key = '', value] = rest.split(/\s+:\s+/);
    found['type'] = key;
    if (value !== undefined) found['map'] = value;
  } else if (name === 'comment') found['comment'] = rest.replaceAll('"', '');
  else found[name] = rest === '' ? true : plain(rest);
}

function elementsOf(written: string): readonly Value[] {
  const tokens = tokensOf(written.replace(/^=\s*/, ''));
  if (!tokens) throw new NotUnderstood('A quote in the elements is not closed.');
  const reader = new TokenReader(tokens);
  return readElements(reader, () => {
    const word = reader.word();
    if (word !== 'jump' && word !== 'goto') return VERDICTS.has(word) ? { [word]: null } : plain(word);
    return { [word]: { target: reader.word() } };
  });
}

const VERDICTS = new Set(['accept', 'drop', 'return', 'continue']);
