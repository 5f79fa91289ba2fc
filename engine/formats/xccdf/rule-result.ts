/** One rule-result: what is gathered of it while its elements are read, and the row that it becomes. */
import type { EvidenceRow } from '../../core/tables.ts';
import type { UtcMicros } from '../../../shared/time.ts';
import type { XmlElement } from '../framing/xml.ts';
import type { RuleBook } from './rules.ts';
import { BoundedText } from './text.ts';

const MOST_DETAIL = 64 * 1024;
const MOST_PARTS = 1_000;
const MOST_WORD = 200;

/** The words of XCCDF for results, and the ones of the table. */
const statuses: ReadonlyMap<string, string> = new Map([
  ['pass', 'pass'],
  ['fail', 'fail'],
  ['error', 'error'],
  ['unknown', 'unknown'],
  ['notapplicable', 'not applicable'],
  ['notchecked', 'not checked'],
  ['notselected', 'not checked'],
  ['informational', 'informational'],
  ['fixed', 'fixed'],
]);

/** Elements whose text is kept, by where they stand in a rule-result. */
const kept: ReadonlySet<string> = new Set([
  ...['result', 'instance', 'ident', 'message', 'override/remark', 'override/old-result', 'override/new-result'],
  ...['check/check-import', 'complex-check/check/check-import'],
]);

interface Part {
  readonly path: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly text: string;
}

export class RuleResult {
  readonly #path: string[] = [];
  readonly #parts: Part[] = [];
  #open:
    | { readonly text: BoundedText; readonly depth: number; readonly attributes: ReadonlyMap<string, string> }
    | undefined;
  #room = MOST_DETAIL;
  /** Something was left out for its length. */
  shortened = false;

  constructor(readonly element: XmlElement) {}

  get rule(): string | undefined {
    return this.element.attributes.get('idref')?.trim() || undefined;
  }

  /** The word for the result, lower case as XCCDF has it. */
  get word(): string | undefined {
    return this.#first('result')?.text;
  }

  open(name: string, { attributes }: XmlElement): void {
    this.#path.push(name);
    const path = this.#path.join('/');
    if (path === 'override') this.#parts.push({ path, attributes, text: '' });
    if (kept.has(path) && !this.#open)
      this.#open = {
        text: new BoundedText(path === 'result' ? MOST_WORD : this.#room),
        depth: this.#path.length,
        attributes,
      };
  }

  text(text: string): void {
    this.#open?.text.add(text);
  }

  close(): void {
    if (this.#open?.depth === this.#path.length) {
      const { text, attributes } = this.#open;
      const trimmed = text.trimmed;
      if (text.shortened) this.shortened = true;
      if (trimmed !== undefined) this.#keep({ path: this.#path.join('/'), attributes, text: trimmed });
      this.#open = undefined;
    }
    this.#path.pop();
  }

  #keep(part: Part): void {
    // Whatever else it says, its word is kept.
    if (this.#parts.length >= MOST_PARTS && part.path !== 'result') {
      this.shortened = true;
      return;
    }
    this.#parts.push(part);
    this.#room = Math.max(this.#room - part.text.length, 0);
  }

  #first(path: string): Part | undefined {
    return this.#parts.find((part) => part.path === path);
  }

  /** Why it is no result. */
  get trouble(): string | undefined {
    if (this.rule === undefined) return 'The rule result names no rule.';
    return this.word === undefined ? `The result of rule ${short(this.rule)} is missing.` : undefined;
  }

  /** A word that XCCDF does not have is kept as it is, and its status is unknown. */
  get strangeWord(): string | undefined {
    return this.word !== undefined && !statuses.has(this.word.toLowerCase()) ? this.word : undefined;
  }

  row(time: UtcMicros, rules: RuleBook): EvidenceRow<'config_checks'> {
    const facts = this.rule === undefined ? undefined : rules.find(this.rule);
    const instances = this.#parts.filter(({ path }) => path === 'instance').map(({ text }) => text);
    return {
      time,
      resource: instances.length === 0 ? undefined : instances.join('; '),
      rule_id: this.rule,
      title: facts?.title,
      status: statuses.get(this.word?.toLowerCase() ?? '') ?? 'unknown',
      status_text: this.word,
      severity: (this.element.attributes.get('severity') ?? facts?.severity)?.toLowerCase(),
      detail: this.#detail(),
    };
  }

  /** What was found, a line each: messages, output of scripts, identities, and who overrode the result. */
  #detail(): string | undefined {
    const version = this.element.attributes.get('version');
    const said = this.#parts.flatMap(({ path, attributes, text }) => {
      if (path === 'message') return [[attributes.get('severity'), text].filter(Boolean).join(': ')];
      if (path.endsWith('check-import')) return [`${attributes.get('import-name') ?? 'output'}: ${text}`];
      if (path === 'ident') return [text];
      if (path === 'override')
        return [
          `overridden by ${attributes.get('authority') ?? 'nobody named'} at ${attributes.get('time') ?? 'no time'}`,
        ];
      return path.startsWith('override/') ? [`${path.slice(9)}: ${text}`] : [];
    });
    const lines = version === undefined ? said : [version, ...said];
    return lines.length === 0 ? undefined : lines.join('\n');
  }
}

function short(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…`.toWellFormed() : text;
}
