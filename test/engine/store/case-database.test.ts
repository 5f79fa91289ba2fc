import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BulkTable } from '../../../engine/store/bulk-rows.ts';
import { CaseDatabase } from '../../../engine/store/case-database.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fieldwork-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const table: BulkTable = {
  target: 't',
  columns: [
    { name: 'n', type: 'bigint' },
    { name: 'at_', type: 'time' },
    { name: 'word', type: 'text' },
    { name: 'list', type: 'texts' },
    { name: 'yes', type: 'boolean' },
    { name: 'real', type: 'double' },
    { name: 'raw', type: 'blob' },
  ],
};
const createTable = `CREATE TABLE t (n BIGINT, at_ TIMESTAMP, word VARCHAR, list VARCHAR[], yes BOOLEAN, real DOUBLE, raw BLOB)`;

describe('rows in bulk', () => {
  it('arrive as they were, over several batches, with NULLs, NUL bytes and lists', async () => {
    const database = await CaseDatabase.open({ path: join(folder, 'a.duckdb') });
    await database.query(createTable);
    const rows = 5000;
    await database.transaction(async (transaction) => {
      for (let i = 0; i < rows; i++) {
        transaction.add(
          table,
          i % 7 === 0
            ? [i, null, null, null, null, null, null]
            : [
                i,
                1_780_000_000_123_456n + BigInt(i),
                `a\0b-${'é'.repeat(i % 30)}`,
                i % 2 ? [] : ['x', 'y z'],
                i % 2 === 0,
                i / 3,
                new Uint8Array([0, 255, i % 256]),
              ],
        );
        if (i === 3000) await transaction.flush();
      }
    });
    const [counts] = await database.query('SELECT count(*) AS all_rows, count(word) AS words FROM t');
    expect(counts).toEqual({ all_rows: rows, words: rows - Math.ceil(rows / 7) });
    const [row] = await database.query('SELECT * FROM t WHERE n = 4000');
    expect(row).toEqual({
      n: 4000,
      at_: 1_780_000_000_123_456n + 4000n,
      word: `a\0b-${'é'.repeat(4000 % 30)}`,
      list: ['x', 'y z'],
      yes: true,
      real: 4000 / 3,
      raw: new Uint8Array([0, 255, 4000 % 256]),
    });
    expect((await database.query('SELECT list FROM t WHERE n = 4001'))[0]).toEqual({ list: [] });
    await database.close();
  });

  it('leave nothing behind when the transaction fails, and the next one is clean', async () => {
    const database = await CaseDatabase.open({ path: ':memory:' });
    await database.query(createTable);
    await expect(
      database.transaction(async (transaction) => {
        for (let i = 0; i < 3000; i++) transaction.add(table, [i, null, 'x', null, null, null, null]);
        await transaction.flush();
        throw new Error('stop');
      }),
    ).rejects.toThrow('stop');
    await database.transaction(async (transaction) => transaction.add(table, [1, null, 'y', null, null, null, null]));
    expect(await database.query('SELECT n, word FROM t')).toEqual([{ n: 1, word: 'y' }]);
    await database.close();
  });
});

describe('lists', () => {
  it('keep every item as it is, also the empty ones and the marks they travel with', async () => {
    const database = await CaseDatabase.open({ path: ':memory:' });
    await database.query(createTable);
    const lists = [[], [''], ['', ''], ['a\u001fb', '\u001e0', '\u001e1', '\u001e'], ['x', 'y z', 'é\u0000']];
    await database.transaction(async (transaction) => {
      for (const [n, list] of lists.entries()) transaction.add(table, [n, null, null, list, null, null, null]);
      transaction.add(table, [99, null, null, null, null, null, null]);
    });
    const rows = await database.query('SELECT list FROM t ORDER BY n');
    expect(rows.map((row) => row['list'])).toEqual([...lists, null]);
    await database.close();
  });
});

describe('text that is not text', () => {
  it('is stored as U+FFFD and never as the value of the row before', async () => {
    const database = await CaseDatabase.open({ path: ':memory:' });
    await database.query(createTable);
    await database.transaction(async (transaction) => {
      transaction.add(table, [1, null, 'the row before', null, null, null, null]);
      transaction.add(table, [2, null, 'half a \ud800 pair', null, null, null, null]);
      transaction.add(table, [3, null, 'half a \udc00 pair and \0', null, null, null, null]);
    });
    expect((await database.query('SELECT word FROM t ORDER BY n')).map((row) => row['word'])).toEqual([
      'the row before',
      'half a \ufffd pair',
      'half a \ufffd pair and \0',
    ]);
    await database.close();
  });
});

describe('many queries at once', () => {
  it('leave a thread for reading files', async () => {
    const database = await CaseDatabase.open({ path: ':memory:' });
    let done = 0;
    const slow = Array.from({ length: 6 }, () =>
      database.query('SELECT sum(a.range * b.range % 7) FROM range(30000) a, range(3000) b').then(() => done++),
    );
    // The queries are under way once the first threads have taken them up.
    await new Promise((resolve) => setTimeout(resolve, 50));
    await readFile(import.meta.filename);
    const doneBeforeTheFileWasRead = done;
    await Promise.all(slow);
    expect(doneBeforeTheFileWasRead).toBe(0);
    await database.close();
  });
});

describe('one owner of a database file', () => {
  it('refuses a second opening in this process and loses no row', async () => {
    const path = join(folder, 'a.duckdb');
    const first = await CaseDatabase.open({ path });
    await first.query('CREATE TABLE t AS SELECT range AS n FROM range(500000)');
    await expect(CaseDatabase.open({ path })).rejects.toMatchObject({ problem: { code: 'case_in_use' } });
    await expect(CaseDatabase.open({ path: join(folder, '.', 'a.duckdb'), readOnly: true })).rejects.toMatchObject({
      problem: { code: 'case_in_use' },
    });
    await first.close();
    const again = await CaseDatabase.open({ path });
    expect(await again.query('SELECT count(*) AS n FROM t')).toEqual([{ n: 500000 }]);
    await again.close();
  });

  it('refuses when another process has it open', async () => {
    const path = join(folder, 'a.duckdb');
    const other = await startOther(path);
    await expect(CaseDatabase.open({ path })).rejects.toMatchObject({ problem: { code: 'case_in_use' } });
    other.kill('SIGKILL');
  });
});

async function startOther(path: string): Promise<{ kill(signal: 'SIGKILL'): void }> {
  const script = `import { DuckDBInstance } from '@duckdb/node-api';
    const instance = await DuckDBInstance.create(${JSON.stringify(path)}); const c = await instance.connect();
    await c.run('CREATE TABLE t (n INT)'); process.stdout.write('open'); setInterval(() => {}, 1000);`;
  const other = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => other.stdout.once('data', resolve));
  return other;
}

describe('the settings', () => {
  it('store zstd columns compressed', async () => {
    const path = join(folder, 'z.duckdb');
    const database = await CaseDatabase.open({ path });
    await database.query('CREATE TABLE z (line VARCHAR USING COMPRESSION zstd)');
    await database.query(
      `INSERT INTO z SELECT 'type=SYSCALL msg=audit(1780000000.123:' || range || '): arch=c000003e syscall=59 success=yes comm="' || md5(range::VARCHAR) || '"' FROM range(300000)`,
    );
    await database.query('CHECKPOINT');
    const kinds = await database.query(
      `SELECT DISTINCT compression FROM pragma_storage_info('z') WHERE segment_type = 'VARCHAR'`,
    );
    expect(kinds).toEqual([{ compression: 'ZSTD' }]);
    await database.close();
  });

  it('keep the database away from files', async () => {
    const database = await CaseDatabase.open({ path: ':memory:' });
    await expect(database.query(`SELECT * FROM read_csv('/etc/passwd')`)).rejects.toThrow(/disabled/);
    await database.close();
  });

  it('stop a query when asked', async () => {
    const database = await CaseDatabase.open({ path: ':memory:' });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    const query = database.query('SELECT count(*) FROM range(100000000000) a, range(1000) b', {}, stop.signal);
    await expect(query).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    await database.close();
  });

  it('lend the file to one after the other, and let no query in between', async () => {
    const database = await CaseDatabase.open({ path: join(folder, 'm.duckdb') });
    await database.query('CREATE TABLE t AS SELECT 1 AS n');
    const seen: string[] = [];
    const lend = (name: string) =>
      database.lendReadOnly(async () => {
        seen.push(`${name} begins`);
        await expect(database.query('INSERT INTO t VALUES (9)')).rejects.toThrow(/read-only/);
        await new Promise((resolve) => setTimeout(resolve, 20));
        seen.push(`${name} ends`);
      });
    const queries = () => Promise.all([1, 2, 3, 4, 5].map(() => database.query('SELECT n FROM t')));
    await Promise.all([lend('a'), queries(), lend('b'), queries()]);
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
    await database.query('INSERT INTO t VALUES (2)');
    await database.close();
  });

  it('lend the file read-only and take it back', async () => {
    const path = join(folder, 'l.duckdb');
    const database = await CaseDatabase.open({ path });
    await database.query('CREATE TABLE t AS SELECT 1 AS n');
    await database.lendReadOnly(async () => {
      expect(await database.query('SELECT n FROM t')).toEqual([{ n: 1 }]);
      await expect(database.query('INSERT INTO t VALUES (2)')).rejects.toThrow(/read-only/);
    });
    await database.query('INSERT INTO t VALUES (2)');
    expect(await database.query('SELECT count(*) AS n FROM t')).toEqual([{ n: 2 }]);
    await database.close();
  });
});
