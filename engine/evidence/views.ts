/**
 * The views that controls and people read. Evidence names a system as it can: by host name in a log, by address in a
 * scan. The views give it the name the inventory has for it; where the inventory has none, the name stays as it is.
 */
import { metricClockSamples } from './metric-clocks.ts';
import { digestChains, digestLinks, trailDigests, trailLogFiles } from './trail-views.ts';

interface View {
  readonly name: string;
  readonly means: string;
  readonly sql: string;
}

/** `system` resolved by name alone. */
function namedView(table: string): string {
  return `SELECT e.* REPLACE (coalesce(n.system, e.system) AS system)
    FROM evidence.${table} e LEFT JOIN system_names n ON n.name = lower(e.system) ${repeatable.has(table) ? `WHERE ${isFirst(table)}` : ''}`;
}

/** Tables with a row for each record of a log: a record that was delivered twice is in them once. */
const repeatable: ReadonlySet<string> = new Set([
  'events',
  'authentications',
  'event_fields',
  'flow_records',
  'auditd_records',
  'syslog_records',
  'cloudtrail_records',
]);

/** True, in SQL, for a row of `e` whose record is no repeat. The lines of an audit event repeat together. */
function isFirst(table: string): string {
  const record = table === 'auditd_records' ? 'event_record' : 'record';
  return `NOT EXISTS (SELECT 1 FROM evidence.repeats r WHERE r.source_id = e.source_id AND r.record = e.${record})`;
}

/** `system` resolved by name, else by address; an address nobody knows stands for itself. */
function addressedView(table: string): string {
  return `SELECT e.* REPLACE (coalesce(n.system, a.system, e.system, e.address) AS system)
    FROM evidence.${table} e
    LEFT JOIN system_names n ON n.name = lower(e.system)
    LEFT JOIN system_names a ON a.name = lower(e.address)`;
}

/** All views of the schema `main`, in an order in which each can be made. */
export const evidenceViews: readonly View[] = [
  {
    name: 'system_names',
    means: 'every name and address of a system in the inventory, lower case; a name two systems claim is nobody’s',
    sql: `WITH inventory AS (
        SELECT name, min(system) AS system
        FROM (SELECT lower(system) AS name, system FROM evidence.systems
              UNION SELECT lower(unnest(addresses)) AS name, system FROM evidence.systems)
        GROUP BY name HAVING count(DISTINCT system) = 1),
      -- A scraped host says its own name, whatever address it is scraped at.
      scraped AS (
        SELECT lower(s.system) AS name, min(i.system) AS system
        FROM evidence.metric_series s JOIN inventory i ON i.name = lower(s.labels['nodename'])
        WHERE s.name = 'node_uname_info' AND s.system IS NOT NULL
        GROUP BY lower(s.system) HAVING count(DISTINCT i.system) = 1)
      SELECT * FROM inventory
      UNION ALL SELECT * FROM scraped WHERE name NOT IN (SELECT name FROM inventory)`,
  },
  ...[
    'systems',
    'authorized_ports',
    'auditd_records',
    'syslog_records',
    'cloudtrail_records',
    'scans',
    'event_fields',
    'flow_records',
    'trail_keys',
    'access_reviews',
    'metric_samples',
    'metric_histograms',
    'metric_presence',
    'metric_hours',
    'metric_unread',
    'metric_metadata',
  ].map((name) => ({
    name,
    means: 'as the evidence has it',
    sql: `SELECT * FROM evidence.${name} e ${repeatable.has(name) ? `WHERE ${isFirst(name)}` : ''}`,
  })),
  { name: 'trail_digests', means: 'with what was found of its signature', sql: trailDigests },
  { name: 'digest_links', means: 'how each CloudTrail digest follows the one before it', sql: digestLinks },
  { name: 'trail_log_files', means: 'log files that digests name, and those that none names', sql: trailLogFiles },
  {
    name: 'digest_chains',
    means: 'each chain of CloudTrail digests: from when to when, what is missing in it, who signed it',
    sql: digestChains,
  },
  { name: 'repeats', means: 'as the evidence has it', sql: 'SELECT * FROM evidence.repeats' },
  {
    name: 'clock_samples',
    means: 'with the system as the inventory names it, and with what exporters measured',
    sql: `WITH all_samples AS (
        SELECT * FROM evidence.clock_samples UNION ALL BY NAME (${metricClockSamples()}))
      SELECT e.* REPLACE (coalesce(n.system, e.system) AS system)
      FROM all_samples e LEFT JOIN system_names n ON n.name = lower(e.system)`,
  },
  ...[
    'events',
    'authentications',
    'accounts',
    'config_items',
    'baselines',
    'config_checks',
    'tickets',
    'stream_hours',
    'metric_series',
  ].map((name) => ({
    name,
    means: 'with the system as the inventory names it',
    sql: namedView(name),
  })),
  ...['scan_targets', 'open_ports', 'tls_endpoints', 'certificates'].map((name) => ({
    name,
    means: 'with the system as the inventory names it, found by name or address',
    sql: addressedView(name),
  })),
];

/** The statements that make the views. */
export function viewStatements(): readonly string[] {
  return evidenceViews.map(({ name, sql }) => `CREATE VIEW ${name} AS ${sql}`);
}
