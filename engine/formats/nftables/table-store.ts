/** The tables of a rule set while they are read, by text or by JSON, and what becomes of them at the end. */
import { addRuleSet } from '../firewall/rows.ts';
import { hooks, unreadRule, type Chain, type Hook, type NamedSet, type Rule, type Table } from '../firewall/model.ts';
import { MOST_RULES } from '../firewall/undated.ts';
import type { ReadContext, RowSink } from '../format.ts';
import { at, meaningOf, text, type FindSet } from './meaning.ts';
import type { Expression } from './rule-text.ts';
import type { Value } from './values.ts';

export interface ReadRule {
  readonly record: number;
  readonly text: string;
  readonly expressions: readonly Expression[];
  readonly comment?: string | undefined;
  readonly handle?: number | undefined;
}

export interface ReadChain extends Omit<Chain, 'rules'> {
  /** `undefined` in the place of a rule that could not be read. */
  readonly rules: { readonly record: number; readonly rule: ReadRule | undefined }[];
}

export class StoredTable {
  readonly chains = new Map<string, ReadChain>();
  readonly sets: NamedSet[] = [];
  dormant: true | undefined;
  unread: string | undefined;

  constructor(
    readonly record: number,
    readonly family: string,
    readonly name: string,
  ) {}

  build(captured: bigint): Table {
    const { record, family, name, dormant, unread, sets } = this;
    const found = setFinder(sets);
    const chains = new Map<string, Chain>();
    for (const chain of this.chains.values()) {
      const rules = chain.rules.map(({ rule, record: of }): Rule => {
        if (!rule) return unreadRule(of);
        const { expressions, ...rest } = rule;
        return { ...rest, ...meaningOf(expressions, found) };
      });
      chains.set(chain.name, { ...chain, rules });
    }
    return { record, family, name, captured, dormant, unread, sets, chains };
  }
}

/** Elements by name; of sets that packets change, what was in them says little. */
function setFinder(sets: readonly NamedSet[]): FindSet {
  const known = new Map(sets.map((set) => [set.name, set.description]));
  return (name) => {
    const description = known.get(name);
    if (!description) return undefined;
    const flags = [at(description, 'flags')].flat().map(text);
    if (flags.includes('dynamic') || flags.includes('timeout')) return undefined;
    const elements = at(description, 'elem');
    if (elements === undefined) return [];
    return Array.isArray(elements) ? (elements as readonly Value[]) : undefined;
  };
}

export class RuleSetStore {
  readonly #tables = new Map<string, StoredTable>();
  version: string | undefined;
  rules = 0;

  get isEmpty(): boolean {
    return this.#tables.size === 0;
  }

  find(family: string, name: string): StoredTable | undefined {
    return this.#tables.get(`${family} ${name}`);
  }

  /** The table of this name, which begins with this record where it is new. */
  open(family: string, name: string, record: number): StoredTable {
    const known = this.find(family, name);
    if (known) return known;
    const table = new StoredTable(record, family, name);
    this.#tables.set(`${family} ${name}`, table);
    return table;
  }

  /** Something was not read that may have been of any table. */
  markUnread(because: string): void {
    for (const table of this.#tables.values()) table.unread ??= because;
  }

  /** Keeps a rule, or the place of one that was not read. */
  addRule(chain: ReadChain, record: number, rule: ReadRule | undefined): void {
    this.rules++;
    if (this.rules <= MOST_RULES) chain.rules.push({ record, rule });
  }

  addRows(captured: bigint, sink: RowSink, context: ReadContext): void {
    const tables = [...this.#tables.values()].map((table) => table.build(captured));
    addRuleSet({ tool: 'nftables', tables, version: this.version, isWhole: true }, sink, context);
  }
}

const PRIORITIES: Readonly<Record<string, number>> = {
  raw: -300,
  mangle: -150,
  dstnat: -100,
  filter: 0,
  security: 50,
  srcnat: 100,
  out: 100,
};

/** `filter`, `-150`, `filter + 10`, `dstnat - 5`; nothing for another word. */
export function readPriority(written: string): number | undefined {
  const [, word = '', sign = '+', offset = '0'] =
    /^(-?\d{1,10}|[a-z]+)(?: *([+-]) *(\d{1,10}))?$/.exec(written.trim()) ?? [];
  const base = /^-?\d+$/.test(word) ? Number(word) : Object.hasOwn(PRIORITIES, word) ? PRIORITIES[word] : undefined;
  return base === undefined ? undefined : base + (sign === '-' ? -1 : 1) * Number(offset);
}

/** A hook by its name; nothing for one that is not known. */
export function readHook(name: string): Hook | undefined {
  return hooks.find((hook) => hook === name);
}
