/** The views of firewalls, over what the readers give. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { viewStatements } from '../../../engine/evidence/views.ts';
import { firewalld } from '../../../engine/formats/firewalld/firewalld.ts';
import type { Format } from '../../../engine/formats/format.ts';
import { iptables } from '../../../engine/formats/iptables/iptables.ts';
import { nftables } from '../../../engine/formats/nftables/nftables.ts';
import { CaseDatabase } from '../../../engine/store/case-database.ts';
import { evidenceBulkTable } from '../../../engine/store/evidence-bulk.ts';
import { schemaStatements } from '../../../engine/store/schema.ts';
import { collectRows } from '../formats/collect-rows.ts';

let database: CaseDatabase;

async function add(format: Format, source: number, name: string): Promise<void> {
  const content = readFileSync(`test/fixtures/firewall-config/${name}`);
  const found = collectRows(format, content, { takenAt: 1_767_225_600_000_000n, system: 'web-1' });
  await database.transaction(async (transaction) => {
    const bulk = evidenceBulkTable('config_items');
    for (const row of found.rows('config_items')) {
      const values: Readonly<Record<string, unknown>> = { ...row, source_id: source };
      transaction.add(
        bulk,
        bulk.columns.map((column) => values[column.name] as string),
      );
    }
    await transaction.flush();
  });
}

beforeAll(async () => {
  database = await CaseDatabase.open({ path: ':memory:' });
  for (const statement of [...schemaStatements(), ...viewStatements()]) await database.query(statement);
  await add(iptables, 1, 'gen-iptables-save-c.txt');
  await add(nftables, 2, 'gen-many-kinds.txt');
  await add(firewalld, 3, 'insights-firewall_cmd-FIREWALL_LIST_ZONES_3.txt');
  await add(iptables, 4, 'gen-iptables-nat-L-nv.txt');
});
afterAll(() => database.close());

test('firewall_chains: what becomes of the rest', async () => {
  const sql = `SELECT source_id, chain, hook, policy, final_verdict FROM firewall_chains
    WHERE "table" IN ('filter', 'firewalld') AND hook = 'input' ORDER BY source_id, chain`;
  expect((await database.query(sql)).map((row) => Object.values(row))).toEqual([
    [1, 'INPUT', 'input', 'accept', 'drop'],
    [2, 'input', 'input', 'drop', 'drop'],
    [3, 'block', 'input', '%%REJECT%%', 'drop'],
    [3, 'dmz', 'input', 'default', 'drop'],
    [3, 'public', 'input', 'default', 'drop'],
    [3, 'trusted', 'input', 'ACCEPT', 'accept'],
  ]);
});

test('firewall_rules: one row a case and stretch of ports, with its citation', async () => {
  const sql = `SELECT source_id, chain, position, protocol, port_from, port_to, source, states, verdict, open_to_world
    FROM firewall_rules WHERE verdict = 'accept' AND source_id IN (1, 3) ORDER BY source_id, chain, position, port_from`;
  expect((await database.query(sql)).map((row) => Object.values(row))).toEqual([
    [1, 'INPUT', 1, null, null, null, null, 'established,related', 'accept', false],
    [1, 'INPUT', 3, 'tcp', 22, 22, null, null, 'accept', true],
    [1, 'INPUT', 4, 'tcp', 80, 80, null, null, 'accept', true],
    [1, 'INPUT', 4, 'tcp', 443, 443, null, null, 'accept', true],
    [1, 'INPUT', 5, 'udp', 53, 53, '10.0.0.0/8', null, 'accept', false],
    [1, 'INPUT', 6, 'icmp', null, null, null, null, 'accept', false],
    [3, 'dmz', 1, 'tcp', 22, 22, null, null, 'accept', false],
    [3, 'public', 1, 'udp', 546, 546, null, null, 'accept', true],
    [3, 'public', 2, 'tcp', 22, 22, null, null, 'accept', true],
    [3, 'public', 6, 'tcp', 8080, 8090, '10.0.0.0/24', null, 'accept', false],
  ]);
  const [limited] = await database.query(
    `SELECT "limit", undecided, open_to_world FROM firewall_rules WHERE text LIKE '%"web"%'`,
  );
  expect(limited).toEqual({ limit: '10/second', undecided: '["limit 10/second"]', open_to_world: null });
});

test('firewall_reach: from where ports are reachable', async () => {
  const sql = `SELECT port_from, sources, verdict, open_to_world FROM firewall_reach
    WHERE source_id = 1 AND hook = 'input' ORDER BY port_from`;
  expect(await database.query(sql)).toEqual([
    { port_from: 22, sources: ['0.0.0.0/0'], verdict: 'accept', open_to_world: true },
    { port_from: 53, sources: ['10.0.0.0/8'], verdict: 'accept', open_to_world: false },
    { port_from: 80, sources: ['0.0.0.0/0'], verdict: 'accept', open_to_world: true },
    { port_from: 443, sources: ['0.0.0.0/0'], verdict: 'accept', open_to_world: true },
  ]);
});

test('firewall_reach: a file without the chains is undecidable, with the reason', async () => {
  expect(
    await database.query('SELECT verdict, protocol, not_evaluated FROM firewall_reach WHERE source_id = 4'),
  ).toEqual([
    {
      verdict: 'undecidable',
      protocol: null,
      not_evaluated:
        'The file has no filter chain for input of IPv4, forward of IPv4: what is open there is not known.',
    },
  ]);
});
