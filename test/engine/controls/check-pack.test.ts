import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkPack } from '../../../engine/controls/check-pack.ts';
import { criterionIds } from '../../../engine/controls/criteria.ts';
import { readPack, readPacks } from '../../../engine/controls/read-pack.ts';
import { testPack } from '../../../engine/controls/test-pack.ts';
import { spawnLocked } from '../store/locked/scratch-case.ts';

const queries = join(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))), 'queries');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fieldwork-test-'));
  await write('pack.yaml', 'id: x\nversion: 1.0.0\ntitle: X\nauthors: [A]\nlicence: Apache-2.0\nevidence_schema: 1\n');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);

const frontMatter = `id: CC6.1-log-ins
title: Nobody logs in
criteria: [CC6.1]
why: Because.
per: event
kind: operating
severity: low
maturity: test
population: one row for each log-in
needs:
  events: [time, system, actor, class]
streams: [syslog]
parameters:
  most: { type: number, default: 0, means: how many are allowed }
limits: [It sees only what is logged.]`;

const body = `select time, system, actor as resource, case when $most > 0 then 'ok' else 'alarm' end as status,
  actor || ' logged in.' as reason, source_id, record
from events where class = 'authentication' order by time, record`;

const cases = `cases:
  - name: one
    window: { from: '2026-03-01', to: '2026-03-03', zone: UTC }
    evidence:
      events: |
        time,system,stream,class,actor
        2026-03-01T10:00:00Z,a,syslog,authentication,bob
        2026-03-02T10:00:00Z,a,syslog,,
    expect:
      days: { '2026-03-01': deviation, '2026-03-02': effective, '2026-03-03': no evidence }
      deviations: [{ resource: bob, reason: bob logged in. }]
`;

async function pack({ front = frontMatter, sql = body, name = 'CC6.1-log-ins', own = cases } = {}): Promise<void> {
  await write(`${name}.sql`, `/*---\n${front}\n---*/\n${sql}\n`);
  await write(`${name}.cases.yaml`, own);
}

const findings = async (): Promise<readonly string[]> =>
  (await checkPack(await readPack(folder), spawnLocked)).map(({ message }) => message);

describe('reading a pack', () => {
  it('gives its controls, files and a hash that follows every byte', async () => {
    await pack();
    const read = await readPack(folder);
    expect(read.controls.map(({ id, pack: of }) => [id, of])).toEqual([['CC6.1-log-ins', 'x']]);
    expect(read.files.map(({ name }) => name)).toEqual(['CC6.1-log-ins.cases.yaml', 'CC6.1-log-ins.sql', 'pack.yaml']);
    await pack({ own: `${cases}\n` });
    expect((await readPack(folder)).hash).not.toBe(read.hash);
  });

  it.each([
    ['an alias', frontMatter.replace('[CC6.1]', '&a [CC6.1]').replace('[syslog]', '*a'), /alias/],
    ['a tag of its own', frontMatter.replace('Because.', '!!js/function x'), /Unresolved tag/i],
    ['an unknown field', `${frontMatter}\nextra: 1`, /extra/],
    ['no limits', frontMatter.replace(/limits.*/, 'limits: []'), /limits/],
    ['a key twice', `${frontMatter}\nid: CC6.1-other`, /unique/],
    ['an unknown frequency', frontMatter.replace('per: event', 'per: often'), /per/],
  ])('refuses front matter with %s', async (_story, front, named) => {
    await pack({ front });
    await expect(readPack(folder)).rejects.toMatchObject({
      problem: { code: 'pack_invalid', message: expect.stringMatching(named) },
    });
  });

  it('refuses links, other files, SQL without front matter, and says when a folder is no pack', async () => {
    await symlink('/etc/hostname', join(folder, 'README.md'));
    await expect(readPack(folder)).rejects.toMatchObject({ problem: { code: 'pack_invalid' } });
    await rm(join(folder, 'README.md'));
    await write('run.sh', 'x');
    await expect(readPack(folder)).rejects.toMatchObject({ problem: { code: 'pack_invalid' } });
    await rm(join(folder, 'run.sh'));
    await write('a.sql', 'select 1');
    await expect(readPack(folder)).rejects.toMatchObject({ problem: { code: 'pack_invalid' } });
    await expect(readPack(join(folder, 'nothing'))).rejects.toMatchObject({ problem: { code: 'not_found' } });
    await rm(join(folder, 'pack.yaml'));
    await expect(readPack(folder)).rejects.toMatchObject({ problem: { code: 'not_found' } });
  });

  it('refuses two packs with the same control', async () => {
    await pack();
    await expect(readPacks([folder, folder])).rejects.toMatchObject({ problem: { code: 'pack_invalid' } });
  });
});

describe('checking a pack', () => {
  it.each(readdirSync(queries))('finds nothing in %s', async (name) => {
    expect(await checkPack(await readPack(join(queries, name)), spawnLocked)).toEqual([]);
  });

  it('finds nothing in a small one', async () => {
    await pack();
    expect(await findings()).toEqual([]);
  });

  const faults: readonly (readonly [story: string, change: Parameters<typeof pack>[0], named: RegExp])[] = [
    ['a file with another name', { name: 'CC6.1-other' }, /file is called CC6.1-log-ins.sql/],
    ['a criterion there is not', { front: frontMatter.replace('[CC6.1]', '[CC6.19]') }, /no criterion CC6.19/],
    [
      'a title that is an order',
      { front: frontMatter.replace('Nobody logs in', 'Ensure nobody logs in') },
      /good state/,
    ],
    [
      'a table there is not',
      { front: frontMatter.replace('  events:', '  nothing: [x]\n  events:') },
      /no table nothing/,
    ],
    [
      'a column there is not',
      { front: frontMatter.replace('actor, class', 'actor, class, colour') },
      /no column colour/,
    ],
    [
      'a table it does not read',
      { front: frontMatter.replace('  events:', '  systems: [system]\n  events:') },
      /does not read/,
    ],
    [
      'a table it does not name',
      { sql: body.replace('from events', 'from events, systems') },
      /systems may not be read/,
    ],
    ['a column it does not name', { sql: body.replace('actor ||', 'target ||') }, /target/],
    ['a parameter it does not use', { sql: body.replace('$most', '1') }, /most is declared and not used/],
    ['a parameter it does not declare', { sql: body.replace('$most', '$most + $least') }, /least/],
    [
      'a default of another type',
      { front: frontMatter.replace('default: 0', 'default: none') },
      /default of the parameter most/,
    ],
    [
      'a function of clocks without its table',
      { sql: body.replace("where class = 'authentication'", 'where event_time_trusted(system, time)') },
      /reads clock_intervals/,
    ],
    [
      'a function of clocks without its columns',
      {
        front: frontMatter.replace('  events:', '  clock_intervals: [system, from, to]\n  events:'),
        sql: body.replace("where class = 'authentication'", 'where event_time_trusted(system, time)'),
      },
      /also need state, offset_s, error_s of clock_intervals/,
    ],
    ['no order', { sql: body.replace(' order by time, record', '') }, /order by/],
    ['a missing column', { sql: body.replace(', source_id, record\n', '\n') }, /source_id, record/],
    ['a function that differs from run to run', { sql: body.replace('order by time', 'order by random()') }, /random/],
    ['two statements', { sql: `${body}; select 1` }, /2 statements/],
    [
      'no case of a deviation',
      { own: cases.replace('deviation,', 'effective,') },
      /No case expects a day that is deviation/,
    ],
    ['cases that are none', { own: 'cases: 3' }, /cases/],
  ];

  it.each(faults)('finds %s', async (_story, change, named) => {
    await pack(change);
    expect((await findings()).join('\n')).toMatch(named);
  });

  it('finds an aggregate that depends on the order of rows', async () => {
    await pack({
      sql: body.replace('from events where', 'from events where actor in (select string_agg(actor) from events) and'),
    });
    expect(await findings()).toEqual(['string_agg has no order by, so its value depends on the order of rows.']);
  });
});

describe('testing a pack', () => {
  it('passes when what is expected is found', async () => {
    await pack();
    expect(await testPack(await readPack(folder), { spawnLocked })).toMatchObject({ passed: 1, failures: [] });
  });

  it.each([
    [
      'a day',
      cases.replace("'2026-03-02': effective", "'2026-03-02': deviation"),
      /2026-03-02: expected deviation, found effective/,
    ],
    [
      'no evidence',
      cases.replace("'2026-03-03': no evidence", "'2026-03-03': effective"),
      /2026-03-03: expected effective, found no evidence/,
    ],
    [
      'a day that is not named',
      cases.replace(", '2026-03-03': no evidence", ''),
      /2026-03-03: expected a state for this day/,
    ],
    ['a day outside the window', cases.replace("'2026-03-03':", "'2026-03-09':"), /no such day/],
    [
      'a reason',
      cases.replace('bob logged in.', 'bob logged out.'),
      /deviation 1 reason: expected bob logged out., found bob logged in./,
    ],
    [
      'the number of deviations',
      cases.replace('[{ resource: bob, reason: bob logged in. }]', '[]'),
      /deviations: expected 0, found 1/,
    ],
    [
      'a parameter that changes the outcome',
      cases.replace('    evidence:', '    parameters: { most: 5 }\n    evidence:'),
      /expected deviation, found effective/,
    ],
    ['evidence that no table holds', cases.replace('time,system', 'time,colour'), /no column colour/],
  ])('fails on a wrong expectation about %s', async (_story, own, named) => {
    await pack({ own });
    const report = await testPack(await readPack(folder), { spawnLocked });
    expect(report.passed).toBe(0);
    expect(report.failures.join('\n')).toMatch(named);
  });

  it('fails on SQL that fails, and on a control without cases', async () => {
    await pack({ sql: body.replace("'ok'", "'fine'").replace("'alarm'", "'fine'") });
    expect((await testPack(await readPack(folder), { spawnLocked })).failures.join('\n')).toMatch(/status fine/);
    await rm(join(folder, 'CC6.1-log-ins.cases.yaml'));
    expect((await testPack(await readPack(folder), { spawnLocked })).failures).toHaveLength(1);
  });
});

it('knows the 61 criteria', () => {
  expect(criterionIds).toHaveLength(61);
});
