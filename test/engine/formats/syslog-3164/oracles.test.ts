/**
 * The reader against independent parses of the same files: rsyslog (which wrote them), jc, CrowdSec, Insights and
 * plaso. Every field of theirs is compared; where ours differs on purpose, the list says why.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { syslog3164 } from '../../../../engine/formats/syslog-3164/syslog-3164.ts';
import { formatInstant } from '../../../../shared/time.ts';
import type { ReadContext } from '../../../../engine/formats/format.ts';
import { collectRows, type Collected, type CollectedRow } from '../collect-rows.ts';

const fixture = (path: string): string => readFileSync(`test/fixtures/${path}`, 'utf8');
const fixtureJson = (path: string): unknown => JSON.parse(fixture(path));
const read = (path: string, overrides: Partial<ReadContext> = {}): Collected =>
  collectRows(syslog3164, readFileSync(`test/fixtures/${path}`), overrides);
const timeOf = (row: CollectedRow | undefined): string => formatInstant(row?.['time'] as bigint);

const tagOf = (row: CollectedRow | undefined) => ({ program: row?.['program'], pid: row?.['pid'] });

/** Where ours is another answer on purpose, and why: by the position of the record in its file. */
const differences: Readonly<Record<string, Readonly<Record<number, { fields: readonly string[]; because: string }>>>> =
  {
    'syslog-rfc3164/gen-all.traditional.log': {
      133: { fields: ['year'], because: 'The sender wrote 2003; the file has no year, so the window gives it.' },
      134: { fields: ['year', 'time'], because: 'The sender wrote 2003 and -07:00; the file has neither.' },
      135: { fields: ['year'], because: 'The sender wrote 2003; the file has no year.' },
      137: {
        fields: ['year'],
        because: 'rsyslog takes the year it received it in; 76 days on is nearer than 289 days back.',
      },
      139: { fields: ['year'], because: 'The sender wrote 1990; the file has no year.' },
      141: {
        fields: ['year', 'time'],
        because: 'A leap second is the first second of the next day; 2026 has no 29 February.',
      },
      142: { fields: ['year', 'time'], because: 'The sender wrote 2025 and +05:30; the file has neither.' },
    },
    'auth-log/gen-auth.traditional.log': {
      120: { fields: ['year'], because: 'The sender wrote 2003; the file has no year.' },
    },
    'syslog-rfc3164/gen-all.iso.log': {
      141: { fields: ['time'], because: 'A leap second is the first second of the next day.' },
    },
  };

/** rsyslog's name of the program ends at a slash and loses letters beyond ASCII; the tag as written is kept here. */
const differentPrograms: Readonly<Record<string, string>> = { tag: 'tag/with-slash', '': 'üni' };

interface RsyslogRecord {
  readonly timereported: string;
  readonly hostname: string;
  readonly programname: string;
  readonly procid: string;
  readonly msg: string;
}

describe('rsyslog', () => {
  test.each([
    ['syslog-rfc3164/gen-all.traditional.log', 'syslog-rfc3164/gen-all.json'],
    ['syslog-rfc3164/gen-all.iso.log', 'syslog-rfc3164/gen-all.json'],
    ['auth-log/gen-auth.traditional.log', 'auth-log/gen-auth.json'],
    ['auth-log/gen-auth.iso.log', 'auth-log/gen-auth.json'],
  ])('every field of every message of %s', (path, oracle) => {
    const golden = fixture(oracle)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as RsyslogRecord);
    const { rows, rejects } = read(path);
    expect(rejects).toEqual([]);
    expect(rows('events')).toHaveLength(golden.length);
    golden.forEach((theirs, at) => {
      const fields = rows('syslog_records')[at];
      const event = rows('events')[at];
      const except = differences[path]?.[at]?.fields ?? [];
      const { time, year } = timesOf(theirs.timereported, path.includes('.iso.'));
      const ours = timesOf(timeOf(event), path.includes('.iso.'));
      expect({
        at,
        host: event?.['system'] ?? '-',
        program: fields?.['program'],
        pid: fields?.['pid'],
        message: event?.['message'],
        time: except.includes('time') ? time : ours.time,
        year: except.includes('year') ? year : ours.year,
      }).toEqual({
        at,
        host: theirs.hostname,
        program: differentPrograms[theirs.programname] ?? theirs.programname,
        pid: /^\d+$/.test(theirs.procid) ? Number(theirs.procid) : undefined,
        message: theirs.msg.replace(/^ /, ''),
        time,
        year,
      });
    });
  });

  /** The traditional format has whole seconds and no year; each difference above concerns one of the two. */
  function timesOf(written: string, isExact: boolean): { time: string; year: string } {
    const instant = new Date(written.replace(':60Z', ':59Z')).toISOString();
    return { time: instant.slice(5, isExact ? 23 : 19), year: instant.slice(0, 4) };
  }

  test('a file without line ends is refused as one line, not read as one message', () => {
    const { rejects, records } = read('syslog-rfc3164/gen-all.rfc3164.pri.log');
    expect(records).toBe(1);
    expect(rejects[0]?.reason).toBe('The line holds 151 messages with priorities and no line ends between them.');
  });

  test('the same file with line ends gives facility and severity', () => {
    const golden = fixture('syslog-rfc3164/gen-all.json').trim().split('\n');
    const text = fixture('syslog-rfc3164/gen-all.rfc3164.pri.log').replace(/(?!^)<(?=\d{1,3}>[A-Z][a-z]{2} )/g, '\n<');
    const { rows, rejects } = collectRows(syslog3164, text);
    expect(rejects).toEqual([]);
    const theirs = golden.map((line) => JSON.parse(line) as { facility: string; severity: string });
    expect(rows('syslog_records').map(({ facility }) => facility)).toEqual(theirs.map(({ facility }) => facility));
    expect(rows('events').map(({ severity }) => severity)).toEqual(theirs.map(({ severity }) => severity));
  });
});

test('lastb: the failed log-ins over SSH are those of btmp', () => {
  const theirs = fixture('auth-log/gen-lastb.txt')
    .split('\n')
    .filter((line) => line.includes('ssh:notty'))
    .map((line) => `${line.slice(0, 8).trim()} ${/ (\d+\.\S+) /.exec(line)?.[1]} ${/\d\d:\d\d:\d\d/.exec(line)?.[0]}`);
  const { rows } = read('auth-log/gen-auth.iso.log');
  // For an unknown account sshd writes btmp twice: when it sees the name and when the password fails.
  const isFailure = ({ activity, outcome, message }: CollectedRow) =>
    outcome === 'failure' && (activity === 'logon' || String(message).startsWith('Invalid user'));
  const ours = rows('events')
    .filter(isFailure)
    .map((row) => `${String(row['actor'])} ${String(row['src_ip'])} ${timeOf(row).slice(11, 19)}`);
  expect([...ours].sort()).toEqual([...theirs].sort());
});

test('jc: every field of every line', () => {
  interface JcRecord {
    readonly unparsable?: string;
    readonly priority: number | null;
    readonly date: string;
    readonly hostname: string;
    readonly tag: string | null;
    readonly content: string;
  }
  const golden = fixtureJson('syslog-rfc3164/jc-generic-syslog-3164.json') as JcRecord[];
  const { rows, rejects, records } = read('syslog-rfc3164/jc-generic-syslog-3164.out');
  expect(rejects.map(({ raw }) => raw)).toEqual(golden.flatMap(({ unparsable }) => unparsable ?? []));
  const readable = golden.filter(({ unparsable }) => unparsable === undefined);
  expect(records).toBe(golden.length);
  const severities = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];
  readable.forEach((theirs, at) => {
    const event = rows('events')[at]!;
    const { program, pid } = tagOf(rows('syslog_records')[at]);
    // jc ends the tag at the first character that is no letter or digit and leaves the rest in the content.
    const tagRest = String(program ?? '').replace(/^\w+/, '') + (pid === undefined ? '' : `[${String(pid)}]: `);
    expect({
      host: event['system'],
      date: timeOf(event).slice(5, 19),
      tag: program === undefined ? null : /^\w+/.exec(String(program))?.[0],
      content: `${tagRest}${String(event['message'])}`.trim(),
      severity: event['severity'],
    }).toEqual({
      host: theirs.hostname,
      date: new Date(`${theirs.date} 2026 UTC`).toISOString().slice(5, 19),
      tag: theirs.tag,
      content: theirs.content,
      severity: theirs.priority === null ? undefined : severities[theirs.priority % 8],
    });
  });
});

describe('CrowdSec', () => {
  interface Assertion {
    readonly stage: string;
    readonly parser: string;
    readonly line: number;
    readonly path: string;
    readonly expected: unknown;
  }

  /** What they call our fields. A peer or an account of theirs that is not in this list fails the test. */
  const ourField: Readonly<Record<string, string>> = {
    'Parsed["program"]': 'program',
    'Parsed["message"]': 'message',
    'Parsed["pid"]': 'pid',
    'Meta["machine"]': 'system',
    'Meta["source_ip"]': 'src_ip',
    'Parsed["sshd_client_ip"]': 'src_ip',
    'Parsed["sshd_client_port"]': 'src_port',
    'Parsed["sshd_port"]': 'src_port',
    'Meta["target_user"]': 'target',
    'Parsed["sshd_invalid_user"]': 'target',
    'Parsed["sshd_auth_user"]': 'target',
    'Meta["user"]': 'target',
    'Meta["username"]': 'target',
    'Parsed["username"]': 'target',
    'Parsed["ruser"]': 'actor',
    'Parsed["logname"]': 'actor',
  };
  /** Fields of theirs that say how they read, or that are in our message as text. */
  const notCompared =
    /datasource|log_type|service|logsource|Whitelisted|Success|Enriched|timestamp|pam_type|protocol|trail|Meta\["[au]id|Parsed\["(uid|euid|tty)"\]/;

  test.each([
    'auth-log/crowdsec-pam-logs',
    'auth-log/crowdsec-sshd-logs',
    'auth-log/crowdsec-sshd-success-logs',
    'syslog-rfc3164/crowdsec-syslog-logs',
  ])('every field of %s', (path) => {
    const { rows, rejects } = read(`${path}.log`);
    expect(rejects).toEqual([]);
    const asserted = fixtureJson(`${path}.expected.json`) as Assertion[];
    let compared = 0;
    for (const { line, path: name, expected: value } of asserted) {
      if (notCompared.test(name)) continue;
      const field = ourField[name.replace(/^Evt\./, '')];
      expect([name, field]).not.toEqual([name, undefined]);
      const ours = { ...rows('events')[line], ...rows('syslog_records')[line] }[field ?? ''];
      expect([line, name, String(ours ?? '')]).toEqual([line, name, String(value)]);
      compared++;
    }
    expect(compared).toBeGreaterThan(5);
  });

  test('times, the year left out', () => {
    const asserted = fixtureJson('auth-log/crowdsec-sshd-success-logs.expected.json') as Assertion[];
    const { rows } = read('auth-log/crowdsec-sshd-success-logs.log');
    const theirs = asserted.filter(({ path }) => path === 'Evt.Meta["timestamp"][4:]');
    expect(theirs).toHaveLength(4);
    for (const { line, expected } of theirs) expect(timeOf(rows('events')[line]).slice(4)).toBe(expected);
  });
});

describe('Insights', () => {
  /** Pairs of what their parser gives and its value, from the text of their assertions. */
  function stated(path: string, pattern: RegExp): string[] {
    const asserts = fixtureJson(path) as { assert?: string }[];
    return asserts.flatMap(({ assert }) => pattern.exec(assert ?? '')?.slice(1) ?? []);
  }

  test('secure', () => {
    const { rows, rejects } = read('auth-log/insights-secure-MSGINFO.txt');
    const sshd = rows('events').filter(({ code }) => code === 'sshd');
    const oracle = 'auth-log/insights-secure.expected.json';
    expect(stated(oracle, /^(\d+) == len\(ssh_list\)$/)).toEqual([String(sshd.length)]);
    const times = stated(oracle, /ssh_list\[\d\]\.get\('timestamp'\) == '(.*)'$/);
    expect([timeOf(sshd[0]), timeOf(sshd[4])].map(shortTime)).toEqual(times);
    const loading = rows('events').filter(({ message }) => String(message).startsWith('Loading rules'));
    expect(stated(oracle, /polkitd\[1\]\.get\('message'\) == '(.*)'$/)).toEqual([loading[1]?.['message']]);
    expect(stated(oracle, /polkitd\[1\]\.get\('hostname'\) == '(.*)'$/)).toEqual([loading[1]?.['system']]);
    const [refused] = stated(oracle, /get\('Strange line'\) == \[\{'raw_message': '([^']*)'/);
    const [continued] = stated(oracle, /get\('continuation'\) == \[\{'raw_message': '([^']*)'/);
    expect(rejects.map(({ raw }) => raw)).toEqual([refused, continued]);
  });

  test('cron', () => {
    const { rows } = read('syslog-rfc3164/insights-cron_log-CRON_LOG.txt');
    const oracle = 'syslog-rfc3164/insights-cron_log.expected.json';
    const [first, second, third] = rows('events').filter(({ message }) => String(message).includes('/etc/run'));
    expect(stated(oracle, /\.get\('timestamp'\) == '(.*)'$/)).toEqual([shortTime(timeOf(first))]);
    expect(stated(oracle, /\.get\('message'\) == '(.*)'$/)).toEqual([second?.['message']]);
    const { program, pid } = tagOf(rows('syslog_records').find(({ record }) => record === third?.record));
    expect(stated(oracle, /\.get\('procname'\) == '(.*)'$/)).toEqual([`${String(program)}[${String(pid)}]`]);
  });

  const shortTime = (instant: string): string =>
    `${new Date(instant).toLocaleString('en-US', { timeZone: 'UTC', month: 'short' })} ${instant.slice(8, 10)} ${instant.slice(11, 19)}`;
});

describe('plaso', () => {
  interface PlasoFile {
    readonly file: string;
    readonly expect: readonly { event_index: number; values: Readonly<Record<string, string | number | null>> }[];
    readonly counts: { readonly event_data: number; readonly extraction_warning: number };
  }
  const rfc3164 = fixtureJson('syslog-rfc3164/plaso-syslog.expected.json') as PlasoFile[];
  const ssh = fixtureJson('auth-log/plaso-syslog.expected.json') as PlasoFile[];
  const files = [
    ...rfc3164.map((file) => ['syslog-rfc3164', file] as const),
    ...ssh.map((file) => ['auth-log', file] as const),
  ];
  const ourField: Readonly<Record<string, string>> = {
    ...{ hostname: 'system', message_body: 'message', pid: 'pid', reporter: 'program', severity: 'severity' },
    ...{ facility: 'facility', ip_address: 'src_ip', port: 'src_port' },
  };
  /** plaso joins a line that has no header to the one before it, without saying where it stands; each is a record here. */
  const joinedLines: Readonly<Record<string, number>> = { 'syslog/syslog': 1, 'syslog/syslog_rsyslog_traditional': 3 };

  test.each(files)('%s $file', (folder, { file, expect: expected, counts }) => {
    const { rows, rejects } = read(`${folder}/plaso-${file.replace('syslog/', '')}`);
    expect(rows('events')).toHaveLength(counts.event_data);
    expect(rejects).toHaveLength(counts.extraction_warning + (joinedLines[file] ?? 0));
    for (const { event_index, values } of expected) {
      const event = rows('events')[event_index];
      const ours: Record<string, unknown> = { ...event, ...rows('syslog_records')[event_index] };
      for (const [name, value] of Object.entries(values)) {
        if (name === 'last_written_time') expect(timeOf(event).slice(5, 19)).toBe(String(value).slice(5));
        else if (ourField[name])
          expect([name, String(ours[ourField[name]] ?? null).trim()]).toEqual([name, String(value)]);
        else expect(['data_type', 'fingerprint', 'command', 'username']).toContain(name);
        if (name === 'command' || name === 'username') expect(ours['message']).toContain(String(value));
      }
    }
  });

  test('the first years follow plaso: 0 is the first line’s, 1 the next', () => {
    const { rows } = read('syslog-rfc3164/plaso-syslog');
    expect(timeOf(rows('events')[0]).slice(0, 4)).toBe('2026');
    expect(timeOf(rows('events')[9]).slice(0, 4)).toBe('2027');
  });
});
