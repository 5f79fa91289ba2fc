/**
 * The tables of a case: names, columns, types and meanings. One list serves the database, the readers, the check of
 * packs and the generated documentation. Names follow OCSF where OCSF has the idea.
 *
 * Every evidence table also has the citation, `source_id` and `record` (ordinal in that source, from 1).
 */

/**
 * Column types. `time` is a UTC timestamp with microseconds; `text` is valid UTF-8; `longtext` is text stored with
 * zstd; `texts` is a list of text; `labels` is a map of text to text; `json` is JSON as text. A `double` may be NaN.
 */
export type ColumnType =
  'time' | 'text' | 'longtext' | 'texts' | 'labels' | 'json' | 'integer' | 'bigint' | 'double' | 'boolean';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly means: string;
}

export interface Table {
  readonly name: string;
  readonly means: string;
  readonly columns: readonly Column[];
}

type ColumnSpecs = Readonly<Record<string, readonly [ColumnType, string]>>;

/**
 * What a JavaScript value for a column is; every column may be NULL. Labels are names and values in turn:
 * `['__name__', 'up', 'job', 'node']`.
 */
type ValueOf<T extends ColumnType> = T extends 'time'
  ? bigint
  : T extends 'integer' | 'double'
    ? number
    : T extends 'bigint'
      ? bigint | number
      : T extends 'boolean'
        ? boolean
        : T extends 'texts' | 'labels'
          ? readonly string[]
          : string;

const specs = {
  events: {
    means: 'The common spine of all logs: one row an event.',
    columns: {
      time: ['time', 'when it happened, by the clock of the system that wrote it'],
      received: ['time', 'when a collector received it, where the record says so'],
      system: ['text', 'the system that wrote it, as the record names it'],
      stream: ['text', 'the stream it belongs to: auditd, syslog, cloudtrail'],
      class: ['text', 'OCSF class: authentication, process_activity, api_activity, event_log_activity, ...'],
      activity: ['text', 'OCSF activity in that class: logon, logoff, launch, start, stop, ...'],
      code: ['text', "the format's own code: an audit record type, a CloudTrail eventName, a syslog program"],
      actor: ['text', 'who did it'],
      target: ['text', 'to whom or what it was done'],
      src_ip: ['text', 'source address'],
      src_port: ['integer', 'source port'],
      dst_ip: ['text', 'destination address'],
      dst_port: ['integer', 'destination port'],
      outcome: ['text', 'success, failure, or NULL where the record does not say'],
      severity: ['text', "the record's own severity, lower case"],
      sequence: ['bigint', "the format's serial number, where it has one"],
      message: ['longtext', 'the text a person reads'],
    },
  },
  auditd_records: {
    means: 'One row a line of an audit log; the lines of one event share event_record.',
    columns: {
      event_record: ['bigint', 'record number of the first line of the same event'],
      time: ['time', 'audit stamp'],
      node: ['text', 'node= where the line has it'],
      serial: ['bigint', 'serial number of the event; starts again at boot'],
      type: ['text', 'record type: SYSCALL, USER_LOGIN, DAEMON_START, ...'],
      pid: ['bigint', 'process id'],
      ppid: ['bigint', 'parent process id'],
      uid: ['bigint', 'user id'],
      auid: ['bigint', 'audit (log-in) user id; NULL when unset (4294967295)'],
      euid: ['bigint', 'effective user id'],
      ses: ['bigint', 'session id; NULL when unset'],
      success: ['boolean', 'success= or res='],
      exit: ['bigint', 'exit value of the system call'],
      arch: ['text', 'architecture, hexadecimal as written'],
      syscall: ['integer', 'system call number'],
      syscall_name: ['text', 'its name for that architecture'],
      tty: ['text', 'terminal'],
      comm: ['text', 'command name, decoded'],
      exe: ['text', 'executable, decoded'],
      key: ['text', 'rule key, decoded'],
      acct: ['text', 'account named in a USER_* record, decoded'],
      addr: ['text', 'address named in a USER_* record'],
      terminal: ['text', 'terminal named in a USER_* record'],
      op: ['text', 'operation'],
      res: ['text', 'result as written'],
      name: ['text', 'path name, decoded'],
      cwd: ['text', 'working directory, decoded'],
      fields: ['json', 'every other field of the line, decoded, as a JSON object'],
    },
  },
  syslog_records: {
    means: 'What a syslog line has beyond the spine.',
    columns: {
      facility: ['text', 'facility, where the line has a priority'],
      program: ['text', 'tag before the process id'],
      pid: ['bigint', 'process id in the tag'],
    },
  },
  cloudtrail_records: {
    means: 'What a CloudTrail record has beyond the spine.',
    columns: {
      event_id: ['text', 'eventID'],
      event_version: ['text', 'eventVersion'],
      event_source: ['text', 'eventSource'],
      event_name: ['text', 'eventName'],
      event_type: ['text', 'eventType'],
      event_category: ['text', 'eventCategory'],
      region: ['text', 'awsRegion'],
      account: ['text', 'recipientAccountId, else the account of the identity'],
      identity_type: ['text', 'userIdentity.type'],
      identity_arn: ['text', 'userIdentity.arn'],
      identity_account: ['text', 'userIdentity.accountId'],
      invoked_by: ['text', 'userIdentity.invokedBy: an AWS service acting on its own'],
      mfa: ['boolean', 'multi-factor used, from additionalEventData or the session context'],
      read_only: ['boolean', 'readOnly'],
      management_event: ['boolean', 'managementEvent'],
      error_code: ['text', 'errorCode'],
      error_message: ['text', 'errorMessage'],
      user_agent: ['text', 'userAgent'],
      request: ['json', 'requestParameters, as written'],
      response: ['json', 'responseElements, as written'],
      resources: ['json', 'resources, as written'],
    },
  },
  authentications: {
    means:
      'One row a sign-in, of people and of machines, whatever wrote it: what an event of class authentication has beyond the spine.',
    columns: {
      time: ['time', 'when it happened, as in events'],
      system: ['text', 'the system that was signed in to, or that reports it'],
      stream: ['text', 'the stream it belongs to, as in events'],
      actor: ['text', 'who signed in, or tried to'],
      provider: ['text', 'who checked it: okta, entra, aws, vault, pam, sshd, sudo, ...'],
      application: ['text', 'what was signed in to, where it is not the system'],
      method: ['text', 'password, publickey, saml, oidc, token, certificate, sudo, ..., as far as the record says'],
      mfa: ['boolean', 'a second factor was used; NULL where the record does not say'],
      outcome: ['text', 'success or failure'],
      reason: ['text', 'why it failed, as the record says'],
      src_ip: ['text', 'where it came from'],
      session: ['text', 'identity of the session that began, where the record has one'],
    },
  },
  event_fields: {
    means:
      'What a record of a log has beyond the spine, as the record has it; for formats without a table of their own.',
    columns: {
      stream: ['text', 'the stream it belongs to, as in events'],
      fields: ['json', 'its other members, names and values as in the record'],
    },
  },
  flow_records: {
    means: 'One row a network flow: what a flow log has beyond the spine.',
    columns: {
      time: ['time', 'start of the capture window'],
      until: ['time', 'end of the capture window'],
      account: ['text', 'account of the interface'],
      interface: ['text', 'network interface'],
      src_ip: ['text', 'source address'],
      dst_ip: ['text', 'destination address'],
      src_port: ['integer', 'source port'],
      dst_port: ['integer', 'destination port'],
      protocol: ['integer', 'IANA protocol number'],
      packets: ['bigint', 'packets'],
      bytes: ['bigint', 'bytes'],
      action: ['text', 'ACCEPT or REJECT'],
      log_status: ['text', 'OK, NODATA or SKIPDATA'],
      direction: ['text', 'ingress or egress, where the log has it'],
      fields: ['json', 'every other field of the record'],
    },
  },
  trail_digests: {
    means: 'One row a CloudTrail digest file, and one for each log file that it names.',
    columns: {
      time: ['time', 'end of the period that the digest covers'],
      from_time: ['time', 'its start'],
      account: ['text', 'account'],
      region: ['text', 'region'],
      bucket: ['text', 'bucket of the object'],
      object: ['text', 'the digest, or the log file that it names'],
      kind: ['text', 'digest or log'],
      hash: ['text', 'SHA-256 of the log file as the digest says; of the digest file as it is'],
      previous_bucket: ['text', 'bucket of the digest before'],
      previous_object: ['text', 'the digest before'],
      previous_hash: ['text', 'SHA-256 of the digest before, as this one says'],
      signature: ['text', 'signature of the digest before, hexadecimal, as this one says'],
      fingerprint: ['text', 'which public key signed'],
      signature_valid: [
        'boolean',
        'its own signature holds, which the next digest repeats; NULL where that or the public key is not in the case',
      ],
    },
  },
  trail_keys: {
    means: 'One row a public key with which CloudTrail signs digests.',
    columns: {
      fingerprint: ['text', 'what digests call it'],
      value: ['text', 'the key: DER in base64'],
      valid_from: ['time', 'when it came into use'],
      valid_until: ['time', 'when it went out of use'],
    },
  },
  accounts: {
    means: 'One row an account of a person or a machine, as an inventory or a provider lists it.',
    columns: {
      account: ['text', 'its name'],
      person: ['text', 'whose it is'],
      provider: ['text', 'where it is: okta, entra, aws, linux, ...'],
      system: ['text', 'the system it is on, where it is on one'],
      privileged: ['boolean', 'it has administrative rights'],
      mfa: ['boolean', 'a second factor is set up'],
      status: ['text', 'active, disabled, ..., as written'],
      created: ['time', 'created'],
      disabled: ['time', 'disabled'],
      last_used: ['time', 'last used'],
      as_of: ['time', 'when the list was made, where it says so'],
    },
  },
  access_reviews: {
    means: 'One row a decision of an access review.',
    columns: {
      review_id: ['text', 'the review'],
      kind: ['text', 'accounts, ports, privileged, ...'],
      period: ['text', 'what it covers: 2026-Q1, ...'],
      reviewer: ['text', 'who reviewed'],
      completed: ['time', 'when the review was completed'],
      subject: ['text', 'the account, port or right that was looked at'],
      decision: ['text', 'keep, revoke, change, ..., as written'],
      decided_at: ['time', 'when that was decided'],
    },
  },
  config_items: {
    means: 'One row a resource as it was configured when it was looked at.',
    columns: {
      captured: ['time', 'when it was looked at'],
      provider: ['text', 'aws, azure, linux, ...'],
      account: ['text', 'account or subscription'],
      region: ['text', 'region'],
      system: ['text', 'the system it belongs to'],
      resource_type: ['text', 'time_sync, firewall, security_group, ...'],
      resource_id: ['text', 'its identity with the provider'],
      resource_name: ['text', 'its name'],
      configuration: ['json', "the provider's own description"],
    },
  },
  baselines: {
    means: 'One row a resource as it was approved.',
    columns: {
      approved_at: ['time', 'when it was approved'],
      approved_by: ['text', 'by whom'],
      provider: ['text', 'aws, azure, linux, ...'],
      account: ['text', 'account or subscription'],
      region: ['text', 'region'],
      system: ['text', 'the system it belongs to'],
      resource_type: ['text', 'time_sync, firewall, security_group, ...'],
      resource_id: ['text', 'its identity with the provider'],
      resource_name: ['text', 'its name'],
      configuration: ['json', 'the description that was approved'],
    },
  },
  config_checks: {
    means: 'One row a rule that another tool checked on a resource.',
    columns: {
      scan_id: ['text', 'the scan'],
      time: ['time', 'when it was checked'],
      system: ['text', 'the system that was checked'],
      resource: ['text', 'the resource, where it is not the system'],
      benchmark: ['text', 'the set of rules'],
      rule_id: ['text', 'the rule'],
      title: ['text', 'its title'],
      status: ['text', 'pass, fail, error, unknown, not applicable, not checked, informational, fixed'],
      status_text: ['text', "the tool's own word for it"],
      severity: ['text', "the tool's own severity, lower case"],
      detail: ['longtext', 'what the tool found there, as it says'],
    },
  },
  scans: {
    means: 'One row a scan: what was looked at, when, how, and whether it finished.',
    columns: {
      scan_id: ['text', 'identity of the scan within its source'],
      tool: ['text', 'nmap, sslscan, ...'],
      version: ['text', 'version of the tool'],
      started: ['time', 'start, from the file itself'],
      finished: ['time', 'end, from the file itself; NULL when it was cut short'],
      completed: ['boolean', 'the tool says that it finished'],
      scope: ['text', 'ports or rules that were looked at, as the tool states them'],
      targets: ['texts', 'addresses and names that were looked at and answered or were counted as down'],
      excluded: ['texts', 'what was left out on purpose, as the tool states it: hosts, ports, rules, paths'],
      profile: ['text', 'benchmark, policy or profile that the scan followed'],
      score: ['double', 'score that the tool gives itself'],
      score_most: ['double', 'the highest score there could have been'],
      arguments: ['text', 'command line'],
    },
  },
  scan_targets: {
    means: 'One row a host that a scan looked at, whatever it found there.',
    columns: {
      scan_id: ['text', 'the scan'],
      time: ['time', 'when the host was looked at'],
      system: ['text', 'host name, where the scan has one'],
      address: ['text', 'its address'],
      resource: ['text', 'image, file or project that was looked at, where it is no host'],
      state: ['text', 'up, down, unknown'],
      reason: ['text', "the tool's reason for that state"],
    },
  },
  open_ports: {
    means: 'One row a port that a scan reported, in whatever state.',
    columns: {
      scan_id: ['text', 'the scan'],
      time: ['time', 'when the host was looked at'],
      system: ['text', 'host name, where the scan has one'],
      address: ['text', 'address'],
      port: ['integer', 'port number'],
      protocol: ['text', 'tcp, udp, sctp'],
      state: ['text', 'open, closed, filtered, open|filtered, ... as the tool says'],
      service: ['text', 'service name'],
      product: ['text', 'product, where detected'],
      version: ['text', 'version, where detected'],
    },
  },
  tls_endpoints: {
    means: 'One row a protocol version and cipher suite that an endpoint accepts.',
    columns: {
      scan_id: ['text', 'the scan'],
      time: ['time', 'when it was looked at'],
      system: ['text', 'host name, where the scan has one'],
      address: ['text', 'address'],
      port: ['integer', 'port number'],
      tls_version: ['text', 'SSLv2, SSLv3, TLSv1.0 ... TLSv1.3'],
      cipher: ['text', 'cipher suite'],
      strength: ['text', "the tool's grade"],
    },
  },
  certificates: {
    means: 'One row a certificate that an endpoint presented.',
    columns: {
      scan_id: ['text', 'the scan'],
      time: ['time', 'when it was looked at'],
      system: ['text', 'host name, where the scan has one'],
      address: ['text', 'address'],
      port: ['integer', 'port number'],
      subject: ['text', 'subject'],
      issuer: ['text', 'issuer'],
      serial: ['text', 'serial number, hexadecimal'],
      key_type: ['text', 'rsa, ec, ...'],
      key_bits: ['integer', 'key size'],
      signature: ['text', 'signature algorithm'],
      not_before: ['time', 'valid from'],
      not_after: ['time', 'valid to'],
      self_signed: ['boolean', 'issuer equals subject'],
    },
  },
  vulnerabilities: {
    means: 'One row a vulnerability that a scan found in a package, an image or a service.',
    columns: {
      scan_id: ['text', 'the scan'],
      time: ['time', 'when it was found'],
      system: ['text', 'host name, where the scan has one'],
      address: ['text', 'address'],
      port: ['integer', 'port number of the service, where it is one'],
      protocol: ['text', 'tcp, udp'],
      resource: ['text', 'image, file or project that was looked at, as in scan_targets, where it is no host'],
      location: ['text', 'where in it: lock file, package file, layer, path'],
      vulnerability_id: ['text', 'CVE where there is one, else the id that the tool gives'],
      aliases: ['texts', 'other ids of the same vulnerability, and of the check that found it'],
      package: ['text', 'package or product'],
      installed: ['text', 'version that is there'],
      fixed: ['text', 'version that has it no more'],
      severity: ['text', "the tool's own severity, lower case: critical, high, medium, low, ..."],
      cvss: ['double', 'CVSS base score, 0 to 10, of the newest version that the scan gives'],
      cvss_vector: ['text', 'its vector'],
      status: ['text', 'what the tool says of it: affected, fixed, will not fix, suppressed, ...'],
      title: ['text', 'its title'],
    },
  },
  file_changes: {
    means: 'One row a file that an integrity check found added, removed or changed.',
    columns: {
      scan_id: ['text', 'the scan'],
      time: ['time', 'when it was found'],
      system: ['text', 'the system that was checked'],
      path: ['text', 'the file'],
      kind: ['text', 'file, directory, link, ... as far as the report says'],
      change: ['text', 'added, removed, changed'],
      attributes: ['json', 'what changed: attribute to {"old": ..., "new": ...}; null where the report does not say'],
      severity: ['text', 'severity of the rule that watches it, where the tool has one'],
    },
  },
  metric_series: {
    means: 'One row a series of a Prometheus: what its labels are, and whether its samples are kept.',
    columns: {
      series_id: ['bigint', 'identity of the series in the case; a series of two sources has two'],
      name: ['text', 'the metric: label __name__'],
      labels: ['labels', 'all labels, __name__ included'],
      system: ['text', 'the host in the label instance, without its port'],
      samples_kept: ['boolean', 'its samples are in metric_samples; else they are read from the source on demand'],
    },
  },
  metric_samples: {
    means: 'Samples of the series whose samples are kept. Stale markers are no samples.',
    columns: {
      series_id: ['bigint', 'the series, see metric_series'],
      time: ['time', 'when it was scraped, by the clock of the Prometheus server'],
      value: ['double', 'its value, exact to the last bit; may be NaN or infinite'],
    },
  },
  metric_histograms: {
    means: 'Native histograms of the series whose samples are kept: one row a sample.',
    columns: {
      series_id: ['bigint', 'the series, see metric_series'],
      time: ['time', 'when it was scraped, by the clock of the Prometheus server'],
      counts: ['text', 'integer or float: how the counts are kept'],
      counter_reset: ['text', 'unknown, not reset, reset, gauge'],
      schema: ['integer', 'resolution, -9 to 52; -53: custom bounds'],
      zero_threshold: ['double', 'width of the zero bucket'],
      zero_count: ['double', 'observations in the zero bucket'],
      count: ['double', 'observations'],
      sum: ['double', 'sum of the observations'],
      buckets: ['json', 'spans and counts of the buckets as the source has them'],
    },
  },
  metric_presence: {
    means: 'When a series was there: one row a run of samples without a break. Made for every series.',
    columns: {
      series_id: ['bigint', 'the series, see metric_series'],
      from: ['time', 'first sample of the run'],
      to: ['time', 'a millisecond after its last sample'],
      samples: ['bigint', 'samples in the run'],
      interval_ms: ['bigint', 'usual distance of its samples; NULL for a single sample'],
      ended_by: ['text', 'stale, silence, unread (damaged or deleted samples follow), end (of the source)'],
      stale_at: ['time', 'when the stale marker that ended it was set'],
    },
  },
  metric_hours: {
    means: 'What a series did in each hour (UTC) in which it has samples. Made for every series.',
    columns: {
      series_id: ['bigint', 'the series, see metric_series'],
      hour: ['time', 'start of the hour'],
      samples: ['bigint', 'samples in it'],
      min: ['double', 'least value; NaN only where there is no other'],
      max: ['double', 'greatest value; NaN only where there is no other'],
      avg: ['double', 'mean of all values, NaN where one is'],
      first: ['double', 'first value'],
      last: ['double', 'last value'],
      resets: ['bigint', 'how often a value was below the one before it'],
    },
  },
  metric_unread: {
    means: 'Stretches of a series whose samples are not given: nothing is known about them.',
    columns: {
      series_id: ['bigint', 'the series, see metric_series'],
      from: ['time', 'first sample that is not given'],
      to: ['time', 'a millisecond after the last one'],
      because: ['text', 'damaged, or deleted on the server before the snapshot was taken'],
    },
  },
  metric_metadata: {
    means: 'What an exposition says about its metrics: one row a line of it.',
    columns: {
      name: ['text', 'the metric family'],
      kind: ['text', 'type, help, unit, eof or comment'],
      value: ['longtext', 'what the line says'],
    },
  },
  clock_samples: {
    means: 'Measurements of how far a clock was off.',
    columns: {
      time: ['time', 'when it was measured'],
      system: ['text', 'whose clock'],
      offset_s: ['double', 'seconds that the clock was ahead of its reference; negative: behind'],
      error_s: ['double', 'bound of the error of that, seconds'],
      stratum: ['integer', 'distance from a reference clock'],
      reference: ['text', 'what it was measured against'],
      synchronised: ['boolean', 'the system says that its clock is disciplined'],
    },
  },
  systems: {
    means: 'The inventory of what is in scope.',
    columns: {
      system: ['text', 'its name'],
      role: ['text', 'web, database, ...'],
      environment: ['text', 'production, ...'],
      segment: ['text', 'network segment'],
      criticality: ['text', 'low, medium, high, critical'],
      owner: ['text', 'who answers for it'],
      addresses: ['texts', 'its addresses and other names'],
      scope_from: ['time', 'in scope from; NULL means from the start'],
      scope_to: ['time', 'in scope until, not included; NULL means to the end'],
      needs: ['texts', 'the evidence streams it must give: auditd, syslog, nmap, ...'],
    },
  },
  authorized_ports: {
    means: 'The inventory of ports that may be open.',
    columns: {
      system_or_role: ['text', 'a system, or a role, or * for every system'],
      port: ['integer', 'port number'],
      protocol: ['text', 'tcp, udp'],
      owner: ['text', 'who answers for it'],
      purpose: ['text', 'what it is for'],
      justification: ['text', 'why it must be open'],
      risk: ['text', 'risk assessment'],
      approved_at: ['time', 'authorised from'],
      change_ticket: ['text', 'the change that opened it'],
    },
  },
  tickets: {
    means: 'Incidents, changes, leavers: one row a ticket.',
    columns: {
      ticket_id: ['text', 'its id'],
      kind: ['text', 'incident, change, leaver, exception, ...'],
      system: ['text', 'the system it is about'],
      opened: ['time', 'opened'],
      acknowledged: ['time', 'acknowledged'],
      resolved: ['time', 'resolved'],
      status: ['text', 'status as written'],
      summary: ['text', 'one line'],
      root_cause: ['longtext', 'root cause, where one was found'],
      requester: ['text', 'who asked'],
      approver: ['text', 'who approved'],
      approved_at: ['time', 'approved'],
      starts: ['time', 'start of what it covers; opened where not stated'],
      ends: ['time', 'end of what it covers; resolved where not stated'],
      links: ['texts', 'other tickets, commits, pages'],
    },
  },
} as const satisfies Readonly<Record<string, { means: string; columns: ColumnSpecs }>>;

export type EvidenceTableName = keyof typeof specs;

/** A row for an evidence table without its citation; a column that is left out is NULL. */
export type EvidenceRow<N extends EvidenceTableName> = {
  readonly [C in keyof (typeof specs)[N]['columns']]?: (typeof specs)[N]['columns'][C] extends readonly [
    infer T extends ColumnType,
    string,
  ]
    ? ValueOf<T> | null | undefined
    : never;
};

export const evidenceTableNames = Object.keys(specs) as EvidenceTableName[];

/** The definition of an evidence table, citation not included. */
export function evidenceTable(name: EvidenceTableName): Table {
  return table(name, specs[name]);
}

function table(name: string, { means, columns }: { means: string; columns: ColumnSpecs }): Table {
  return {
    name,
    means,
    columns: Object.entries(columns).map(([column, [type, meaning]]) => ({ name: column, type, means: meaning })),
  };
}

/** The citation columns that every evidence table begins with. */
export const citationColumns: readonly Column[] = [
  { name: 'source_id', type: 'integer', means: 'the source, see sources' },
  { name: 'record', type: 'bigint', means: 'ordinal of the record in its source, from 1' },
];
