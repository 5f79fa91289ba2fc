/** Tickets that stand in more than one export: the newest state counts, the others are its history. */
import { formatInstant } from '../../shared/time.ts';
import type { ReadSource } from '../intake/database-recipe.ts';
import type { Transaction } from '../store/case-database.ts';

/**
 * What makes two rows states of one ticket: its id, and when it was opened, to the minute as some exports have it. The
 * same number in two trackers is then seldom taken for one ticket. SQL for `PARTITION BY`, of a row `t`.
 */
const ONE_TICKET = `t.ticket_id, date_trunc('minute', t.opened)`;

/**
 * SQL of all rows of `tickets` with `exported`, when their export was made, and `is_latest`: they are of the newest
 * export that has the ticket, of the last imported of two as new. All rows of one export are as new: a ticket about two
 * systems may have a row for each.
 */
export const ticketStates = `
  SELECT t.*, x.exported,
    dense_rank() OVER (PARTITION BY ${ONE_TICKET} ORDER BY x.exported DESC NULLS LAST, t.source_id DESC) = 1 AS is_latest
  FROM evidence.tickets t LEFT JOIN evidence.ticket_exports x ON x.source_id = t.source_id`;

/**
 * Notes when the tickets of a source were exported: as a person said, else the newest time at which anything happened to
 * one of them. Gives what has to be said of tickets that earlier sources have too, in sentences.
 */
export async function compareTickets(
  transaction: Transaction,
  { sourceId, takenAt }: ReadSource,
): Promise<readonly string[]> {
  const source = { source: sourceId };
  const noted = await transaction.query(
    `INSERT INTO evidence.ticket_exports
     SELECT source_id, coalesce($taken::TIMESTAMP, max(greatest(opened, acknowledged, resolved, approved_at)))
     FROM evidence.tickets WHERE source_id = $source::INTEGER GROUP BY source_id RETURNING exported`,
    { ...source, taken: takenAt === null || takenAt === undefined ? null : { micros: takenAt } },
  );
  const exported = noted[0]?.['exported'];
  if (noted.length === 0) return [];
  const found = await transaction.query(
    `WITH mine AS (SELECT DISTINCT ticket_id, date_trunc('minute', opened) AS opened FROM evidence.tickets WHERE source_id = $source::INTEGER),
     spans AS (SELECT source_id, min(opened) AS first, max(opened) AS last FROM evidence.tickets GROUP BY source_id),
     theirs AS (
       SELECT t.source_id, min(t.record) AS record, t.ticket_id, x.exported,
         bool_or(m.ticket_id IS NOT NULL) AS is_shared, bool_or(t.opened BETWEEN o.first AND o.last) AS is_in_time
       FROM evidence.tickets t JOIN evidence.ticket_exports x ON x.source_id = t.source_id
       JOIN spans o ON o.source_id = $source::INTEGER
       LEFT JOIN mine m ON m.ticket_id = t.ticket_id AND m.opened IS NOT DISTINCT FROM date_trunc('minute', t.opened)
       WHERE t.source_id <> $source::INTEGER GROUP BY t.source_id, t.ticket_id, date_trunc('minute', t.opened), x.exported)
     SELECT source_id, any_value(exported) AS exported, count(*) FILTER (is_shared) AS shared,
       count(*) FILTER (is_in_time AND NOT is_shared) AS gone,
       list(record ORDER BY record) FILTER (is_in_time AND NOT is_shared) AS gone_records
     FROM theirs GROUP BY source_id HAVING count(*) FILTER (is_shared) > 0 ORDER BY source_id`,
    source,
  );
  return found.flatMap((row) => {
    const earlier = { sourceId: Number(row['source_id']), exported: row['exported'] as bigint | null };
    const isNewer = isAsNew(exported as bigint | null, earlier.exported);
    const shared = Number(row['shared']);
    const gone = Number(row['gone']);
    const records = ((row['gone_records'] ?? []) as readonly (number | bigint)[]).map(Number);
    return [
      sharedSentence(shared, earlier, isNewer ? { sourceId, exported: exported as bigint | null } : earlier),
      // An older export cannot have lost what a newer one has; a small one of the same time is another selection.
      ...(isNewer && gone > 0 && gone <= shared ? [goneSentence(earlier.sourceId, gone, records)] : []),
    ];
  });
}

interface TicketExport {
  readonly sourceId: number;
  readonly exported: bigint | null;
}

function isAsNew(exported: bigint | null, other: bigint | null): boolean {
  return other === null || (exported !== null && exported >= other);
}

function sharedSentence(shared: number, earlier: TicketExport, latest: TicketExport): string {
  const when = latest.exported === null ? '' : ` (${formatInstant(latest.exported)})`;
  return `Tickets that are in S${earlier.sourceId} too: ${shared}. Each is one ticket; its state in the newer export, S${latest.sourceId}${when}, counts, and the other stays in its history.`;
}

const MOST_CITED = 5;

function goneSentence(earlier: number, gone: number, records: readonly number[]): string {
  const cited = records.slice(0, MOST_CITED).map((record) => `S${earlier} #${record}`);
  const more = gone > MOST_CITED ? `, and ${gone - MOST_CITED} more` : '';
  return `Finding: tickets that S${earlier} has are not in this newer export, though they were opened in the time that it covers: ${cited.join(', ')}${more}. They count as S${earlier} has them; ask whether they were deleted or left out.`;
}
