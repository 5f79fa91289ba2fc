import { evidenceTableNames } from '../../core/tables.ts';

/** What controls may read: the evidence as its views give it, the sources, the days of the window. */
export const controlTables: readonly string[] = [
  ...evidenceTableNames,
  'repeats',
  'digest_links',
  'digest_chains',
  'trail_log_files',
  'ticket_states',
  'event_parts',
  'repeated_samples',
  'open_port_intervals',
  'vulnerability_intervals',
  'config_check_intervals',
  'config_drift',
  // Made of config_items by engine/evidence/{cloud,firewall,host}-views.ts.
  'aws_items',
  'security_group_rules',
  'iam_statements',
  'trails',
  's3_buckets',
  'kms_keys',
  'flow_logs',
  'metric_filter_alarms',
  'dynamodb_tables',
  'firewall_chains',
  'firewall_rules',
  'firewall_reach',
  'listening_sockets',
  'block_devices',
  'audit_rules',
  'mandatory_access_control',
  'host_versions',
  'processes',
  'stream_hours',
  'system_names',
  'expectations',
  'coverage',
  'gaps',
  'clock_intervals',
  'sources',
  'window_days',
];

/** What people may read on top of that: what was not imported, and what the controls found. */
export const readableTables: readonly string[] = [
  ...controlTables,
  'rejects',
  'results',
  'control_days',
  'runs',
  'run_controls',
];
