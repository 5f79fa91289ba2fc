/** The tables of the timeline, made from the evidence and what people decided (engine/timeline/stored-timeline.ts). */
import type { BulkTable } from './bulk-rows.ts';

const cited = (name: string): BulkTable['columns'] => [
  { name: `${name}_source_id`, type: 'integer' },
  { name: `${name}_record`, type: 'bigint' },
];

/** How often each stream of each system should speak. */
export const expectationsTable: BulkTable = {
  target: 'expectations',
  columns: [
    { name: 'system', type: 'text' },
    { name: 'stream', type: 'text' },
    { name: 'owed_by', type: 'text' },
    { name: 'basis', type: 'text' },
    { name: 'usual_s', type: 'double' },
    { name: 'shortest_allowed_s', type: 'double' },
    { name: 'longest_allowed_s', type: 'double' },
    { name: 'looks', type: 'bigint' },
    { name: 'says', type: 'text' },
  ],
};

/** What is known of each moment of the window; the intervals of a stream of a system partition it. */
export const coverageTable: BulkTable = {
  target: 'coverage',
  columns: [
    { name: 'system', type: 'text' },
    { name: 'stream', type: 'text' },
    { name: 'from', type: 'time' },
    { name: 'to', type: 'time' },
    { name: 'state', type: 'text' },
  ],
};

/** Stretches without evidence that was expected. */
export const gapsTable: BulkTable = {
  target: 'gaps',
  columns: [
    { name: 'gap_id', type: 'text' },
    { name: 'system', type: 'text' },
    { name: 'stream', type: 'text' },
    { name: 'target', type: 'text' },
    { name: 'kind', type: 'text' },
    { name: 'from', type: 'time' },
    { name: 'to', type: 'time' },
    { name: 'usual_s', type: 'double' },
    { name: 'allowed_s', type: 'double' },
    { name: 'likelihood', type: 'double' },
    { name: 'missing', type: 'bigint' },
    { name: 'cause', type: 'text' },
    { name: 'corroboration', type: 'texts' },
    { name: 'state', type: 'text' },
    { name: 'explained_by', type: 'text' },
    { name: 'accepted_by', type: 'text' },
    { name: 'accepted_reason', type: 'text' },
    ...cited('before'),
    ...cited('after'),
  ],
};

/** How far the clock of each system can be trusted; the intervals of a system partition the window. */
export const clockIntervalsTable: BulkTable = {
  target: 'clock_intervals',
  columns: [
    { name: 'system', type: 'text' },
    { name: 'from', type: 'time' },
    { name: 'to', type: 'time' },
    { name: 'state', type: 'text' },
    { name: 'offset_s', type: 'double' },
    { name: 'error_s', type: 'double' },
    { name: 'max_abs_offset_s', type: 'double' },
    { name: 'basis', type: 'text' },
    { name: 'because', type: 'text' },
    { name: 'source_id', type: 'integer' },
    { name: 'record', type: 'bigint' },
  ],
};

/** Moments at which a clock was set back, by the order of its own records. */
export const clockStepsTable: BulkTable = {
  target: 'clock_steps',
  columns: [
    { name: 'system', type: 'text' },
    { name: 'time', type: 'time' },
    { name: 'step_s', type: 'double' },
    { name: 'basis', type: 'text' },
    ...cited('before'),
    ...cited('after'),
  ],
};

export const timelineTables: readonly BulkTable[] = [
  expectationsTable,
  coverageTable,
  gapsTable,
  clockIntervalsTable,
  clockStepsTable,
];
