/** What a row of an evidence table needs, and what its columns mean beyond their type. */
import { evidenceTable, type EvidenceTableName } from '../../core/tables.ts';
import type { Converted, ColumnValue } from './column-values.ts';

// Where these are missing, the reader of the table's own format refuses or rejects as well.
const needed: Readonly<Partial<Record<EvidenceTableName, readonly string[]>>> = {
  tickets: ['ticket_id', 'opened'],
  accounts: ['account'],
  access_reviews: ['subject', 'decision'],
  config_items: ['captured', 'resource_type', 'configuration'],
  baselines: ['approved_at', 'approved_by', 'resource_type', 'configuration'],
  systems: ['system'],
  authorized_ports: ['system_or_role', 'port', 'protocol'],
};

/** The columns without which there is no row: a time for everything that happened or was looked at. */
export function neededColumns(table: EvidenceTableName): readonly string[] {
  const own = needed[table];
  if (own !== undefined) return own;
  return evidenceTable(table).columns.some(({ name }) => name === 'time') ? ['time'] : [];
}

/** Tables of logs and measurements: their system is the one given at import where the record names none. */
export const tablesOfOneSystem: readonly EvidenceTableName[] = [
  'events',
  'authentications',
  'clock_samples',
  'config_items',
];

/** The value as the column means it. Controls look for these words, so that others would be missed in silence. */
export function meaningOf(table: EvidenceTableName, column: string, value: ColumnValue): Converted {
  if (column === 'outcome' && (table === 'events' || table === 'authentications'))
    return value === 'success' || value === 'failure'
      ? { value }
      : { because: 'is neither success nor failure; say with "values" what it stands for' };
  if (column === 'severity' && typeof value === 'string') return { value: value.toLowerCase() };
  return { value };
}
