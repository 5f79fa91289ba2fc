/** The one list of numbers that count the records of a stream, so that a number that is skipped is a record that is missing. */

export interface SequenceCounter {
  readonly stream: string;
  /** What counts, where a stream has more than one; `null` where it is the only one. */
  readonly target: string | null;
  /** Where the meaning of the number is said. */
  readonly source: string;
  /** The condition, in SQL over `events`, for a record that this counter counts. */
  readonly counts: string;
}

/**
 * Counters that stand in `events.sequence`. Others that stand there do not count a stream: Teleport's index counts the
 * events of a session, USBGuard's serial those of the kernel's audit, of which it shows few.
 */
export const sequenceCounters: readonly SequenceCounter[] = [
  {
    stream: 'auditd',
    target: null,
    source: 'audit(7), auditd: the serial in audit(time:serial) rises by one an event and begins again at boot',
    // The daemon numbers its own records by a count of its own.
    counts: `coalesce(code, '') NOT LIKE 'DAEMON%'`,
  },
  {
    stream: 'journald',
    target: null,
    source: 'systemd.journal-fields(7), __SEQNUM: rises by one an entry, within one __SEQNUM_ID',
    counts: 'true',
  },
  {
    stream: 'kernel',
    target: null,
    source:
      'the kernel, Documentation/ABI/testing/dev-kmsg: the number rises by one a message and begins again at boot',
    // Without numbers of the ring buffer, lines of the kernel's audit have its serial in their place.
    counts: `source_id IN (SELECT source_id FROM events
      WHERE stream = 'kernel' AND sequence IS NOT NULL AND code IS DISTINCT FROM 'audit')`,
  },
  {
    stream: 'syslog',
    target: null,
    source: 'RFC 5424, 7.3.1, meta sequenceId; Cisco IOS, service sequence-numbers',
    counts: `code IS DISTINCT FROM 'audit'`,
  },
];
