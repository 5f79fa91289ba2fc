import { evidenceTableNames } from '../../core/tables.ts';

/** What controls may read: the evidence as its views give it, the sources, the days of the window. */
export const controlTables: readonly string[] = [
  ...evidenceTableNames,
  'repeats',
  'digest_links',
  'digest_chains',
  'trail_log_files',
  'stream_hours',
  'system_names',
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
