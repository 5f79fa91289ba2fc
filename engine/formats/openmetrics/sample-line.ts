/**
 * A line with a sample. See docs/formats/openmetrics.md, "A sample".
 *
 *     name{label="value",...} value [time] [# {label="value",...} value [time]]
 */
import { readLabels } from './label-set.ts';
import { readNumber } from './numbers.ts';
import {
  BRACE_OPEN,
  closingBrace,
  nameEnd,
  shown,
  skipSpaces,
  SPACE,
  unreadable,
  wordEnd,
  type Unreadable,
} from './scan.ts';

export interface SampleLine {
  readonly kind: 'sample';
  /** Name and labels as written, not read yet: the same text is the same series. */
  readonly series: string;
  readonly value: number;
  /** As written; empty when the line has none. */
  readonly time: string;
  /** Characters (code points) of the names and values of the exemplar's labels; `undefined` without an exemplar. */
  readonly exemplarCharacters: number | undefined;
  /** Between the parts stands one space each. */
  readonly isTidy: boolean;
}

const HASH = 35;

/** Splits a line that does not begin with `#`. Labels of the series are not looked into. */
export function splitSample(text: string): SampleLine | Unreadable {
  const begin = skipSpaces(text, 0);
  const end = seriesEnd(text, begin);
  if (typeof end !== 'number') return end;
  const tail = new Tail(text, end);
  const value = tail.number('value');
  if (typeof value !== 'number') return value;
  const time = tail.word();
  const exemplarCharacters = tail.exemplar();
  if (typeof exemplarCharacters === 'object') return exemplarCharacters;
  if (tail.at < text.length) return unreadable(`More follows: "${shown(text.slice(tail.at))}".`);
  const series = text.slice(begin, end);
  return { kind: 'sample', series, value, time, exemplarCharacters, isTidy: tail.isTidy && begin === 0 };
}

function seriesEnd(text: string, begin: number): number | Unreadable {
  const end = nameEnd(text, begin, true);
  const brace = skipSpaces(text, end);
  if (text.charCodeAt(brace) === BRACE_OPEN) {
    const close = closingBrace(text, brace);
    return close < 0 ? unreadable('The labels do not end: a quote or } is missing.') : close + 1;
  }
  if (end === begin) return unreadable(`No metric name begins at "${shown(text.slice(begin), 20)}".`);
  if (brace === end && end < text.length)
    return unreadable(`"${shown(text.slice(end), 20)}" follows the metric name without a space.`);
  return end;
}

/** What follows the series, word by word. */
class Tail {
  isTidy = true;

  constructor(
    private readonly text: string,
    public at: number,
  ) {
    this.skip();
  }

  /** The next word; empty at the end and where an exemplar begins. */
  word(): string {
    if (this.text.charCodeAt(this.at) === HASH) return '';
    const end = wordEnd(this.text, this.at);
    const word = this.text.slice(this.at, end);
    this.at = end;
    if (word !== '') this.skip();
    return word;
  }

  number(what: string): number | Unreadable {
    const word = this.word();
    if (word === '') return unreadable(`The line has no ${what}.`);
    return readNumber(word) ?? unreadable(`The ${what} "${shown(word)}" is not a number that a 64-bit float holds.`);
  }

  exemplar(): number | undefined | Unreadable {
    if (this.text.charCodeAt(this.at) !== HASH) return undefined;
    this.at++;
    this.skip();
    if (this.text.charCodeAt(this.at) !== BRACE_OPEN)
      return unreadable('An exemplar begins, but no labels follow its #.');
    const close = closingBrace(this.text, this.at);
    if (close < 0) return unreadable('The labels of the exemplar do not end.');
    const set = readLabels(this.text.slice(this.at, close + 1), 0);
    if (set.kind === 'unreadable') return unreadable(`In the exemplar: ${set.reason}`);
    if (set.metric !== undefined) return unreadable(`The exemplar has a metric name, "${shown(set.metric)}".`);
    this.isTidy &&= set.isTidy;
    this.at = close + 1;
    this.skip();
    return this.exemplarNumbers() ?? set.labels.flat().reduce((sum, part) => sum + characters(part), 0);
  }

  private exemplarNumbers(): Unreadable | undefined {
    const value = this.number('exemplar value');
    if (typeof value !== 'number') return value;
    const time = this.word();
    if (time !== '' && !Number.isFinite(readNumber(time)))
      return unreadable(`The time "${shown(time)}" of the exemplar is not a number.`);
    return undefined;
  }

  private skip(): void {
    const at = skipSpaces(this.text, this.at);
    const isEnd = at === this.text.length;
    if (isEnd ? at !== this.at : at !== this.at + 1 || this.text.charCodeAt(this.at) !== SPACE) this.isTidy = false;
    this.at = at;
  }
}

function characters(text: string): number {
  let count = text.length;
  // The second units of pairs; decoded text has no others.
  for (let at = 0; at < text.length; at++) if ((text.charCodeAt(at) & 0xfc00) === 0xdc00) count--;
  return count;
}
