/**
 * Statistics and reports of ntpd that say nothing of how far the clock is off. They are known, so that a file of them is
 * accounted for with this reason.
 */
const STAMP = '^\\d{5} \\d{1,5}(?:\\.\\d+)? ';
const ADDRESS = '(?:\\d{1,3}(?:\\.\\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]+(?:%\\w+)?)';
const STATISTICS: readonly (readonly [name: string, line: RegExp])[] = [
  [
    'rawstats (timestamps of packets; peerstats has the offsets)',
    new RegExp(`${STAMP}${ADDRESS} ${ADDRESS}(?: \\d{1,10}\\.\\d+){4}(?: |$)`),
  ],
  ['sysstats (counts of packets)', new RegExp(`${STAMP}\\d+(?: \\d+){9,13}$`)],
  ['usestats (use of the computer)', new RegExp(`${STAMP}\\d+ \\d+\\.\\d+ \\d+\\.\\d+(?: \\d+){9,11}$`)],
  ['protostats (events)', new RegExp(`${STAMP}\\S+ [0-9a-f]{4} [0-9a-f]{2,4} [a-z_]+(?: |$)`)],
];

/** Which statistics a line is of, where they are none of the clock. */
export function otherStatistics(text: string): string | undefined {
  return STATISTICS.find(([, line]) => line.test(text))?.[0];
}

const COUNTS = [
  ...[
    'uptime',
    'sysstats reset',
    'packets received',
    'NTPv1 [a-z0-9 ]+',
    'current version',
    'older version',
    'control requests',
  ],
  ...['bad length or format', 'authentication failed', 'declined', 'restricted', 'rate limited', 'KoD responses'],
  ...['processed for time', 'time since reset', '(?:free |used )?receive buffers', 'low water refills'],
  ...['(?:dropped|ignored|received) packets', 'packets sent', 'packet send failures', '(?:useful )?input wakeups'],
  ...['enabled', 'hash slots in use', '(?:peak |maximum )?addresses(?: in use)?', 'reclaim (?:above count|older than)'],
  ...['reclaim m(?:ax|in)age', '(?:maximum )?kilobytes', 'alloc: [a-z ]+', 'age of oldest slot'],
];
const COUNT = new RegExp(`^(?:${COUNTS.join('|')}):\\s+(?:0x)?\\d[\\d:.]*(?:\\s+\\S+)*$`);

/** True for a line of `ntpq -c sysstats`, iostats or monstats. */
export function isCount(text: string): boolean {
  return COUNT.test(text);
}
