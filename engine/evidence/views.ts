/**
 * The views that controls and people read. Evidence names a system as it can: by host name in a log, by address in a
 * scan. The views give it the name the inventory has for it; where the inventory has none, the name stays as it is.
 */
import { configDrift } from './config-drift.ts';
import { cloudViews } from './cloud-views.ts';
import { hostViews } from './host-views.ts';
import { firewallChains, firewallReach, firewallRules } from './firewall-views.ts';
import { metricClockSamples } from './metric-clocks.ts';
import { scanTables } from './repeated-files.ts';
import { ticketStates } from './ticket-states.ts';
import { configCheckIntervals, openPortIntervals, vulnerabilityIntervals } from './state-intervals.ts';
import { digestChains, digestLinks, trailDigests, trailLogFiles } from './trail-views.ts';

interface View {
  readonly name: string;
  readonly means: string;
  readonly sql: string;
}

/** `system` resolved by name alone. */
function namedView(table: string): string {
  return withNames(`SELECT * FROM evidence.${table} e ${whatCounts(table)}`);
}

function withNames(rows: string): string {
  return `SELECT e.* REPLACE (coalesce(n.system, e.system) AS system)
    FROM (${rows}) e LEFT JOIN system_names n ON n.name = lower(e.system)`;
}

/** Tables with rows for each record of a source that can be delivered twice: such a record is in them once. */
const repeatable: ReadonlySet<string> = new Set([
  ...scanTables,
  'events',
  'authentications',
  'event_fields',
  'flow_records',
  'auditd_records',
  'syslog_records',
  'cloudtrail_records',
  'clock_samples',
]);

/** The condition, in SQL, for a row of `e` whose record is no repeat. The lines of an audit event repeat together. */
function whatCounts(table: string): string {
  if (table === 'metric_samples')
    return `WHERE ${notAmong('evidence.repeated_samples', ['series_id', 'time', 'record'])}`;
  if (table === 'auditd_records')
    return `WHERE ${notAmong(LEFT_OUT, ['source_id', 'record'], { record: 'event_record' })}`;
  return repeatable.has(table) ? `WHERE ${notAmong('evidence.repeats', ['source_id', 'record'])}` : '';
}

/** Lines of a part of an event that adds nothing stand in the other part too. */
const LEFT_OUT = `(SELECT source_id, record FROM evidence.repeats
  UNION ALL SELECT source_id, record FROM evidence.event_parts WHERE NOT adds)`;

function notAmong(table: string, columns: readonly string[], of: Readonly<Record<string, string>> = {}): string {
  const same = columns.map((column) => `r.${column} = e.${of[column] ?? column}`).join(' AND ');
  return `NOT EXISTS (SELECT 1 FROM ${table} r WHERE ${same})`;
}

/** Every event once: without repeats; one that two files cut with all its lines, and without its other part. */
const eventsOnce = `
  SELECT * FROM evidence.events e WHERE NOT EXISTS (
    SELECT 1 FROM (
      SELECT source_id, record FROM evidence.repeats
      UNION ALL SELECT source_id, record FROM evidence.event_parts
      UNION ALL SELECT source_id, record FROM evidence.joined_events) r
    WHERE r.source_id = e.source_id AND r.record = e.record)
  UNION ALL SELECT * FROM evidence.joined_events`;

/** `system` resolved by name, else by address; an address nobody knows stands for itself. */
function addressedView(table: string): string {
  return `SELECT e.* REPLACE (coalesce(n.system, a.system, e.system, e.address) AS system)
    FROM (SELECT * FROM evidence.${table} e ${whatCounts(table)}) e
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
    sql: `SELECT * FROM evidence.${name} e ${whatCounts(name)}`,
  })),
  { name: 'trail_digests', means: 'with what was found of its signature', sql: trailDigests },
  { name: 'digest_links', means: 'how each CloudTrail digest follows the one before it', sql: digestLinks },
  { name: 'trail_log_files', means: 'log files that digests name, and those that none names', sql: trailLogFiles },
  {
    name: 'digest_chains',
    means: 'each chain of CloudTrail digests: from when to when, what is missing in it, who signed it',
    sql: digestChains,
  },
  {
    name: 'repeats',
    means: 'records that an earlier source has too, with their first citation',
    sql: 'SELECT * FROM evidence.repeats',
  },
  {
    name: 'repeated_samples',
    means: 'samples of text formats that an earlier source has too, with their first citation',
    sql: 'SELECT * FROM evidence.repeated_samples',
  },
  {
    name: 'event_parts',
    means: 'records of events that two files cut, with the record that their event cites',
    sql: 'SELECT * FROM evidence.event_parts',
  },
  {
    name: 'events',
    means: 'with the system as the inventory names it',
    sql: withNames(eventsOnce),
  },
  {
    name: 'tickets',
    means: 'with the system as the inventory names it; of a ticket in several exports, as the newest has it',
    sql: withNames(`SELECT * EXCLUDE (exported, is_latest) FROM (${ticketStates}) WHERE is_latest`),
  },
  {
    name: 'ticket_states',
    means: 'every state of a ticket, with the time of its export and whether it is the newest',
    sql: withNames(ticketStates),
  },
  {
    name: 'clock_samples',
    means: 'with the system as the inventory names it, and with what exporters measured',
    sql: `WITH all_samples AS (
        SELECT * FROM evidence.clock_samples e ${whatCounts('clock_samples')} UNION ALL BY NAME (${metricClockSamples()}))
      SELECT e.* REPLACE (coalesce(n.system, e.system) AS system)
      FROM all_samples e LEFT JOIN system_names n ON n.name = lower(e.system)`,
  },
  ...[
    'authentications',
    'accounts',
    'config_items',
    'baselines',
    'config_checks',
    'file_changes',
    'stream_hours',
    'sequence_runs',
    'metric_series',
  ].map((name) => ({
    name,
    means: 'with the system as the inventory names it',
    sql: namedView(name),
  })),
  ...cloudViews,
  ...['scan_targets', 'open_ports', 'tls_endpoints', 'certificates', 'vulnerabilities'].map((name) => ({
    name,
    means: 'with the system as the inventory names it, found by name or address',
    sql: addressedView(name),
  })),
  ...hostViews,
  {
    name: 'open_port_intervals',
    means: 'how long each port was open, with what is not known of its beginning and end',
    sql: openPortIntervals,
  },
  {
    name: 'vulnerability_intervals',
    means: 'how long each vulnerability was there, with what is not known of its beginning and end',
    sql: vulnerabilityIntervals,
  },
  {
    name: 'config_check_intervals',
    means: 'how long each rule had each status, with what is not known of its beginning and end',
    sql: configCheckIntervals,
  },
  {
    name: 'config_drift',
    means: 'attributes of resources that differ from the look before, and from what was approved',
    sql: configDrift,
  },
  {
    name: 'firewall_chains',
    means: 'chains of firewalls, and what becomes of what no rule speaks of',
    sql: firewallChains,
  },
  { name: 'firewall_rules', means: 'rules of firewalls, one row a case and stretch of ports', sql: firewallRules },
  { name: 'firewall_reach', means: 'ports that new connections may reach, and from where', sql: firewallReach },
];

/** The statements that make the views. */
export function viewStatements(): readonly string[] {
  return evidenceViews.map(({ name, sql }) => `CREATE VIEW ${name} AS ${sql}`);
}
