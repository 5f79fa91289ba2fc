/**
 * A firewall that takes one packet at a time, written for the tests alone: rules are plain objects, a packet has one
 * value of each kind, and nothing of the engine is used. What cannot be decided forks: all possible ends are collected.
 */

export interface Packet {
  readonly source: number;
  readonly destination: number;
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  readonly port: number;
  readonly sourcePort: number;
  readonly inInterface: string;
}

export interface SimRule {
  readonly source?: { readonly address: number; readonly length: number; readonly negated: boolean };
  readonly destination?: { readonly address: number; readonly length: number; readonly negated: boolean };
  readonly protocol?: Packet['protocol'];
  readonly ports?: { readonly from: number; readonly to: number; readonly negated: boolean };
  readonly sourcePorts?: { readonly from: number; readonly to: number; readonly negated: boolean };
  readonly inInterface?: { readonly name: string; readonly negated: boolean };
  readonly states?: readonly string[];
  /** It may or may not match. */
  readonly isLimited?: boolean;
  readonly target: string;
  readonly isGoto?: boolean;
}

export interface SimChains {
  readonly policy: 'ACCEPT' | 'DROP';
  /** INPUT and those that it calls. */
  readonly chains: Readonly<Record<string, readonly SimRule[]>>;
}

function inPrefix(address: number, { address: base, length, negated }: NonNullable<SimRule['source']>): boolean {
  const shift = 2 ** (32 - length);
  return (Math.floor(address / shift) === Math.floor(base / shift)) !== negated;
}

function inPorts(port: number, { from, to, negated }: NonNullable<SimRule['ports']>): boolean {
  return (port >= from && port <= to) !== negated;
}

function matches(rule: SimRule, packet: Packet): boolean {
  if (rule.source && !inPrefix(packet.source, rule.source)) return false;
  if (rule.destination && !inPrefix(packet.destination, rule.destination)) return false;
  if (rule.protocol && rule.protocol !== packet.protocol) return false;
  if (rule.ports && !inPorts(packet.port, rule.ports)) return false;
  if (rule.sourcePorts && !inPorts(packet.sourcePort, rule.sourcePorts)) return false;
  if (rule.states && !rule.states.includes('NEW')) return false;
  if (rule.inInterface) {
    const { name, negated } = rule.inInterface;
    const isIt = name.endsWith('+') ? packet.inInterface.startsWith(name.slice(0, -1)) : packet.inInterface === name;
    if (isIt === negated) return false;
  }
  return true;
}

type End = 'ACCEPT' | 'DROP' | 'RETURN';

/** Every way in which a packet of a new connection may end. */
export function simulate(set: SimChains, packet: Packet): ReadonlySet<'ACCEPT' | 'DROP'> {
  const ends = new Set<'ACCEPT' | 'DROP'>();
  for (const end of endsOf(set, 'INPUT', 0, packet)) ends.add(end === 'RETURN' ? set.policy : end);
  return ends;
}

function endsOf(set: SimChains, chain: string, from: number, packet: Packet): ReadonlySet<End> {
  const rules = set.chains[chain] ?? [];
  for (let at = from; at < rules.length; at++) {
    const rule = rules[at]!;
    if (!matches(rule, packet) || rule.target === 'LOG') continue;
    const taken = new Set<End>();
    if (rule.isLimited) for (const end of endsOf(set, chain, at + 1, packet)) taken.add(end);
    if (rule.target === 'ACCEPT' || rule.target === 'RETURN') taken.add(rule.target);
    else if (rule.target === 'DROP' || rule.target === 'REJECT') taken.add('DROP');
    else
      for (const end of endsOf(set, rule.target, 0, packet)) {
        if (end !== 'RETURN' || rule.isGoto) taken.add(end);
        else for (const after of endsOf(set, chain, at + 1, packet)) taken.add(after);
      }
    return taken;
  }
  return new Set(['RETURN']);
}

export const dotted = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');

/** A rule as iptables-save writes it. */
export function ruleText(chain: string, rule: SimRule): string {
  const not = (negated: boolean): string => (negated ? '! ' : '');
  const prefix = ({ address, length }: { address: number; length: number }): string => `${dotted(address)}/${length}`;
  const range = ({ from, to }: { from: number; to: number }): string => (from === to ? String(from) : `${from}:${to}`);
  const parts = [
    `-A ${chain}`,
    rule.source && `${not(rule.source.negated)}-s ${prefix(rule.source)}`,
    rule.destination && `${not(rule.destination.negated)}-d ${prefix(rule.destination)}`,
    rule.inInterface && `${not(rule.inInterface.negated)}-i ${rule.inInterface.name}`,
    rule.protocol && `-p ${rule.protocol}`,
    (rule.ports ?? rule.sourcePorts) && `-m ${rule.protocol}`,
    rule.sourcePorts && `${not(rule.sourcePorts.negated)}--sport ${range(rule.sourcePorts)}`,
    rule.ports && `${not(rule.ports.negated)}--dport ${range(rule.ports)}`,
    rule.states && `-m conntrack --ctstate ${rule.states.join(',')}`,
    rule.isLimited === true && '-m limit --limit 5/min',
    `${rule.isGoto === true ? '-g' : '-j'} ${rule.target}`,
  ];
  return parts.filter(Boolean).join(' ');
}

/** The rule set as iptables-save writes it. */
export function saveText({ policy, chains }: SimChains): string {
  const names = Object.keys(chains);
  const lines = [
    '*filter',
    ...['INPUT', 'FORWARD', 'OUTPUT'].map((name) => `:${name} ${name === 'INPUT' ? policy : 'ACCEPT'} [0:0]`),
    ...names.filter((name) => name !== 'INPUT').map((name) => `:${name} - [0:0]`),
    ...names.flatMap((name) => chains[name]!.map((rule) => ruleText(name, rule))),
    'COMMIT',
  ];
  return `${lines.join('\n')}\n`;
}
