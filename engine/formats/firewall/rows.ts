/**
 * Rows of `config_items` from a rule set: one for each rule (`firewall_rule`), and for each chain, set, table and the
 * whole (`firewall`). What each configuration has stands in docs/formats/iptables.md, "Rows".
 */
import type { EvidenceRow } from '../../core/tables.ts';
import type { ReadContext, RowSink } from '../format.ts';
import { showAddresses } from './addresses.ts';
import { judge, reachablePorts, type Judgements, type Reach } from './judge.ts';
import {
  ADDRESS_TYPES,
  PACKET_TYPES,
  REVERSE_PATHS,
  STATES,
  type Chain,
  type Condition,
  type Dimension,
  type NamedSet,
  type Rule,
  type RuleCase,
  type Table,
} from './model.ts';
import { protocolName } from './names.ts';
import { mergeRanges, type Range } from './range-sets.ts';
import { simplified } from './simplify.ts';

export interface RuleSet {
  /** iptables, ip6tables, nftables. */
  readonly tool: string;
  readonly tables: readonly Table[];
  readonly version?: string | undefined;
  /** The file has all tables of the system. */
  readonly isWhole?: true;
}

/** Adds the rows of a rule set that was read to its end. */
export function addRuleSet(ruleSet: RuleSet, sink: RowSink, context: ReadContext): void {
  const [first] = ruleSet.tables;
  if (!first) return;
  const judgements = judge(ruleSet.tables, { isWhole: ruleSet.isWhole === true });
  const items = new Items(sink, context);
  for (const table of ruleSet.tables) addTable(table, judgements, items);
  items.add(first.record, first.captured, 'firewall', ruleSet.tool, ruleSet.tool, ruleSetOf(ruleSet, judgements));
  if (context.system === undefined)
    sink.assume('The rule set does not name the system that it is of, and none was given: name it with --system.');
  if (judgements.gaveUp !== undefined) sink.assume(judgements.gaveUp);
}

/** Rows of `config_items` that differ in record, identity and configuration. */
export class Items {
  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {}

  add(
    record: number,
    captured: bigint,
    type: 'firewall' | 'firewall_rule',
    id: string,
    name: string,
    configuration: object,
  ): void {
    const row: EvidenceRow<'config_items'> = {
      captured,
      provider: 'linux',
      system: this.context.system,
      resource_type: type,
      resource_id: id,
      resource_name: name,
      configuration: JSON.stringify(configuration),
    };
    this.sink.row('config_items', row, record);
  }
}

function addTable(table: Table, judgements: Judgements, items: Items): void {
  const { family, name, captured } = table;
  const id = `${family}/${name}`;
  const chains = [...table.chains.values()];
  const dormant = table.dormant ?? false;
  items.add(table.record, captured, 'firewall', id, name, {
    kind: 'table',
    family,
    table: name,
    dormant,
    chains: chains.map((chain) => chain.name),
  });
  for (const set of table.sets)
    items.add(set.record, captured, 'firewall', `${id}/${set.kind} ${set.name}`, set.name, setOf(set, table));
  for (const chain of chains) {
    items.add(chain.record, captured, 'firewall', `${id}/${chain.name}`, chain.name, chainOf(chain, table, judgements));
    chain.rules.forEach((rule, index) => {
      if (rule.rejected) return;
      const configuration = ruleOf(rule, { chain, table, position: index + 1, judgements });
      items.add(
        rule.record,
        captured,
        'firewall_rule',
        `${id}/${chain.name}/${index + 1}`,
        rule.text.slice(0, 200),
        configuration,
      );
    });
  }
}

function setOf(set: NamedSet, { family, name }: Table): object {
  return { kind: set.kind, family, table: name, name: set.name, ...set.description };
}

function chainOf(chain: Chain, { family, name }: Table, { chains }: Judgements): object {
  const { type, hook, priority, policy, devices } = chain;
  const judgement = chains.get(chain);
  return {
    kind: 'chain',
    family,
    table: name,
    chain: chain.name,
    type,
    hook,
    priority,
    policy,
    devices,
    final_verdict: judgement?.verdict,
    reason: judgement?.reason,
    rules: chain.rules.map(({ text, rejected }) => (rejected ? '(not read)' : text)),
    counters: counters(chain),
  };
}

function counters({ packets, bytes }: Chain | Rule): object | undefined {
  return packets === undefined ? undefined : { packets, bytes };
}

interface RulePlace {
  readonly chain: Chain;
  readonly table: Table;
  readonly position: number;
  readonly judgements: Judgements;
}

function ruleOf(rule: Rule, { chain, table, position, judgements }: RulePlace): object {
  const { text, limit, comment, handle } = rule;
  return {
    kind: 'rule',
    family: table.family,
    table: table.name,
    chain: chain.name,
    position,
    text,
    cases: rule.cases.map((each) => caseOf(each, table.family, judgements)),
    limit,
    comment,
    counters: counters(rule),
    handle,
  };
}

/** A case in normal form: what people ask for by name, the rest as it is written. */
export function caseOf(ruleCase: RuleCase, family: string, { open }: Pick<Judgements, 'open'>): object {
  const { unknown, action, word } = ruleCase;
  const conditions = simplified(ruleCase.conditions, family);
  const of = (dimension: Dimension): readonly Condition[] => conditions.filter((each) => each.dimension === dimension);
  const shown = (dimension: Dimension): string | undefined => showAll(of(dimension));
  return {
    source: shown('source'),
    destination: shown('destination'),
    protocol: shown('protocol'),
    ports: portsOf(of('destination_port')),
    source_ports: shown('source_port'),
    in_interface: shown('in_interface'),
    out_interface: shown('out_interface'),
    states: shown('state'),
    tcp_flags: of('tcp_flags').length > 0 ? showFlags(of('tcp_flags')) : undefined,
    icmp_type: shown('icmp_type') ?? shown('icmpv6_type'),
    fragment: shown('fragment'),
    destination_type: shown('destination_type'),
    source_type: shown('source_type'),
    packet_type: shown('packet_type'),
    reverse_path: shown('reverse_path'),
    undecided: unknown.length > 0 ? unknown : undefined,
    verdict: verdictOf(ruleCase),
    target: 'chain' in action ? action.chain : word,
    open_to_world: action.kind === 'accept' ? openToWorld(ruleCase, open) : undefined,
  };
}

function verdictOf({ action, word }: RuleCase): string {
  return action.kind === 'drop' && word.toLowerCase() === 'reject' ? 'reject' : action.kind;
}

/** `null` where it is not known. */
function openToWorld(ruleCase: RuleCase, open: Judgements['open']): boolean | null {
  return open.has(ruleCase) ? (open.get(ruleCase) ?? null) : false;
}

function showAll(conditions: readonly Condition[]): string | undefined {
  if (conditions.length === 0) return undefined;
  return conditions.map((condition) => `${condition.negated ? '!' : ''}${showValues(condition)}`).join(' and ');
}

function showValues(condition: Condition): string {
  if ('names' in condition) return condition.names.map((name) => name).join(',');
  return condition.ranges.flatMap((range) => showRange(condition.dimension, range)).join(',');
}

const words: Partial<Record<Dimension, readonly string[]>> = {
  state: STATES,
  destination_type: ADDRESS_TYPES,
  source_type: ADDRESS_TYPES,
  packet_type: PACKET_TYPES,
  reverse_path: REVERSE_PATHS,
};

function showRange(dimension: Dimension, range: Range): readonly string[] {
  if (dimension === 'source' || dimension === 'destination') return showAddresses(range);
  const [from, to] = range;
  if (dimension === 'protocol' && from === to) return [protocolName(Number(from))];
  const names = words[dimension];
  if (names) return names.slice(Number(from), Number(to) + 1);
  return [from === to ? String(from) : `${from}-${to}`];
}

const FLAG_NAMES = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ece', 'cwr'];

/** What new connections begin with is what counts: whether SYN alone matches. */
function showFlags(conditions: readonly Condition[]): string {
  const matches = (flags: bigint): boolean =>
    conditions.every(
      (one) => 'ranges' in one && one.ranges.some(([from, to]) => from <= flags && flags <= to) !== one.negated,
    );
  const fixed = FLAG_NAMES.map((name, bit) => ({ name, states: flagStates(matches, BigInt(1 << bit)) }));
  return (
    fixed
      .flatMap(({ name, states }) => (states === 'set' ? [name] : states === 'unset' ? [`!${name}`] : []))
      .join(',') || 'some'
  );
}

function flagStates(matches: (flags: bigint) => boolean, bit: bigint): 'set' | 'unset' | 'any' {
  let [set, unset] = [false, false];
  for (let flags = 0n; flags < 256n; flags++)
    if (matches(flags)) {
      if ((flags & bit) === 0n) unset = true;
      else set = true;
    }
  return set === unset ? 'any' : set ? 'set' : 'unset';
}

interface Ports {
  readonly from: number;
  readonly to: number;
}

/** Destination ports as ranges, a negated condition as what is left. */
function portsOf(conditions: readonly Condition[]): readonly Ports[] | undefined {
  if (conditions.length === 0) return undefined;
  let left: readonly Range[] = [[0n, 65535n]];
  for (const condition of conditions) {
    if (!('ranges' in condition)) continue;
    const named = mergeRanges(condition.ranges);
    left = left.flatMap((range) => cut(range, condition.negated ? complement(named) : named));
  }
  return left.map(([from, to]) => ({ from: Number(from), to: Number(to) }));
}

function complement(ranges: readonly Range[]): readonly Range[] {
  const starts = [0n, ...ranges.map(([, to]) => to + 1n)];
  return starts.map((from, i) => [from, (ranges[i]?.[0] ?? 65536n) - 1n] as const).filter(([from, to]) => from <= to);
}

function cut([from, to]: Range, within: readonly Range[]): readonly Range[] {
  return within.map(([a, b]) => [a > from ? a : from, b < to ? b : to] as const).filter(([a, b]) => a <= b);
}

function ruleSetOf({ tool, version, tables }: RuleSet, judgements: Judgements): object {
  const listed = judgements.reach.map(reachOf);
  return {
    kind: 'ruleset',
    tool,
    version,
    tables: tables.map(({ family, name }) => `${family}/${name}`),
    paths: judgements.reach.map(({ hook, family, chains }) => ({ hook, family, chains })),
    reach: listed.flatMap((entries) => entries ?? []),
    not_evaluated: notEvaluated(judgements, listed.includes(undefined)),
  };
}

function notEvaluated({ gaveUp, unlisted }: Judgements, isTooLarge: boolean): string | undefined {
  if (gaveUp !== undefined) return gaveUp;
  if (isTooLarge) return 'The rule set is too large to be evaluated.';
  return unlisted.length > 0
    ? `The file has no filter chain for ${unlisted.join(', ')}: what is open there is not known.`
    : undefined;
}

/** More ranges of addresses are told by their number. */
const MOST_SOURCES = 200;

function reachOf(reach: Reach): readonly object[] | undefined {
  return reachablePorts(reach)?.map(({ protocol, ports, sources, interfaces, verdict, isOpenToWorld }) => ({
    hook: reach.hook,
    family: reach.family,
    protocol: protocolName(protocol),
    port_from: ports && Number(ports[0]),
    port_to: ports && Number(ports[1]),
    sources: shownSources(sources),
    interfaces,
    verdict,
    open_to_world: isOpenToWorld,
  }));
}

function shownSources(ranges: readonly Range[]): readonly string[] {
  const shown = ranges.slice(0, MOST_SOURCES).flatMap(showAddresses);
  return ranges.length > MOST_SOURCES ? [...shown, `and ${ranges.length - MOST_SOURCES} more ranges`] : shown;
}
