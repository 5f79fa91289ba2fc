import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CaseDatabase } from '../../../engine/store/case-database.ts';
import { schemaStatements } from '../../../engine/store/schema.ts';
import type { RowWriter } from '../../../engine/store/row-writer.ts';

type Rows = RowWriter<'auditd_records'>;

let database: CaseDatabase;
beforeEach(async () => {
  database = await CaseDatabase.open({ path: ':memory:' });
  for (const statement of schemaStatements()) await database.query(statement);
});
afterEach(() => database.close());

async function fill(work: (rows: Rows) => void | Promise<void>): Promise<number[]> {
  const ended: number[] = [];
  await database.transaction(async (transaction) => {
    const rows = transaction.rows('auditd_records', 7, (record) => ended.push(record));
    await work(rows);
    await rows.finish();
  });
  return ended;
}

const select = (columns: string) =>
  database.query(`SELECT ${columns} FROM evidence.auditd_records ORDER BY source_id, record`);

function put(rows: Rows, column: 'comm' | 'fields', text: string): void {
  // In the middle of other bytes, as evidence is.
  const bytes = Buffer.from(`xx${text}yy`);
  rows.bytes(rows.column(column), bytes, 2, bytes.length - 2);
}

describe('rows that are filled value by value', () => {
  it('have every text as it was, whatever its length, by bytes and as a string', async () => {
    const texts = [
      '',
      'a',
      'twelve bytes',
      'thirteen byte',
      'NUL\0 in it',
      'NUL\0 in a text that is long',
      'é',
      'ééééééé',
    ];
    texts.push('\u{1f600}'.repeat(3), '\u{1f600}'.repeat(4), 'x'.repeat(100_000), 'ends with é: 12', '\u{feff}mark');
    await fill((rows) => {
      texts.forEach((text, i) => {
        put(rows, 'comm', text);
        rows.text(rows.column('exe'), text);
        rows.end(i + 1);
      });
    });
    // By their bytes: a byte order mark would be lost where text is read.
    const bytes = texts.map((text) => Buffer.from(text).toString('hex').toUpperCase());
    const found = await select('hex(comm) AS comm, hex(exe) AS exe');
    expect(found.map((row) => row['comm'])).toEqual(bytes);
    expect(found.map((row) => row['exe'])).toEqual(bytes);
  });

  it('cite source and record, and have NULL where nothing was set', async () => {
    const ended = await fill((rows) => {
      rows.end(3);
      rows.boolean(rows.column('success'), false);
      rows.end(5);
    });
    expect(ended).toEqual([3, 5]);
    expect(await select('source_id, record, success, comm, pid, time')).toEqual([
      { source_id: 7, record: 3, success: null, comm: null, pid: null, time: null },
      { source_id: 7, record: 5, success: false, comm: null, pid: null, time: null },
    ]);
  });

  it('have numbers of every size, and times before 1970', async () => {
    const numbers = [0, 1, -1, 4_294_967_295, 4_294_967_296, -4_294_967_297, 999_999_999_999_999, -999_999_999_999_999];
    await fill((rows) => {
      numbers.forEach((number, i) => {
        rows.number(rows.column('exit'), number);
        rows.number(rows.column('time'), number);
        rows.number(rows.column('syscall'), number | 0);
        rows.end(i + 1);
      });
      expect([rows.firstTime, rows.lastTime]).toEqual([Math.min(...numbers), Math.max(...numbers)]);
    });
    const found = await select('exit, epoch_us(time) AS us, syscall');
    expect(found.map((row) => Number(row['exit']))).toEqual(numbers);
    expect(found.map((row) => Number(row['us']))).toEqual(numbers);
    expect(found.map((row) => row['syscall'])).toEqual(numbers.map((number) => number | 0));
  });

  it('are all there after several statements, with texts that repeat and texts that do not', async () => {
    const count = 2048 * 130 + 17;
    await fill(async (rows) => {
      for (let i = 1; i <= count; i++) {
        rows.text(rows.column('type'), i % 3 === 0 ? 'SYSCALL' : 'A_TYPE_WITH_A_LONG_NAME');
        if (i % 5 > 0) put(rows, 'fields', `{"number":"${i}","more":"of it"}`);
        rows.number(rows.column('serial'), i);
        rows.end(i);
        if (i % 2048 === 0) await rows.pause();
      }
    });
    const [sums] = await database.query(
      `SELECT count(*) AS n, count(DISTINCT record) AS records, count(fields) AS fields,
         count(*) FILTER (type = 'SYSCALL' AND record % 3 = 0) AS calls,
         count(*) FILTER (type = 'A_TYPE_WITH_A_LONG_NAME' AND record % 3 > 0) AS others,
         count(*) FILTER (fields = '{"number":"' || record || '","more":"of it"}') AS same,
         count(*) FILTER (serial = record AND source_id = 7) AS cited
       FROM evidence.auditd_records`,
    );
    const thirds = Math.floor(count / 3);
    const fields = count - Math.floor(count / 5);
    expect(sums).toEqual({
      n: count,
      records: count,
      fields,
      calls: thirds,
      others: count - thirds,
      same: fields,
      cited: count,
    });
  });

  it('have NULL in a column that only an earlier batch, in the same memory, had values in', async () => {
    const many = 2048 * 125;
    await fill(async (rows) => {
      for (let i = 1; i <= many; i++) {
        const isEarly = i <= 2048 * 62;
        if (isEarly) {
          rows.text(rows.column('comm'), i % 2 === 0 ? 'short' : 'a text that does not fit');
          rows.number(rows.column('pid'), i);
          rows.boolean(rows.column('success'), true);
        } else if (i % 1000 === 0) rows.text(rows.column('comm'), 'late');
        rows.end(i);
        if (i % 2048 === 0) await rows.pause();
      }
    });
    const [sums] = await database.query(
      `SELECT count(*) AS n, count(pid) AS pids, count(success) AS successes, count(*) FILTER (pid = record) AS same,
         count(*) FILTER (comm = CASE WHEN record % 2 = 0 THEN 'short' ELSE 'a text that does not fit' END) AS early,
         count(*) FILTER (comm = 'late' AND record % 1000 = 0) AS late, count(comm) AS comms
       FROM evidence.auditd_records`,
    );
    const early = 2048 * 62;
    const late = Math.floor(many / 1000) - Math.floor(early / 1000);
    expect(sums).toEqual({ n: many, pids: early, successes: early, same: early, early, late, comms: early + late });
  });

  it('leave the database with the threads and the memory it had, whether they were written or not', async () => {
    const settings = () =>
      database.query(
        `SELECT current_setting('external_threads') AS external, current_setting('memory_limit') AS memory`,
      );
    const before = await settings();
    await fill((rows) => rows.end(1));
    expect(await settings()).toEqual(before);
    const failing = database.transaction(async (transaction) => {
      const rows = transaction.rows('auditd_records', 8, () => undefined);
      rows.end(1);
      await rows.finish();
      const [during] = await transaction.query(`SELECT current_setting('memory_limit') AS memory`);
      expect(during!['memory']).not.toBe(before[0]!['memory']);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await settings()).toEqual(before);
  });

  it('with texts of megabytes are not held back until 2048 of them are there', async () => {
    await fill((rows) => {
      for (let i = 1; i <= 40; i++) {
        put(rows, 'fields', String(i).repeat(1_000_000));
        rows.end(i);
      }
    });
    const found = await select('length(fields) AS length, fields[1:2] AS begins');
    expect(found.map((row) => Number(row['length']))).toEqual(
      Array.from({ length: 40 }, (_, i) => String(i + 1).length * 1_000_000),
    );
  });
});

describe('a value that does not fit', () => {
  it.each([
    ['short text that is not UTF-8', [0xff]],
    ['long text that is not UTF-8', [...Array.from({ length: 40 }, () => 97), 0xff]],
    ['the second half of a character', [...Array.from({ length: 40 }, () => 97), 0xa9]],
  ])('fails the whole import: %s', async (_what, bytes) => {
    const filling = fill((rows) => {
      rows.end(1);
      rows.bytes(rows.column('comm'), Uint8Array.from(bytes), 0, bytes.length);
      rows.end(2);
    });
    await expect(filling).rejects.toThrow();
    expect(await select('record')).toEqual([]);
  });

  it('fails the whole import: halves of a character in two texts, which together are UTF-8', async () => {
    const half = (rows: Rows, bytes: readonly number[], record: number) => {
      rows.bytes(rows.column('comm'), Uint8Array.from(bytes), 0, bytes.length);
      rows.end(record);
    };
    const letters = Array.from({ length: 40 }, () => 97);
    const filling = fill((rows) => {
      half(rows, [...letters, 0xc3], 1);
      half(rows, [0xa9, ...letters], 2);
    });
    await expect(filling).rejects.toThrow();
    expect(await select('record')).toEqual([]);
  });

  it('is said at once: a number too large for its column, or none', async () => {
    await expect(fill((rows) => rows.number(rows.column('syscall'), 2 ** 31))).rejects.toThrow(
      'cannot hold 2147483648',
    );
    await expect(fill((rows) => rows.number(rows.column('exit'), 0.5))).rejects.toThrow('cannot hold 0.5');
  });
});

describe('many sources one after the other', () => {
  it('are written by one function, also after one that failed', async () => {
    for (let record = 1; record <= 5; record++) {
      const filling = fill((rows) => {
        rows.end(record);
        if (record === 3) throw new Error('no further');
      });
      if (record === 3) await expect(filling).rejects.toThrow('no further');
      else await filling;
    }
    expect((await select('record')).map((row) => row['record'])).toEqual([1, 2, 4, 5]);
    // One before the failure, which took its function along, and one after it.
    const [made] = await database.query(
      `SELECT count(DISTINCT function_name) AS n FROM duckdb_functions() WHERE function_name LIKE 'batches_%'`,
    );
    expect(made).toEqual({ n: 2 });
  });
});
