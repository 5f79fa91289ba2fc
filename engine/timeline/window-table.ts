import { windowDays, type AuditWindow, type WindowDay } from '../../shared/time.ts';
import type { BulkTable } from '../store/bulk-rows.ts';
import type { CaseDatabase } from '../store/case-database.ts';

const windowTable: BulkTable = {
  target: 'window_days',
  columns: [
    { name: 'day', type: 'text' },
    { name: 'day_from', type: 'time' },
    { name: 'day_to', type: 'time' },
  ],
};

/** Fills `window_days` with the days of the window, in place of those that were there. */
export async function fillWindowDays(database: CaseDatabase, window: AuditWindow): Promise<readonly WindowDay[]> {
  const days = windowDays(window);
  await database.transaction(async (transaction) => {
    await transaction.query('DELETE FROM window_days');
    for (const { day, from, to } of days) transaction.add(windowTable, [day, from, to]);
  });
  return days;
}

/** The days as a table expression of SQL: `place` from 0, `day_from`, `day_to`. Our own numbers, nothing to escape. */
export function daysAsSql(days: readonly WindowDay[]): string {
  const rows = days.map(({ from, to }, place) => `(${place}, make_timestamp(${from}), make_timestamp(${to}))`);
  return `(SELECT * FROM (VALUES ${rows.join(', ')}) AS days(place, day_from, day_to))`;
}
