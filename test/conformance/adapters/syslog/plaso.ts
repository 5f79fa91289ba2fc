import { severityNamed } from '../../../../engine/formats/syslog-messages/priority.ts';
import { FieldCount, type Comparison, type CorpusFolder } from '../../adapter.ts';
import { asLower, asMicros } from '../../normal.ts';
import { plasoTests } from '../../oracles.ts';
import { compareNamed, type NamedValue } from './other-names.ts';
import { asMessage, messageValue, nil, readMessages, wallClock, writtenWallClock } from './read-messages.ts';

const COLUMNS: Readonly<Record<string, string>> = {
  hostname: 'system',
  reporter: 'program',
  pid: 'pid',
  process_identifier: 'pid',
  message_identifier: 'msgid',
  ip_address: 'src_ip',
  port: 'src_port',
};

export function comparePlasoMessages(folder: CorpusFolder): readonly Comparison[] {
  return plasoTests(folder).map(({ file, oracle, expected }) => {
    const { all, rowsOf } = readMessages(folder, file);
    const count = new FieldCount(file, oracle);
    count.field(0, 'events', all.rows('events').length, expected.counts.event_data);
    count.field(0, 'rejects', all.rejects.length, expected.counts.extraction_warning);
    for (const { event_index, values } of expected.expect) {
      count.record();
      const rows = rowsOf(all.rows('events')[event_index]?.record ?? 0);
      for (const [name, value] of Object.entries(values))
        comparePlasoValue(count, { record: event_index + 1, rows, name, value });
    }
    return count.result();
  });
}

function comparePlasoValue(count: FieldCount, one: NamedValue): void {
  const { record, rows, name, value } = one;
  const ours = (column: string): unknown => messageValue(rows, column);
  // The name of plaso's own kind of event.
  if (name === 'data_type') return;
  // Years below 1000 stand for the first year of the file, the next, ...
  if (name === 'last_written_time' && /^0/.test(String(value)))
    count.field(record, name, wallClock(ours('time')), writtenWallClock(value));
  else if (name === 'last_written_time') count.field(record, name, ours('time'), asMicros(value));
  else if (name === 'facility') count.field(record, name, facilityWords(ours('facility')), nil(value));
  else if (name === 'message_body' || name === 'body')
    count.field(record, name, asMessage(ours('message')), asMessage(value));
  else if (name === 'severity') count.field(record, name, ours('severity'), severityWord(value));
  else compareNamed(count, one, COLUMNS[name]);
}

function severityWord(value: unknown): unknown {
  const word = asLower(nil(value));
  return typeof word === 'string' ? (severityNamed(word) ?? word) : word;
}

/** Facilities in the words of RFC 5424, as plaso writes them. */
const FACILITIES: Readonly<Record<string, string>> = {
  kern: 'kernel message',
  user: 'user-level message',
  mail: 'mail system',
  daemon: 'system daemons',
  auth: 'security/authorization messages',
  syslog: 'messages generated internally by syslogd',
  lpr: 'line printer subsystem',
  news: 'network news subsystem',
  uucp: 'UUCP subsystem',
  cron: 'clock daemon',
  authpriv: 'security/authorization messages',
  ftp: 'FTP daemon',
  ntp: 'NTP subsystem',
  audit: 'log audit',
  alert: 'log alert',
  clock: 'clock daemon',
};

function facilityWords(facility: unknown): unknown {
  const name = String(facility);
  return FACILITIES[name] ?? (name.startsWith('local') ? `local use ${name.slice(-1)}` : facility);
}
