/**
 * States over time, from looks at them. A scan says how something was at one moment; it is taken to stay so until the
 * next look, and no longer than twice the usual distance of looks at it. So "open for nine days" is an interval with an
 * uncertainty: not there at A, seen from B to C, gone at D.
 *
 * A look that did not cover the thing (host down, port outside the scope, scan cut short) is none: it ends nothing. What
 * a scan that was cut short did find, it found.
 */

/** A state is not taken to hold over a silence of more than so many usual distances of looks. */
const HOLD_FACTOR = 2;

/** What scans looked at: one row a host or resource of a scan. `whole`: what it does not name there, was not there. */
const looks = `
  SELECT lower(s.tool) AS tool, coalesce(t.resource, t.address, t.system) AS subject, any_value(t.system) AS system,
    max(coalesce(t.time, s.finished, s.started)) AS time, any_value(s.scope) AS scope,
    coalesce(bool_or(s.completed AND lower(t.state) = 'up'), false) AS whole, t.source_id, t.scan_id,
    min(t.record) AS record
  FROM scan_targets t JOIN scans s ON s.source_id = t.source_id AND s.scan_id = t.scan_id
  GROUP BY lower(s.tool), coalesce(t.resource, t.address, t.system), t.source_id, t.scan_id`;

/** The ports of each scope, as scanners state it: `tcp/syn 1-1024,8080; udp/udp 53`. */
const scopePorts = `
  SELECT scope, split_part(lower(split_part(part, ' ', 1)), '/', 1) AS protocol,
    TRY_CAST(split_part(range, '-', 1) AS INTEGER) AS port_from,
    TRY_CAST(string_split(range, '-')[-1] AS INTEGER) AS port_to
  FROM (SELECT scope, part, trim(unnest(string_split(split_part(part, ' ', 2), ','))) AS range
        FROM (SELECT scope, trim(unnest(string_split(scope, ';'))) AS part FROM (SELECT DISTINCT scope FROM looks)))
  WHERE range <> ''`;

/**
 * One row a run of looks that found the same state without a break. `observed` gives, for each look at each thing, the
 * columns of `key` (what the thing is), `kept` (what else is told of it), time, state (NULL: it was not there),
 * source_id and record. Runs of NULL are not told.
 */
function intervals(before: string, observed: string, key: readonly string[], kept: readonly string[]): string {
  const keys = key.join(', ');
  const last = kept.map((column) => `z.${column} AS ${column}, `).join('');
  return `
  WITH ${before}
  observed AS (${observed}),
  neighbours AS (
    SELECT *,
      lag({'time': time, 'state': state, 'source_id': source_id, 'record': record}) OVER in_time AS before,
      lead({'time': time, 'state': state, 'source_id': source_id, 'record': record}) OVER in_time AS after
    FROM observed WINDOW in_time AS (PARTITION BY ${keys} ORDER BY time, source_id, record)),
  cadences AS (
    SELECT ${keys}, ${HOLD_FACTOR} * median(epoch(time) - epoch(before.time)) AS hold_s
    FROM neighbours WHERE before.time < time GROUP BY ${keys}),
  marked AS (
    SELECT n.*, coalesce(n.before.state IS NOT DISTINCT FROM n.state AND epoch(n.time) - epoch(n.before.time) <= c.hold_s
        OR n.before.time = n.time AND n.before.state IS NOT DISTINCT FROM n.state, false) AS goes_on
    FROM neighbours n LEFT JOIN cadences c
      ON ${key.map((column) => `c.${column} IS NOT DISTINCT FROM n.${column}`).join(' AND ')}),
  runs AS (
    SELECT *, count_if(NOT goes_on) OVER (PARTITION BY ${keys} ORDER BY time, source_id, record) AS run FROM marked),
  ends AS (
    SELECT ${keys}, state, first(r ORDER BY r.time, r.source_id, r.record) AS a,
      last(r ORDER BY r.time, r.source_id, r.record) AS z, count(DISTINCT r.time) AS looks
    FROM runs r WHERE state IS NOT NULL GROUP BY ${keys}, state, run),
  told AS (
    SELECT *, a.before IS NOT NULL AND a.before.state IS DISTINCT FROM state AS appeared,
      z.after IS NOT NULL AND z.after.state IS DISTINCT FROM state AS went
    FROM ends)
  SELECT ${keys}, ${last}state,
    CASE WHEN appeared THEN a.before.time END AS not_before, a.time AS first_seen, z.time AS last_seen,
    CASE WHEN went THEN z.after.time END AS gone_by,
    CASE WHEN a.before IS NULL THEN 'first look' WHEN appeared THEN 'appeared' ELSE 'lapsed' END AS began,
    CASE WHEN z.after IS NULL THEN 'last look' WHEN went THEN 'gone' ELSE 'lapsed' END AS ended,
    looks, date_diff('second', a.time, z.time) AS at_least_s,
    CASE WHEN appeared AND went THEN date_diff('second', a.before.time, z.after.time) END AS at_most_s,
    a.source_id AS source_id, a.record AS record, z.source_id AS last_source_id, z.record AS last_record,
    CASE WHEN appeared THEN a.before.source_id END AS before_source_id,
    CASE WHEN appeared THEN a.before.record END AS before_record,
    CASE WHEN went THEN z.after.source_id END AS gone_source_id, CASE WHEN went THEN z.after.record END AS gone_record
  FROM told`;
}

/**
 * Ports that were seen open, by address and tool. A scan that does not say for certain (`open|filtered`, `unfiltered`)
 * is no look at that port; `filtered` is: from where the scanner stood it could not be reached.
 */
export const openPortIntervals = intervals(
  `looks AS (${looks}), scope_ports AS (${scopePorts}),
  open_ones AS (
    SELECT DISTINCT tool, subject, protocol, port FROM open_ports p JOIN looks l
      ON l.source_id = p.source_id AND l.scan_id = p.scan_id AND l.subject = coalesce(p.address, p.system)
    WHERE p.state = 'open'),
  found AS (
    SELECT p.source_id, p.scan_id, coalesce(p.address, p.system) AS subject, p.protocol, p.port,
      min(p.record) AS record, bool_or(p.state = 'open') AS open,
      bool_or(p.state IN ('open|filtered', 'unfiltered')) AS undecided
    FROM open_ports p GROUP BY ALL),`,
  `SELECT l.tool, l.subject AS address, o.protocol, o.port, l.system, l.time,
      CASE WHEN f.open THEN 'open' END AS state, l.source_id, coalesce(f.record, l.record) AS record
    FROM open_ones o JOIN looks l ON l.tool = o.tool AND l.subject = o.subject
    LEFT JOIN found f ON f.source_id = l.source_id AND f.scan_id = l.scan_id AND f.subject = l.subject
      AND f.protocol = o.protocol AND f.port = o.port
    WHERE l.time IS NOT NULL
      AND CASE WHEN f.open THEN true WHEN f.undecided THEN false WHEN f.open IS NOT NULL THEN true
        ELSE l.whole AND EXISTS (SELECT 1 FROM scope_ports s
          WHERE s.scope = l.scope AND s.protocol = o.protocol AND o.port BETWEEN s.port_from AND s.port_to) END`,
  ['tool', 'address', 'protocol', 'port'],
  ['system'],
);

/** What tools say of a finding that somebody set aside, and of one that is there no more. */
const SUPPRESSED = `('suppressed', 'ignored', 'risk accepted', 'not affected')`;
const GONE = `('fixed', 'absent', 'resolved')`;

/**
 * Vulnerabilities, by tool, host or resource, and package: `found`, or `suppressed` where somebody set the finding
 * aside, which begins an interval of its own. Whether there is a fix is no state of it.
 */
export const vulnerabilityIntervals = intervals(
  `looks AS (${looks}),
  found AS (
    SELECT l.tool, l.subject, v.source_id, v.scan_id, v.vulnerability_id, v.package, min(v.record) AS record,
      CASE WHEN bool_or(coalesce(lower(v.status), '') NOT IN ${SUPPRESSED} AND coalesce(lower(v.status), '') NOT IN ${GONE})
        THEN 'found' WHEN bool_or(lower(v.status) IN ${SUPPRESSED}) THEN 'suppressed' END AS state,
      arg_min(v.severity, v.record) AS severity, max(v.cvss) AS cvss
    FROM vulnerabilities v JOIN looks l ON l.source_id = v.source_id AND l.scan_id = v.scan_id
      AND l.subject = coalesce(v.resource, v.address, v.system)
    GROUP BY l.tool, l.subject, v.source_id, v.scan_id, v.vulnerability_id, v.package),
  known AS (SELECT DISTINCT tool, subject, vulnerability_id, package FROM found),`,
  `SELECT k.tool, k.subject, k.vulnerability_id, k.package, l.system, f.severity, f.cvss, l.time, f.state, l.source_id,
      coalesce(f.record, l.record) AS record
    FROM known k JOIN looks l ON l.tool = k.tool AND l.subject = k.subject
    LEFT JOIN found f ON f.tool = l.tool AND f.source_id = l.source_id AND f.scan_id = l.scan_id
      AND f.subject = l.subject AND f.vulnerability_id = k.vulnerability_id AND f.package IS NOT DISTINCT FROM k.package
    WHERE l.time IS NOT NULL AND (l.whole OR f.record IS NOT NULL)`,
  ['tool', 'subject', 'vulnerability_id', 'package'],
  ['system', 'severity', 'cvss'],
);

/**
 * The status of each rule on each system or resource; `fail` where it failed for a part of it. A rule that was not
 * checked was not looked at.
 */
export const configCheckIntervals = intervals(
  '',
  `SELECT benchmark, rule_id, coalesce(resource, system) AS subject, arg_min(system, record) AS system,
      arg_min(title, record) AS title, arg_min(severity, record) AS severity, time,
      CASE WHEN bool_or(status = 'fail') THEN 'fail' ELSE min(status) END AS state, source_id,
      coalesce(min(record) FILTER (WHERE status = 'fail'), min(record)) AS record
    FROM config_checks
    WHERE time IS NOT NULL AND rule_id IS NOT NULL AND status NOT IN ('not checked', 'error', 'unknown')
    GROUP BY benchmark, rule_id, coalesce(resource, system), time, source_id`,
  ['benchmark', 'rule_id', 'subject'],
  ['system', 'title', 'severity'],
);
