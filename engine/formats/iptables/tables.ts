/** The tables of a file while they are read, and their chains with rules whose targets are judged at the end. */
import { addRuleSet } from '../firewall/rows.ts';
import { unreadRule, type Chain, type Rule, type Table } from '../firewall/model.ts';
import type { ReadContext, RowSink } from '../format.ts';
import { builtinPlace } from './builtin-chains.ts';
import { ruleOf, type RuleLine } from './rule-line.ts';

/** A chain and its rules as lines: `undefined` for one that could not be read. */
interface OpenChain {
  readonly record: number;
  readonly name: string;
  policy: Chain['policy'];
  packets?: string | undefined;
  bytes?: string | undefined;
  readonly lines: { readonly record: number; readonly line: RuleLine | undefined }[];
}

export class OpenTable {
  readonly chains = new Map<string, OpenChain>();
  unread: string | undefined;
  isComplete = false;

  constructor(
    readonly record: number,
    readonly family: 'ip' | 'ip6',
    readonly name: string,
    readonly captured: bigint,
    readonly version: string | undefined,
  ) {}

  /** The chain, which begins with this record where it is new. */
  chain(name: string, record: number): OpenChain {
    const known = this.chains.get(name);
    if (known) return known;
    const chain: OpenChain = { record, name, policy: undefined, lines: [] };
    this.chains.set(name, chain);
    return chain;
  }

  build(name = this.name): Table {
    const { record, family, captured, unread } = this;
    const chains = new Map<string, Chain>();
    for (const open of this.chains.values()) chains.set(open.name, this.#build(open, name));
    return { record, family, name, captured, unread, chains, sets: [] };
  }

  #build(open: OpenChain, table: string): Chain {
    const place = builtinPlace(table, open.name);
    const { record, name, packets, bytes } = open;
    const isChain = (target: string): boolean => this.chains.has(target);
    const rules = open.lines.map(({ line, record: at }): Rule => (line ? ruleOf(line, at, isChain) : unreadRule(at)));
    const policy = place ? (open.policy ?? 'unknown') : open.policy;
    return { record, name, ...place, policy, packets, bytes, rules };
  }
}

/** Adds the rows of tables: those of IPv4 and of IPv6 are a rule set each; so is every further table of one name. */
export function addTables(tables: readonly Table[], sink: RowSink, context: ReadContext, version?: string): void {
  for (const family of ['ip', 'ip6'] as const) {
    const sets: Table[][] = [];
    for (const table of tables.filter((each) => each.family === family)) {
      const last = sets.at(-1);
      if (!last || last.some(({ name }) => name === table.name)) sets.push([table]);
      else last.push(table);
    }
    for (const set of sets)
      addRuleSet({ tool: family === 'ip' ? 'iptables' : 'ip6tables', tables: set, version }, sink, context);
  }
}
