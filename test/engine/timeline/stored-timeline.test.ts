/** The timeline between processes: what is kept, what is read again, and that nobody can tell which. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rollUpSource } from '../../../engine/evidence/roll-ups.ts';
import { CaseDatabase } from '../../../engine/store/case-database.ts';
import { findExpectedAndGaps } from '../../../engine/timeline/found-gaps.ts';
import { refreshTimeline, type TimelineRequest } from '../../../engine/timeline/stored-timeline.ts';
import { parseInstant, type AuditWindow } from '../../../shared/time.ts';
import { makeScratchCase, type ScratchCase } from '../store/locked/scratch-case.ts';

let scratch: ScratchCase;
beforeEach(async () => {
  scratch = await makeScratchCase();
});
afterEach(() => scratch.remove());

const june: AuditWindow = { firstDay: '2026-06-01', lastDay: '2026-06-30', zone: 'Europe/Berlin' };
const request: TimelineRequest = {
  window: june,
  expectations: [{ system: 'web-1', stream: 'auditd', allowedS: 7200, basis: 'declared' }],
  decisions: [],
  clockThresholdS: 0.05,
  asOf: parseInstant('2026-07-02T00:00:00Z')!,
};

/** One source: an event each 10 minutes between two instants, of one stream of one system. */
async function source(id: number, [system, stream]: readonly [string, string], [from, to]: readonly [string, string]) {
  await scratch.database.query(
    `INSERT INTO evidence.events (source_id, record, stream, system, time)
     SELECT ${id}, row_number() OVER (ORDER BY t), '${stream}', '${system}', t
     FROM generate_series(TIMESTAMP '${from}', TIMESTAMP '${to}', INTERVAL 10 MINUTE) s(t)`,
  );
  await scratch.database.transaction((transaction) =>
    rollUpSource(transaction, { sourceId: id, series: null, dayZone: 'UTC' }),
  );
}

async function fill(): Promise<void> {
  await scratch.database.query(
    `INSERT INTO evidence.systems (source_id, record, system, needs, addresses) VALUES
       (90, 1, 'web-1', ['syslog', 'auditd'], []), (90, 2, 'web-2', ['syslog'], []), (90, 3, 'web-3', ['syslog'], [])`,
  );
  await source(1, ['web-1', 'syslog'], ['2026-06-01 00:03', '2026-06-18 12:00']);
  await source(2, ['web-1', 'auditd'], ['2026-06-01 00:03', '2026-06-28 12:00']);
  await source(3, ['web-2', 'syslog'], ['2026-06-03 00:03', '2026-06-30 12:00']);
  await source(4, ['web-3', 'syslog'], ['2026-06-03 00:03', '2026-06-05 12:00']);
  await source(5, ['web-3', 'syslog'], ['2026-06-06 00:03', '2026-06-30 21:00']);
}

describe('the stored timeline', () => {
  it('is in the tables, and made again when evidence is added', async () => {
    await fill();
    const first = await refreshTimeline(scratch.database, request);
    expect(await refreshTimeline(scratch.database, request)).toBe(first);
    await source(6, ['web-1', 'syslog'], ['2026-06-20 00:03', '2026-06-30 21:55']);
    const second = await refreshTimeline(scratch.database, request);
    const rows = await scratch.database.query('SELECT "from", "to" FROM gaps ORDER BY stream, system, "from"');
    expect(rows.map((row) => [row['from'], row['to']])).toEqual(second.gaps.map(({ from, to }) => [from, to]));
    const ofWeb1 = (gaps: typeof first.gaps) =>
      gaps.filter(({ system, stream }) => system === 'web-1' && stream === 'syslog');
    expect([ofWeb1(first.gaps).length, ofWeb1(second.gaps).length]).toEqual([2, 2]);
    expect(ofWeb1(second.gaps)[1]).toMatchObject({
      from: parseInstant('2026-06-18T11:53:00Z'),
      to: parseInstant('2026-06-20T00:03:00Z'),
      before: { sourceId: 1 },
      after: { sourceId: 6, record: 1 },
    });
  });

  it('is read by another process as it was made', async () => {
    await fill();
    await scratch.database.query(
      `INSERT INTO evidence.clock_samples (source_id, record, system, time, offset_s, error_s, reference, synchronised)
       SELECT 7, row_number() OVER (), 'web-1', t, 0.001 * (1 + epoch(t)::BIGINT % 7), 0.0001, '10.0.0.1', true
       FROM generate_series(TIMESTAMP '2026-06-02', TIMESTAMP '2026-06-09', INTERVAL 17 MINUTE) s(t)`,
    );
    const made = await refreshTimeline(scratch.database, request);
    expect(made.gaps.length).toBeGreaterThan(2);
    await scratch.database.close();
    const other = await CaseDatabase.open({ path: `${scratch.folder}/case.duckdb` });
    try {
      const mark = `INSERT INTO gaps (gap_id) VALUES ('still the same')`;
      await other.query(mark);
      expect(await refreshTimeline(other, request)).toEqual(made);
      // Had it been made again, the table had been written again.
      expect(await other.query(`SELECT gap_id FROM gaps WHERE gap_id = 'still the same'`)).toHaveLength(1);
      const later = await refreshTimeline(other, { ...request, expectations: [] });
      expect(later.gaps).not.toEqual(made.gaps);
      expect(await other.query(`SELECT gap_id FROM gaps WHERE gap_id = 'still the same'`)).toEqual([]);
    } finally {
      await other.close();
    }
    scratch = await makeScratchCase();
  });
});

describe('what the roll-ups say of each stream', () => {
  const find = () => findExpectedAndGaps(scratch.database, june, request.expectations);

  it('is read again where a source was added, and equals what a new case finds', async () => {
    await fill();
    expect((await find()).readAnew).toBe(4);
    expect((await find()).readAnew).toBe(0);
    await source(6, ['web-3', 'syslog'], ['2026-06-05 18:00', '2026-06-05 23:00']);
    const added = await find();
    expect(added.readAnew).toBe(1);
    await scratch.database.query('DELETE FROM stream_histories');
    const whole = await find();
    expect(whole.readAnew).toBe(4);
    expect({ ...added, readAnew: 4 }).toEqual(whole);
  });

  it('is read again where somebody allows another silence, the inventory names another system, or the window moves', async () => {
    await fill();
    await find();
    const shorter = request.expectations.map((one) => ({ ...one, allowedS: 600 }));
    expect((await findExpectedAndGaps(scratch.database, june, shorter)).readAnew).toBe(1);
    await scratch.database.query(`UPDATE evidence.systems SET addresses = ['web-3'] WHERE system = 'web-2'`);
    await scratch.database.query(`DELETE FROM evidence.systems WHERE system = 'web-3'`);
    const { readAnew, heard } = await findExpectedAndGaps(scratch.database, june, shorter);
    expect([readAnew, heard.size]).toEqual([1, 3]);
    const may = { ...june, firstDay: '2026-05-31' };
    expect((await findExpectedAndGaps(scratch.database, may, shorter)).readAnew).toBe(3);
  });
});
