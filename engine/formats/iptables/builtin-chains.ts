/** The tables of iptables and the hooks of their chains, with the priorities of the kernel (netfilter_ipv4.h). */
import type { Hook } from '../firewall/model.ts';

const hookOf: Readonly<Record<string, Hook>> = {
  PREROUTING: 'prerouting',
  INPUT: 'input',
  FORWARD: 'forward',
  OUTPUT: 'output',
  POSTROUTING: 'postrouting',
};

const chainsOf: Readonly<Record<string, readonly string[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  raw: ['PREROUTING', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
};

const priorityOf: Readonly<Record<string, number>> = { raw: -300, mangle: -150, nat: -100, filter: 0, security: 50 };

export interface Place {
  readonly type: string;
  readonly hook: Hook;
  readonly priority: number;
}

/** Where a chain hangs that is built in; nothing for chains that users made. */
export function builtinPlace(table: string, chain: string): Place | undefined {
  const chains = Object.hasOwn(chainsOf, table) ? chainsOf[table] : undefined;
  const hook = Object.hasOwn(hookOf, chain) ? hookOf[chain] : undefined;
  if (!chains?.includes(chain) || hook === undefined) return undefined;
  const isSource = table === 'nat' && (hook === 'input' || hook === 'postrouting');
  return { type: table === 'nat' ? 'nat' : 'filter', hook, priority: isSource ? 100 : (priorityOf[table] ?? 0) };
}

/** The table that has just these chains with a policy; `filter` where several have (security has the same). */
export function tableByChains(chains: readonly string[]): string {
  const has = (name: string): boolean => chains.includes(name);
  if (has('PREROUTING') && has('FORWARD')) return 'mangle';
  if (has('POSTROUTING')) return 'nat';
  return has('PREROUTING') ? 'raw' : 'filter';
}
