/** The evidence tables as they are filled in bulk: the citation, then the columns. */
import { citationColumns, evidenceTable, type EvidenceTableName } from '../core/tables.ts';
import type { BulkTable } from './bulk-rows.ts';
import { TEXT_SAMPLES } from './schema.ts';

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
  return { target: name === 'metric_samples' ? TEXT_SAMPLES : `evidence.${name}`, columns };
}
