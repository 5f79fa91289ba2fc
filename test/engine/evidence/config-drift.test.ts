/** Drift of configurations through the database, and what counts as an attribute. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { attributesOf } from '../../../engine/evidence/config-attributes.ts';
import { configDrift, rollUpConfigurations } from '../../../engine/evidence/config-drift.ts';
import { viewStatements } from '../../../engine/evidence/views.ts';
import { CaseDatabase } from '../../../engine/store/case-database.ts';
import { evidenceBulkTable } from '../../../engine/store/evidence-bulk.ts';
import { schemaStatements } from '../../../engine/store/schema.ts';
import type { SqlRow } from '../../../engine/store/sql-values.ts';

const DAY = 86_400_000_000n;
const START = 1_767_225_600_000_000n;

let database: CaseDatabase;
beforeAll(async () => {
  database = await CaseDatabase.open({ path: ':memory:' });
  for (const statement of [...schemaStatements(), ...viewStatements()]) await database.query(statement);
});
afterAll(() => database.close());
beforeEach(async () => {
  for (const table of ['config_items', 'baselines', 'config_attributes'])
    await database.query(`DELETE FROM evidence.${table}`);
});

interface Capture {
  readonly day: number;
  readonly resource: string;
  readonly configuration: unknown;
  readonly type?: string;
  readonly account?: string;
}

/** Puts captures (or baselines) of one source into the tables as an import does. */
async function add(table: 'config_items' | 'baselines', source: number, captures: readonly Capture[]): Promise<void> {
  await database.transaction(async (transaction) => {
    const bulk = evidenceBulkTable(table);
    captures.forEach(({ day, resource, configuration, type, account }, place) => {
      const values: Readonly<Record<string, string | number | bigint>> = {
        ...{ source_id: source, record: place + 1, provider: 'aws', account: account ?? '1', region: 'eu-west-1' },
        ...{ captured: START + BigInt(day) * DAY, approved_at: START + BigInt(day) * DAY, approved_by: 'kim' },
        ...{ resource_type: type ?? 'security_group', resource_id: resource },
        configuration: typeof configuration === 'string' ? configuration : JSON.stringify(configuration),
      };
      transaction.add(
        bulk,
        bulk.columns.map(({ name }) => values[name]),
      );
    });
    await transaction.flush();
    await rollUpConfigurations(transaction, source);
  });
}

async function drift(where = 'true'): Promise<readonly SqlRow[]> {
  return database.query(
    `SELECT against, change, resource, path, old, new, volatile, source_id, record, of_source_id, of_record
     FROM (${configDrift}) WHERE ${where} ORDER BY against, source_id, record, resource, path, old, new`,
  );
}

const told = (rows: readonly SqlRow[]): readonly unknown[] =>
  rows.map((row) => [row['change'], row['resource'], row['path'], row['old'], row['new']]);

const group = (cidrs: readonly string[], more: object = {}): object => ({
  GroupName: 'web',
  IpPermissions: cidrs.map((cidr) => ({ FromPort: 443, IpRanges: [{ CidrIp: cidr }] })),
  ...more,
});

describe('drift', () => {
  it('names the attributes that differ from the look before, and both records', async () => {
    await add('config_items', 1, [{ day: 1, resource: 'sg-1', configuration: group(['10.0.0.0/8']) }]);
    await add('config_items', 2, [
      { day: 2, resource: 'sg-1', configuration: group(['0.0.0.0/0', '10.0.0.0/8'], { VpcId: 'v' }) },
    ]);
    const rows = await drift();
    expect(told(rows)).toEqual([
      ['added', 'sg-1', 'IpPermissions[]', null, '{"FromPort":443,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}'],
      ['added', 'sg-1', 'VpcId', null, '"v"'],
    ]);
    expect(rows[0]).toMatchObject({ against: 'previous', source_id: 2, record: 1, of_source_id: 1, of_record: 1 });
  });

  it('is none where only the order, the spelling of a number or the white space differs', async () => {
    await add('config_items', 1, [
      { day: 1, resource: 'sg-1', configuration: '{"a":[1,2,{"x":1.0,"y":[3,4]}],"b":2}' },
    ]);
    await add('config_items', 2, [
      { day: 2, resource: 'sg-1', configuration: '{ "b":2.0, "a":[{"y":[4,3],"x":1},2,1] }' },
    ]);
    expect(await drift()).toEqual([]);
  });

  it('sees a number change that JavaScript would round away, and one element that is there once less', async () => {
    await add('config_items', 1, [{ day: 1, resource: 'r', configuration: '{"id":9007199254740993,"l":["a","a"]}' }]);
    await add('config_items', 2, [{ day: 2, resource: 'r', configuration: '{"id":9007199254740992,"l":["a"]}' }]);
    expect(told(await drift())).toEqual([
      ['changed', 'r', 'id', '9007199254740993', '9007199254740992'],
      ['removed', 'r', 'l[]', '"a"', null],
    ]);
  });

  it('keeps the order where it says something, as in a firewall', async () => {
    const rules = (list: readonly string[]): object => ({ rules: list.map((target) => ({ target })) });
    await add('config_items', 1, [
      { day: 1, resource: 'f', type: 'firewall', configuration: rules(['DROP', 'ACCEPT']) },
    ]);
    await add('config_items', 2, [
      { day: 2, resource: 'f', type: 'firewall', configuration: rules(['ACCEPT', 'DROP']) },
    ]);
    expect(told(await drift())).toEqual([
      ['changed', 'f', 'rules[1].target', '"DROP"', '"ACCEPT"'],
      ['changed', 'f', 'rules[2].target', '"ACCEPT"', '"DROP"'],
    ]);
  });

  it('marks what changes by itself, and only that', async () => {
    const key = (used: string, enabled: boolean): object => ({ Enabled: enabled, Use: { LastUsedDate: used } });
    await add('config_items', 1, [{ day: 1, resource: 'k', configuration: key('2026-01-01', true) }]);
    await add('config_items', 2, [{ day: 2, resource: 'k', configuration: key('2026-01-02', false) }]);
    expect((await drift()).map((row) => [row['path'], row['volatile']])).toEqual([
      ['Enabled', false],
      ['Use.LastUsedDate', true],
    ]);
  });

  it('compares with the baseline that was in force, and names what nobody approved and what is gone', async () => {
    await add('baselines', 1, [
      { day: 0, resource: 'sg-1', configuration: group(['10.0.0.0/8']) },
      { day: 0, resource: 'sg-gone', configuration: group([]) },
    ]);
    await add('baselines', 2, [{ day: 5, resource: 'sg-1', configuration: group(['10.1.0.0/16']) }]);
    await add('config_items', 3, [
      { day: 2, resource: 'sg-1', configuration: group(['10.1.0.0/16']) },
      { day: 2, resource: 'sg-new', configuration: group([]) },
    ]);
    await add('config_items', 4, [{ day: 6, resource: 'sg-1', configuration: group(['10.1.0.0/16']) }]);
    const rows = await drift(`against = 'baseline'`);
    expect(rows.map((row) => [row['source_id'], row['change'], row['resource'], row['of_source_id']])).toEqual([
      [3, 'changed', 'sg-1', 1],
      [3, 'absent', 'sg-gone', 1],
      [3, 'unapproved', 'sg-new', null],
      [4, 'absent', 'sg-gone', 1],
    ]);
  });

  it('does not compare resources of the same name in two accounts', async () => {
    await add('config_items', 1, [{ day: 1, resource: 'sg', account: '1', configuration: group(['10.0.0.0/8']) }]);
    await add('config_items', 2, [{ day: 2, resource: 'sg', account: '2', configuration: group(['0.0.0.0/0']) }]);
    expect(await drift()).toEqual([]);
  });
});

describe('attributes', () => {
  it('of tags are named by their keys, and odd names stand in quotes', () => {
    expect(attributesOf('{"Tags":[{"Key":"env","Value":"prod"}],"a.b":{"":1},"e":{},"l":[]}', 'x')).toEqual([
      { path: 'Tags[env]', value: '"prod"' },
      { path: '"a.b".""', value: '1' },
      { path: 'e', value: '{}' },
      { path: 'l', value: '[]' },
    ]);
  });

  it('of a text that is no JSON is the text', () => {
    expect(attributesOf('net.ipv4.ip_forward = 0', 'x')).toEqual([{ path: '', value: '"net.ipv4.ip_forward = 0"' }]);
  });

  it('of a configuration nested 100,000 deep is bounded', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(attributesOf(deep, 'x').length).toBe(1);
  });
});
