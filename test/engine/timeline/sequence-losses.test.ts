import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rollUpSource } from '../../../engine/evidence/roll-ups.ts';
import type { FoundGap } from '../../../engine/timeline/gap.ts';
import { findSequenceLosses, foldSequenceLosses } from '../../../engine/timeline/sequence-losses.ts';
import { parseInstant } from '../../../shared/time.ts';
import { makeScratchCase, type ScratchCase } from '../store/locked/scratch-case.ts';

let scratch: ScratchCase;
beforeEach(async () => {
  scratch = await makeScratchCase();
});
afterEach(() => scratch.remove());

const window = { firstDay: '2026-03-01', lastDay: '2026-03-31', zone: 'UTC' };
const start = parseInstant('2026-03-02T00:00:00Z')!;

interface Numbered {
  readonly serial: number;
  readonly second: number;
  readonly code?: string;
}

/** A record a second, its serial as high as its second. */
function run(from: number, to: number, shift = 0): readonly Numbered[] {
  return Array.from({ length: to - from + 1 }, (_, at) => ({ serial: from + at, second: from + at + shift }));
}

async function write(stream: string, records: readonly Numbered[], sourceId = 1): Promise<void> {
  const rows = records.map(
    ({ serial, second, code }, at) =>
      `(${sourceId}, ${at + 1}, '${stream}', 'web-1', make_timestamp(${start + BigInt(second) * 1_000_000n}), ${serial}, ${code === undefined ? 'NULL' : `'${code}'`})`,
  );
  await scratch.database.query(
    `INSERT INTO evidence.events (source_id, record, stream, system, time, sequence, code) VALUES ${rows.join(', ')}`,
  );
  await scratch.database.transaction((transaction) =>
    rollUpSource(transaction, { sourceId, series: null, dayZone: 'UTC' }),
  );
}

async function losses(): Promise<readonly string[]> {
  const found = await findSequenceLosses(scratch.database, { window });
  return found.map(
    ({ stream, missing, before, after }) =>
      `${stream} ${missing} S${before?.sourceId} #${before?.record} S${after?.sourceId} #${after?.record}`,
  );
}

describe('numbers that are skipped', () => {
  for (const stream of ['auditd', 'journald', 'kernel', 'syslog']) {
    it(`are a loss in ${stream}, between the two records that are cited`, async () => {
      await write(stream, [...run(1, 30), ...run(38, 60)]);
      expect(await losses()).toEqual([`${stream} 7 S1 #30 S1 #31`]);
    });
  }

  it('have the times of the records around them', async () => {
    await write('auditd', [...run(1, 30), ...run(38, 60)]);
    const [loss] = await findSequenceLosses(scratch.database, { window });
    expect(loss).toMatchObject({ from: start + 30_000_000n, to: start + 38_000_000n, kind: 'sequence-loss' });
  });

  it('are none where a count begins again, or the daemon counts for itself', async () => {
    await write('auditd', [...run(1, 200), ...run(1, 100, 500), { serial: 9000, second: 700, code: 'DAEMON_ROTATE' }]);
    expect(await losses()).toEqual([]);
  });

  it('are none where records are written out of order, or a clock is set back', async () => {
    const late = run(1, 400).map((one) => ({ ...one, second: one.serial > 200 ? one.second - 180 : one.second }));
    await write('auditd', late);
    await write('journald', [...run(1, 40), { serial: 42, second: 41 }, { serial: 41, second: 42 }], 2);
    expect(await losses()).toEqual([]);
  });

  it('are the same in whatever order files are imported', async () => {
    await write('auditd', run(101, 200), 1);
    await write('auditd', run(1, 95), 2);
    expect(await losses()).toEqual(['auditd 5 S2 #95 S1 #1']);
  });

  it('are none where a later file has what another one lacks', async () => {
    await write('auditd', [...run(1, 50), ...run(61, 100)], 1);
    await write('auditd', run(51, 60), 2);
    expect(await losses()).toEqual([]);
  });

  it('are none where an export picked its records, but for a long one', async () => {
    await write(
      'auditd',
      run(1, 300).filter(({ serial }) => serial % 3 !== 0),
    );
    await write(
      'journald',
      run(1, 300).filter(({ serial }) => serial % 7 === 0),
      2,
    );
    expect(await losses()).toEqual([]);
    await write(
      'auditd',
      run(5000, 5100).filter(({ serial }) => serial % 3 !== 0),
      3,
    );
    expect(await losses()).toHaveLength(0);
  });

  it('are told in spite of small skips where most are there', async () => {
    await write(
      'auditd',
      run(1, 300).filter(({ serial }) => serial % 10 !== 0),
    );
    await write(
      'auditd',
      run(5001, 5100).filter(({ serial }) => serial % 10 !== 0),
      2,
    );
    expect(await losses()).toEqual(['auditd 4701 S1 #270 S2 #1']);
  });

  it('are those that the kernel counts itself, as far as the count has risen', async () => {
    const told = (second: number, lost: number): string =>
      `(1, ${second}, 'auditd', 'web-1', make_timestamp(${start + BigInt(second) * 1_000_000n}), 'loss', 'The kernel counts ${lost} lost audit records.')`;
    await write('auditd', [{ serial: 1, second: 1 }], 2);
    await scratch.database.query(
      `INSERT INTO evidence.events (source_id, record, stream, system, time, activity, message) VALUES ${told(5, 10)}, ${told(6, 10)}, ${told(9, 14)}`,
    );
    expect(await losses()).toEqual(['auditd 10 S2 #1 S1 #5', 'auditd 4 S1 #6 S1 #9']);
  });

  it('are outside the window of no concern', async () => {
    await write('auditd', [...run(1, 30), ...run(38, 60)]);
    const april = { firstDay: '2026-04-01', lastDay: '2026-04-30', zone: 'UTC' };
    expect(await findSequenceLosses(scratch.database, { window: april })).toEqual([]);
  });
});

describe('runs of numbers made at import', () => {
  const runs = async (): Promise<readonly unknown[]> =>
    (
      await scratch.database.query(
        `SELECT source_id, least, most, numbers, skips, first_record, last_record FROM sequence_runs ORDER BY source_id, least, first_time`,
      )
    ).map((row) => Object.values(row).map(Number));

  it('are one where nothing is skipped, also where records stand in another order or twice', async () => {
    await write('auditd', run(1, 5000));
    const [first, second, ...more] = run(5001, 6000);
    await write('auditd', [second!, first!, ...more, more.at(-1)!], 2);
    expect(await runs()).toEqual([
      [1, 1, 5000, 5000, 0, 1, 5000],
      [2, 5001, 6000, 1000, 0, 2, 1001],
    ]);
  });

  it('end where a number is skipped or the count begins again', async () => {
    await write('auditd', [...run(1, 200), ...run(203, 300), ...run(1, 50, 400)]);
    expect(await runs()).toEqual(
      [
        [1, 1, 50, 50, 0, 299, 348],
        [1, 1, 200, 200, 0, 1, 200],
        [1, 203, 300, 98, 0, 201, 298],
      ].sort((a, b) => a[1]! - b[1]! || a[5]! - b[5]!),
    );
  });

  it('are few where many numbers are left out', async () => {
    await write(
      'auditd',
      run(1, 3000).filter(({ serial }) => serial % 7 !== 0),
    );
    expect(await runs()).toEqual([[1, 1, 3000, 2572, 428, 1, 2572]]);
  });
});

describe('a loss within a silence', () => {
  const silence: FoundGap = {
    ...{ system: 'web-1', stream: 'auditd', kind: 'silence', from: 100n, to: 200n },
    ...{ before: null, after: null, usual: null, missing: null },
  };
  const loss: FoundGap = { ...silence, kind: 'sequence-loss', missing: 7 };

  it('is what the silence misses, and no gap of its own', () => {
    expect(foldSequenceLosses([silence], [loss])).toEqual([{ ...silence, missing: 7 }]);
  });

  it('is within it too where a record without such a number ends the silence', () => {
    expect(foldSequenceLosses([silence], [{ ...loss, to: 201n }])).toEqual([{ ...silence, missing: 7 }]);
  });

  it('stays its own in another stream, or beyond it', () => {
    const others = [
      { ...loss, stream: 'journald' },
      { ...loss, to: 300n },
    ];
    expect(foldSequenceLosses([silence], others)).toEqual([silence, ...others]);
  });
});
