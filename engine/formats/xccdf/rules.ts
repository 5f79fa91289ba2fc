/** What a benchmark says of its rules: results name them by their ids only. */
import type { XmlElement } from '../framing/xml.ts';
import { BoundedText } from './text.ts';
import type { QualifiedName } from './names.ts';

const MOST_RULES = 100_000;
const MOST_TITLE = 2_000;

export interface RuleFacts {
  readonly title: string | undefined;
  readonly severity: string | undefined;
}

interface Rule {
  readonly id: string;
  readonly severity: string | undefined;
  readonly depth: number;
  title: string | undefined;
}

/** Gathers the rules of the benchmarks in a file. The first title of a rule counts, and one in English before others. */
export class RuleBook {
  readonly #rules = new Map<string, RuleFacts>();
  #rule: Rule | undefined;
  #title: { readonly text: BoundedText; readonly depth: number; readonly preferred: boolean } | undefined;
  /** Rules after the most that are remembered: their results have no title. */
  full = false;

  find(id: string): RuleFacts | undefined {
    return this.#rules.get(id);
  }

  open({ attributes, depth }: XmlElement, { vocabulary, name }: QualifiedName): void {
    if (this.#title) {
      // <sub idref="var_timeout"/> stands for a value that the person who scans chooses.
      if (name === 'sub') this.#title.text.add(attributes.get('idref') ?? '');
      return;
    }
    if (vocabulary !== 'xccdf' && vocabulary !== 'none') return;
    const id = attributes.get('id');
    if (name === 'Rule' && id !== undefined)
      this.#rule = { id, severity: attributes.get('severity'), depth, title: undefined };
    else if (this.#rule && name === 'title' && depth === this.#rule.depth + 1)
      this.#openTitle(depth, /^en/i.test(attributes.get('xml:lang') ?? ''));
  }

  #openTitle(depth: number, english: boolean): void {
    this.#title = { text: new BoundedText(MOST_TITLE), depth, preferred: english };
  }

  text(text: string): void {
    this.#title?.text.add(text);
  }

  close(depth: number): void {
    if (this.#title?.depth === depth) {
      const { text, preferred } = this.#title;
      if (this.#rule && (this.#rule.title === undefined || preferred)) this.#rule.title = text.line;
      this.#title = undefined;
    } else if (this.#rule?.depth === depth) {
      this.#keep(this.#rule);
      this.#rule = undefined;
    }
  }

  #keep({ id, title, severity }: Rule): void {
    const known = this.#rules.get(id);
    if (!known && this.#rules.size >= MOST_RULES) this.full = true;
    else if (!known) this.#rules.set(id, { title, severity });
    // Two benchmarks with one id for different rules: which of them is meant cannot be known.
    else if (known.title !== title)
      this.#rules.set(id, { title: undefined, severity: known.severity === severity ? severity : undefined });
  }
}
