/**
 * A rule set in the form in which it is evaluated, whatever tool printed it. A rule has cases: each is a list of
 * conditions that must all hold, and what happens then. Most rules have one; a verdict map has one an element.
 */
import type { Range } from './range-sets.ts';

/** What a condition is about. The order is that in which packets are told apart. */
export const dimensions = [
  'protocol',
  'destination_port',
  'source',
  'in_interface',
  'state',
  'destination',
  'source_port',
  'out_interface',
  'tcp_flags',
  'icmp_type',
  'icmpv6_type',
  'fragment',
  'destination_type',
  'source_type',
  'packet_type',
  'reverse_path',
] as const;
export type Dimension = (typeof dimensions)[number];
export type InterfaceDimension = 'in_interface' | 'out_interface';

export type Condition =
  | {
      readonly dimension: Exclude<Dimension, InterfaceDimension>;
      readonly ranges: readonly Range[];
      readonly negated: boolean;
    }
  /** Names; one that ends in `*` stands for all that begin so. */
  | { readonly dimension: InterfaceDimension; readonly names: readonly string[]; readonly negated: boolean };

export type Action =
  | { readonly kind: 'accept' }
  /** `word`: drop, reject, ...: all of them end the packet. */
  | { readonly kind: 'drop' }
  | { readonly kind: 'return' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  /** Nothing that decides: a log, a counter, a mark. */
  | { readonly kind: 'continue' }
  /** The destination becomes this host, at this port where it is said. */
  | { readonly kind: 'redirect'; readonly port: number | undefined }
  /** Source or destination is changed; ends the chain. */
  | { readonly kind: 'translate'; readonly destination: boolean }
  /** Something outside decides, or what it does is not known. */
  | { readonly kind: 'unknown'; readonly because: string };

export interface RuleCase {
  readonly conditions: readonly Condition[];
  /** Conditions that are not evaluated: each may or may not hold. As they are written, for people. */
  readonly unknown: readonly string[];
  readonly action: Action;
  /** The tool's own word for the action: ACCEPT, reject, jump, ... */
  readonly word: string;
}

export interface Rule {
  /** Record that it is cited by. */
  readonly record: number;
  /** As written, without counters and handle. */
  readonly text: string;
  readonly cases: readonly RuleCase[];
  /** A rate that it is limited to, as written. */
  readonly limit?: string | undefined;
  readonly comment?: string | undefined;
  readonly packets?: string | undefined;
  readonly bytes?: string | undefined;
  readonly handle?: number | undefined;
  /** It exempts packets from connection tracking. */
  readonly notrack?: true | undefined;
  /** It stands among the rejects: it has no row of its own, and may do anything. */
  readonly rejected?: true | undefined;
}

/** A rule that could not be read: it may match anything, and may do anything. */
export function unreadRule(record: number): Rule {
  const because = 'it could not be read';
  const action = { kind: 'unknown', because } as const;
  return { record, text: '', rejected: true, cases: [{ conditions: [], unknown: [because], action, word: 'unread' }] };
}

export const hooks = ['ingress', 'prerouting', 'input', 'forward', 'output', 'postrouting', 'egress'] as const;
export type Hook = (typeof hooks)[number];

export interface Chain {
  readonly record: number;
  readonly name: string;
  /** filter, nat, route; nothing for a chain that only other chains call. */
  readonly type?: string | undefined;
  readonly hook?: Hook | undefined;
  readonly priority?: number | undefined;
  /** What happens to a packet that no rule decided; `unknown` where the file does not say. */
  readonly policy?: 'accept' | 'drop' | 'unknown' | undefined;
  /** Devices that it is bound to (family netdev). */
  readonly devices?: readonly string[] | undefined;
  readonly packets?: string | undefined;
  readonly bytes?: string | undefined;
  readonly rules: Rule[];
}

/** A named set or map, as the file has it. */
export interface NamedSet {
  readonly record: number;
  readonly name: string;
  readonly kind: 'set' | 'map';
  /** Everything that the file says of it, as JSON. */
  readonly description: Readonly<Record<string, unknown>>;
}

export interface Table {
  readonly record: number;
  /** ip, ip6, inet, arp, bridge, netdev. */
  readonly family: string;
  readonly name: string;
  readonly captured: bigint;
  readonly chains: Map<string, Chain>;
  readonly sets: NamedSet[];
  /** nft: it is kept, but does not work. */
  readonly dormant?: true | undefined;
  /** Why its chains cannot be judged, when something of it was not read; a sentence. */
  unread?: string | undefined;
}

export const STATES = ['invalid', 'established', 'related', 'new', 'untracked'] as const;
export const ADDRESS_TYPES = [
  'unspec',
  'unicast',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
  'nat',
  'xresolve',
] as const;
/** Whether answers to the source would leave by the interface that the packet came in by. */
export const REVERSE_PATHS = ['ok', 'fails'] as const;
export const PACKET_TYPES = ['host', 'broadcast', 'multicast', 'other'] as const;

/** One number as a range. */
export function only(number: number): Range {
  return [BigInt(number), BigInt(number)];
}

/** Values of TCP's flags, 0 to 255, for which the test holds. */
export function flagRanges(test: (flags: number) => boolean): readonly Range[] {
  return Array.from({ length: 256 }, (_, flags) => flags)
    .filter(test)
    .map(only);
}
