/**
 * Configuration drift: the attributes in which a resource differs from how it was when it was looked at before, and
 * from how it was approved. What changes by itself is marked (volatile-attributes.ts).
 */
import type { Transaction } from '../store/case-database.ts';
import type { BulkTable } from '../store/bulk-rows.ts';
import { attributesOf } from './config-attributes.ts';
import { volatileAttributes } from './volatile-attributes.ts';

const attributeTable: BulkTable = {
  target: 'evidence.config_attributes',
  columns: [
    { name: 'source_id', type: 'integer' },
    { name: 'record', type: 'bigint' },
    { name: 'resource_type', type: 'text' },
    { name: 'resource', type: 'text' },
    { name: 'path', type: 'text' },
    { name: 'value', type: 'text' },
  ],
};

/** What a resource is called, in SQL: its identity with the provider, else its name, else the system it is of. */
const resource = 'coalesce(resource_id, resource_name, system)';
const RECORDS_AT_ONCE = 500;

/** Fills `config_attributes` for one source: the attributes of what it configured, or approved. */
export async function rollUpConfigurations(transaction: Transaction, sourceId: number): Promise<void> {
  for (const table of ['config_items', 'baselines']) {
    const [span] = await transaction.query(
      `SELECT min(record) AS first, max(record) AS last FROM evidence.${table} WHERE source_id = $source::INTEGER`,
      { source: sourceId },
    );
    if (typeof span?.['first'] !== 'number' || typeof span['last'] !== 'number') continue;
    for (let from = span['first']; from <= span['last']; from += RECORDS_AT_ONCE) {
      const rows = await transaction.query(
        `SELECT record, resource_type, ${resource} AS resource, configuration FROM evidence.${table}
         WHERE source_id = $source::INTEGER AND record BETWEEN $from::BIGINT AND $from::BIGINT + ${RECORDS_AT_ONCE - 1}
           AND configuration IS NOT NULL`,
        { source: sourceId, from },
      );
      for (const row of rows) {
        const type = String(row['resource_type']);
        for (const { path, value } of attributesOf(String(row['configuration']), type))
          transaction.add(attributeTable, [
            sourceId,
            Number(row['record']),
            type,
            String(row['resource']),
            path,
            value,
          ]);
      }
      await transaction.flush();
    }
  }
}

const key = 'provider, account, region, system, resource_type, resource';

/**
 * One row an attribute that differs. against: `previous` (how it was looked at before) or `baseline` (what was approved
 * last before it was looked at). change: changed, added, removed; `unapproved`: there is no baseline for a resource of a
 * type that has baselines in that account; `absent`: approved, and not among the resources of its type that were looked
 * at after that.
 */
export const configDrift = `
  WITH items AS (
    SELECT lower(provider) AS provider, account, region, system, resource_type, ${resource} AS resource, captured,
      configuration, source_id, record
    FROM config_items WHERE captured IS NOT NULL),
  approved AS (
    SELECT lower(provider) AS provider, account, region, system, resource_type, ${resource} AS resource, approved_at,
      approved_by, configuration, source_id, record
    FROM baselines WHERE approved_at IS NOT NULL),
  previous AS (
    SELECT 'previous' AS against, ${key}, captured, source_id, record, configuration,
      lag(captured) OVER in_time AS since, lag(source_id) OVER in_time AS of_source_id,
      lag(record) OVER in_time AS of_record, lag(configuration) OVER in_time AS of_configuration
    FROM items WINDOW in_time AS (PARTITION BY ${key} ORDER BY captured, source_id, record)),
  -- What a baseline leaves open (account, region, provider, system) may be anything.
  baseline AS (
    SELECT 'baseline' AS against, i.provider, i.account, i.region, i.system, i.resource_type, i.resource, i.captured,
      i.source_id, i.record, i.configuration, a.approved_at AS since, a.source_id AS of_source_id, a.record AS of_record,
      a.configuration AS of_configuration
    FROM items i JOIN approved a ON a.resource_type = i.resource_type AND a.resource = i.resource
      AND a.approved_at <= i.captured AND coalesce(a.provider = i.provider, true)
      AND coalesce(a.account = i.account, true) AND coalesce(a.region = i.region, true)
      AND coalesce(a.system = i.system, true)
    QUALIFY row_number() OVER (PARTITION BY i.source_id, i.record, i.resource_type, i.resource
      ORDER BY a.approved_at DESC, a.source_id DESC, a.record DESC) = 1),
  pairs AS (
    SELECT *, row_number() OVER (ORDER BY against, source_id, record, resource_type, resource) AS pair
    FROM (SELECT * FROM previous WHERE of_record IS NOT NULL UNION ALL BY NAME SELECT * FROM baseline)
    WHERE configuration <> of_configuration),
  now_has AS (
    SELECT p.pair, a.path, a.value, count(*) AS times FROM pairs p JOIN evidence.config_attributes a
      ON a.source_id = p.source_id AND a.record = p.record AND a.resource_type = p.resource_type AND a.resource = p.resource
    GROUP BY ALL),
  then_had AS (
    SELECT p.pair, a.path, a.value, count(*) AS times FROM pairs p JOIN evidence.config_attributes a
      ON a.source_id = p.of_source_id AND a.record = p.of_record AND a.resource_type = p.resource_type
      AND a.resource = p.resource
    GROUP BY ALL),
  new_ones AS (
    SELECT n.pair, n.path, n.value, row_number() OVER (PARTITION BY n.pair, n.path ORDER BY n.value) AS place
    FROM now_has n LEFT JOIN then_had t ON t.pair = n.pair AND t.path = n.path AND t.value = n.value
    WHERE n.times > coalesce(t.times, 0)),
  old_ones AS (
    SELECT t.pair, t.path, t.value, row_number() OVER (PARTITION BY t.pair, t.path ORDER BY t.value) AS place
    FROM then_had t LEFT JOIN now_has n ON n.pair = t.pair AND n.path = t.path AND n.value = t.value
    WHERE t.times > coalesce(n.times, 0)),
  differences AS (
    SELECT coalesce(n.pair, o.pair) AS pair, coalesce(n.path, o.path) AS path, o.value AS old, n.value AS new
    FROM new_ones n FULL JOIN old_ones o ON o.pair = n.pair AND o.path = n.path AND o.place = n.place),
  volatile_ones AS (${volatileAttributes}),
  looked AS (
    SELECT resource_type, provider, account, region, captured, min(source_id) AS source_id, min(record) AS record
    FROM items GROUP BY ALL),
  unapproved AS (
    SELECT 'baseline' AS against, 'unapproved' AS change, ${key}, captured, source_id, record FROM items i
    WHERE EXISTS (SELECT 1 FROM approved a WHERE a.resource_type = i.resource_type AND a.approved_at <= i.captured
        AND coalesce(a.provider = i.provider, true) AND coalesce(a.account = i.account, true)
        AND coalesce(a.region = i.region, true))
      AND NOT EXISTS (SELECT 1 FROM baseline b WHERE b.source_id = i.source_id AND b.record = i.record
        AND b.resource_type = i.resource_type AND b.resource = i.resource)),
  absent AS (
    SELECT 'baseline' AS against, 'absent' AS change, a.provider, coalesce(a.account, l.account) AS account,
      coalesce(a.region, l.region) AS region, a.system, a.resource_type, a.resource, l.captured, l.source_id, l.record,
      a.approved_at AS since, a.source_id AS of_source_id, a.record AS of_record
    FROM approved a JOIN looked l ON l.resource_type = a.resource_type AND l.captured >= a.approved_at
      AND coalesce(a.provider = l.provider, true) AND coalesce(a.account = l.account, true)
      AND coalesce(a.region = l.region, true)
    WHERE NOT EXISTS (SELECT 1 FROM items i WHERE i.resource_type = a.resource_type AND i.resource = a.resource
      AND i.captured = l.captured AND coalesce(a.account = i.account, true) AND coalesce(a.region = i.region, true)))
  SELECT p.against, CASE WHEN d.old IS NULL THEN 'added' WHEN d.new IS NULL THEN 'removed' ELSE 'changed' END AS change,
    p.provider, p.account, p.region, p.system, p.resource_type, p.resource, p.captured, d.path, d.old, d.new,
    EXISTS (SELECT 1 FROM volatile_ones v WHERE v.resource_type IN ('*', p.resource_type)
      AND regexp_extract(lower(d.path), '([^.\\[\\]]*)(\\[[^\\]]*\\])?$', 1) GLOB v.member) AS volatile,
    p.since, p.source_id, p.record, p.of_source_id, p.of_record
  FROM differences d JOIN pairs p ON p.pair = d.pair
  UNION ALL BY NAME SELECT *, false AS volatile FROM unapproved
  UNION ALL BY NAME SELECT *, false AS volatile FROM absent`;
