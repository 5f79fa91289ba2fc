/** Intervals of states against a model that walks over the looks one by one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  configCheckIntervals,
  openPortIntervals,
  vulnerabilityIntervals,
} from '../../../engine/evidence/state-intervals.ts';
import { viewStatements } from '../../../engine/evidence/views.ts';
import { CaseDatabase } from '../../../engine/store/case-database.ts';
import { schemaStatements } from '../../../engine/store/schema.ts';
import type { SqlRow } from '../../../engine/store/sql-values.ts';
import { seededRandom } from '../formats/damage.ts';

const HOUR = 3600;
const START = Date.UTC(2026, 0, 1) / 1000;

interface Look {
  readonly at: number;
  readonly host: string;
  readonly up: boolean;
  readonly completed: boolean;
  readonly scope: readonly (readonly [number, number])[];
  /** Port to the state that the scan reports. */
  readonly states: ReadonlyMap<number, string>;
}

let database: CaseDatabase;

beforeAll(async () => {
  database = await CaseDatabase.open({ path: ':memory:' });
  for (const statement of [...schemaStatements(), ...viewStatements()]) await database.query(statement);
});
afterAll(() => database.close());

async function clear(): Promise<void> {
  for (const table of ['scans', 'scan_targets', 'open_ports', 'vulnerabilities', 'config_checks'])
    await database.query(`DELETE FROM evidence.${table}`);
}

const time = (at: number): string => `make_timestamp(${(START + at) * 1_000_000})`;
const text = (value: string): string => `'${value}'`;

async function addLook(look: Look, source: number): Promise<void> {
  const scope = `tcp/syn ${look.scope.map(([a, b]) => (a === b ? `${a}` : `${a}-${b}`)).join(',')}`;
  await database.query(`INSERT INTO evidence.scans (source_id, record, scan_id, tool, started, completed, scope)
    VALUES (${source}, 1, 's', 'nmap', ${time(look.at)}, ${look.completed}, ${text(scope)})`);
  await database.query(`INSERT INTO evidence.scan_targets (source_id, record, scan_id, time, address, state)
    VALUES (${source}, 2, 's', ${time(look.at)}, ${text(look.host)}, ${text(look.up ? 'up' : 'down')})`);
  let record = 3;
  for (const [port, state] of look.states)
    await database.query(`INSERT INTO evidence.open_ports (source_id, record, scan_id, time, address, port, protocol, state)
      VALUES (${source}, ${record++}, 's', ${time(look.at)}, ${text(look.host)}, ${port}, 'tcp', ${text(state)})`);
}

/** What a look says of a port: open, not open, or nothing. */
function says(look: Look, port: number): boolean | undefined {
  const state = look.states.get(port);
  if (state === 'open') return true;
  if (state === 'open|filtered') return undefined;
  if (state !== undefined) return false;
  const covered = look.up && look.completed && look.scope.some(([a, b]) => port >= a && port <= b);
  return covered ? false : undefined;
}

interface Told {
  readonly address: string;
  readonly port: number;
  readonly began: string;
  readonly ended: string;
  readonly not_before: number | undefined;
  readonly first_seen: number;
  readonly last_seen: number;
  readonly gone_by: number | undefined;
  readonly looks: number;
}

function told(looks: readonly Look[], hosts: readonly string[], ports: readonly number[]): Told[] {
  const found: Told[] = [];
  for (const address of hosts)
    for (const port of ports) {
      const said = looks
        .filter((look) => look.host === address)
        .map((look) => ({ at: look.at, open: says(look, port) }))
        .filter((each) => each.open !== undefined)
        .sort((a, b) => a.at - b.at);
      const distances = said.slice(1).map((each, i) => each.at - said[i]!.at);
      const hold = 2 * middle(distances);
      let from = 0;
      while (from < said.length) {
        if (!said[from]!.open) {
          from++;
          continue;
        }
        let to = from;
        while (to + 1 < said.length && said[to + 1]!.open && said[to + 1]!.at - said[to]!.at <= hold) to++;
        const before = said[from - 1];
        const after = said[to + 1];
        found.push({
          address,
          port,
          began: !before ? 'first look' : before.open ? 'lapsed' : 'appeared',
          ended: !after ? 'last look' : after.open ? 'lapsed' : 'gone',
          not_before: before && !before.open ? before.at : undefined,
          first_seen: said[from]!.at,
          last_seen: said[to]!.at,
          gone_by: after && !after.open ? after.at : undefined,
          looks: to - from + 1,
        });
        from = to + 1;
      }
    }
  return found;
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? sorted[Math.floor(half)]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

const seconds = (value: unknown): number | undefined =>
  value === null ? undefined : Number((value as bigint) / 1_000_000n) - START;

function asTold(row: SqlRow): Told {
  return {
    address: String(row['address']),
    port: Number(row['port']),
    began: String(row['began']),
    ended: String(row['ended']),
    not_before: seconds(row['not_before']),
    first_seen: seconds(row['first_seen'])!,
    last_seen: seconds(row['last_seen'])!,
    gone_by: seconds(row['gone_by']),
    looks: Number(row['looks']),
  };
}

describe('open ports', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('equal the model for random scans (%i)', async (seed) => {
    const random = seededRandom(seed);
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
    const hosts = ['10.0.0.1', '10.0.0.2'];
    const ports = [22, 80, 443, 8080];
    let at = 0;
    const looks = Array.from({ length: 24 }, (): Look => {
      at += pick([1, 1, 1, 2, 5]) * 12 * HOUR + Math.floor(random() * 100);
      const up = random() < 0.9;
      const states = new Map(
        ports
          .filter(() => up && random() < 0.6)
          .map((port) => [port, pick(['open', 'open', 'open', 'closed', 'filtered', 'open|filtered'])]),
      );
      return {
        at,
        host: pick(hosts),
        up,
        completed: random() < 0.9,
        scope: pick([
          [[1, 65535]],
          [[1, 1024]],
          [
            [22, 22],
            [443, 8080],
          ],
        ] as const),
        states,
      };
    });
    await clear();
    for (const [i, look] of looks.entries()) await addLook(look, i + 1);
    const rows = await database.query(`${openPortIntervals} ORDER BY address, port, first_seen`);
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.map(asTold)).toEqual(told(looks, hosts, ports));
  });

  it('open for nine days, seen on seven: at least, at most, and the records that say so', async () => {
    await clear();
    const day = 24 * HOUR;
    const seen = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((n): Look => {
      const states = new Map(n >= 2 && n <= 8 ? [[22, 'open']] : []);
      return { at: n * day, host: '10.0.0.1', up: true, completed: true, scope: [[1, 1024]], states };
    });
    for (const [i, look] of seen.entries()) await addLook(look, i + 1);
    const [row, ...others] = await database.query(openPortIntervals);
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      ...{ tool: 'nmap', address: '10.0.0.1', protocol: 'tcp', port: 22, state: 'open', looks: 7 },
      ...{ began: 'appeared', ended: 'gone', at_least_s: 6 * day, at_most_s: 8 * day },
      ...{ source_id: 3, record: 3, last_source_id: 9, before_source_id: 2, gone_source_id: 10 },
    });
  });
});

interface VulnerabilityScan {
  readonly at: number;
  readonly completed: boolean;
  /** Identity to what the tool says of it. */
  readonly found: Readonly<Record<string, string>>;
}

async function addVulnerabilityScans(scans: readonly VulnerabilityScan[]): Promise<void> {
  for (const [i, { at, completed, found }] of scans.entries()) {
    await database.query(`INSERT INTO evidence.scans (source_id, record, scan_id, tool, started, completed)
      VALUES (${i + 1}, 1, 's', 'trivy', ${time(at)}, ${completed})`);
    // A report may name its target more than once.
    for (const record of [2, 3])
      await database.query(`INSERT INTO evidence.scan_targets (source_id, record, scan_id, time, resource, state)
        VALUES (${i + 1}, ${record}, 's', ${time(at)}, 'web:1', 'up')`);
    for (const [place, [id, status]] of Object.entries(found).entries())
      await database.query(`INSERT INTO evidence.vulnerabilities
        (source_id, record, scan_id, time, resource, vulnerability_id, package, severity, status)
        VALUES (${i + 1}, ${place + 4}, 's', ${time(at)}, 'web:1', '${id}', 'openssl', 'high', '${status}')`);
  }
}

const DAY = 86_400;

it('a vulnerability ends where a whole look at the same image has it no more', async () => {
  await clear();
  await addVulnerabilityScans([
    { at: 0, completed: true, found: { 'CVE-1': 'affected', 'CVE-2': 'affected' } },
    { at: DAY, completed: false, found: { 'CVE-1': 'fix available' } },
    { at: 2 * DAY, completed: true, found: { 'CVE-1': 'fix available' } },
  ]);
  const rows = await database.query(`${vulnerabilityIntervals} ORDER BY vulnerability_id`);
  expect(
    rows.map((row) => [row['vulnerability_id'], row['ended'], seconds(row['last_seen']), seconds(row['gone_by'])]),
  ).toEqual([
    ['CVE-1', 'last look', 2 * DAY, undefined],
    ['CVE-2', 'gone', 0, 2 * DAY],
  ]);
});

it('a finding that somebody sets aside is in another state, and one that the tool calls fixed is gone', async () => {
  await clear();
  await addVulnerabilityScans([
    { at: 0, completed: true, found: { 'CVE-1': 'affected', 'CVE-2': 'active' } },
    { at: DAY, completed: true, found: { 'CVE-1': 'suppressed', 'CVE-2': 'fixed' } },
  ]);
  const rows = await database.query(`${vulnerabilityIntervals} ORDER BY vulnerability_id, first_seen`);
  expect(rows.map((row) => [row['vulnerability_id'], row['state'], seconds(row['gone_by'])])).toEqual([
    ['CVE-1', 'found', DAY],
    ['CVE-1', 'suppressed', undefined],
    ['CVE-2', 'found', DAY],
  ]);
});

it('a rule that failed for one part of a system failed, and one that was not checked was not looked at', async () => {
  await clear();
  const checks: readonly (readonly [number, string])[] = [
    [0, 'pass'],
    [86_400, 'not checked'],
    [172_800, 'fail'],
    [172_800, 'pass'],
    [259_200, 'pass'],
  ];
  for (const [i, [at, status]] of checks.entries())
    await database.query(`INSERT INTO evidence.config_checks (source_id, record, time, system, benchmark, rule_id, status)
      VALUES (${at / 86_400 + 1}, ${i + 1}, ${time(at)}, 'web-1', 'cis', 'r1', '${status}')`);
  const rows = await database.query(`${configCheckIntervals} ORDER BY first_seen`);
  expect(
    rows.map((row) => [row['state'], seconds(row['not_before']), seconds(row['first_seen']), seconds(row['gone_by'])]),
  ).toEqual([
    ['pass', undefined, 0, 172_800],
    ['fail', 0, 172_800, 259_200],
    ['pass', 172_800, 259_200, undefined],
  ]);
});
