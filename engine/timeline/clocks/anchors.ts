/** Clocks that disagree about the same connection: anchors. */
import type { CaseDatabase } from '../../store/case-database.ts';
import type { Interval } from '../../../shared/time.ts';
import type { CitedRecord } from '../gap.ts';

/** Several connections that two systems saw, of which the times differ by the same. */
export interface AnchorCluster {
  readonly a: string;
  readonly b: string;
  /** Seconds by which the clock of `a` is ahead of that of `b`; positive or negative. */
  readonly differenceS: number;
  /** Half of the width of the cluster. */
  readonly errorS: number;
  readonly anchors: number;
  /** From the first to the last of them, by the clock of each. */
  readonly spanA: Interval;
  readonly spanB: Interval;
  readonly citesA: CitedRecord;
  readonly citesB: CitedRecord;
}

/** Fewer that agree may be chance. */
const LEAST_ANCHORS = 3;
/** A connection whose end points come again this often on one system tells nothing. */
const MOST_USES = 3;
/** Two systems write of a connection at different moments of it: smaller differences say nothing. */
const LEAST_DIFFERENCE_S = 5;
/** How near differences must be to agree. */
const WIDTH_S = 1;

/**
 * Pairs what two systems wrote of one connection, by source address and port and, where both have them, those of the
 * destination, and lets the differences vote: any size is found, as nothing bounds what is searched. Flow logs are left
 * out, whose times are those of the window of capture.
 *
 * Differences are gathered a second apart; the largest group must have at least 3 connections and twice as many as any
 * other that is not its neighbour.
 */
export async function findAnchors(database: CaseDatabase, thresholdS: number): Promise<readonly AnchorCluster[]> {
  const least = Math.max(LEAST_DIFFERENCE_S, thresholdS);
  const rows = await database.query(`
    WITH ends AS (
      SELECT system, src_ip || ' ' || src_port AS key, dst_ip, dst_port, epoch_us(time) AS moment, source_id, record,
        count(*) OVER (PARTITION BY system, src_ip, src_port) AS uses
      FROM events WHERE src_ip IS NOT NULL AND src_port >= 1024 AND system IS NOT NULL AND time IS NOT NULL
        AND stream <> 'vpcflow'),
    pairs AS (
      SELECT a.system AS a, b.system AS b, a.key, a.moment AS at_a, b.moment AS at_b, (a.moment - b.moment) / 1e6 AS difference,
        {source_id: a.source_id, record: a.record} AS cites_a, {source_id: b.source_id, record: b.record} AS cites_b
      FROM ends a JOIN ends b ON a.key = b.key AND a.system < b.system
        AND coalesce(a.dst_ip = b.dst_ip, true) AND coalesce(a.dst_port = b.dst_port, true)
      WHERE a.uses <= ${MOST_USES} AND b.uses <= ${MOST_USES}),
    -- Each difference stands in its own second and in the next, so that a group on the edge of two is seen whole.
    bins AS (
      SELECT *, floor(difference / ${WIDTH_S})::BIGINT + unnest([0, 1]) AS bin FROM pairs),
    votes AS (SELECT a, b, bin, count(DISTINCT key) AS anchors FROM bins GROUP BY a, b, bin),
    best AS (
      SELECT a, b, arg_max(bin, {anchors: anchors, bin: bin}) AS bin, max(anchors) AS anchors FROM votes GROUP BY a, b),
    won AS (
      SELECT * FROM best w WHERE anchors >= ${LEAST_ANCHORS} AND NOT EXISTS (
        SELECT 1 FROM votes v WHERE v.a = w.a AND v.b = w.b AND abs(v.bin - w.bin) > 1 AND v.anchors * 2 > w.anchors))
    SELECT a, b, median(difference) AS difference, (max(difference) - min(difference)) / 2 AS error,
      max(w.anchors) AS anchors, min(at_a) AS from_a, max(at_a) AS to_a, min(at_b) AS from_b, max(at_b) AS to_b,
      arg_min(cites_a, at_a).source_id AS source_a, arg_min(cites_a, at_a).record AS record_a,
      arg_min(cites_b, at_b).source_id AS source_b, arg_min(cites_b, at_b).record AS record_b
    FROM bins JOIN won w USING (a, b, bin) GROUP BY a, b HAVING abs(median(difference)) >= ${least} ORDER BY a, b`);
  return rows.map((row) => ({
    a: String(row['a']),
    b: String(row['b']),
    differenceS: Number(row['difference']),
    errorS: Number(row['error']),
    anchors: Number(row['anchors']),
    spanA: { from: BigInt(Number(row['from_a'])), to: BigInt(Number(row['to_a'])) + 1n },
    spanB: { from: BigInt(Number(row['from_b'])), to: BigInt(Number(row['to_b'])) + 1n },
    citesA: { sourceId: Number(row['source_a']), record: Number(row['record_a']) },
    citesB: { sourceId: Number(row['source_b']), record: Number(row['record_b']) },
  }));
}
