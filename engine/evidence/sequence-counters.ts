/** The one list of numbers that count the records of a stream, so that a number that is skipped is a record that is missing. */

export interface SequenceCounter {
  readonly stream: string;
  /** Where the meaning of the number is said. */
  readonly source: string;
  /** The condition, in SQL over the events `e` of the source `$source`, for a record that this counter counts. */
  readonly counts: string;
}

/**
 * Counters that stand in `events.sequence`. Others that stand there do not count a stream: Teleport's index counts the
 * events of a session, USBGuard's serial those of the kernel's audit, of which it shows few.
 */
export const sequenceCounters: readonly SequenceCounter[] = [
  {
    stream: 'auditd',
    source: 'audit(7), auditd: the serial in audit(time:serial) rises by one an event and begins again at boot',
    // The daemon numbers its own records by a count of its own.
    counts: `coalesce(e.code, '') NOT LIKE 'DAEMON%'`,
  },
  {
    stream: 'journald',
    source: 'systemd.journal-fields(7), __SEQNUM: rises by one an entry, within one __SEQNUM_ID',
    counts: 'true',
  },
  {
    stream: 'kernel',
    source:
      'the kernel, Documentation/ABI/testing/dev-kmsg: the number rises by one a message and begins again at boot',
    // Without numbers of the ring buffer, lines of the kernel's audit have its serial in their place.
    counts: `EXISTS (SELECT 1 FROM evidence.events k WHERE k.source_id = $source::INTEGER
      AND k.stream = 'kernel' AND k.sequence IS NOT NULL AND k.code IS DISTINCT FROM 'audit')`,
  },
  {
    stream: 'syslog',
    source: 'RFC 5424, 7.3.1, meta sequenceId; Cisco IOS, service sequence-numbers',
    counts: `e.code IS DISTINCT FROM 'audit'`,
  },
];

/** A counter of Prometheus that rises where something is lost. */
export interface LossMetric {
  readonly name: string;
  readonly stream: string;
  /** Records, or something of which nobody knows how many records are in it. */
  readonly counts: 'records' | 'chunks';
  readonly source: string;
}

/** Counters of losses. Their samples are kept whatever else is. */
export const lossMetrics: readonly LossMetric[] = [
  {
    name: 'fluentbit_output_dropped_records_total',
    stream: 'fluent-bit',
    counts: 'records',
    source: 'Fluent Bit, monitoring: records that an output dropped',
  },
  {
    name: 'fluentbit_output_retries_failed_total',
    stream: 'fluent-bit',
    counts: 'chunks',
    source: 'Fluent Bit, monitoring: chunks that an output gave up',
  },
  {
    name: 'vault_audit_log_request_failure',
    stream: 'vault',
    counts: 'records',
    source: 'Vault, audit log telemetry: requests that none of the audit devices logged',
  },
  {
    name: 'vault_audit_log_response_failure',
    stream: 'vault',
    counts: 'records',
    source: 'Vault, audit log telemetry: responses that none of the audit devices logged',
  },
];
