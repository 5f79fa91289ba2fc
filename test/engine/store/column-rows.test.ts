import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CaseDatabase, type Transaction } from '../../../engine/store/case-database.ts';
import {
  BATCH_ROWS,
  HIGH_HALF,
  LOW_HALF,
  type ColumnTable,
  type ColumnWriter,
} from '../../../engine/store/column-rows.ts';

const table: ColumnTable = {
  target: 't',
  columns: [
    { name: 'n', type: 'bigint' },
    { name: 'at_', type: 'time' },
    { name: 'value', type: 'double' },
  ],
  select: 'n, at_, value',
};
const SMALLEST_BIGINT = -(2n ** 63n);
const LARGEST_BIGINT = 2n ** 63n - 1n;

let database: CaseDatabase;
beforeEach(async () => {
  database = await CaseDatabase.open({ path: ':memory:' });
  await database.query('CREATE TABLE t (n BIGINT, at_ TIMESTAMP, value DOUBLE)');
});
afterEach(() => database.close());

interface Row {
  readonly n: bigint;
  readonly at: bigint;
  readonly bits: bigint;
}

/** Adds one row; every column is written by its bits. */
function put(writer: ColumnWriter, { n, at, bits }: Row): void {
  const { batch } = writer;
  batch.columns[0]!.integers[batch.rows] = n;
  batch.columns[1]!.integers[batch.rows] = at;
  batch.columns[2]!.integers[batch.rows] = bits;
  if (++batch.rows === BATCH_ROWS) writer.next();
}

async function write(transaction: Transaction, rows: Iterable<Row>): Promise<void> {
  const writer = transaction.columns(table);
  for (const row of rows) {
    put(writer, row);
    if (writer.batch.rows === 0) await writer.pause();
  }
  await writer.finish();
}

function* numbered(count: number): Generator<Row> {
  for (let i = 0; i < count; i++) yield { n: BigInt(i), at: BigInt(i) * 1_000_001n, bits: bitsOf(i / 3) };
}

function bitsOf(value: number): bigint {
  return new BigInt64Array(new Float64Array([value]).buffer)[0]!;
}

describe('rows of numbers', () => {
  it.each([0, 1, 2, BATCH_ROWS - 1, BATCH_ROWS, BATCH_ROWS + 1, 3 * BATCH_ROWS, 1_000_000])(
    '%i of them arrive, each once and whole',
    async (count) => {
      await database.transaction((transaction) => write(transaction, numbered(count)));
      const [found] = await database.query(
        `SELECT count(*) AS n, count(DISTINCT n) AS different, min(n) AS first, max(n) AS last,
           count(*) FILTER (epoch_us(at_) = n * 1000001 AND value = n / 3.0::DOUBLE) AS whole FROM t`,
      );
      const ends = count === 0 ? { first: null, last: null } : { first: 0, last: count - 1 };
      expect(found).toEqual({ n: count, different: count, whole: count, ...ends });
    },
  );

  it('three million of them, filled column by column, arrive, each once and whole', async () => {
    const count = 3_000_000;
    await database.transaction(async (transaction) => {
      const writer = transaction.columns(table);
      for (let from = 0; from < count;) {
        const { batch } = writer;
        const taken = Math.min(count - from, BATCH_ROWS);
        const [numbers, times, values] = batch.columns;
        for (let i = 0; i < taken; i++) {
          numbers!.halves[2 * i + LOW_HALF] = from + i;
          numbers!.halves[2 * i + HIGH_HALF] = 0;
          times!.halves[2 * i + LOW_HALF] = from + i;
          times!.halves[2 * i + HIGH_HALF] = 7;
          values!.doubles[i] = -(from + i);
        }
        batch.rows = taken;
        from += taken;
        if (taken === BATCH_ROWS) writer.next();
        await writer.pause();
      }
      await writer.finish();
    });
    const [found] = await database.query(
      `SELECT count(*) AS n, count(DISTINCT n) AS different, sum(n)::BIGINT AS sum, min(n) AS first, max(n) AS last,
         count(*) FILTER (epoch_us(at_) = 7 * 4294967296 + n AND value = -n) AS whole FROM t`,
    );
    const sum = (count * (count - 1)) / 2;
    expect(found).toEqual({ n: count, different: count, sum, first: 0, last: count - 1, whole: count });
  });

  it('keep every integer of 64 bits', async () => {
    const integers = [
      SMALLEST_BIGINT,
      SMALLEST_BIGINT + 1n,
      -(2n ** 53n) - 1n,
      -1n,
      0n,
      1n,
      2n ** 53n + 1n,
      LARGEST_BIGINT,
    ];
    // The two largest, and the smallest but one, are infinite as a time.
    const times = [
      -62_135_596_800_000_000n,
      -1n,
      0n,
      1n,
      2n ** 53n + 1n,
      9_214_646_400_000_000n,
      -(2n ** 32n),
      2n ** 32n,
    ];
    const rows = integers.map((n, i) => ({ n, at: times[i]!, bits: 0n }));
    await database.transaction((transaction) => write(transaction, rows));
    const found = await database.query('SELECT n::VARCHAR AS n, epoch_us(at_)::VARCHAR AS micros FROM t ORDER BY t.n');
    expect(found).toEqual(rows.map(({ n, at }) => ({ n: String(n), micros: String(at) })));
  });

  it('keep every double to its last bit, the payloads of NaN too', async () => {
    const doubles = [
      ...[0, -0, 1, -1, 0.1, 1 / 3, Infinity, -Infinity].map(bitsOf),
      ...[Number.MIN_VALUE, -Number.MIN_VALUE, 2 ** -1022, 1.5e-310, Number.MAX_VALUE, -Number.MAX_VALUE].map(bitsOf),
      // The usual NaN, the one of Prometheus, its stale marker, and others with a sign or all bits.
      ...[0x7ff8000000000000n, 0x7ff8000000000001n, 0x7ff0000000000002n, 0x7fffffffffffffffn],
      ...[0xfff8000000000000n, 0xffffffffffffffffn, 0xfff0000000000001n].map((bits) => BigInt.asIntN(64, bits)),
    ];
    const rows = doubles.map((bits, n) => ({ n: BigInt(n), at: 0n, bits }));
    await database.transaction((transaction) => write(transaction, rows));
    const nans = await database.query('SELECT n FROM t WHERE isnan(value) ORDER BY n');
    expect(nans.map(({ n }) => n)).toEqual([14, 15, 16, 17, 18, 19, 20]);
    const infinite = await database.query(`SELECT n FROM t WHERE isinf(value) ORDER BY n`);
    expect(infinite.map(({ n }) => n)).toEqual([6, 7]);
    expect(await database.query('SELECT n FROM t WHERE value = 0 ORDER BY n')).toEqual([{ n: 0 }, { n: 1 }]);
    expect(await bitsInTable()).toEqual(doubles);
  });

  it('of which a select makes other rows', async () => {
    await database.query('CREATE TABLE wide (source INTEGER, n BIGINT, "half value" DOUBLE)');
    const wide = { target: 'wide', columns: table.columns, select: '7::INTEGER, n & 1, value / 2' };
    await database.transaction(async (transaction) => {
      const writer = transaction.columns(wide);
      for (const row of numbered(BATCH_ROWS + 5)) put(writer, row);
      await writer.finish();
    });
    const found = await database.query('SELECT source, n, count(*) AS rows FROM wide GROUP BY ALL ORDER BY n');
    const odd = Math.floor((BATCH_ROWS + 5) / 2);
    expect(found).toEqual([
      { source: 7, n: 0, rows: odd + 1 },
      { source: 7, n: 1, rows: odd },
    ]);
  });

  async function bitsInTable(): Promise<readonly bigint[]> {
    // JavaScript may change the bits of a NaN that is only looked at: they are told by the database.
    const rows = await database.query(`SELECT (value::DOUBLE)::BIT::VARCHAR AS bits FROM t ORDER BY n`);
    return rows.map(({ bits }) => BigInt.asIntN(64, BigInt(`0b${String(bits)}`)));
  }
});

describe('writing that fails', () => {
  const many = (): Generator<Row> => numbered(4 * 480 * BATCH_ROWS);

  it.each([
    ['a table that is not there', 'DROP TABLE t', /does not exist/],
    ['a row that a constraint forbids', 'CREATE UNIQUE INDEX one ON t ((n % 1900000))', /[Dd]uplicate/],
  ])('%s: the work is told, nothing is left, and the next goes well', async (_what, prepare, says) => {
    await database.query(prepare);
    let reached = false;
    await expect(
      database.transaction(async (transaction) => {
        await write(transaction, many());
        reached = true;
      }),
    ).rejects.toThrow(says);
    expect(reached).toBe(false);
    await database.query('DROP TABLE IF EXISTS t');
    await database.query('CREATE TABLE t (n BIGINT, at_ TIMESTAMP, value DOUBLE)');
    await database.transaction((transaction) => write(transaction, numbered(3000)));
    expect(await database.query('SELECT count(*) AS n FROM t')).toEqual([{ n: 3000 }]);
  });

  it('at its very end, with few rows: told as well', async () => {
    await database.query('ALTER TABLE t ALTER COLUMN value SET NOT NULL');
    await database.query('CREATE UNIQUE INDEX one ON t ((n // 2))');
    await expect(database.transaction((transaction) => write(transaction, numbered(3)))).rejects.toThrow(
      /[Dd]uplicate/,
    );
    expect(await database.query('SELECT count(*) AS n FROM t')).toEqual([{ n: 0 }]);
  });

  it('in work that fails for another reason: nothing is left, though much was written already', async () => {
    await expect(
      database.transaction(async (transaction) => {
        await write(transaction, numbered(100_000));
        const writer = transaction.columns(table);
        let rows = 0;
        for (const row of many()) {
          put(writer, row);
          if (++rows % BATCH_ROWS === 0) await writer.pause();
          if (rows === 600 * BATCH_ROWS) throw new Error('stop');
        }
      }),
    ).rejects.toThrow('stop');
    expect(await database.query('SELECT count(*) AS n FROM t')).toEqual([{ n: 0 }]);
    await database.transaction((transaction) => write(transaction, numbered(10)));
    expect(await database.query('SELECT count(*) AS n FROM t')).toEqual([{ n: 10 }]);
  });
});

describe('with other statements in the same transaction', () => {
  it('a query asked while rows are written waits, and sees all that were given before', async () => {
    const seen: unknown[] = [];
    await database.transaction(async (transaction) => {
      await transaction.query('CREATE TABLE notes (text VARCHAR)');
      const writer = transaction.columns(table);
      const asked: Promise<unknown>[] = [];
      let rows = 0;
      for (const row of numbered(2_500_000)) {
        put(writer, row);
        if (++rows % BATCH_ROWS !== 0) continue;
        await writer.pause();
        if (rows % (250 * BATCH_ROWS) !== 0) continue;
        // Not waited for: it runs between two writes.
        asked.push(transaction.query('SELECT count(*) AS n, count(DISTINCT n) AS different FROM t'));
        asked.push(transaction.query('INSERT INTO notes VALUES ($text)', { text: String(rows) }));
      }
      await writer.finish();
      seen.push(...(await Promise.all(asked)).flat());
    });
    const counts = (seen as { n?: number; different?: number }[]).filter(({ n }) => n !== undefined);
    for (const { n, different } of counts) expect(different).toBe(n);
    expect(counts.map(({ n }) => n)).toEqual([...counts.map(({ n }) => n)].sort((a, b) => a! - b!));
    const found = await database.query(
      'SELECT (SELECT count(*) FROM t) AS rows, (SELECT count(*) FROM notes) AS notes',
    );
    expect(found).toEqual([{ rows: 2_500_000, notes: 4 }]);
  });

  it('two writers, rows with text and a query take turns', async () => {
    await database.query('CREATE TABLE other (n BIGINT, at_ TIMESTAMP, value DOUBLE)');
    await database.query('CREATE TABLE words (word VARCHAR)');
    const words = { target: 'words', columns: [{ name: 'word', type: 'text' }] } as const;
    const [last] = await database.transaction(async (transaction) => {
      transaction.prepare(words);
      const [one, two] = [transaction.columns(table), transaction.columns({ ...table, target: 'other' })];
      let rows = 0;
      for (const row of numbered(1_200_000)) {
        put(one, row);
        put(two, row);
        if (++rows % BATCH_ROWS !== 0) continue;
        transaction.add(words, [`row ${rows}`]);
        await one.pause();
        await two.pause();
        if (rows % (300 * BATCH_ROWS) === 0) await transaction.flush();
      }
      await one.finish();
      await two.finish();
      await transaction.flush();
      return transaction.query(
        'SELECT (SELECT count(*) FROM t) AS one, (SELECT count(*) FROM other) AS two, (SELECT count(*) FROM words) AS three',
      );
    });
    expect(last).toEqual({ one: 1_200_000, two: 1_200_000, three: Math.floor(1_200_000 / BATCH_ROWS) });
    const differing = await database.query(
      'SELECT count(*) AS n FROM t JOIN other USING (n) WHERE t.value <> other.value',
    );
    expect(differing).toEqual([{ n: 0 }]);
  });
});
