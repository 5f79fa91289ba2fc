import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describedControl } from '../../../engine/controls/describe-control.ts';
import type { Control, Pack } from '../../../engine/controls/pack.ts';
import { readPack } from '../../../engine/controls/read-pack.ts';
import { runControls, type RunRequest } from '../../../engine/controls/run-controls.ts';
import { hashControlDays, hashPopulation } from '../../../engine/core/result-hash.ts';
import { rollUpSource } from '../../../engine/evidence/roll-ups.ts';
import { defaultLimits } from '../../../engine/store/locked/locked-queries.ts';
import { makeScratchCase, spawnLocked, type ScratchCase } from '../store/locked/scratch-case.ts';

const queries = join(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))), 'queries');

let scratch: ScratchCase;
beforeEach(async () => {
  scratch = await makeScratchCase();
  await scratch.database.query(
    `INSERT INTO evidence.events (source_id, record, time, system, stream, class, actor)
     SELECT 1, range + 1, TIMESTAMP '2026-03-01' + to_hours(range), 'web-1', 'syslog', 'authentication', 'user-' || range % 3
     FROM range(72)`,
  );
  await scratch.database.transaction((transaction) =>
    rollUpSource(transaction, { sourceId: 1, series: null, dayZone: 'UTC' }),
  );
});
afterEach(() => scratch.remove());

const sql = `select time, system, actor as resource, case when actor = 'user-2' then 'alarm' else 'ok' end as status,
  actor || ' was there.' as reason, source_id, record, class, time as seen_at from events order by time`;

function control(id: string, own: Partial<Control> = {}): Control {
  return {
    id,
    title: 'T',
    criteria: ['CC6.1'],
    why: 'W',
    per: 'daily',
    kind: 'operating',
    severity: 'low',
    maturity: 'test',
    population: 'P',
    needs: { events: ['time', 'system', 'actor', 'class'] },
    optional: [],
    streams: ['syslog'],
    parameters: {},
    metrics: [],
    limits: ['L'],
    pack: 'x',
    file: `${id}.sql`,
    sql,
    cases: null,
    ...own,
  };
}

function request(controls: readonly Control[], own: Partial<RunRequest> = {}): RunRequest {
  const pack: Pack = {
    ...{ id: 'x', version: '1.0.0', title: 'X', authors: ['A'], licence: 'L', evidence_schema: 1 },
    ...{ hash: 'h', files: [], controls },
  };
  return {
    database: scratch.database,
    spawn: spawnLocked,
    packs: [pack],
    window: { firstDay: '2026-03-01', lastDay: '2026-03-04', zone: 'UTC' },
    parameters: {},
    run: { runId: 'r1', now: () => 5n, ledgerSeq: 7, evidenceHash: 'e' },
    job: { signal: new AbortController().signal, progress: () => {} },
    ...own,
  };
}

const states = async (id: string): Promise<readonly unknown[]> =>
  (await scratch.database.query('SELECT state FROM control_days WHERE control = $id ORDER BY day', { id })).map(
    (row) => row['state'],
  );

describe('a run', () => {
  it('keeps every item with its day and citation, every day with its counts, and the hashes of both', async () => {
    const { controls } = await runControls(request([control('A-a')]));
    const rows = await scratch.database.query('SELECT * FROM results ORDER BY item');
    expect(rows).toHaveLength(72);
    expect(rows[2]).toEqual({
      run_id: 'r1',
      control: 'A-a',
      item: 3,
      day: '2026-03-01',
      time: 1_772_330_400_000_000n,
      system: 'web-1',
      resource: 'user-2',
      status: 'alarm',
      reason: 'user-2 was there.',
      source_id: 1,
      record: 3,
      dimensions: '{"class":"authentication","seen_at":"2026-03-01T02:00:00Z"}',
    });
    expect(await states('A-a')).toEqual(['deviation', 'deviation', 'deviation', 'no evidence']);
    const [outcome] = controls;
    expect(outcome!.days[0]).toMatchObject({
      population: 24,
      tested: 24,
      deviations: 8,
      systemsExpected: ['web-1'],
      systemsSeen: ['web-1'],
    });
    const populationHash = hashPopulation(
      rows.map((row) => ({
        time: row['time'] as bigint,
        system: 'web-1',
        resource: String(row['resource']),
        status: row['status'] as 'ok',
        reason: String(row['reason']),
        sourceId: 1,
        record: Number(row['record']),
        dimensions: JSON.parse(String(row['dimensions'])) as Record<string, string>,
      })),
    );
    const [kept] = await scratch.database.query('SELECT * FROM run_controls');
    expect(kept).toMatchObject({ control: 'A-a', pack: 'x', population_hash: populationHash, error: null, sql });
    expect(kept!['days_hash']).toBe(hashControlDays(outcome!.days));
    expect(describedControl(String(kept!['definition']), sql)).toMatchObject({
      control: 'A-a',
      title: 'T',
      sql,
      parameters: [],
    });
    expect(await scratch.database.query('SELECT run_id, started, ledger_seq, evidence_hash FROM runs')).toEqual([
      { run_id: 'r1', started: 5n, ledger_seq: 7, evidence_hash: 'e' },
    ]);
  });

  it('replaces what an earlier run found for the same controls, and only for those', async () => {
    await runControls(request([control('A-a'), control('A-b')]));
    const again = await runControls(
      request([control('A-a'), control('A-b')], {
        only: ['A-b'],
        run: { runId: 'r2', now: () => 6n, ledgerSeq: 8, evidenceHash: 'e' },
      }),
    );
    expect(again.controls.map(({ control: one }) => one.id)).toEqual(['A-b']);
    const rows = await scratch.database.query(
      'SELECT control, run_id, count(*) AS n FROM results GROUP BY ALL ORDER BY control',
    );
    expect(rows).toEqual([
      { control: 'A-a', run_id: 'r1', n: 72 },
      { control: 'A-b', run_id: 'r2', n: 72 },
    ]);
    expect(await scratch.database.query('SELECT count(*) AS n FROM run_controls')).toEqual([{ n: 2 }]);
  });

  it('gives the same hashes again', async () => {
    const first = await runControls(request([control('A-a')]));
    const second = await runControls(request([control('A-a')]));
    expect(second.controls[0]!.populationHash).toBe(first.controls[0]!.populationHash);
    expect(second.controls[0]!.daysHash).toBe(first.controls[0]!.daysHash);
  });

  it.each([
    ['does not parse', { sql: 'select from' }, /cannot be read/],
    ['reads a table it does not name', { sql: 'select * from systems' }, /systems may not be read/],
    ['takes too long', { sql: sql.replace('from events', 'from events, range(100000000000)') }, /longer than 5 s/],
    ['gives a status there is not', { sql: sql.replace("'alarm'", "'bad'") }, /status bad/],
    ['gives a row without a time', { sql: sql.replace('select time,', 'select null::timestamp as time,') }, /no time/],
    ['gives a row without a reason', { sql: sql.replace("actor || ' was there.'", "''") }, /no reason/],
    [
      'fails on a value',
      { sql: sql.replace('source_id, record', 'actor::integer as source_id, record') },
      /Conversion/,
    ],
  ])('leaves other controls alone when one %s', async (story, own, named) => {
    // A short limit only where it is what is tested: a busy machine may take seconds for the others.
    const limits = story === 'takes too long' ? { ...defaultLimits, seconds: 5 } : defaultLimits;
    const { controls } = await runControls(request([control('A-a', own), control('A-b')], { limits }));
    expect(controls[0]!.error).toMatch(named);
    expect(await states('A-a')).toEqual(['error', 'error', 'error', 'no evidence']);
    expect(await states('A-b')).toEqual(['deviation', 'deviation', 'deviation', 'no evidence']);
    expect(await scratch.database.query(`SELECT count(*) AS n FROM results WHERE control = 'A-a'`)).toEqual([{ n: 0 }]);
    const [kept] = await scratch.database.query(`SELECT error FROM run_controls WHERE control = 'A-a'`);
    expect(kept!['error']).toMatch(named);
  });

  it('keeps items outside the window without a day, and counts them', async () => {
    const window = { firstDay: '2026-03-02', lastDay: '2026-03-02', zone: 'UTC' };
    const { controls } = await runControls(request([control('A-a')], { window }));
    expect(controls[0]).toMatchObject({ population: 72, outside: 48 });
    expect(controls[0]!.days).toHaveLength(1);
    expect(controls[0]!.days[0]).toMatchObject({ population: 24 });
    expect(await scratch.database.query('SELECT count(*) AS n FROM results WHERE day IS NULL')).toEqual([{ n: 48 }]);
  });

  it('puts an item on the day of the zone', async () => {
    const window = { firstDay: '2026-03-01', lastDay: '2026-03-01', zone: 'Asia/Kolkata' };
    const { controls } = await runControls(request([control('A-a')], { window }));
    expect(controls[0]!.days[0]).toMatchObject({ population: 19 }); // 00:00 to 18:00 UTC, a record an hour
  });

  it('takes explained alarms as they are judged', async () => {
    const { controls } = await runControls(
      request([control('A-a')], {
        judgements: { isAlarmExplained: (_control, _item, day) => day === '2026-03-01' },
      }),
    );
    expect(controls[0]!.days.map(({ allStates }) => allStates[0])).toContain('explained');
  });

  it('says that a needed table has no row instead of testing without it', async () => {
    const needs = { events: ['time', 'system', 'actor', 'class'], systems: ['system'] };
    const own = {
      needs,
      sql: sql.replace('from events', 'from events left join (select system from systems) using (system)'),
    };
    const { controls } = await runControls(
      request([control('A-a', own), control('A-b', { ...own, optional: ['systems'] })]),
    );
    expect(controls[0]!.days[0]).toMatchObject({
      state: 'no evidence',
      reasons: ['The case has no row in systems, which the control needs.'],
      population: 0,
    });
    expect(controls[1]!.days[0]!.state).toBe('deviation');
  });

  it('looks for the evidence of a monthly control in its whole month', async () => {
    const monthly = control('A-m', {
      per: 'monthly',
      sql: sql.replace('from events', `from events where actor = 'nobody'`),
    });
    const window = { firstDay: '2026-03-01', lastDay: '2026-04-30', zone: 'UTC' };
    const { controls } = await runControls(request([monthly], { window }));
    const shown = controls[0]!.days.filter(({ state }) => state !== 'not due').map(({ day, state }) => [day, state]);
    expect(shown).toEqual([
      ['2026-03-31', 'effective'],
      ['2026-04-30', 'no evidence'],
    ]);
  });

  it('binds values of the engagement, and refuses those of another type', async () => {
    const own = {
      parameters: {
        who: { type: 'text' as const, default: 'nobody', means: 'M' },
        list: { type: 'texts' as const, default: [], means: 'M' },
      },
      sql: sql.replace(`actor = 'user-2'`, `actor = $who or list_contains($list, actor)`),
    };
    const deviations = async (parameters: RunRequest['parameters']): Promise<number> =>
      (await runControls(request([control('A-a', own)], { parameters }))).controls[0]!.days[0]!.deviations;
    expect(await deviations({})).toBe(0);
    expect(await deviations({ '*': { who: 'user-1' } })).toBe(8);
    expect(await deviations({ '*': { who: 'user-1' }, 'A-a': { who: 'nobody', list: ['user-0', 'user-2'] } })).toBe(16);
    await expect(deviations({ 'A-a': { who: 5 } })).rejects.toMatchObject({ problem: { code: 'bad_request' } });
  });

  it('ends when it is cancelled, and leaves the case as it was', async () => {
    await runControls(request([control('A-a')]));
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 500);
    const slow = control('A-s', { sql: sql.replace('from events', 'from events, range(100000000000)') });
    const run = runControls(
      request([control('A-a'), slow], {
        job: { signal: stop.signal, progress: () => {} },
        run: { runId: 'r2', now: () => 6n, ledgerSeq: 8, evidenceHash: 'e' },
      }),
    );
    await expect(run).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    expect(await scratch.database.query('SELECT DISTINCT run_id FROM results')).toEqual([{ run_id: 'r1' }]);
  });

  it('refuses a control that no pack has', async () => {
    await expect(runControls(request([control('A-a')], { only: ['A-z'] }))).rejects.toMatchObject({
      problem: { code: 'not_found' },
    });
  });
});

describe('the plants of the packs that ship', { timeout: 180_000 }, () => {
  it.each(['soc2-ports', 'soc2-hosts', 'soc2-cloud'])('each breaks its control in %s', async (name) => {
    const { readCases } = await import('../../../engine/controls/cases.ts');
    const { makeScratchDatabase } = await import('../../../engine/controls/scratch-evidence.ts');
    const pack = await readPack(join(queries, name));
    for (const one of pack.controls) {
      const { cases, plant } = readCases(one)!;
      expect(plant.length).toBeGreaterThan(0);
      for (const step of plant) {
        const base = cases.find((candidate) => candidate.name === step.case)!;
        const found: string[][] = [];
        for (const statements of [[], step.sql]) {
          const path = join(scratch.folder, `${one.id}-${found.length}-${plant.indexOf(step)}.duckdb`);
          const database = await makeScratchDatabase(path, base.evidence);
          for (const statement of statements) await database.query(statement);
          const { from, to, zone } = base.window;
          const result = await runControls(
            request([], {
              database,
              packs: [{ ...pack, controls: [one] }],
              window: { firstDay: from, lastDay: to, zone },
              parameters: { [one.id]: base.parameters },
            }),
          );
          found.push(result.controls[0]!.days.map(({ state }) => state));
          await database.close();
        }
        expect(found[0], step.name).not.toContain(step.gives);
        expect(found[1], step.name).toContain(step.gives);
      }
    }
  });
});
