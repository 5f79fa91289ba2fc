/** Whether a file is an exposition. See docs/formats/openmetrics.md, "How it is recognised". */
import type { Recognition } from '../format.ts';
import { firstLines } from '../framing/lines.ts';
import { readSeries } from './label-set.ts';
import { readHashLine } from './metadata-line.ts';
import { splitSample } from './sample-line.ts';
import { familyType } from './sample-rules.ts';
import { skipSpaces } from './scan.ts';

/** Lines of the head that are looked at. */
const LOOKED_AT = 100;
/** Below this share of them the file is another one that quotes such lines. */
const FEWEST_MATCHING = 0.2;

/**
 * What a line says about the file: `sure` could hardly be another format; `fits` could, as many files have a word and a
 * number on a line, and many begin their comments with #; `nothing` is a comment.
 */
type Sign = 'sure' | 'fits' | 'nothing' | 'other';

export function recognise(head: Uint8Array): Recognition {
  const signs = firstLines(head, LOOKED_AT).map(signOf);
  const count = (sign: Sign): number => signs.filter((each) => each === sign).length;
  const matching = count('sure') + count('fits');
  const weighed = signs.length - count('nothing');
  const isOurs = count('sure') > 0 && matching >= weighed * FEWEST_MATCHING;
  const reason = `${matching} of the first ${signs.length} lines are metric samples or their comments.`;
  const unsure = 'None of them has labels, a TYPE or # EOF, so they may be anything.';
  return {
    confidence: isOurs ? matching / weighed : 0,
    reason: matching > 0 && count('sure') === 0 ? `${reason} ${unsure}` : reason,
  };
}

function signOf(text: string): Sign {
  // Bytes that are not UTF-8; nothing that such a line says is sure.
  if (text.includes('\ufffd')) return 'other';
  return text[skipSpaces(text, 0)] === '#' ? hashSign(text) : sampleSign(text);
}

function hashSign(text: string): Sign {
  const line = readHashLine(text);
  if (line.kind === 'eof') return 'sure';
  if (line.kind === 'type') return familyType(line.value) === undefined ? 'nothing' : 'sure';
  return line.kind === 'help' || line.kind === 'unit' ? 'fits' : 'nothing';
}

function sampleSign(text: string): Sign {
  const line = splitSample(text);
  if (line.kind === 'unreadable') return 'other';
  const series = readSeries(line.series);
  if (series.kind === 'unreadable') return 'other';
  if (series.labels.length > 1) return 'sure';
  // `key: 1` is YAML, though names of metrics may have colons.
  return series.name.endsWith(':') ? 'other' : 'fits';
}
