import { afterAll, describe, expect, it } from 'vitest';
import { LockedQueries } from '../../../../engine/store/locked/locked-queries.ts';
import { spawnLocked } from './scratch-case.ts';

const queries = new LockedQueries(spawnLocked, ':memory:');
afterAll(() => queries.close());

const allowed = [
  'SELECT 1 AS one',
  'FROM events',
  'VALUES (1), (2)',
  'SELECT * FROM main.events',
  'WITH a AS (SELECT 1 AS n) SELECT n FROM a',
  'WITH a AS MATERIALIZED (SELECT 1 AS n), b AS (SELECT n FROM a) SELECT n FROM b UNION ALL SELECT n FROM a',
  'WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT i FROM n',
  'SELECT sum(x) OVER (PARTITION BY y ORDER BY z) FROM (VALUES (1, 2, 3)) t(x, y, z)',
  'SELECT x FROM range(3) r(x), unnest([1, 2]) u(y)',
  'SELECT list_transform([1, 2], lambda x: x + 1) AS l, [i * 2 FOR i IN [1, 2]] AS m',
  `SELECT CASE WHEN system LIKE 'a%' THEN coalesce(code, '') END AS c FROM events WHERE time BETWEEN $a AND $b`,
  `SELECT date_trunc('hour', time) AS hour, count(*) FILTER (WHERE outcome = 'failure') AS n FROM events GROUP BY ALL`,
  'SELECT EXISTS (SELECT 1 FROM events e WHERE e.system = s.system) AS seen FROM systems s',
  'SELECT * FROM events e ASOF JOIN scans s ON e.time >= s.started',
];

const refused: readonly (readonly [sql: string, named: string])[] = [
  ['SELECT 1; SELECT 2', '2 statements'],
  ['', '0 statements'],
  ['INSERT INTO events VALUES (1)', 'Only one SELECT'],
  ['EXPLAIN SELECT 1', 'Only one SELECT'],
  ['DESCRIBE events', 'SHOW_REF'],
  ['SUMMARIZE events', 'SHOW_REF'],
  ['SELECT * FROM evidence.events', 'evidence.events'],
  ['SELECT * FROM duckdb_settings()', 'duckdb_settings'],
  ['SELECT * FROM duckdb_tables', 'duckdb_tables'],
  ['SELECT * FROM sqlite_master', 'sqlite_master'],
  ['SELECT * FROM information_schema.tables', 'information_schema.tables'],
  [`SELECT * FROM '/etc/passwd'`, '/etc/passwd'],
  ['SELECT * FROM pragma_version()', 'pragma_version'],
  [`SELECT * FROM query('SELECT 42')`, 'query'],
  [`SELECT * FROM query_table('events')`, 'query_table'],
  [`SELECT json_execute_serialized_sql('{}')`, 'json_execute_serialized_sql'],
  [`SELECT * FROM json_execute_serialized_sql('{}')`, 'json_execute_serialized_sql'],
  [`SELECT * FROM enable_logging(storage = 'file')`, 'enable_logging'],
  ['SELECT * FROM checkpoint()', 'checkpoint'],
  ['SELECT random()', 'random'],
  ['SELECT now()', 'now'],
  ['SELECT current_date', 'current_date'],
  ['SELECT current_timestamp', 'current_timestamp'],
  ['SELECT "CURRENT_USER"', 'CURRENT_USER'],
  ['SELECT session_user', 'session_user'],
  ['SELECT age(time) FROM events', 'age'],
  ['SELECT uuid()', 'uuid'],
  [`SELECT nextval('s')`, 'nextval'],
  [`SELECT current_setting('temp_directory')`, 'current_setting'],
  [`SELECT getenv('HOME')`, 'getenv'],
  ["SELECT getvariable('x')", 'getvariable'],
  ['SELECT pg_sleep(1)', 'pg_sleep'],
  ['SELECT sleep_ms(1)', 'sleep_ms'],
  [`SELECT error('x')`, 'error'],
  [`SELECT write_log('x')`, 'write_log'],
  [`SELECT * FROM repeat('x', 10)`, 'repeat'],
  ['SELECT * FROM events TABLESAMPLE 10%', 'sample'],
  ['SELECT * FROM events USING SAMPLE 3', 'sample'],
  ['SELECT evil.lower(system) FROM events', 'evil.lower'],
  ['SELECT ?', 'named'],
  ['SELECT $1', 'named'],
  ['PIVOT events ON system USING count(*)', 'Only one SELECT'],
  // A common table expression lends its name only to what can see it.
  ['SELECT * FROM (WITH sqlite_master AS (SELECT 1) SELECT * FROM sqlite_master) a, sqlite_master', 'sqlite_master'],
  ['WITH a AS (SELECT * FROM sqlite_master), sqlite_master AS (SELECT 1) SELECT * FROM a', 'sqlite_master'],
  ['WITH sqlite_master AS (SELECT * FROM sqlite_master) SELECT * FROM sqlite_master', 'sqlite_master'],
  // Hidden in corners of the tree.
  ['SELECT 1 ORDER BY random()', 'random'],
  ['SELECT 1 LIMIT (SELECT count(*) FROM duckdb_tables())', 'duckdb_tables'],
  ['SELECT count(*) FILTER (WHERE random() > 0.5) FROM events', 'random'],
  ['SELECT sum(1) OVER (ORDER BY random()) FROM events', 'random'],
  ['SELECT * REPLACE (random() AS system) FROM events', 'random'],
  ['SELECT list_transform([1], lambda x: random())', 'random'],
  ['SELECT 1 FROM range((SELECT max(rowid) FROM duckdb_logs))', 'duckdb_logs'],
  ['SELECT 1 FROM events JOIN scans ON random() > 0', 'random'],
  ['SELECT 1 UNION ALL SELECT random()', 'random'],
  ['SELECT system FROM events GROUP BY ALL HAVING random() > 0', 'random'],
  ['SELECT system FROM events QUALIFY row_number() OVER (ORDER BY random()) = 1', 'random'],
  ['SELECT DISTINCT ON (random()) system FROM events', 'random'],
  ['SELECT CASE WHEN true THEN random() END', 'random'],
  ['VALUES (random())', 'random'],
  ["SELECT COLUMNS(c -> c = getenv('HOME')) FROM events", 'getenv'],
  ['SELECT (SELECT random())', 'random'],
  ['SELECT 1 WHERE 1 IN (SELECT random())', 'random'],
  ['SELECT string_agg(system ORDER BY random()) FROM events', 'random'],
  ['WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT random() FROM n) SELECT i FROM n', 'random'],
];

describe('the gate of the locked connection', () => {
  it.each(allowed)('lets through: %s', async (sql) => {
    await expect(queries.inspect(sql)).resolves.toBeDefined();
  });

  it.each(refused)('refuses: %s', async (sql, named) => {
    await expect(queries.inspect(sql)).rejects.toMatchObject({
      problem: { code: 'refused_query', message: expect.stringContaining(named) },
    });
  });

  it('refuses a statement nested beyond reason instead of failing on it', async () => {
    const deep = `SELECT ${'('.repeat(5000)}1${')'.repeat(5000)}`;
    const sums = `SELECT ${'1 + '.repeat(5000)}1`;
    for (const sql of [deep, sums]) {
      await expect(
        queries.inspect(sql).then(
          () => 'allowed',
          (error) => error.problem.code,
        ),
      ).resolves.toMatch(/allowed|refused_query|limit_reached/);
    }
    await expect(queries.inspect('SELECT 1')).resolves.toBeDefined();
  });
});
