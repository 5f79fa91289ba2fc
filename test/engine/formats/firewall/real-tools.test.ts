/** What is evaluated against what real packets do, in network namespaces of their own; and nft's text against its JSON. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { addressNumber, readAddresses } from '../../../../engine/formats/firewall/addresses.ts';
import { iptables } from '../../../../engine/formats/iptables/iptables.ts';
import { nftables } from '../../../../engine/formats/nftables/nftables.ts';
import type { Format } from '../../../../engine/formats/format.ts';
import { startRandom } from '../../../conformance/random.ts';
import { collectRows } from '../collect-rows.ts';
import { randomRules } from './random-rules.ts';
import { dotted, saveText, type SimChains, type SimRule } from './simulator.ts';

function missing(): string | undefined {
  const needed = [
    ['unshare', '-n', 'true'],
    ['nft', '--version'],
    ['iptables-restore', '--version'],
    ['ip', '-V'],
    ['python3', '--version'],
  ];
  for (const [program = '', ...args] of needed)
    try {
      execFileSync(program, args, { stdio: 'pipe' });
    } catch {
      return `${[program, ...args].join(' ')} does not work here: it needs root and the Debian packages nftables, iptables, iproute2 and python3.`;
    }
  return undefined;
}

const because = missing();
if (because !== undefined) process.stdout.write(`Left out: ${because}\n`);
const takenAt = 1_700_000_000_000_000n;

interface Probe {
  readonly source: string;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
}

interface Found {
  readonly save: string;
  readonly translated: string;
  readonly text: string;
  readonly json: string;
  readonly came: readonly boolean[];
}

interface Entry {
  readonly hook: string;
  readonly family: number;
  readonly protocol: string;
  readonly port_from: number;
  readonly port_to: number;
  readonly sources: readonly string[];
  readonly verdict: string;
}

type Configuration = Readonly<Record<string, unknown>>;

function configurations(format: Format, text: string): readonly Configuration[] {
  const collected = collectRows(format, text, { takenAt });
  expect(collected.problem).toBeUndefined();
  expect(collected.rejects).toEqual([]);
  return collected.rows('config_items').map(({ configuration }) => JSON.parse(String(configuration)) as Configuration);
}

/** What the row of the whole rule set says of a probe. */
function predicted(items: readonly Configuration[], { source, protocol, port }: Probe): string {
  const reach = items.find(({ kind }) => kind === 'ruleset')!['reach'] as readonly Entry[];
  const address = addressNumber(source)!;
  const isIn = (range: string): boolean => {
    const [from, to] = readAddresses(range)!;
    return from <= address && address <= to;
  };
  const fits = reach.filter(
    (entry) =>
      entry.hook === 'input' &&
      entry.family === 4 &&
      entry.protocol === protocol &&
      entry.port_from <= port &&
      port <= entry.port_to &&
      entry.sources.some(isIn),
  );
  return fits.map(({ verdict }) => verdict).join(' and ') || 'drop';
}

/** Only what the probes tell apart: source, protocol and port. */
function plain({ policy, chains }: SimChains): SimChains {
  const kept = Object.entries(chains).map(([name, rules]) => [
    name,
    rules.map(({ destination: _destination, sourcePorts: _ports, inInterface: _interface, ...rule }): SimRule => rule),
  ]);
  return { policy, chains: Object.fromEntries(kept) as SimChains['chains'] };
}

describe.skipIf(because !== undefined)('real firewalls', () => {
  test(
    'what real packets do is what is evaluated, of iptables-save and of nft in both forms',
    { timeout: 120_000 },
    () => {
      const random = startRandom(7);
      const sets = Array.from({ length: 16 }, () => saveText(plain(randomRules(random, false))));
      const probes = [0x0a000001, 0x0a000103, 0x08080808, 0xc0a80105].flatMap((source) =>
        (['tcp', 'udp'] as const).flatMap((protocol) =>
          [22, 80, 1023, 1024, 8081].map((port) => ({ source: dotted(source), protocol, port })),
        ),
      );
      const output = execFileSync('unshare', ['-n', 'python3', 'test/engine/formats/firewall/probe.py'], {
        input: JSON.stringify({ sets, probes }),
        maxBuffer: 64 * 1024 * 1024,
      });
      const found = JSON.parse(output.toString('utf8')) as readonly Found[];
      const seen = { accept: 0, drop: 0 };
      for (const { save, translated, text, json, came } of found) {
        const readings = {
          save: configurations(iptables, save),
          translated: configurations(nftables, translated),
          text: configurations(nftables, text),
          json: configurations(nftables, json),
        };
        probes.forEach((probe, index) => {
          const real = came[index] === true ? 'accept' : 'drop';
          seen[real]++;
          for (const [name, items] of Object.entries(readings))
            expect(predicted(items, probe), `${name} ${JSON.stringify(probe)}\n${save}${text}`).toBe(real);
        });
      }
      expect(Math.min(seen.accept, seen.drop)).toBeGreaterThan(100);
    },
  );

  test('text and JSON of nft give the same rules, for many kinds of them', () => {
    const script = 'nft -f test/fixtures/firewall-config/gen-many-kinds.nft && nft "$@" list ruleset';
    const listed = (...options: readonly string[]): readonly Configuration[] =>
      configurations(
        nftables,
        execFileSync('unshare', ['-n', 'bash', '-c', script, 'bash', ...options]).toString('utf8'),
      );
    const rules = (items: readonly Configuration[]) =>
      items
        .filter(({ kind }) => kind === 'rule')
        .map(({ table, chain, position, cases, limit, comment }) => ({
          table,
          chain,
          position,
          cases,
          limit,
          comment,
        }));
    expect(rules(listed())).toEqual(rules(listed('-j')));
    expect(rules(listed('-a'))).toEqual(rules(listed()));
    expect(rules(listed())).toHaveLength(23);
    const chains = (items: readonly Configuration[]) =>
      items.filter(({ kind }) => kind === 'chain').map(({ rules: _rules, ...chain }) => chain);
    expect(chains(listed())).toEqual(chains(listed('-j')));
  });

  test('the fixtures are what nft printed', () => {
    const text = readFileSync('test/fixtures/firewall-config/gen-many-kinds.txt', 'utf8');
    expect(configurations(nftables, text).filter(({ kind }) => kind === 'rule')).toHaveLength(23);
  });
});
