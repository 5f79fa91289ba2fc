/** Random rule sets for the simulator and for real firewalls. */
import type { Random } from '../../../conformance/random.ts';
import type { Packet, SimChains, SimRule } from './simulator.ts';

const pick = <T>(random: Random, from: readonly T[]): T => from[random.below(from.length)]!;
const chance = (random: Random, of: number): boolean => random.below(of) === 0;

const ADDRESSES = [0x0a000001, 0x0a000102, 0x0a010203, 0xac100001, 0x08080808, 0xc0a80105] as const;
const LENGTHS = [8, 16, 24, 31, 32, 0] as const;
const PORTS = [22, 80, 443, 1024, 8080, 65535] as const;
const INTERFACES = ['eth0', 'eth1', 'eth+', 'wg0'] as const;

export function randomRules(random: Random, limited: boolean): SimChains {
  const names = ['INPUT', 'A', 'B', 'C'].slice(0, 1 + random.below(4));
  const chains: Record<string, readonly SimRule[]> = {};
  names.forEach((name, index) => {
    // A chain calls only those behind it.
    const targets = names.slice(index + 1);
    chains[name] = Array.from({ length: random.below(7) }, () => randomRule(random, targets, limited));
  });
  return { policy: chance(random, 2) ? 'DROP' : 'ACCEPT', chains };
}

function randomRule(random: Random, chains: readonly string[], limited: boolean): SimRule {
  const address = (): NonNullable<SimRule['source']> => {
    const length = pick(random, LENGTHS);
    return { address: pick(random, ADDRESSES), length, negated: length > 0 && chance(random, 3) };
  };
  const protocol = chance(random, 2) ? pick(random, ['tcp', 'udp', 'icmp'] as const) : undefined;
  const ports = (): NonNullable<SimRule['ports']> => {
    const from = pick(random, PORTS);
    return { from, to: chance(random, 3) ? Math.min(65535, from + 1000) : from, negated: chance(random, 4) };
  };
  const hasPorts = protocol === 'tcp' || protocol === 'udp';
  const target =
    chance(random, 2) && chains.length > 0
      ? pick(random, chains)
      : pick(random, ['ACCEPT', 'DROP', 'REJECT', 'RETURN', 'LOG']);
  return {
    ...(chance(random, 3) ? { source: address() } : {}),
    ...(chance(random, 5) ? { destination: address() } : {}),
    ...(protocol ? { protocol } : {}),
    ...(hasPorts && chance(random, 2) ? { ports: ports() } : {}),
    ...(hasPorts && chance(random, 6) ? { sourcePorts: ports() } : {}),
    ...(chance(random, 5) ? { inInterface: { name: pick(random, INTERFACES), negated: chance(random, 3) } } : {}),
    ...(chance(random, 5)
      ? { states: pick(random, [['NEW'], ['ESTABLISHED', 'RELATED'], ['NEW', 'ESTABLISHED']]) }
      : {}),
    ...(limited && chance(random, 6) ? { isLimited: true } : {}),
    target,
    ...(chains.includes(target) && chance(random, 3) ? { isGoto: true } : {}),
  };
}

export function randomPacket(random: Random): Packet {
  return {
    source: (pick(random, ADDRESSES) + random.below(3)) % 2 ** 32,
    destination: (pick(random, ADDRESSES) + random.below(2)) % 2 ** 32,
    protocol: pick(random, ['tcp', 'udp', 'icmp'] as const),
    port: Math.min(65535, pick(random, PORTS) + random.below(2)),
    sourcePort: pick(random, PORTS),
    inInterface: pick(random, ['eth0', 'eth1', 'eth7', 'wg0', 'tun0']),
  };
}
