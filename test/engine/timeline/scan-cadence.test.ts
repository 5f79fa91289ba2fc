/** Scans that are not due each day. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findExpectedAndGaps } from '../../../engine/timeline/found-gaps.ts';
import { formatInstant, type AuditWindow } from '../../../shared/time.ts';
import { makeScratchCase, type ScratchCase } from '../store/locked/scratch-case.ts';

let scratch: ScratchCase;
beforeEach(async () => {
  scratch = await makeScratchCase();
  await scratch.database.query(
    `INSERT INTO evidence.systems (source_id, record, system, needs, addresses) VALUES (90, 1, 'web-1', ['trivy'], [])`,
  );
});
afterEach(() => scratch.remove());

const quarter: AuditWindow = { firstDay: '2026-04-01', lastDay: '2026-06-30', zone: 'UTC' };

/** One completed scan of one host for each time. */
async function scans(times: readonly string[]): Promise<void> {
  for (const [at, time] of times.entries()) {
    await scratch.database.query(
      `INSERT INTO evidence.scans (source_id, record, scan_id, tool, started, finished, completed)
       VALUES (${at + 1}, 1, 's', 'Trivy', TIMESTAMP '${time}', TIMESTAMP '${time}', true)`,
    );
    await scratch.database.query(
      `INSERT INTO evidence.scan_targets (source_id, record, scan_id, system, state, time)
       VALUES (${at + 1}, 2, 's', 'web-1', 'up', TIMESTAMP '${time}')`,
    );
  }
}

async function found(window = quarter) {
  const { gaps, expectations } = await findExpectedAndGaps(scratch.database, window, []);
  const told = gaps.map(({ kind, from, to, before, after }) => [
    `${kind} ${formatInstant(from)} ${formatInstant(to)}`,
    before?.sourceId ?? null,
    after?.sourceId ?? null,
  ]);
  return { told, basis: expectations[0]!.basis, usualS: expectations[0]!.usualS[0] };
}

const mondays = [
  '04-06',
  '04-13',
  '04-20',
  '04-27',
  '05-04',
  '05-11',
  '05-18',
  '05-25',
  '06-01',
  '06-08',
  '06-15',
  '06-22',
  '06-29',
];

describe('weekly scans', () => {
  it('are owed a week after the one before, and missed until the next one', async () => {
    await scans(mondays.filter((day) => day !== '05-11' && day !== '06-15').map((day) => `2026-${day} 03:00`));
    expect(await found()).toEqual({
      told: [
        ['scan-missed 2026-05-11T03:00:00Z 2026-05-18T03:00:00Z', 5, 6],
        ['scan-missed 2026-06-15T03:00:00Z 2026-06-22T03:00:00Z', 9, 10],
      ],
      basis: 'cadence',
      usualS: 7 * 86_400,
    });
  });

  it('are not missed when they come a day late, nor counted twice when they take several files', async () => {
    await scans(
      mondays
        .flatMap((day, at) => [`2026-${day} 03:00`, `2026-${day} ${at % 2 === 0 ? '04:30' : '23:00'}`])
        .filter((time) => !time.endsWith('23:00')),
    );
    expect((await found()).told).toEqual([]);
  });

  it('are missed at the ends of the window too', async () => {
    await scans(mondays.slice(3, 9).map((day) => `2026-${day} 03:00`));
    expect((await found()).told).toEqual([
      ['scan-missed 2026-04-08T00:00:00Z 2026-04-27T03:00:00Z', null, 1],
      ['scan-missed 2026-06-08T03:00:00Z 2026-07-01T00:00:00Z', 6, null],
    ]);
  });
});

it('scans of which too few were seen are owed on each day', async () => {
  await scans(['2026-06-01 03:00', '2026-06-08 03:00', '2026-06-15 03:00']);
  const { basis, told } = await found({ ...quarter, firstDay: '2026-06-01', lastDay: '2026-06-15' });
  expect(basis).toBe('daily');
  expect(told.map(([text]) => text)).toEqual([
    'scan-missed 2026-06-02T00:00:00Z 2026-06-08T00:00:00Z',
    'scan-missed 2026-06-09T00:00:00Z 2026-06-15T00:00:00Z',
  ]);
});
