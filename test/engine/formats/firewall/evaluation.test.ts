/** The evaluation against a simulator that takes one packet at a time, on random rule sets. */
import { describe, expect, test } from 'vitest';
import { judge } from '../../../../engine/formats/firewall/judge.ts';
import { startRandom } from '../../../conformance/random.ts';
import { randomPacket, randomRules } from './random-rules.ts';
import { dotted, saveText, simulate, type Packet } from './simulator.ts';
import { evaluated, tableOf, type Point } from './tables-of.ts';

const PROTOCOLS = { tcp: 6, udp: 17, icmp: 1 } as const;

const pointOf = ({ source, destination, protocol, port, sourcePort, inInterface }: Packet): Point => ({
  source: dotted(source),
  destination: dotted(destination),
  protocol: PROTOCOLS[protocol],
  port,
  sourcePort,
  inInterface,
});

describe('what becomes of a packet', () => {
  test.each([
    ['rules that are all known', 1, false],
    ['rules that may or may not match', 2, true],
  ])('%s', (_, seed, limited) => {
    const random = startRandom(seed);
    const seen = { ACCEPT: 0, DROP: 0, both: 0 };
    for (let set = 0; set < 150; set++) {
      const rules = randomRules(random, limited);
      const text = saveText(rules);
      const reach = judge([tableOf(text)]).reach.find(({ hook }) => hook === 'input')!;
      for (let probe = 0; probe < 40; probe++) {
        const packet = randomPacket(random);
        const expected = simulate(rules, packet);
        const found = evaluated(reach, pointOf(packet));
        expect([...found].sort(), `${text}${JSON.stringify(pointOf(packet))}`).toEqual([...expected].sort());
        seen[expected.size === 2 ? 'both' : [...expected][0]!]++;
      }
    }
    expect(Math.min(seen.ACCEPT, seen.DROP)).toBeGreaterThan(500);
    expect(seen.both > 20).toBe(limited);
  });
});

const verdictOf = (rules: string, policy = 'ACCEPT', chains = ''): string => {
  const table = tableOf(
    `*filter\n:INPUT ${policy} [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n${chains}${rules}`,
  );
  const { verdict, reason } = judge([table]).chains.get(table.chains.get('INPUT')!)!;
  return `${verdict}: ${reason}`;
};

describe('a new connection that no rule speaks of', () => {
  test('the policy', () => {
    expect(verdictOf('-A INPUT -p tcp --dport 22 -j ACCEPT\n', 'DROP')).toBe(
      'drop: The policy of chain INPUT drops what no rule before it decided.',
    );
    expect(verdictOf('-A INPUT -s 10.0.0.0/8 -j DROP\n')).toMatch(/^accept: The policy/);
  });

  test('a last rule that says more than the policy', () => {
    expect(
      verdictOf(
        '-A INPUT -i lo -j ACCEPT\n-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT\n-A INPUT -j REJECT\n',
      ),
    ).toBe('drop: Rule 3 of chain INPUT drops what no rule before it decided.');
    expect(verdictOf('-A INPUT -j X\n-A X -p tcp -j RETURN\n-A X -j DROP\n', 'ACCEPT', ':X - [0:0]\n')).toMatch(
      /^accept: The policy/,
    );
    expect(verdictOf('-A INPUT -g X\n-A INPUT -j DROP\n-A X -p tcp -j DROP\n', 'ACCEPT', ':X - [0:0]\n')).toMatch(
      /^accept: The policy/,
    );
  });

  test('an accept for everything before a drop', () => {
    expect(verdictOf('-A INPUT -j ACCEPT\n-A INPUT -j DROP\n', 'DROP')).toMatch(/^accept: Rule 1/);
    expect(verdictOf('-A INPUT -m state --state NEW -j ACCEPT\n-A INPUT -j DROP\n', 'DROP')).toMatch(/^accept: Rule 1/);
    expect(verdictOf('-A INPUT ! -i lo -j ACCEPT\n-A INPUT -j DROP\n', 'DROP')).toMatch(/^accept: Rule 1/);
  });

  test('two halves of all addresses are all of them', () => {
    expect(verdictOf('-A INPUT -s 0.0.0.0/1 -j DROP\n-A INPUT -s 128.0.0.0/1 -j DROP\n')).toMatch(/^drop: Rule 2/);
  });

  test('what may or may not match is never a pass', () => {
    expect(verdictOf('-A INPUT -m limit --limit 5/min -j ACCEPT\n-A INPUT -j DROP\n')).toBe(
      'undecidable: Rule 1 of chain INPUT may accept it: it may or may not match (--limit 5/min); rule 2 of chain INPUT would drop it.',
    );
    expect(verdictOf('-A INPUT -m geoip --source-country DE -j DROP\n')).toMatch(/^undecidable: Rule 1 .* may drop it/);
    // Of one port, though: of the others nothing is in doubt.
    expect(verdictOf('-A INPUT -p tcp --dport 22 -m recent --update -j ACCEPT\n', 'DROP')).toMatch(/^drop: The policy/);
    expect(verdictOf('-A INPUT -j NFQUEUE --queue-num 0\n', 'DROP')).toMatch(/^undecidable/);
    expect(verdictOf('-A INPUT -j MISSING\n', 'DROP')).toMatch(
      /^undecidable: .*the chain MISSING that it calls is not in the file/,
    );
  });

  test('chains that call each other without end', () => {
    expect(verdictOf('-A INPUT -j X\n-A X -j Y\n-A Y -j X\n', 'DROP', ':X - [0:0]\n:Y - [0:0]\n')).toMatch(
      /^undecidable/,
    );
  });

  test('packets that are no beginning of a connection do not count', () => {
    expect(verdictOf('-A INPUT -p tcp ! --syn -m state --state NEW -j DROP\n-A INPUT -f -j DROP\n', 'ACCEPT')).toMatch(
      /^accept/,
    );
  });
});

test('a rule set that is too large is undecidable, and says so', () => {
  const rules = Array.from(
    { length: 300 },
    (_, i) =>
      `-A INPUT -s 10.0.${i % 250}.${i}/32 -d 10.9.${i % 7}.${i % 250}/32 -p tcp --dport ${i + 1} --sport ${i * 2 + 1} -j ACCEPT`,
  );
  const table = tableOf(`*filter\n:INPUT DROP [0:0]\n${rules.join('\n')}\n`);
  const small = judge([table], { mostWork: 5000 });
  expect(small.chains.get(table.chains.get('INPUT')!)).toEqual({
    verdict: 'undecidable',
    reason: 'The chain is too large to be evaluated.',
  });
  expect(small.gaveUp).toBe('The rule set is too large to be evaluated.');
  const whole = judge([table]);
  expect(whole.chains.get(table.chains.get('INPUT')!)?.verdict).toBe('drop');
});
