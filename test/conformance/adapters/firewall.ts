import { z } from 'zod';
import { firewalld } from '../../../engine/formats/firewalld/firewalld.ts';
import type { Format } from '../../../engine/formats/format.ts';
import { iptables } from '../../../engine/formats/iptables/iptables.ts';
import { nftables } from '../../../engine/formats/nftables/nftables.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from '../adapter.ts';
import { insightsAsserts, oraclesBeside, type PythonAsserts } from '../oracles.ts';
import { memberAt, readEvidence } from '../reading.ts';

/** Rule sets: jc of what iptables lists, nft's JSON of the same rules as text, and the tests of Insights. */
export const firewall: Adapter = {
  folders: ['firewall-config', 'firewall'],
  compare: (folder) => Promise.resolve([...compareJc(folder), ...compareNft(folder), ...compareInsights(folder)]),
};

type Item = Readonly<Record<string, unknown>>;

const takenAt = 1_700_000_000_000_000n;

function itemsOf(folder: CorpusFolder, file: string): readonly Item[] {
  const head = folder.bytes(file).subarray(0, 64 * 1024);
  const format = [iptables, nftables, firewalld].find((each) => each.recognise(head).confidence > 0);
  return format === undefined ? [] : itemsBy(format, folder, file);
}

function itemsBy(format: Format, folder: CorpusFolder, file: string): readonly Item[] {
  const { all } = readEvidence(format, folder, file, { takenAt });
  return all.rows('config_items').map(({ configuration }) => JSON.parse(String(configuration)) as Item);
}

const ofKind = (items: readonly Item[], kind: string): readonly Item[] => items.filter((item) => item['kind'] === kind);

const jcSchema = z.array(
  z.object({
    chain: z.string(),
    default_policy: z.string().optional(),
    rules: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()]))),
  }),
);

/** `X.json` beside `X.out`, made of what `iptables -L` printed. */
function compareJc(folder: CorpusFolder): readonly Comparison[] {
  return oraclesBeside(folder, /\.json$/, (stem) => [`${stem}.out`]).flatMap(({ file, oracle }) => {
    const theirs = jcSchema.safeParse(folder.json(oracle)).data;
    if (!theirs) return [];
    const count = new FieldCount(file, oracle);
    const items = itemsBy(iptables, folder, file);
    const chains = ofKind(items, 'chain');
    count.field(0, 'chains', chains.length, theirs.length);
    theirs.forEach((chain, index) => compareListed(count, chain, { items, ours: chains[index] }));
    return [count.result()];
  });
}

function compareListed(
  count: FieldCount,
  theirs: z.infer<typeof jcSchema>[number],
  { items, ours }: { items: readonly Item[]; ours: Item | undefined },
): void {
  count.field(0, 'chain', ours?.['chain'], theirs.chain);
  if (theirs.default_policy !== undefined)
    count.field(0, 'policy', ours?.['policy'], theirs.default_policy.toLowerCase());
  const rules = ofKind(items, 'rule').filter((rule) => rule['chain'] === theirs.chain);
  count.field(0, 'rules', rules.length, theirs.rules.length);
  theirs.rules.forEach((rule, index) => {
    count.record();
    const of = (name: string): string => (rule[name] === null || rule[name] === undefined ? '' : String(rule[name]));
    const columns = ['target', 'prot', '', 'in', 'out', 'source', 'destination', 'options'];
    const written = columns.map((name) => (name === '' ? of('opt') || '--' : of(name))).filter((word) => word !== '');
    count.field(index + 1, 'rule', rules[index]?.['text'], written.join(' ').trim());
    if (rule['num'] !== undefined) count.field(index + 1, 'num', rules[index]?.['position'], rule['num']);
    for (const name of ['pkts', 'bytes'] as const)
      if (rule[name] !== undefined)
        count.field(
          index + 1,
          name,
          inFull(memberAt(rules[index], 'counters', name === 'pkts' ? 'packets' : name)),
          rule[name],
        );
  });
}

/** jc takes K and M of iptables for thousands and millions. */
function inFull(counted: unknown): number {
  const [, number = '', unit = ''] = /^(\d+)([KMG]?)$/.exec(String(counted)) ?? [];
  return Number(number) * 1000 ** ['', 'K', 'M', 'G'].indexOf(unit);
}

/** A rule set as `nft -j` printed it, beside other listings of the same rules. */
function compareNft(folder: CorpusFolder): readonly Comparison[] {
  return folder.entries
    .filter((entry) => entry.endsWith('.json'))
    .flatMap((oracle) => {
      const listed = memberAt(folder.json(oracle), 'nftables');
      if (!Array.isArray(listed)) return [];
      // gen-nft-list-ruleset.json is of all that begins with gen- but for other rule sets called alike.
      const [, name = ''] = /^(.*?)(?:-?nft-list-ruleset)?\.json$/.exec(oracle) ?? [];
      const beside = oracle.includes('nft-list-ruleset')
        ? folder.entries.filter((entry) => new RegExp(`^${name}-(?:nft|ip6?tables)-.*\\.txt$`).test(entry))
        : folder.entries.filter((entry) => entry === `${name}.txt`);
      return beside.map((file) => compareRuleSet(folder, { file, oracle, listed }));
    });
}

function compareRuleSet(
  folder: CorpusFolder,
  { file, oracle, listed }: { file: string; oracle: string; listed: readonly unknown[] },
): Comparison {
  const count = new FieldCount(file, oracle);
  const items = itemsOf(folder, file);
  const tables = new Set(ofKind(items, 'table').map((item) => `${String(item['family'])} ${String(item['table'])}`));
  const inFile = (value: unknown): boolean =>
    tables.has(`${String(memberAt(value, 'family'))} ${String(memberAt(value, 'table'))}`);
  const rules = listed.map((each) => memberAt(each, 'rule')).filter((rule) => rule !== undefined && inFile(rule));
  for (const chain of listed
    .map((each) => memberAt(each, 'chain'))
    .filter((each) => each !== undefined && inFile(each)))
    compareChain(count, items, { chain, rules });
  return count.result();
}

const sameChain = (item: Item, family: unknown, table: unknown, chain: unknown): boolean =>
  item['family'] === family && item['table'] === table && item['chain'] === chain;

function compareChain(
  count: FieldCount,
  items: readonly Item[],
  theirs: { chain: unknown; rules: readonly unknown[] },
): void {
  const of = (name: string): unknown => memberAt(theirs.chain, name);
  const ours = ofKind(items, 'chain').find((item) => sameChain(item, of('family'), of('table'), of('name')));
  count.field(0, 'chain', ours?.['chain'], of('name'));
  for (const [name, member] of [
    ['type', 'type'],
    ['hook', 'hook'],
    ['priority', 'prio'],
    ['policy', 'policy'],
  ] as const)
    count.field(0, name, ours?.[name], of(member));
  const ourRules = ofKind(items, 'rule').filter((item) => sameChain(item, of('family'), of('table'), of('name')));
  const theirRules = theirs.rules.filter(
    (rule) =>
      memberAt(rule, 'chain') === of('name') &&
      memberAt(rule, 'table') === of('table') &&
      memberAt(rule, 'family') === of('family'),
  );
  count.field(0, 'rules', ourRules.length, theirRules.length);
  theirRules.forEach((rule, index) => compareRule(count, index + 1, ourRules[index], rule));
}

const VERDICTS: Readonly<Record<string, string>> = {
  LOG: 'continue',
  TCPMSS: 'continue',
  REJECT: 'reject',
  REDIRECT: 'redirect',
  MASQUERADE: 'translate',
  masquerade: 'translate',
  dnat: 'translate',
};

function compareRule(count: FieldCount, at: number, ours: Item | undefined, theirs: unknown): void {
  count.record();
  const expressions = memberAt(theirs, 'expr') as readonly unknown[];
  if (memberAt(ours, 'counters') !== undefined)
    for (const name of ['packets', 'bytes'])
      count.field(at, name, memberAt(ours, 'counters', name), counterOf(expressions, name));
  if (memberAt(ours, 'handle') !== undefined)
    count.field(at, 'handle', memberAt(ours, 'handle'), memberAt(theirs, 'handle'));
  const first = (memberAt(ours, 'cases') as readonly unknown[] | undefined)?.[0];
  const word = Object.keys((expressions.at(-1) ?? {}) as object)[0] ?? '';
  const target = word === 'xt' ? String(memberAt(expressions.at(-1), 'xt', 'name')) : word;
  if (target === 'vmap') return;
  count.field(
    at,
    'verdict',
    memberAt(first, 'verdict'),
    VERDICTS[target] ?? (['set', 'notrack', 'mangle'].includes(target) ? 'continue' : target),
  );
  for (const match of expressions.map((each) => memberAt(each, 'match')).filter((each) => each !== undefined))
    compareMatch(count, at, first, match);
}

/** Values of fields that are one plain value. */
function compareMatch(count: FieldCount, at: number, ours: unknown, match: unknown): void {
  const field = memberAt(match, 'left', 'payload', 'field') ?? memberAt(match, 'left', 'meta', 'key');
  const right = memberAt(match, 'right');
  const negated = memberAt(match, 'op') === '!=' ? '!' : '';
  if (field === 'dport' && typeof right === 'number' && negated === '')
    count.field(at, 'port', memberAt(ours, 'ports'), [{ from: right, to: right }]);
  const prefix = memberAt(right, 'prefix');
  const value = prefix === undefined ? right : `${String(memberAt(prefix, 'addr'))}/${String(memberAt(prefix, 'len'))}`;
  if (typeof value !== 'string' || value.startsWith('@')) return;
  const column = { saddr: 'source', daddr: 'destination', iifname: 'in_interface', oifname: 'out_interface' }[
    String(field)
  ];
  if (column !== undefined) count.field(at, column, memberAt(ours, column), `${negated}${value}`);
}

function counterOf(expressions: readonly unknown[], name: string): unknown {
  return expressions.map((each) => memberAt(each, 'counter', name)).find((each) => each !== undefined);
}

/** What Insights asserts of zones and of nft's JSON. Its test of iptables is one of its documentation. */
function compareInsights(folder: CorpusFolder): readonly Comparison[] {
  return insightsAsserts(folder).flatMap(({ file, oracle, expected }) => {
    const count = new FieldCount(file, oracle);
    const items = itemsOf(folder, file);
    if (ofKind(items, 'zone').length > 0) compareZones(count, ofKind(items, 'zone'), expected);
    else compareObjects(count, items, expected);
    return [count.result()];
  });
}

const ZONE = String.raw`\w+\.zones\['([^']+)'\]\['([^']+)'\]`;

function compareZones(count: FieldCount, zones: readonly Item[], expected: PythonAsserts): void {
  const valuesOf = (zone: string | undefined, name: string | undefined): readonly unknown[] => {
    const found = zones.find((each) => each['chain'] === zone);
    if (name === '_attributes') return ['active', 'default'].filter((each) => found?.[each] === true);
    return (memberAt(found, 'settings', name ?? '') as readonly unknown[] | undefined) ?? [];
  };
  for (const { assert = '' } of expected) {
    count.record();
    const [, zone, name, list] = new RegExp(`^${ZONE} == \\[(.*)\\]$`).exec(assert) ?? [];
    if (name !== undefined)
      count.field(0, `${zone}.${name}`, valuesOf(zone, name).join(' '), list?.replaceAll(/^'|'$/g, ''));
    const [, member, of, setting] = new RegExp(`^'(.*)' in ${ZONE}$`).exec(assert) ?? [];
    if (setting !== undefined) count.field(0, `${of}.${setting}`, valuesOf(of, setting).includes(member), true);
    const [, from, counted, length] = new RegExp(`^len\\(${ZONE}\\) == (\\d+)$`).exec(assert) ?? [];
    if (counted !== undefined) count.field(0, `len ${from}.${counted}`, valuesOf(from, counted).length, Number(length));
    const [, inactive] = /^'([^']+)' not in \w+\.active_zones$/.exec(assert) ?? [];
    if (inactive !== undefined)
      count.field(0, `${inactive} active`, valuesOf(inactive, '_attributes').includes('active'), false);
  }
}

/** `rules = obj.rules('ip', 'table', 'chain')`, `len(rules) == 1`, `first_rule['expr'][0]['match']['op'].value == '=='`. */
function compareObjects(count: FieldCount, items: readonly Item[], expected: PythonAsserts): void {
  const lists = new Map<string, readonly Item[]>();
  const listOf = (call: string): readonly Item[] | undefined => {
    const [, kind, args = ''] = /^\w+\.(tables|chains|rules)\((.*)\)$/.exec(call) ?? [];
    if (kind === undefined) return undefined;
    const [family, table, chain] = [...args.matchAll(/'([^']*)'/g)].map(([, text]) => text);
    return ofKind(items, kind.slice(0, -1)).filter(
      (item) =>
        item['family'] === family &&
        (table === undefined || item['table'] === table) &&
        (chain === undefined || item['chain'] === chain),
    );
  };
  for (const { assert = '', assign = '' } of expected) {
    const [, name = '', call = ''] = /^(\w+) = (.*)$/.exec(assign) ?? [];
    const list = listOf(call);
    if (list) lists.set(name, list);
    const element = /^(\w+)\[(\d+)\]$/.exec(call);
    if (element) lists.set(name, [lists.get(element[1]!)?.[Number(element[2])] ?? {}]);
    if (assert === '') continue;
    count.record();
    const [, counted = '', length] = /^len\((\w+)\) == (\d+)$/.exec(assert) ?? [];
    if (length !== undefined) count.field(0, `len(${counted})`, lists.get(counted)?.length, Number(length));
    const [, none] = /^not (.*)$/.exec(assert) ?? [];
    if (none !== undefined) count.field(0, assert, listOf(none)?.length, 0);
    const [, text, of = ''] = /^'([^']+)' in \[item\['name'\]\.value for item in (\w+)\]$/.exec(assert) ?? [];
    if (text !== undefined)
      count.field(
        0,
        assert,
        lists.get(of)?.some((item) => item['chain'] === text),
        true,
      );
    const [, rule = '', path = '', value] =
      /^(\w+)\['expr'\]((?:\[[^\]]+\])+)\.value (?:==|is) (.*)$/.exec(assert) ?? [];
    if (value !== undefined)
      count.field(0, assert, written(lists.get(rule)?.[0], path), value.replace(/^'(.*)'$/, '$1'));
  }
}

/** The text of a rule that was JSON is its expressions. */
function written(rule: Item | undefined, path: string): string {
  const names = [...path.matchAll(/\['?([^\]']+)'?\]/g)].map(([, name = '']) => name);
  const value = memberAt(JSON.parse(String(rule?.['text'])), ...names);
  return value === null ? 'None' : String(value);
}
