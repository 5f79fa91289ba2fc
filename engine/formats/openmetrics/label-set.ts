/** Name and labels of a sample. See docs/formats/openmetrics.md, "Names and labels". */
import type { Label } from '../prometheus-tsdb/labels.ts';
import {
  BRACE_CLOSE,
  BRACE_OPEN,
  closingQuote,
  COMMA,
  EQUALS,
  nameEnd,
  QUOTE,
  shown,
  skipSpaces,
  unescape,
  unreadable,
  type Unreadable,
} from './scan.ts';

export interface LabelSet {
  readonly kind: 'labels';
  /** A name in quotes that stands alone in the braces: the metric's. */
  readonly metric: string | undefined;
  /** In the order of the text, each name once. */
  readonly labels: readonly Label[];
  /** Neither spaces between the parts nor a comma at the end. */
  readonly isTidy: boolean;
}

export interface SeriesText {
  readonly kind: 'series';
  readonly name: string;
  /** `__name__` first, then as in the text. */
  readonly labels: readonly Label[];
  readonly isTidy: boolean;
}

/** Reads `name`, `name{...}` or `{"name",...}`, all of `text`. */
export function readSeries(text: string): SeriesText | Unreadable {
  const end = nameEnd(text, 0, true);
  const brace = skipSpaces(text, end);
  if (brace === text.length) return series(text.slice(0, end), [], brace === end);
  const set = readLabels(text, brace);
  if (set.kind === 'unreadable') return set;
  if (end > 0 && set.metric !== undefined)
    return unreadable(`The metric has two names, ${shown(text.slice(0, end))} and "${shown(set.metric)}".`);
  const name = end > 0 ? text.slice(0, end) : set.metric;
  if (name === undefined || name === '') return unreadable('The sample has no metric name.');
  if (set.labels.some(([label]) => label === '__name__'))
    return unreadable('The label __name__ stands beside the name of the metric.');
  return series(name, set.labels, set.isTidy && brace === end);
}

function series(name: string, labels: readonly Label[], isTidy: boolean): SeriesText {
  return { kind: 'series', name, labels: [['__name__', name], ...labels], isTidy };
}

/** Reads labels from the brace at `at` to the one that ends `text`. */
export function readLabels(text: string, at: number): LabelSet | Unreadable {
  if (text.charCodeAt(at) !== BRACE_OPEN) return unreadable('The labels do not begin with {.');
  const scan = new LabelScan(text, at + 1);
  const problem = scan.all();
  if (problem) return problem;
  const { metric, labels, isTidy } = scan;
  const twice = labels.length > 1 ? nameOfTwo(labels) : undefined;
  if (twice !== undefined) return unreadable(`The label "${shown(twice)}" stands twice.`);
  return { kind: 'labels', metric, labels, isTidy };
}

function nameOfTwo(labels: readonly Label[]): string | undefined {
  const names = new Set<string>();
  return labels.find(([name]) => names.size === names.add(name).size)?.[0];
}

class LabelScan {
  metric: string | undefined;
  readonly labels: Label[] = [];
  isTidy = true;

  constructor(
    private readonly text: string,
    private at: number,
  ) {}

  all(): Unreadable | undefined {
    for (this.skip(); !this.takes(BRACE_CLOSE); this.skip()) {
      const problem = this.one();
      if (problem) return problem;
      this.skip();
      const isComma = this.takes(COMMA);
      if (isComma === this.isAt(BRACE_CLOSE)) {
        if (!isComma) return unreadable(`A comma or } is missing before ${this.here()}.`);
        // Prometheus lets a comma stand after the last label, OpenMetrics does not.
        this.isTidy = false;
      }
    }
    return this.at === this.text.length ? undefined : unreadable(`The labels end before ${this.here()}.`);
  }

  private one(): Unreadable | undefined {
    const isQuoted = this.isAt(QUOTE);
    const name = isQuoted ? this.quoted() : this.bareName();
    if (name === undefined) return unreadable(`No label name begins at ${this.here()}.`);
    this.skip();
    if (this.takes(EQUALS)) return this.valueOf(name);
    if (!isQuoted) return unreadable(`The label ${shown(name)} has no value.`);
    if (this.metric !== undefined)
      return unreadable(`The metric has two names, "${shown(this.metric)}" and "${shown(name)}".`);
    this.metric = name;
    return undefined;
  }

  private valueOf(name: string): Unreadable | undefined {
    this.skip();
    const value = this.isAt(QUOTE) ? this.quoted() : undefined;
    if (value === undefined) return unreadable(`The value of the label "${shown(name)}" is not in quotes.`);
    if (name === '') return unreadable('A label has an empty name.');
    this.labels.push([name, value]);
    return undefined;
  }

  private bareName(): string | undefined {
    const begin = this.at;
    this.at = nameEnd(this.text, begin, false);
    return this.at > begin ? this.text.slice(begin, this.at) : undefined;
  }

  private quoted(): string | undefined {
    const end = closingQuote(this.text, this.at);
    if (end < 0) return undefined;
    const quoted = unescape(this.text.slice(this.at + 1, end));
    this.at = end + 1;
    return quoted;
  }

  private isAt(code: number): boolean {
    return this.text.charCodeAt(this.at) === code;
  }

  private takes(code: number): boolean {
    if (!this.isAt(code)) return false;
    this.at++;
    return true;
  }

  private skip(): void {
    const at = skipSpaces(this.text, this.at);
    if (at > this.at) this.isTidy = false;
    this.at = at;
  }

  private here(): string {
    return this.at < this.text.length ? `"${shown(this.text.slice(this.at), 20)}"` : 'the end of the labels';
  }
}
