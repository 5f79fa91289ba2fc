/** The tables of the timeline, made from the evidence and what people decided (engine/timeline/stored-timeline.ts). */
import type { BulkColumn, BulkTable } from './bulk-rows.ts';

interface TimelineColumn extends BulkColumn {
  readonly means: string;
}

/** A table of the timeline; the page of tables prints what it and its columns mean. */
export interface TimelineTable extends BulkTable {
  readonly means: string;
  readonly columns: readonly TimelineColumn[];
}

function column(name: string, type: BulkColumn['type'], means: string): TimelineColumn {
  return { name, type, means };
}

function cited(name: string, means: string): readonly TimelineColumn[] {
  return [
    column(`${name}_source_id`, 'integer', `${means}: its source`),
    column(`${name}_record`, 'bigint', `${means}: its number there`),
  ];
}

/** How often each stream of each system should speak. */
export const expectationsTable: TimelineTable = {
  target: 'expectations',
  means: 'How often each stream of each system should speak.',
  columns: [
    column('system', 'text', 'whose stream'),
    column('stream', 'text', 'which stream'),
    column('owed_by', 'text', 'declared: the inventory needs it; learned: nobody declared it, and it was seen; none'),
    column(
      'basis',
      'text',
      'what the longest silence rests on: declared, confirmed, learned, daily (a record a day), cadence (scans), none',
    ),
    column('usual_s', 'double', 'usual silence, seconds: the middle one of the 168 hours of the week; NULL: not known'),
    column(
      'shortest_allowed_s',
      'double',
      'longest silence that is no gap, in the hour of the week that allows least; seconds',
    ),
    column('longest_allowed_s', 'double', 'the same in the hour of the week that allows most'),
    column('looks', 'bigint', 'hours of its own history that were looked at'),
    column('says', 'text', 'a sentence'),
  ],
};

/** What is known of each moment of the window; the intervals of a stream of a system partition it. */
export const coverageTable: TimelineTable = {
  target: 'coverage',
  means: 'What is known of each moment of the window: the intervals of a stream of a system are adjacent and cover it.',
  columns: [
    column('system', 'text', 'whose stream'),
    column('stream', 'text', 'which stream'),
    column('from', 'time', 'start'),
    column('to', 'time', 'end, not included'),
    column('state', 'text', 'covered, silent (in a gap), not-expected (out of scope, or owed by nobody)'),
  ],
};

/** Stretches without evidence that was expected. */
export const gapsTable: TimelineTable = {
  target: 'gaps',
  means: 'Stretches of the window without evidence that was expected. No row means no gap: name it in `optional`.',
  columns: [
    column('gap_id', 'text', 'its name in commands: `GAP-` and ten hexadecimal digits'),
    column('system', 'text', 'who was silent'),
    column('stream', 'text', 'in which stream'),
    column('target', 'text', 'of a scrape the job and instance, of skipped numbers what counts them; else NULL'),
    column('kind', 'text', 'silence, missing, sequence-loss, scrape, scan-missed, truncated'),
    column('from', 'time', 'time of the last record before it, or the start of scope or window'),
    column('to', 'time', 'time of the first record after it, or the end of scope or window'),
    column('usual_s', 'double', 'usual silence at these hours of the week, seconds; NULL: not known'),
    column('allowed_s', 'double', 'longest silence that is no gap at these hours, seconds'),
    column(
      'likelihood',
      'double',
      'share of the looks at these hours at which so long a silence is met by chance; NULL: not learned',
    ),
    column('missing', 'bigint', 'records that are missing by their numbers; NULL: they have none'),
    column('cause', 'text', 'stream-alone, file-cut, unknown, collector-down, host-down'),
    column('corroboration', 'texts', 'what other evidence says about it, sentences'),
    column('state', 'text', 'open, explained (by a ticket with a root cause), accepted (by a person)'),
    column('explained_by', 'text', 'the ticket that explains it'),
    column('accepted_by', 'text', 'who accepted it, also when the acceptance has ended'),
    column('accepted_reason', 'text', 'why'),
    column('accepted_at', 'time', 'when'),
    column('accepted_until', 'text', 'last day on which the acceptance counts, YYYY-MM-DD; NULL: for good'),
    ...cited('before', 'last record before it'),
    ...cited('after', 'first record after it'),
  ],
};

/** How far the clock of each system can be trusted; the intervals of a system partition the window. */
export const clockIntervalsTable: TimelineTable = {
  target: 'clock_intervals',
  means:
    'How far the clock of each system can be trusted: the intervals of a system are adjacent and cover the window.',
  columns: [
    column('system', 'text', 'whose clock'),
    column('from', 'time', 'start'),
    column('to', 'time', 'end, not included'),
    column('state', 'text', 'within: not off by more than the threshold; out: it was; unknown: not measured, or stuck'),
    column(
      'offset_s',
      'double',
      'seconds ahead (negative: behind) where it was furthest from the truth; NULL: unknown',
    ),
    column('error_s', 'double', 'how exact that is, seconds; NULL: no source says'),
    column('max_abs_offset_s', 'double', 'largest offset that was measured, without its sign'),
    column(
      'basis',
      'text',
      'what it rests on: chrony, ntpd, received, serial order, anchors, ..., or why it is unknown',
    ),
    column('because', 'text', 'a sentence'),
    column('source_id', 'integer', 'source of the measurement that decides it'),
    column('record', 'bigint', 'its number there'),
  ],
};

/** Moments at which a clock was set back, by the order of its own records. */
export const clockStepsTable: TimelineTable = {
  target: 'clock_steps',
  means: 'Moments at which a clock was set back, by the order of its own records.',
  columns: [
    column('system', 'text', 'whose clock'),
    column('time', 'time', 'what the clock showed after it was set back'),
    column('step_s', 'double', 'seconds by which it was set back at least, negative'),
    column('basis', 'text', 'serial order'),
    ...cited('before', 'last record before it'),
    ...cited('after', 'first record after it'),
  ],
};

export const timelineTables: readonly TimelineTable[] = [
  expectationsTable,
  coverageTable,
  gapsTable,
  clockIntervalsTable,
  clockStepsTable,
];
