/**
 * Two questions about a rule set: what becomes of a new connection that no rule speaks of (of each base chain), and from
 * where which port is reachable (of all chains on the way). See docs/formats/iptables.md, "What is evaluated".
 */
import { PUBLIC_V4_EXCEPT, PUBLIC_V6, ALL_V4, readPrefix } from './addresses.ts';
import { hooks, only, type Chain, type Hook, type Rule, type RuleCase, type Table } from './model.ts';
import { dimensions } from './model.ts';
import { PacketSpace, type Box, type Limits } from './packets.ts';
import { TooMuchWork, type Range } from './range-sets.ts';
import { ChainWalk, type WalkEvent } from './walk.ts';

/** Enough for a thousand rules or two; some seconds for one question, and ten or so for all together. */
const MOST_WORK = 2_000_000;
const MOST_WORK_IN_ALL = 5_000_000;

export type FinalVerdict = 'accept' | 'drop' | 'undecidable';

export interface ChainJudgement {
  readonly verdict: FinalVerdict;
  /** A sentence with a full stop. */
  readonly reason: string;
}

/** What is open on the way in (input) or through (forward). */
export interface Reach {
  readonly hook: 'input' | 'forward';
  readonly family: 4 | 6;
  readonly chains: readonly string[];
  readonly accepted: readonly Box[];
  /** Dropped on the way; what is accepted too is undecided. */
  readonly dropped: readonly Box[];
  readonly space: PacketSpace;
}

export interface Judgements {
  readonly chains: ReadonlyMap<Chain, ChainJudgement>;
  readonly reach: readonly Reach[];
  /** Cases that accept new connections from most of the public addresses; `undefined`: perhaps. */
  readonly open: ReadonlyMap<RuleCase, boolean | undefined>;
  /** Why nothing could be evaluated; a sentence. */
  readonly gaveUp?: string | undefined;
  /** Ways for which the file has no chain, and which other tables may filter: `input of IPv4`. */
  readonly unlisted: readonly string[];
}

export interface JudgeOptions {
  readonly mostWork?: number;
  /** All tables of the system are in the file: where there is no chain, nothing filters. */
  readonly isWhole?: boolean;
}

/** Evaluates the tables of one source. Time and memory are bounded; beyond that everything is undecidable. */
export function judge(
  tables: readonly Table[],
  { mostWork = MOST_WORK, isWhole = false }: JudgeOptions = {},
): Judgements {
  const chains = new Map<Chain, ChainJudgement>();
  const open = new Map<RuleCase, boolean | undefined>();
  const reach: Reach[] = [];
  const unlisted: string[] = [];
  let gaveUp: string | undefined;
  const names = interfaceNames(tables);
  let left = MOST_WORK_IN_ALL;
  const attempt = (run: (space: PacketSpace) => void, otherwise: () => void): void => {
    const allowed = Math.min(mostWork, left);
    const space = new PacketSpace(names, allowed);
    try {
      run(space);
    } catch (error) {
      if (!(error instanceof TooMuchWork)) throw error;
      gaveUp = 'The rule set is too large to be evaluated.';
      otherwise();
    } finally {
      left -= allowed - space.sets.workLeft;
    }
  };
  const isUntracked = tables.some((table) => rulesOf(table).some(({ notrack }) => notrack));
  for (const table of tables)
    for (const chain of table.chains.values())
      if (chain.hook !== undefined)
        attempt(
          (space) => void chains.set(chain, finalVerdict({ table, chain, space, isUntracked })),
          () => void chains.set(chain, { verdict: 'undecidable', reason: 'The chain is too large to be evaluated.' }),
        );
  for (const hook of ['input', 'forward'] as const)
    for (const family of [4, 6] as const) {
      const path = pathOf(tables, hook, family);
      // Packets are filtered in the table of that name; the others have chains of the same hooks.
      const isListed = path.some(({ table, chain }) => chain.hook === hook && (isWhole || table.name === 'filter'));
      if (!isListed && !isWhole && tables.some((table) => (familiesOf[table.family] ?? []).includes(family)))
        unlisted.push(`${hook} of IPv${family}`);
      if (!isListed && !isWhole) continue;
      attempt(
        (space) => void reach.push(walkPath({ hook, family, path, space, isUntracked, open })),
        () => undefined,
      );
    }
  return { chains, reach, open, gaveUp, unlisted };
}

function rulesOf(table: Table): readonly Rule[] {
  return [...table.chains.values()].flatMap(({ rules }) => rules);
}

function interfaceNames(tables: readonly Table[]): readonly string[] {
  const named = tables
    .flatMap(rulesOf)
    .flatMap(({ cases }) => cases.flatMap(({ conditions }) => conditions))
    .flatMap((condition) => ('names' in condition ? condition.names : []));
  return [...named, ...tables.flatMap(({ chains }) => [...chains.values()].flatMap(({ devices = [] }) => devices))];
}

/** Packets that begin a new connection, as a hook sees them; nothing over lo. */
function newConnections(hook: Hook, family: 4 | 6, { space, isUntracked }: Pick<Asked, 'space' | 'isUntracked'>): Box {
  const none: readonly Range[] = [[0n, 0n]];
  const isLeaving = hook === 'output' || hook === 'egress';
  const hasBoth = hook === 'forward' || hook === 'postrouting';
  const isUnder = hook === 'ingress' || hook === 'prerouting' || hook === 'input';
  return space.box(family, {
    state: isUntracked ? [only(3), only(4)] : [only(3)],
    // SYN alone: how TCP begins.
    tcp_flags: [only(2)],
    fragment: [only(0)],
    packet_type: [only(0)],
    reverse_path: [only(0)],
    source_type: isLeaving ? [only(2)] : [only(1)],
    destination_type:
      hook === 'input' ? [only(2)] : hook === 'prerouting' || hook === 'ingress' ? [only(2), only(1)] : [only(1)],
    in_interface: isLeaving ? none : [space.notLoopback],
    out_interface: isUnder ? none : isLeaving || hasBoth ? [space.notLoopback] : none,
  });
}

interface Asked {
  readonly table: Table;
  readonly chain: Chain;
  readonly space: PacketSpace;
  readonly isUntracked: boolean;
}

const familiesOf: Readonly<Record<string, readonly (4 | 6)[]>> = { ip: [4], ip6: [6], inet: [4, 6], netdev: [4, 6] };

function finalVerdict(asked: Asked): ChainJudgement {
  const { table, chain, space } = asked;
  const families = familiesOf[table.family];
  if (!families) return { verdict: 'undecidable', reason: `Chains of the family ${table.family} are not evaluated.` };
  if (table.dormant) return { verdict: 'accept', reason: 'The table is dormant: its chains do nothing.' };
  if (table.unread !== undefined) return { verdict: 'undecidable', reason: table.unread };
  const judged = families.map((family) => {
    const walk = new ChainWalk(table, space);
    walk.base(chain, [newConnections(chain.hook!, family, asked)]);
    return { family, ...lastWord(walk.events, space) };
  });
  const [first, second] = judged;
  if (!second || second.verdict === first!.verdict) return { verdict: first!.verdict, reason: first!.reason };
  return {
    verdict: 'undecidable',
    reason: `IPv4: ${first!.verdict}. ${first!.reason} IPv6: ${second.verdict}. ${second.reason}`,
  };
}

/** What ends the last packets, those that no rule before spoke of; and whether something else may end them as well. */
function lastWord(events: readonly WalkEvent[], space: PacketSpace): ChainJudgement {
  const last = events.at(-1);
  if (!last) return { verdict: 'undecidable', reason: 'No packet is decided in this chain.' };
  let left: readonly Box[] = space.merged(last.boxes);
  const others = events
    .slice(0, -1)
    .filter(({ boxes }) => boxes.some((box) => left.some((one) => space.intersect(one, box))));
  for (const other of others.filter(({ verdict }) => verdict !== last.verdict)) {
    const rest = space.minus(left, other.boxes);
    // It speaks of all that is left, and not for certain.
    if (rest.length === 0)
      return {
        verdict: 'undecidable',
        reason: `${subject(other)} may ${other.verdict} it: ${other.unsure ?? 'a rule before it may or may not match'}; ${lower(subject(last))} would ${last.verdict} it.`,
      };
    left = rest;
  }
  return { verdict: last.verdict, reason: `${subject(last)} ${last.verdict}s what no rule before it decided.` };
}

function subject({ chain, rule }: WalkEvent): string {
  return rule ? `Rule ${chain.rules.indexOf(rule) + 1} of chain ${chain.name}` : `The policy of chain ${chain.name}`;
}

const lower = (text: string): string => text[0]!.toLowerCase() + text.slice(1);

interface PathStep {
  readonly table: Table;
  readonly chain: Chain;
}

/** The base chains that a packet passes on its way to `hook`, in order. */
function pathOf(tables: readonly Table[], hook: 'input' | 'forward', family: 4 | 6): readonly PathStep[] {
  const onTheWay = new Set<Hook>(['ingress', 'prerouting', hook]);
  if (hook === 'forward') onTheWay.add('postrouting');
  return tables
    .filter((table) => !table.dormant && (familiesOf[table.family] ?? []).includes(family))
    .flatMap((table) => [...table.chains.values()].map((chain) => ({ table, chain })))
    .filter(({ chain }) => chain.hook !== undefined && onTheWay.has(chain.hook))
    .sort(({ chain: a }, { chain: b }) => place(a) - place(b) || (a.priority ?? 0) - (b.priority ?? 0));
}

const place = ({ hook }: Chain): number => hooks.indexOf(hook!);

interface Way extends Pick<Asked, 'space' | 'isUntracked'> {
  readonly hook: 'input' | 'forward';
  readonly family: 4 | 6;
  readonly path: readonly PathStep[];
  readonly open: Map<RuleCase, boolean | undefined>;
}

function walkPath({ hook, family, path, space, isUntracked, open }: Way): Reach {
  const dropped: Box[] = [];
  let passing: readonly Box[] = [newConnections(hook, family, { space, isUntracked })];
  for (const { table, chain } of path) {
    const { seen, past } = atDevices(passing, chain, space);
    const walk = new ChainWalk(table, space);
    walk.base(chain, seen);
    const accepted: Box[] = [...past];
    for (const event of walk.events) {
      if (event.verdict === 'drop') dropped.push(...event.boxes);
      else accepted.push(...sentOn(event, space));
    }
    if (table.unread !== undefined) {
      accepted.push(...seen);
      dropped.push(...seen);
    }
    markOpen(walk.events, { family, space, open });
    passing = space.merged(accepted);
  }
  return {
    hook,
    family,
    chains: path.map(({ table, chain }) => `${table.family}/${table.name}/${chain.name}`),
    accepted: passing,
    dropped: space.merged(dropped),
    space,
  };
}

/** A chain that is bound to devices sees only what comes from them. */
function atDevices(passing: readonly Box[], { devices }: Chain, space: PacketSpace) {
  if (!devices) return { seen: passing, past: [] };
  const limits = [[dimensions.indexOf('in_interface'), space.sets.of(space.interfaceRanges(devices))]] as const;
  const parts = passing.map((box) => space.split(box, limits));
  return {
    seen: parts.flatMap(({ inside }) => (inside ? [inside] : [])),
    past: parts.flatMap(({ outside }) => outside),
  };
}

const DESTINATION_PORT = dimensions.indexOf('destination_port');
const PROTOCOL = dimensions.indexOf('protocol');
const SOURCE = dimensions.indexOf('source');

function sentOn({ boxes, redirectedTo }: WalkEvent, space: PacketSpace): readonly Box[] {
  if (redirectedTo === undefined || redirectedTo < 0) return boxes;
  const port = space.sets.of([only(redirectedTo)]);
  return boxes.map((box) => box.with(DESTINATION_PORT, port));
}

/** Notes for each case that accepted whether that was most of the public addresses of a family. */
function markOpen(events: readonly WalkEvent[], { family, space, open }: Pick<Way, 'family' | 'space' | 'open'>): void {
  const dropped = events.filter(({ verdict }) => verdict === 'drop').flatMap(({ boxes }) => boxes);
  for (const { ruleCase, verdict, boxes, unsure } of events) {
    if (!ruleCase || verdict !== 'accept') continue;
    const possible = isMostOfThePublic(boxes, family, space);
    const certain = possible && unsure === undefined && isMostOfThePublic(space.minus(boxes, dropped), family, space);
    const before = open.has(ruleCase) ? open.get(ruleCase) : false;
    open.set(ruleCase, certain || before === true ? true : possible ? undefined : before);
  }
}

function isMostOfThePublic(boxes: readonly Box[], family: 4 | 6, space: PacketSpace): boolean {
  const { sets } = space;
  const all = publicAddresses(family, space);
  const sources = boxes.reduce((sum, box) => sets.union(sum, box[SOURCE]!), 0);
  return sets.size(sets.intersect(sources, all)) * 2n >= sets.size(all);
}

function publicAddresses(family: 4 | 6, { sets }: PacketSpace): number {
  if (family === 6) return sets.of([readPrefix(PUBLIC_V6)!]);
  return sets.minus(sets.of([ALL_V4]), sets.of(PUBLIC_V4_EXCEPT.map((prefix) => readPrefix(prefix)!)));
}

/** A stretch of ports of a protocol, or a protocol without ports, and who can reach it. */
export interface ReachablePorts {
  readonly protocol: number;
  readonly ports: Range | undefined;
  /** Ranges of addresses from which it is reachable on some interface. */
  readonly sources: readonly Range[];
  readonly interfaces: readonly string[];
  /** undecidable: perhaps from there. */
  readonly verdict: 'accept' | 'undecidable';
  readonly isOpenToWorld: boolean;
}

const WITH_PORTS = [6, 17, 33, 132, 136];
/** tcp, udp, sctp and those without ports that people ask for: icmp, igmp, gre, esp, ah, icmpv6, ospf, vrrp. */
const ASKED = [6, 17, 132, 1, 2, 47, 50, 51, 58, 89, 112];
const MOST_ENTRIES = 5000;

/**
 * From where which port is reachable, ports with the same answer together. Gives nothing where the answer needs more
 * work than MOST_WORK.
 */
export function reachablePorts({ accepted, dropped, space }: Reach): readonly ReachablePorts[] | undefined {
  try {
    return ASKED.flatMap((protocol) => portsOf(protocol, accepted, { dropped, space })).slice(0, MOST_ENTRIES);
  } catch (error) {
    if (error instanceof TooMuchWork) return undefined;
    throw error;
  }
}

function portsOf(protocol: number, accepted: readonly Box[], { dropped, space }: Pick<Reach, 'dropped' | 'space'>) {
  const ofProtocol = [[PROTOCOL, space.sets.of([only(protocol)])]] as const;
  const within = (boxes: readonly Box[]): readonly Box[] => limited(boxes, ofProtocol, space);
  const [open, shut] = [within(accepted), within(dropped)];
  const found: ReachablePorts[] = [];
  for (const ports of stretches([...open, ...shut], space)) {
    const limits = [[DESTINATION_PORT, space.sets.of([ports])]] as const;
    const possible = limited(open, limits, space);
    const certain = space.minus(possible, limited(shut, limits, space));
    const stretch = WITH_PORTS.includes(protocol) ? ports : undefined;
    const perhaps = space.minus(possible, certain);
    addEntry(found, { protocol, ports: stretch, verdict: 'accept' }, { boxes: certain, space });
    addEntry(found, { protocol, ports: stretch, verdict: 'undecidable' }, { boxes: perhaps, space });
  }
  return joined(found);
}

function limited(boxes: readonly Box[], limits: Limits, space: PacketSpace): readonly Box[] {
  return boxes.flatMap((box) => {
    const { inside } = space.split(box, limits);
    return inside ? [inside] : [];
  });
}

/** Ports between which nothing changes. */
function stretches(boxes: readonly Box[], space: PacketSpace): readonly Range[] {
  const starts = new Set<bigint>([0n]);
  for (const box of boxes)
    for (const [from, to] of space.sets.ranges(box[DESTINATION_PORT]!)) starts.add(from).add(to + 1n);
  const sorted = [...starts].filter((start) => start <= 65535n).sort((a, b) => Number(a - b));
  return sorted.map((from, i) => [from, (sorted[i + 1] ?? 65536n) - 1n]);
}

function addEntry(
  found: ReachablePorts[],
  entry: Pick<ReachablePorts, 'protocol' | 'ports' | 'verdict'>,
  { boxes, space }: { boxes: readonly Box[]; space: PacketSpace },
): void {
  if (boxes.length === 0) return;
  const { sets } = space;
  const sources = boxes.reduce((sum, box) => sets.union(sum, box[SOURCE]!), 0);
  const ins = boxes.reduce((sum, box) => sets.union(sum, box[dimensions.indexOf('in_interface')]!), 0);
  const families = [4, 6] as const;
  const isOpenToWorld = families.some((family) => isMostOfThePublic(boxes, family, space));
  found.push({ ...entry, sources: sets.ranges(sources), interfaces: space.interfaceNames(ins), isOpenToWorld });
}

/** Adjacent stretches with the same answer are one. */
function joined(entries: readonly ReachablePorts[]): readonly ReachablePorts[] {
  const done: ReachablePorts[] = [];
  const open = new Map<string, number>();
  for (const entry of entries) {
    const key = [entry.verdict, entry.sources.join(';'), entry.interfaces.join(';')].join('|');
    const at = open.get(key);
    const before = at === undefined ? undefined : done[at];
    if (before?.ports && entry.ports && before.ports[1] + 1n === entry.ports[0])
      done[at!] = { ...before, ports: [before.ports[0], entry.ports[1]] };
    else if (!before || entry.ports) open.set(key, done.push(entry) - 1);
  }
  return done;
}
