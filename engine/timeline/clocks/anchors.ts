/** Clocks that disagree about the same moment: anchors. */
import type { CaseDatabase } from '../../store/case-database.ts';
import type { SqlRow } from '../../store/sql-values.ts';
import type { Interval } from '../../../shared/time.ts';
import type { CitedRecord } from '../gap.ts';
import { anchorKeys, findMessageLogs, type AnchorKind } from './anchor-keys.ts';

/** Several moments that two clocks wrote of, of which the times differ by the same. */
export interface AnchorCluster {
  readonly kind: AnchorKind;
  /** Two systems; for messages the same one twice. */
  readonly a: string;
  readonly b: string;
  /** Seconds by which the times of `a` are ahead of those of `b`; positive or negative. */
  readonly differenceS: number;
  /** Half of the width of the cluster. */
  readonly errorS: number;
  /** Differences below this say nothing, seconds. */
  readonly leastS: number;
  readonly anchors: number;
  /** From the first to the last of them, by the clock of each. */
  readonly spanA: Interval;
  readonly spanB: Interval;
  readonly citesA: CitedRecord;
  readonly citesB: CitedRecord;
}

/** Fewer that agree may be chance. */
const LEAST_ANCHORS = 3;
/** A system writes of one connection for so long at most, or the key was used again and tells nothing. */
const LONGEST_USE_S = 600;
/** Something that more clocks wrote of, or in more records, is nobody's mark of a moment. */
const MOST_SIDES = 4;
const MOST_RECORDS = 64;
/** Two systems write of a connection at different moments of it: smaller differences say nothing. */
const LEAST_DIFFERENCE_S = 5;
/** Differences vote by themselves in each stretch of so many days, as a clock may be set right, or wrong again. */
const STRETCH_DAYS = 7;
/** Of more moments than this that two wrote of, a share is looked at: three that agree are enough. */
const MOMENTS_LOOKED_AT = 200_000;
/** How many groups of a stretch are looked at. */
const GROUPS_A_STRETCH = 8;

/**
 * Pairs what two clocks wrote of one moment, and lets the differences vote in each week: any size is found, as nothing
 * bounds what is searched. A group is taken that has at least 3 moments, and at least half of all from its first to its
 * last. Gives all of them, also those that differ by nothing, by pair and time.
 *
 * First only what two sides have is found, by hashes; only that is read again, or of much a share, by hash too.
 */
export async function findAnchors(database: CaseDatabase, thresholdS: number): Promise<readonly AnchorCluster[]> {
  const keys = anchorKeys(await findMessageLogs(database));
  const [shared] = await database.query(`SELECT count(*) AS moments FROM (${sharedKeys(keys, 1)})`);
  const moments = Number(shared!['moments']);
  if (moments === 0) return [];
  const rows = await database.query(anchorsSql(keys, Math.ceil(moments / MOMENTS_LOOKED_AT)));
  return rows.map((row) => clusterOf(row, thresholdS));
}

/** The keys that two sides have; one in `share` of them. */
function sharedKeys(keys: string, share: number): string {
  return `SELECT key FROM (${keys}) WHERE key % ${share} = 0 GROUP BY key
    HAVING min(hash(side)) <> max(hash(side)) AND count(*) <= ${MOST_RECORDS}`;
}

function anchorsSql(keys: string, share: number): string {
  return `
    WITH shared AS MATERIALIZED (${sharedKeys(keys, share)}),
    uses AS MATERIALIZED (
      SELECT kind, key, system, side, min(moment) AS moment, min(dst_ip) AS dst_ip, min(dst_port) AS dst_port,
        max(width_s) AS width_s, arg_min({source_id: source_id, record: record}, (moment, source_id, record)) AS cites
      FROM (${keys}) WHERE key IN (FROM shared) GROUP BY kind, key, system, side
      HAVING max(moment) - min(moment) <= ${LONGEST_USE_S} * 1000000 AND (kind <> 'messages' OR count(*) = 1)),
    pairs AS MATERIALIZED (
      SELECT a.kind, a.side AS side_a, b.side AS side_b, a.system AS a, b.system AS b, a.key, a.moment AS at_a,
        b.moment AS at_b, (a.moment - b.moment) / 1e6 AS difference, greatest(a.width_s, b.width_s) AS width_s,
        a.moment // (${STRETCH_DAYS} * 86400000000) AS stretch, a.cites AS cites_a, b.cites AS cites_b
      FROM uses a JOIN uses b ON a.key = b.key AND a.side < b.side
        AND coalesce(a.dst_ip = b.dst_ip, true) AND coalesce(a.dst_port = b.dst_port, true)
      WHERE a.key IN (SELECT key FROM uses GROUP BY key HAVING count(*) <= ${MOST_SIDES})),
    -- Each difference stands in its own bin and in the next, so that a group on the edge of two is seen whole.
    bins AS (
      SELECT *, floor(difference / width_s)::BIGINT + unnest([0, 1]) AS bin FROM pairs),
    votes AS (
      SELECT kind, side_a, side_b, a, b, stretch, width_s, bin, count(*) AS anchors, median(difference) AS difference,
        (max(difference) - min(difference)) / 2 AS error_s, min(at_a) AS from_a, max(at_a) AS to_a, min(at_b) AS from_b,
        max(at_b) AS to_b, arg_min(cites_a, (at_a, key)) AS cites_a, arg_min(cites_b, (at_a, key)) AS cites_b
      FROM bins GROUP BY kind, side_a, side_b, a, b, stretch, width_s, bin HAVING count(*) >= ${LEAST_ANCHORS}),
    most AS (
      SELECT * FROM votes QUALIFY row_number() OVER (
        PARTITION BY kind, side_a, side_b, stretch ORDER BY anchors DESC, bin) <= 2 * ${GROUPS_A_STRETCH}),
    -- Neighbouring bins have the same differences: the one with most counts.
    groups AS (
      SELECT * FROM most m WHERE NOT EXISTS (
        SELECT 1 FROM most o WHERE o.kind = m.kind AND o.side_a = m.side_a AND o.side_b = m.side_b AND o.stretch = m.stretch
          AND o.width_s = m.width_s AND abs(o.bin - m.bin) = 1
          AND (o.anchors > m.anchors OR (o.anchors = m.anchors AND o.bin < m.bin)))),
    weighed AS (
      SELECT g.*, count(*) AS among FROM groups g JOIN pairs p ON p.kind = g.kind AND p.side_a = g.side_a
        AND p.side_b = g.side_b AND p.stretch = g.stretch AND p.at_a BETWEEN g.from_a AND g.to_a GROUP BY ALL)
    SELECT * EXCLUDE (cites_a, cites_b), cites_a.source_id AS source_a, cites_a.record AS record_a,
      cites_b.source_id AS source_b, cites_b.record AS record_b
    FROM weighed WHERE anchors * 2 >= among ORDER BY kind, a, b, side_a, side_b, from_a`;
}

function clusterOf(row: SqlRow, thresholdS: number): AnchorCluster {
  const span = (side: 'a' | 'b'): Interval => ({
    from: BigInt(Number(row[`from_${side}`])),
    to: BigInt(Number(row[`to_${side}`])) + 1n,
  });
  return {
    kind: row['kind'] as AnchorKind,
    a: String(row['a']),
    b: String(row['b']),
    differenceS: Number(row['difference']),
    errorS: Number(row['error_s']),
    leastS: Math.max(LEAST_DIFFERENCE_S, 2 * Number(row['width_s']), thresholdS),
    anchors: Number(row['anchors']),
    spanA: span('a'),
    spanB: span('b'),
    citesA: { sourceId: Number(row['source_a']), record: Number(row['record_a']) },
    citesB: { sourceId: Number(row['source_b']), record: Number(row['record_b']) },
  };
}
