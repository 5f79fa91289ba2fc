/** nft list ruleset, as text and as JSON. That both give the same rules is tested with the tool, in ../firewall. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { nftables } from '../../../../engine/formats/nftables/nftables.ts';
import { collectRows, inPieces, type Collected } from '../collect-rows.ts';
import { damageLines } from '../damage.ts';

const FOLDER = 'test/fixtures/firewall-config';
const bytesOf = (name: string): Buffer => readFileSync(`${FOLDER}/${name}`);
const takenAt = 1_700_000_000_000_000n;
const read = (content: string | Uint8Array): Collected => collectRows(nftables, content, { takenAt });

type Configuration = Readonly<Record<string, unknown>>;

const configurations = (collected: Collected): readonly Configuration[] =>
  collected.rows('config_items').map(({ configuration }) => JSON.parse(String(configuration)) as Configuration);

function item(collected: Collected, id: string): Configuration {
  const row = collected.rows('config_items').find((each) => each['resource_id'] === id)!;
  return JSON.parse(String(row['configuration'])) as Configuration;
}

const chain = (rules: string, policy = 'drop'): string =>
  `table inet filter {\n\tchain input {\n\t\ttype filter hook input priority filter; policy ${policy};\n${rules}\t}\n}\n`;
const verdict = (content: string | Uint8Array): unknown => item(read(content), 'inet/filter/input')['final_verdict'];

/** `nft -j` of a chain with rules. */
function json(...rules: readonly unknown[]): string {
  const place = { family: 'inet', table: 'filter' };
  const objects = [
    { metainfo: { version: '1.0.9' } },
    { table: { family: 'inet', name: 'filter', handle: 1 } },
    { chain: { ...place, name: 'input', handle: 1, type: 'filter', hook: 'input', prio: 0, policy: 'drop' } },
    ...rules.map((expr) => ({ rule: { ...place, chain: 'input', handle: 2, expr } })),
  ];
  return JSON.stringify({ nftables: objects });
}

describe('text and JSON', () => {
  test.each(['gen-many-kinds', 'gen-nft-list-ruleset'])('%s: chains and counters are the same', (name) => {
    const [text, asJson] = ['txt', 'json'].map((ending) => configurations(read(bytesOf(`${name}.${ending}`))));
    const counted = (items: readonly Configuration[] = []): unknown =>
      items
        .filter(({ kind }) => kind === 'rule')
        .map(({ table, chain: of, position, counters }) => [table, of, position, counters]);
    expect(counted(text)).toEqual(counted(asJson));
  });

  test('what iptables made and nft cannot show may or may not match', () => {
    expect(item(read(bytesOf('gen-nft-list-ruleset.json')), 'ip/filter/INPUT')['final_verdict']).toBe('undecidable');
    expect(item(read(bytesOf('gen-nft-list-ruleset.txt')), 'ip/filter/INPUT')['final_verdict']).toBe('drop');
  });

  test('sets and maps are followed; those that packets fill are not', () => {
    const reach = item(read(bytesOf('gen-many-kinds.txt')), 'nftables')['reach'] as readonly Configuration[];
    const at = (port: number, family = 4): readonly (readonly unknown[])[] =>
      reach
        .filter(
          (each) =>
            each['hook'] === 'input' &&
            each['protocol'] === 'tcp' &&
            each['family'] === family &&
            Number(each['port_from']) <= port &&
            port <= Number(each['port_to']),
        )
        .map(({ sources, verdict: found, interfaces }) => [found, sources, interfaces]);
    expect(at(22)).toEqual([['accept', ['1.2.3.0-1.2.3.77', '10.0.0.0/8', '192.168.1.5'], ['eth0', 'other eth*']]]);
    expect(at(25)[0]).toEqual(['accept', ['10.0.0.1'], ['eth0', 'other eth*', 'any other']]);
    expect(at(100)[0]).toEqual(['undecidable', ['0.0.0.0/0'], ['eth0', 'other eth*', 'any other']]);
    expect(at(443)[0]?.slice(0, 2)).toEqual(['undecidable', ['0.0.0.0/0']]);
    // 81 is redirected to 82, which is open to nobody.
    expect(at(81)).toEqual([]);
    expect(at(9000, 6)).toEqual([['accept', ['fe80::/10'], ['eth0', 'other eth*', 'any other']]]);
  });
});

describe('what cannot be read', () => {
  test('a rule is rejected with its reason, and may do anything', () => {
    const collected = read(chain('\t\tfrobnicate 7 accept\n\t\ttcp dport { 22, 80 accept\n'));
    expect(collected.rejects[0]?.reason).toBe('The rule has "frobnicate", which is not known.');
    expect(item(collected, 'inet/filter/input')['final_verdict']).toBe('undecidable');
    const inJson = read(json({ not: 'a list' }));
    expect([inJson.rejects.length, item(inJson, 'inet/filter/input')['final_verdict']]).toEqual([1, 'undecidable']);
  });

  test('a file that is cut off decides nothing', () => {
    const whole = chain('\t\ttcp dport 22 accept\n');
    expect(verdict(whole)).toBe('drop');
    for (const cut of [whole.slice(0, -2), whole.slice(0, -8)]) expect(verdict(cut)).toBe('undecidable');
    expect(verdict(json([{ accept: null }]).slice(0, -2))).toBe('undecidable');
  });

  test('commands of a configuration file are not what is', () => {
    const collected = read(
      `#!/usr/sbin/nft -f\nflush ruleset\ndefine lan = 10.0.0.0/8\n${chain('\t\tip saddr $lan accept\n')}`,
    );
    expect(collected.rejects.map(({ reason }) => reason)).toEqual([
      'The line is a command of nft (flush): it says what should be, not what is.',
      'The line is a command of nft (define): it says what should be, not what is.',
      'The variable "$lan" stands in place of a value.',
    ]);
    expect(item(collected, 'inet/filter/input')['final_verdict']).toBe('undecidable');
  });

  test('a value or an expression that is not evaluated may or may not match', () => {
    expect(verdict(chain('\t\tmeta skuid 0 accept\n'))).toBe('undecidable');
    expect(verdict(chain('\t\tip saddr @missing accept\n'))).toBe('undecidable');
    expect(verdict(chain('\t\tip saddr @missing tcp dport 22 accept\n'))).toBe('drop');
    expect(verdict(chain('\t\ttcp option sack-perm exists accept\n'))).toBe('undecidable');
    expect(verdict(json([{ match: { op: '==', left: { surprise: 1 }, right: 2 } }, { accept: null }]))).toBe(
      'undecidable',
    );
    expect(verdict(json([{ queue: { num: 1 } }]))).toBe('undecidable');
    expect(
      verdict(
        json(
          [{ match: { op: 'in', left: { ct: { key: 'state' } }, right: ['new'] } }, { drop: null }],
          [{ accept: null }],
        ),
      ),
    ).toBe('drop');
  });

  test('without --taken-at the file is refused', () => {
    for (const name of ['gen-many-kinds.txt', 'gen-many-kinds.json'])
      expect(collectRows(nftables, bytesOf(name)).problem).toMatchObject({
        code: 'bad_request',
        remedy: expect.stringContaining('--taken-at'),
      });
  });

  test('an empty rule set is one in which nothing is filtered', () => {
    const { assumptions, problem } = read('{"nftables": [{"metainfo": {"version": "1.0.6"}}]}');
    expect([problem, assumptions.includes('The rule set has no table: nothing is filtered.')]).toEqual([
      undefined,
      true,
    ]);
  });

  test('wrong types in every member end in a row or a reject', () => {
    for (const value of [null, 7, 'x', [], {}, [[]], true, 1e300]) {
      const objects = ['table', 'chain', 'rule', 'set', 'map', 'metainfo', 'element'].flatMap((kind) => [
        { [kind]: value },
        { [kind]: { family: value, table: value, name: value, chain: value, expr: value, hook: value } },
      ]);
      read(JSON.stringify({ nftables: objects }));
      read(
        json(
          value,
          [value],
          [{ match: value }],
          [{ match: { op: value, left: value, right: value } }],
          [{ vmap: { key: value, data: value } }],
          [{ jump: value }],
          [{ counter: value }, { limit: value }, { xt: value }],
        ),
      );
    }
  });
});

describe('whatever the file holds', () => {
  test.each(
    readdirSync(FOLDER).filter(
      (name) => /nft|kinds/.test(name) && /\.(txt|json)$/.test(name) && !name.includes('expected'),
    ),
  )('%s in pieces gives the same rows', (name) => {
    const whole = read(bytesOf(name));
    for (const size of [1, 7, 4096]) {
      const pieces = collectRows(nftables, inPieces(bytesOf(name), size), { takenAt });
      expect([...pieces.tables]).toEqual([...whole.tables]);
      expect(pieces.spans).toEqual(whole.spans);
    }
    expect(whole.rejects).toEqual([]);
  });

  test('damage leaves every record accounted for', () => {
    for (let seed = 1; seed < 30; seed++) {
      const { bytes } = damageLines(
        bytesOf('gen-many-kinds.txt')
          .toString()
          .trimEnd()
          .split('\n')
          .map((line) => Buffer.from(line)),
        seed,
      );
      read(bytes);
    }
  });

  test('deep nesting, endless braces and long lines', () => {
    for (const content of [
      'table ip a {\n'.repeat(10_000),
      `table ip a {\n set s {\n elements = ${'{'.repeat(50_000)}`,
      `${chain('')}${'}\n'.repeat(1000)}`,
      `{"nftables": [${'['.repeat(1000)}`,
      chain(`\t\tip saddr { ${'10.0.0.1, '.repeat(20_000)} } accept\n`),
    ])
      read(content);
  });

  test('a set of a hundred thousand addresses', { timeout: 30_000 }, () => {
    const addresses = Array.from({ length: 100_000 }, (_, i) => `10.${i >> 15}.${(i >> 7) & 255}.${(i & 127) * 2}`);
    const set = `table inet filter {\n\tset bad {\n\t\ttype ipv4_addr\n\t\telements = { ${addresses.join(',\n\t\t\t     ')} }\n\t}\n`;
    const content = chain('\t\tip saddr @bad drop\n\t\ttcp dport 22 accept\n').replace('table inet filter {\n', set);
    expect(verdict(content)).toBe('drop');
  });
});
