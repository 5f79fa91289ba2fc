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

  it('say on the locked connection what nobody can know, and which of two intervals an instant lies in', async () => {
    const place = await folder();
    const path = join(place, 'narrow.duckdb');
    await makeNarrowDatabase(path, { ...clockMacroNeeds }, await readCatalogue());
    const database = await CaseDatabase.open({ path });
    await database.query(`INSERT INTO clock_intervals BY NAME SELECT * FROM (VALUES
      ('a', TIMESTAMP '2026-03-01 00:00:00', TIMESTAMP '2026-03-01 06:00:00', 'within', 0.001, 0.002),
      ('a', TIMESTAMP '2026-03-01 06:00:00', TIMESTAMP '2026-03-01 12:00:00', 'out', 3.0, 0.002),
      ('a', TIMESTAMP '2026-03-01 12:00:00', TIMESTAMP '2026-03-02 00:00:00', 'unknown', NULL, NULL),
      ('b', TIMESTAMP '2026-03-01 00:00:00', TIMESTAMP '2026-03-02 00:00:00', 'within', 0.0, NULL))
      t(system, "from", "to", state, offset_s, error_s)`);
    await database.close();
    const session = await LockedSession.open({ kind: 'open', path, temporaryFolder: place, memoryMegabytes: 256 });
    const ask = async (expression: string): Promise<unknown> => {
      const rows: unknown[] = [];
      const sql = `SELECT (${expression})::VARCHAR AS it`;
      await session.query(
        { kind: 'query', sql, parameters: {}, tables: ['clock_intervals'], mostRows: 10 },
        { columns: () => undefined, rows: async (found) => void rows.push(...found) },
      );
      return (rows as unknown[][])[0]![0];
    };
    const day = (time: string): string => `TIMESTAMP '2026-03-01 ${time}'`;
    const trusted = (system: string, time: string) => ask(`event_time_trusted(${system}, ${time})`);
    const ordered = (a: string, b: string) => ask(`ordered('a', ${a}, 'b', ${b})`);
    expect([
      await trusted(`'a'`, day('00:00:00')),
      await trusted(`'a'`, day('05:59:59.999999')),
      await trusted(`'a'`, day('06:00:00')),
      await trusted(`'a'`, day('12:00:00')),
      await trusted(`'b'`, day('23:59:59.999999')),
      await trusted(`'b'`, `TIMESTAMP '2026-03-02 00:00:00'`),
      await trusted(`'b'`, `TIMESTAMP '2026-02-28 23:59:59'`),
      await trusted('NULL', day('00:00:00')),
      await trusted(`'a'`, 'NULL'),
      await trusted(`'nobody'`, day('00:00:00')),
    ]).toEqual(['true', 'true', 'false', 'false', 'true', 'false', 'false', 'false', 'false', 'false']);
    expect([
      await ordered(day('05:00:00'), day('05:00:01')),
      await ordered(day('05:00:00'), day('05:00:00.05')),
      await ordered(day('06:00:00'), day('06:00:00')),
      await ordered(day('12:00:00'), day('13:00:00')),
      await ordered(day('05:00:00'), `TIMESTAMP '2026-03-02 00:00:00'`),
      await ordered('NULL', day('05:00:00')),
      await ask(`ordered(NULL, ${day('05:00:00')}, 'b', ${day('05:00:00')})`),
    ]).toEqual([
      "{'order': before, 'margin_s': 0.901}",
      "{'order': undecidable, 'margin_s': -0.049}",
      "{'order': before, 'margin_s': 2.9}",
      "{'order': undecidable, 'margin_s': NULL}",
      "{'order': undecidable, 'margin_s': NULL}",
      "{'order': undecidable, 'margin_s': NULL}",
      "{'order': undecidable, 'margin_s': NULL}",
    ]);
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
