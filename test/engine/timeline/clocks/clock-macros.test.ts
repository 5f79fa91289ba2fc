/** What controls ask of clocks, on the locked connection and over many events. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeNarrowDatabase, readCatalogue } from '../../../../engine/controls/narrow-database.ts';
import { CaseDatabase } from '../../../../engine/store/case-database.ts';
import { LockedSession } from '../../../../engine/store/locked/locked-session.ts';
import { clockMacroNeeds, clockMacros } from '../../../../engine/timeline/clocks/clock-macros.ts';

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'fieldwork-test-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

describe('the functions of clocks', () => {
  it('run on the locked connection where clock_intervals may be read, and name it as a table that is read', async () => {
    const place = await folder();
    const path = join(place, 'narrow.duckdb');
    await makeNarrowDatabase(path, { events: ['time', 'system'], ...clockMacroNeeds }, await readCatalogue());
    const session = await LockedSession.open({ kind: 'open', path, temporaryFolder: place, memoryMegabytes: 256 });
    const sql = `SELECT system, event_time_trusted(system, time) AS trusted, ordered(system, time, system, time).order AS o
      FROM events ORDER BY system`;
    const inspection = await session.inspect(sql, ['events', 'clock_intervals']);
    expect(inspection.tables).toEqual(['clock_intervals', 'events']);
    await expect(session.inspect(sql, ['events'])).rejects.toThrow('reads clock_intervals');
    const columns: string[] = [];
    await session.query(
      { kind: 'query', sql, parameters: {}, tables: ['events', 'clock_intervals'], mostRows: 10 },
      { columns: (found) => columns.push(...found.map(({ name }) => name)), rows: async () => undefined },
    );
    expect(columns).toEqual(['system', 'trusted', 'o']);
  });

  it('agree with a join over many events', async () => {
    const database = await CaseDatabase.open({ path: ':memory:' });
    onTestFinished(() => database.close());
    await database.query(`CREATE TABLE clock_intervals AS
      SELECT 's' || s AS system, make_timestamp(i * 86400000000) AS "from", make_timestamp((i + 1) * 86400000000) AS "to",
        ['within', 'out', 'unknown'][(s + i) % 3 + 1] AS state, 0.0 AS offset_s, 0.001 AS error_s
      FROM range(20) a(s), range(50) b(i)`);
    for (const statement of clockMacros()) await database.query(statement);
    await database.query(`CREATE TABLE events AS
      SELECT 's' || (n % 20) AS system, make_timestamp(n * 43 * 1000000) AS time FROM range(100000) t(n)`);
    const [asked] = await database.query(
      'SELECT count(*) FILTER (event_time_trusted(system, time)) AS trusted FROM events',
    );
    const [joined] = await database.query(`SELECT count(*) AS trusted FROM events e JOIN clock_intervals c
      ON c.system = e.system AND e.time >= c."from" AND e.time < c."to" WHERE c.state = 'within'`);
    expect(asked).toEqual(joined);
    expect(Number(joined!['trusted'])).toBeGreaterThan(0);
  });
});
