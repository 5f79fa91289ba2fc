/** What scanners found, delivered twice: the same content in another wrapping (plain, compressed, in an archive). */
import { citationColumns, evidenceTable, type EvidenceTableName } from '../core/tables.ts';
import type { ReadSource } from '../intake/database-recipe.ts';
import type { Transaction } from '../store/case-database.ts';

/** Tables of what a scan saw: a scan is a look at one time, so only the very same file can repeat it. */
export const scanTables: readonly EvidenceTableName[] = [
  ...(['scans', 'scan_targets', 'open_ports', 'tls_endpoints', 'certificates', 'vulnerabilities'] as const),
  ...(['config_checks', 'file_changes'] as const),
];

/**
 * Fills `evidence.repeats` with the records of a source whose content an earlier source has byte for byte, where its rows
 * of scans are the same there: not where another system or another time was given for the file.
 * Lists as of a date (accounts, reviews, inventories, configurations) are not compared: each stands for its date.
 */
export async function findRepeatedScans(
  transaction: Transaction,
  { sourceId, contentSha256 }: ReadSource,
): Promise<void> {
  if (contentSha256 === undefined) return;
  const [same] = await transaction.query(
    'SELECT min(source_id) AS source_id FROM sources WHERE content_sha256 = $hash AND source_id <> $source::INTEGER',
    { hash: contentSha256, source: sourceId },
  );
  if (!same || same['source_id'] === null) return;
  const first = Number(same['source_id']);
  await transaction.query(
    `INSERT INTO evidence.repeats
     WITH mine AS (${contentOf(sourceId)}), theirs AS (${contentOf(first)})
     SELECT ${sourceId}, m.record, ${first}, m.record
     FROM mine m JOIN theirs t ON t.record = m.record AND t.content = m.content
     WHERE NOT EXISTS (
       SELECT 1 FROM evidence.repeats r WHERE r.source_id = ${sourceId} AND r.record = m.record)
     ORDER BY m.record`,
  );
}

/** All rows of scans of each record, in one hash. */
function contentOf(sourceId: number): string {
  const cited = new Set(citationColumns.map(({ name }) => name));
  const rows = scanTables.map((table) => {
    const columns = evidenceTable(table).columns.filter(({ name }) => !cited.has(name));
    return `SELECT record, to_json(row('${table}', ${columns.map(({ name }) => `"${name}"`).join(', ')}))::VARCHAR AS content
      FROM evidence.${table} WHERE source_id = ${sourceId}`;
  });
  return `SELECT record, md5(string_agg(content, chr(10) ORDER BY content)) AS content
    FROM (${rows.join(' UNION ALL ')}) GROUP BY record`;
}
