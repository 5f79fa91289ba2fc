import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { defaultLimits, LockedQueries } from '../../../../engine/store/locked/locked-queries.ts';
import { temporaryFolder } from '../../test-case.ts';
import { makeScratchCase, spawnLocked, type ScratchCase } from './scratch-case.ts';

let scratch: ScratchCase;
beforeAll(async () => {
  scratch = await makeScratchCase();
  await scratch.database.query(
    `INSERT INTO evidence.events (source_id, record, time, system, stream, message)
     SELECT 1, range + 1, TIMESTAMP '2026-03-01' + to_seconds(range), 'web-1', 'syslog', 'line ' || range
     FROM range(10000)`,
  );
});
afterAll(() => scratch.remove());

/** Runs `work` with the case's file lent to a locked process. */
async function locked<T>(work: (queries: LockedQueries) => Promise<T>, limits = {}): Promise<T> {
  return scratch.database.lendReadOnly(async (path) => {
    const queries = new LockedQueries(spawnLocked, path, { ...defaultLimits, ...limits });
    try {
      return await work(queries);
    } finally {
      await queries.close();
    }
  });
}

describe('the locked connection', () => {
  it('gives rows with their values as they are, instants as UTC microseconds', async () => {
    const rows = await locked((queries) =>
      queries.all({
        sql: `SELECT time, system, record, [1, 2] AS list, NULL AS nothing, 0.5 AS half
              FROM events WHERE time >= $window_start AND system = $name ORDER BY record LIMIT 1`,
        parameters: { window_start: { micros: 1_772_323_200_000_000n }, name: 'web-1', unused: 1 },
      }),
    );
    expect(rows).toEqual([
      { time: 1_772_323_200_000_000n, system: 'web-1', record: 1, list: [1, 2], nothing: null, half: 0.5 },
    ]);
  });

  it('reads clocks as UTC whatever the machine says', async () => {
    const rows = await locked((queries) =>
      queries.all({
        sql: `SELECT TIMESTAMP '2026-03-01 12:00:00'::TIMESTAMPTZ::VARCHAR AS t, epoch(min(time)) AS s FROM events`,
      }),
    );
    expect(rows).toEqual([{ t: '2026-03-01 12:00:00+00', s: 1_772_323_200 }]);
  });

  it('streams in pieces, never far ahead of the reader', async () => {
    const sizes = await locked(async (queries) => {
      const { rows } = await queries.query({ sql: 'SELECT record FROM events ORDER BY record' });
      const pieces: number[] = [];
      for await (const piece of rows) pieces.push(piece.length);
      return pieces;
    });
    expect(sizes.reduce((a, b) => a + b, 0)).toBe(10000);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2048);
  });

  it('runs the next query after a reader that went away early, and after a failed one', async () => {
    await locked(async (queries) => {
      const { rows } = await queries.query({ sql: 'SELECT a.record FROM events a, events b' });
      for await (const piece of rows) if (piece.length > 0) break;
      await expect(queries.all({ sql: 'SELECT nothing_such FROM events' })).rejects.toMatchObject({
        problem: { code: 'refused_query', message: expect.stringContaining('nothing_such') },
      });
      expect(await queries.all({ sql: 'SELECT count(*) AS n FROM events' })).toEqual([{ n: 10000 }]);
    });
  });

  it('tells what a statement uses without running it', async () => {
    const inspection = await locked((queries) =>
      queries.inspect(`WITH late AS (SELECT * FROM events WHERE time > $since)
        SELECT lower(system) AS s, string_agg(message) AS all_messages FROM late JOIN systems USING (system)
        GROUP BY ALL ORDER BY s`),
    );
    expect(inspection).toEqual({
      tables: ['events', 'systems'],
      functions: ['lower', 'string_agg'],
      parameters: ['since'],
      isOrdered: true,
      unorderedCalls: ['string_agg'],
    });
  });

  it('ends a query on request, and serves again', async () => {
    await locked(async (queries) => {
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 200);
      const query = { sql: 'SELECT count(*) AS n FROM range(100000000000)', signal: stop.signal };
      await expect(queries.all(query)).rejects.toMatchObject({ problem: { code: 'cancelled' } });
      expect(await queries.all({ sql: 'SELECT 1 AS one' })).toEqual([{ one: 1 }]);
    });
  });

  it('gives no more rows than allowed', async () => {
    const query = locked((queries) => queries.all({ sql: 'SELECT record FROM events' }), { rows: 9000 });
    await expect(query).rejects.toMatchObject({
      problem: { code: 'limit_reached', message: expect.stringContaining('9000') },
    });
  });

  it('wants every parameter bound', async () => {
    const query = locked((queries) => queries.all({ sql: 'SELECT $grace AS g', parameters: {} }));
    await expect(query).rejects.toMatchObject({
      problem: { code: 'refused_query', message: expect.stringContaining('grace') },
    });
  });

  it('leaves no folder behind', async () => {
    // In a folder for temporary files of its own: other tests make such folders at the same time.
    vi.stubEnv('TMPDIR', await temporaryFolder());
    await locked((queries) => queries.all({ sql: 'SELECT 1 AS one' }));
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('fieldwork-locked-'))).toEqual([]);
    vi.unstubAllEnvs();
  });
});
