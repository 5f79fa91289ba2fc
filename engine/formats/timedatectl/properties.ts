/** The lines of what timedatectl prints: `Label: value` for people, `Name=value` for programs. */

export interface Property {
  readonly name: string;
  readonly value: string;
}

/** `timedatectl` (status), `timesync-status`, `show` and `show-timesync`. */
export type ReportKind = 'status' | 'timesync-status' | 'show' | 'show-timesync';

const STATUS = new Set([
  'Local time',
  'Universal time',
  'RTC time',
  'Time zone',
  'Timezone', // systemd before 216
  'NTP enabled', // systemd before 235
  'Network time on', // Ubuntu 16.04
  'NTP synchronized',
  'NTP service',
  'System clock synchronized',
  'systemd-timesyncd.service active', // systemd 236 to 238
  'RTC in local TZ',
  'DST active',
  'Last DST change',
  'Next DST change',
  'Warning',
]);
const TIMESYNC_STATUS = new Set([
  'Server',
  'Poll interval',
  'Leap',
  'Version',
  'Stratum',
  'Reference',
  'Precision',
  'Root distance',
  'Offset',
  'Delay',
  'Jitter',
  'Packet count',
  'Frequency',
]);
const SHOW = new Set(['Timezone', 'LocalRTC', 'CanNTP', 'NTP', 'NTPSynchronized', 'TimeUSec', 'RTCTimeUSec']);
const SHOW_TIMESYNC = new Set([
  'LinkNTPServers',
  'SystemNTPServers',
  'RuntimeNTPServers',
  'FallbackNTPServers',
  'ServerName',
  'ServerAddress',
  'RootDistanceMaxUSec',
  'PollIntervalMinUSec',
  'PollIntervalMaxUSec',
  'PollIntervalUSec',
  'NTPMessage',
  'Frequency',
]);

/** Which report a line belongs to, and what it says; `undefined` for lines of none. */
export function readProperty(text: string): (Property & { readonly kind: ReportKind }) | undefined {
  const assigned = /^\s*([A-Za-z]{2,40})=(.*)$/.exec(text);
  if (assigned) return named(assigned, SHOW, 'show') ?? named(assigned, SHOW_TIMESYNC, 'show-timesync');
  const labelled = /^\s*([A-Za-z][A-Za-z .-]{1,40}):(?: (.*))?$/.exec(text);
  if (!labelled) return undefined;
  return named(labelled, STATUS, 'status') ?? named(labelled, TIMESYNC_STATUS, 'timesync-status');
}

function named(parts: RegExpExecArray, names: ReadonlySet<string>, kind: ReportKind) {
  const [, name = '', value = ''] = parts;
  return names.has(name) ? { name, value: value.trim(), kind } : undefined;
}

/** A line that goes on with the value before it, as the changes of daylight saving time and the warning do. */
export function isContinuation(text: string): boolean {
  return /^\s{9,}\S/.test(text);
}
