/**
 * The story: an auditor is given a pack by somebody else, or pastes a query from a mail. It wants to read the machine's
 * files, write some, load code, change the settings that stop it, or take the machine's memory and time.
 * The promise: it is refused by name or ended, the case's file stays as it was, and the next query runs.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../../engine/core/hash.ts';
import { defaultLimits, LockedQueries } from '../../../engine/store/locked/locked-queries.ts';
import { openLockedConnection } from '../../../engine/store/locked/locked-session.ts';
import { makeScratchCase, spawnLocked, type ScratchCase } from '../../engine/store/locked/scratch-case.ts';

let scratch: ScratchCase;
let bait: string;
beforeAll(async () => {
  scratch = await makeScratchCase();
  bait = join(scratch.folder, 'bait.csv');
  writeFileSync(bait, 'a,b\n1,secret\n');
  // What was written so far goes from the log beside the file into the file, once and not under a test.
  await scratch.database.lendReadOnly(async () => undefined);
});
afterAll(() => scratch.remove());

/** Runs hostile SQL as a pack would, then checks that the file is unchanged and the next query runs. */
async function attack(sql: string, limits: Partial<typeof defaultLimits> = {}): Promise<unknown> {
  return scratch.database.lendReadOnly(async (path) => {
    const before = sha256(readFileSync(path));
    const queries = new LockedQueries(spawnLocked, path, { ...defaultLimits, ...limits });
    try {
      const outcome = await queries.all({ sql }).catch((error: unknown) => error);
      expect(await queries.all({ sql: 'SELECT 42 AS answer' })).toEqual([{ answer: 42 }]);
      expect(sha256(readFileSync(path))).toBe(before);
      return outcome;
    } finally {
      await queries.close();
    }
  });
}

const refused = { problem: { code: 'refused_query' } };
const limited = { problem: { code: 'limit_reached' } };

describe('hostile SQL is refused', () => {
  const statements: readonly (readonly [story: string, sql: (folder: string) => string])[] = [
    ['reads a file as CSV', (folder) => `SELECT * FROM read_csv('${folder}/bait.csv')`],
    ['reads a file by naming it as a table', (folder) => `SELECT * FROM '${folder}/bait.csv'`],
    ['reads a file as text', () => `SELECT content FROM read_text('/etc/passwd')`],
    ['lists a folder', () => `SELECT * FROM glob('/etc/*')`],
    ['attaches another database', (folder) => `ATTACH '${folder}/other.duckdb' AS other`],
    ['writes a file', (folder) => `COPY (SELECT 1) TO '${folder}/out.csv'`],
    ['installs an extension', () => 'INSTALL httpfs'],
    ['loads an extension', () => 'LOAD httpfs'],
    [
      'turns logging to a file on, by a SELECT',
      (folder) => `SELECT * FROM enable_logging(storage = 'file', storage_config = {'path': '${folder}'})`,
    ],
    ['turns logging on inside query()', () => `SELECT * FROM query('SELECT * FROM enable_logging(storage=''file'')')`],
    [
      'turns logging on by a serialized statement',
      () => `SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT * FROM enable_logging()'))`,
    ],
    ['turns logging on by CALL', () => `CALL enable_logging(storage = 'file')`],
    ['changes a setting', () => 'SET enable_external_access = true'],
    ['changes a setting by pragma', () => `PRAGMA memory_limit = '99GB'`],
    ['sets a variable', () => 'SET VARIABLE x = 1'],
    ['smuggles a second statement', () => `SELECT 1; COPY (SELECT 1) TO 'out.csv'`],
    ['changes the evidence', () => 'UPDATE evidence.events SET actor = NULL'],
    ['makes a macro', () => `CREATE TEMP MACRO lower(x) AS 'gone'`],
    ['reads the settings', () => `SELECT * FROM duckdb_settings()`],
    ['reads the secrets', () => 'SELECT * FROM duckdb_secrets()'],
  ];

  it.each(statements)('that %s', async (_story, sql) => {
    // The scratch folder of the database's owner is among them, and stays empty.
    const before = readdirSync(scratch.folder, { recursive: true }).sort();
    expect(before).toEqual(expect.arrayContaining(['bait.csv', 'case.duckdb']));
    expect(await attack(sql(scratch.folder))).toMatchObject(refused);
    expect(readdirSync(scratch.folder, { recursive: true }).sort()).toEqual(before);
  });
});

describe('hostile SQL is ended', () => {
  it('when one text outgrows the memory, which no setting of DuckDB limits', async () => {
    const began = performance.now();
    expect(await attack(`SELECT length(repeat('x', 4000000000)) AS n`, { memoryMegabytes: 256 })).toMatchObject(
      limited,
    );
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it('when it recurses for ever', async () => {
    const sql = 'WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS i FROM n';
    expect(await attack(sql, { seconds: 2 })).toMatchObject(limited);
  });

  it('when it counts for ever', async () => {
    const sql = 'SELECT count(*) AS n FROM range(1000000000) a, range(1000000000) b WHERE a.range % 7 = b.range % 11';
    expect(await attack(sql, { seconds: 2 })).toMatchObject(limited);
  });

  it('when it gives a thousand million rows', async () => {
    const outcome = await attack('SELECT range AS n FROM range(1000000000)', { rows: 100_000 });
    expect(outcome).toMatchObject({ problem: { code: 'limit_reached', message: expect.stringContaining('100000') } });
  });

  it('when a list outgrows the memory', async () => {
    const sql = 'SELECT len(list(md5(range::VARCHAR))) AS n FROM range(200000000)';
    const outcome = await attack(sql, { memoryMegabytes: 64 });
    expect(outcome).toMatchObject({ problem: { code: 'limit_reached', message: expect.stringContaining('memory') } });
  });
});

describe('beneath the gate, the instance itself', () => {
  it('reads and writes no file, loads nothing, attaches nothing and keeps its settings', async () => {
    const temporaryFolder = join(scratch.folder, 'temporary');
    mkdirSync(temporaryFolder);
    symlinkSync(bait, join(temporaryFolder, 'link.csv'));
    const connection = await openLockedConnection({
      kind: 'open',
      path: ':memory:',
      temporaryFolder,
      memoryMegabytes: 256,
    });
    const out = join(scratch.folder, 'out.csv');
    for (const sql of [
      `SELECT * FROM read_csv('${bait}')`,
      `SELECT * FROM '${bait}'`,
      `SELECT * FROM read_csv('${temporaryFolder}/../bait.csv')`,
      `SELECT * FROM read_csv('${temporaryFolder}/link.csv')`,
      `SELECT * FROM glob('${scratch.folder}/*')`,
      `COPY (SELECT 1) TO '${out}'`,
      `ATTACH '${scratch.folder}/other.duckdb'`,
      'INSTALL httpfs',
      'LOAD httpfs',
      'SET enable_external_access = true',
      'SET lock_configuration = false',
      `SET memory_limit = '99GB'`,
      `SET temp_directory = '/tmp'`,
      `SET TimeZone = 'Asia/Kolkata'`,
    ]) {
      await expect(connection.run(sql), sql).rejects.toThrow();
    }
    expect(existsSync(out)).toBe(false);
    connection.closeSync();
  });

  // DuckDB lets SQL write to its own temporary folder whatever the settings say, so that folder is private and empty;
  // the gate refuses COPY before it comes to that.
  it('can write to its temporary folder, which is why it has one of its own', async () => {
    const temporaryFolder = join(scratch.folder, 'private');
    mkdirSync(temporaryFolder);
    const connection = await openLockedConnection({
      kind: 'open',
      path: ':memory:',
      temporaryFolder,
      memoryMegabytes: 256,
    });
    await connection.run(`COPY (SELECT 1) TO '${temporaryFolder}/written.csv'`);
    expect(existsSync(join(temporaryFolder, 'written.csv'))).toBe(true);
    connection.closeSync();
  });
});
