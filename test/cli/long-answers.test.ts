/** Answers of any length come whole, and instants come as instants. */
import { expect, it } from 'vitest';
import { auditLines } from '../engine/test-case.ts';
import { caseWith, fieldwork } from './run-cli.ts';

it('200 000 rows of `sql` come as a table and as one JSON array', async () => {
  const { root } = await caseWith({});
  const query = "SELECT range AS n, repeat('x', (range % 70)::INTEGER) AS text FROM range(200000) ORDER BY n";
  const table = await fieldwork('sql', root, query);
  expect([table.code, table.stderr]).toEqual([0, '']);
  const lines = table.stdout.split('\n');
  expect(lines).toHaveLength(200_000 + 3);
  expect(lines.at(-2)).toBe(`199999  ${'x'.repeat(199_999 % 70)}`);
  const json = await fieldwork('sql', root, query, '--json');
  const rows = JSON.parse(json.stdout) as { n: number; text: string }[];
  expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: 200_000 }, (_, n) => n));
  expect((await fieldwork('sql', root, 'SELECT 1 AS n WHERE false', '--json')).stdout).toBe('[]\n');
});

it('`sql` gives instants as RFC 3339, alone and in lists, and what lies outside as itself', async () => {
  const { root } = await caseWith({ 'audit.log': auditLines(1) });
  const query = `SELECT time, [time] AS times, TIMESTAMPTZ '2026-03-01 02:00:00.5+01' AS zoned,
    'infinity'::TIMESTAMP AS never, 1772323200000000 AS number, '\\xAB'::BLOB AS bytes, 'nan'::DOUBLE AS nan FROM events`;
  const { stdout } = await fieldwork('sql', root, query, '--json');
  expect(JSON.parse(stdout)).toEqual([
    {
      time: '2026-03-01T00:00:00Z',
      times: ['2026-03-01T00:00:00Z'],
      zoned: '2026-03-01T01:00:00.5Z',
      never: 'infinity',
      number: 1772323200000000,
      bytes: 'ab',
      nan: 'NaN',
    },
  ]);
  const table = await fieldwork('sql', root, 'SELECT time FROM events');
  expect(table.stdout.split('\n')[2]).toBe('2026-03-01T00:00:00Z');
});

it('`rejects` lists every record that could not be read, beyond 100 000 of them', async () => {
  // Every second one, since a file that is mostly unreadable is refused as a whole.
  const text = auditLines(100_007).replaceAll('\n', '\nno record\n');
  const { root } = await caseWith({ 'audit.log': text });
  const json = await fieldwork('rejects', root, '--json');
  const { total, rows } = JSON.parse(json.stdout) as { total: number; rows: { record: number }[] };
  expect([total, json.stderr]).toEqual([100_007, '']);
  expect(rows.map(({ record }) => record)).toEqual(Array.from({ length: 100_007 }, (_, i) => 2 * (i + 1)));
  const table = await fieldwork('rejects', root, 'S1');
  expect(table.stdout.split('\n')).toHaveLength(100_007 + 3);
});
