import { formatInstant } from '../../shared/time.ts';
import { evidenceTable, type EvidenceTableName } from '../core/tables.ts';
import type { Transaction } from '../store/case-database.ts';
import type { SqlValue } from '../store/sql-values.ts';
import type { PreviewTable } from './import-report.ts';

const MOST_ROWS = 3;
const LONGEST_VALUE = 200;

/** The first rows that a source put into each of its tables. `rows` names those tables. */
export async function firstRows(
  transaction: Transaction,
  sourceId: number,
  rows: Readonly<Record<string, number>>,
): Promise<readonly PreviewTable[]> {
  const tables: PreviewTable[] = [];
  for (const table of Object.keys(rows)) {
    const found = await transaction.query(
      `SELECT * EXCLUDE (source_id) FROM evidence."${table}" WHERE source_id = $source::INTEGER
       ORDER BY record LIMIT ${MOST_ROWS}`,
      { source: sourceId },
    );
    const times = new Set(
      evidenceTable(table as EvidenceTableName)
        .columns.filter(({ type }) => type === 'time')
        .map(({ name }) => name),
    );
    const shown = found.map((row) =>
      Object.fromEntries(Object.entries(row).map(([column, value]) => [column, textOf(value, times.has(column))])),
    );
    tables.push({ table, rows: shown });
  }
  return tables;
}

function textOf(value: SqlValue, isTime: boolean): string | null {
  if (value === null) return null;
  if (isTime) return formatInstant(BigInt(value as bigint | number));
  const text = Array.isArray(value) ? value.join(', ') : String(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…`.toWellFormed() : text;
}
