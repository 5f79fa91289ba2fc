/** The evidence tables as they are filled in bulk: the citation, then the columns. */
import { citationColumns, evidenceTable, type EvidenceTableName } from '../core/tables.ts';
import type { BulkTable } from './bulk-rows.ts';
import { SAMPLE_VALUES } from './schema.ts';

const bulkTables = new Map<EvidenceTableName, BulkTable>();

/** An evidence table as it is filled. */
export function evidenceBulkTable(name: EvidenceTableName): BulkTable {
  let table = bulkTables.get(name);
  if (!table) {
    table = makeBulkTable(name);
    bulkTables.set(name, table);
  }
  return table;
}

function makeBulkTable(name: EvidenceTableName): BulkTable {
  const columns = [...citationColumns, ...evidenceTable(name).columns];
  if (name !== 'metric_samples') return { target: `evidence.${name}`, columns };
  return { target: `evidence.${SAMPLE_VALUES.table}`, columns, kept: SAMPLE_VALUES.columns };
}
