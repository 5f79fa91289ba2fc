import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ReadContext } from '../../../../engine/formats/format.ts';
import { syslog3164 } from '../../../../engine/formats/syslog-3164/syslog-3164.ts';
import { formatInstant, parseInstant } from '../../../../shared/time.ts';
import { collectRows, type Collected, type CollectedRow, inPieces } from '../collect-rows.ts';
import { damageLines } from '../damage.ts';

const logs = ['auth-log', 'syslog-rfc3164'].flatMap((folder) =>
  readdirSync(`test/fixtures/${folder}`)
    .filter((name) => !/expected|json$|lastb/.test(name))
    .map((name) => `test/fixtures/${folder}/${name}`),
);

const instant = (text: string): bigint => parseInstant(text)!;
const window = (from: string, to: string): Partial<ReadContext> => ({
  window: { from: instant(`${from}T00:00:00Z`), to: instant(`${to}T00:00:00Z`) },
});
const read = (text: string, overrides: Partial<ReadContext> = {}): Collected =>
  collectRows(syslog3164, text, overrides);
const timesOf = (text: string, overrides: Partial<ReadContext> = {}): string[] =>
  read(text, overrides)
    .rows('events')
    .map((row) => formatInstant(row['time'] as bigint));
const onlyEvent = (line: string): CollectedRow => read(line).rows('events')[0]!;
const says = (program: string, message: string): CollectedRow =>
  onlyEvent(`Mar  1 00:00:00 web-1 ${program}: ${message}`);

describe('every file of the corpus', () => {
  test.each(logs)('%s: nothing is lost, and pieces of any size give the same', (path) => {
    const bytes = readFileSync(path);
    const whole = collectRows(syslog3164, bytes);
    const lines = bytes
      .toString()
      .split('\n')
      .filter((line) => line.trim() !== '');
    expect(whole.records).toBe(lines.length);
    expect(whole.rows('events')).toHaveLength(whole.records - whole.rejects.length);
    expect(whole.rows('syslog_records')).toHaveLength(whole.rows('events').length);
    for (const size of [1, 7, 65_536]) {
      const pieces = collectRows(syslog3164, inPieces(bytes, size));
      expect(pieces.tables).toEqual(whole.tables);
      expect(pieces.rejects).toEqual(whole.rejects);
      expect(pieces.spans).toEqual(whole.spans);
    }
  });

  test.each(logs.filter((path) => path.includes('gen-')))(
    '%s with a tenth of its lines damaged: every other reads as before',
    (path) => {
      const lines = readFileSync(path, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => Buffer.from(line));
      const { bytes, damaged } = damageLines(lines, 7);
      const before = collectRows(syslog3164, Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])));
      const after = collectRows(syslog3164, bytes);
      expect(after.records).toBe(lines.length);
      const others = (collected: Collected) => collected.rows('events').filter(({ record }) => !damaged.has(record));
      expect(others(after)).toEqual(others(before));
      for (const { record } of after.rejects) if (before.records > 1) expect(damaged).toContain(record);
    },
  );
});

describe('the year', () => {
  const line = (time: string): string => `${time} web-1 app: x`;
  const yearsOf = (times: readonly string[], overrides: Partial<ReadContext> = {}): string[] =>
    timesOf(times.map(line).join('\n'), overrides).map((time) => time.slice(0, 4));

  test('of the first line puts it into the window, and that is said', () => {
    const { assumptions } = read(line('Aug  3 10:00:00'), window('2024-07-01', '2025-07-01'));
    expect(yearsOf(['Aug  3 10:00:00'], window('2024-07-01', '2025-07-01'))).toEqual(['2024']);
    expect(yearsOf(['Feb  3 10:00:00'], window('2024-07-01', '2025-07-01'))).toEqual(['2025']);
    expect(assumptions[0]).toMatch(/^Years are not in the file; 2024 was assumed for the first line/);
    expect(assumptions[1]).toBe('Time zones are not in the file; UTC was assumed.');
  });

  test('of a first line outside the window is the nearest to it', () => {
    expect(yearsOf(['Dec 20 10:00:00'], window('2026-01-01', '2026-04-01'))).toEqual(['2025']);
    expect(yearsOf(['Apr 20 10:00:00'], window('2026-01-01', '2026-04-01'))).toEqual(['2026']);
  });

  test('rises over new year, and falls back for a line that came late', () => {
    const overYear = [
      'Dec 31 23:59:59',
      'Jan  1 00:00:00',
      'Dec 31 23:59:58',
      'Jan  2 00:00:00',
      'Dec 28 00:00:00',
      'Jan  3 00:00:00',
    ];
    expect(yearsOf(overYear, window('2025-07-01', '2026-07-01'))).toEqual([
      '2025',
      '2026',
      '2025',
      '2026',
      '2025',
      '2026',
    ]);
    expect(yearsOf(overYear, window('2026-01-01', '2027-01-01'))).toEqual([
      '2026',
      '2027',
      '2026',
      '2027',
      '2026',
      '2027',
    ]);
  });

  test('does not rise for lines that are some days or weeks late', () => {
    expect(yearsOf(['Jun 10 00:00:00', 'Jun  3 00:00:00', 'May  1 00:00:00', 'Jun 11 00:00:00'])).toEqual(
      Array(4).fill('2026'),
    );
  });

  test('stays over a silence of months', () => {
    expect(yearsOf(['Jan 10 00:00:00', 'Oct  3 00:00:00', 'Dec 31 00:00:00'])).toEqual(Array(3).fill('2026'));
  });

  test('is not moved by a clock that starts at 1 January after a boot', () => {
    const boot = ['Jul 10 08:00:00', 'Jan  1 00:00:05', 'Jan  1 00:00:09', 'Jul 10 08:10:00', 'Jul 11 00:00:00'];
    expect(yearsOf(boot)).toEqual(Array(5).fill('2026'));
  });

  test('covers several years in one file', () => {
    const months = ['Jan', 'Apr', 'Jul', 'Oct'];
    const times = Array.from({ length: 12 }, (_, quarter) => `${months[quarter % 4]} 15 12:00:00`);
    expect(yearsOf(times, window('2024-01-01', '2025-01-01'))).toEqual(
      ['2024', '2025', '2026'].flatMap((year) => Array<string>(4).fill(year)),
    );
  });

  test('of 29 February is a leap year, and says nothing about the next line', () => {
    expect(yearsOf(['Feb 29 12:00:00'], window('2024-01-01', '2025-01-01'))).toEqual(['2024']);
    expect(
      yearsOf(['Feb 28 12:00:00', 'Feb 29 12:00:00', 'Mar  1 00:00:00'], window('2024-01-01', '2025-01-01')),
    ).toEqual(Array(3).fill('2024'));
    expect(yearsOf(['Feb 28 12:00:00', 'Feb 29 12:00:00', 'Mar  1 00:00:00'])).toEqual(['2026', '2028', '2026']);
  });

  test('of the last line is said where it is another', () => {
    const { assumptions } = read(`${line('Dec 31 23:59:59')}\n${line('Jan  1 00:00:00')}`);
    expect(assumptions[0]).toMatch(/2026 was assumed .* The year of its last line is 2027\.$/);
  });

  test('is not assumed where every line has one', () => {
    const { assumptions } = read('2026-03-01T00:00:00Z web-1 app: x');
    expect(assumptions).toEqual([]);
  });
});

describe('the zone', () => {
  const at = (zone: string, ...times: string[]): string[] =>
    timesOf(times.map((time) => `${time} web-1 app: x`).join('\n'), { zone });

  test('is that of the context, with its changes', () => {
    expect(at('America/New_York', 'Mar  8 01:59:59', 'Mar  8 03:00:00', 'Nov  1 00:59:59', 'Nov  1 02:00:00')).toEqual([
      '2026-03-08T06:59:59Z',
      '2026-03-08T07:00:00Z',
      '2026-11-01T04:59:59Z',
      '2026-11-01T07:00:00Z',
    ]);
    expect(at('Asia/Kolkata', 'Mar  1 00:00:00')).toEqual(['2026-02-28T18:30:00Z']);
  });

  test('an hour that happens twice gives its first pass', () => {
    expect(at('America/New_York', 'Nov  1 01:30:00', 'Nov  1 01:10:00')).toEqual([
      '2026-11-01T05:30:00Z',
      '2026-11-01T05:10:00Z',
    ]);
  });

  test('a time that happens twice, or never, is said with its count and its first line', () => {
    const lines = ['Mar  8 02:30:00', 'Nov  1 00:59:59', 'Nov  1 01:00:00', 'Nov  1 01:59:59', 'Nov  1 02:00:00'];
    const { assumptions, rows } = read(lines.map((time) => `${time} web-1 app: x`).join('\n'), {
      zone: 'America/New_York',
    });
    expect(rows('events').map((row) => formatInstant(row['time'] as bigint))).toEqual([
      '2026-03-08T07:30:00Z',
      '2026-11-01T04:59:59Z',
      '2026-11-01T05:00:00Z',
      '2026-11-01T05:59:59Z',
      '2026-11-01T07:00:00Z',
    ]);
    expect(assumptions.slice(2)).toEqual([
      'Times that the clocks of America/New_York showed twice: 2 (first 2026-11-01 01:00:00); the first pass was assumed, so that each event may be later by as much as they were set back.',
      'Times that the clocks of America/New_York left out: 1 (first 2026-03-08 02:30:00); the time after they were set forward was assumed.',
    ]);
  });

  test('half an hour that happens twice is found, too', () => {
    const { assumptions } = read('Apr  5 01:29:59 web-1 app: x\nApr  5 01:30:00 web-1 app: x', {
      zone: 'Australia/Lord_Howe',
    });
    expect(assumptions[2]).toMatch(/^Times that the clocks of Australia\/Lord_Howe showed twice: 1 /);
  });

  test('several offsets in one file are each honoured, and said', () => {
    const { assumptions, rows } = read(
      [
        '2026-03-01T00:00:00+05:30 web-1 app: x',
        '2026-03-01T00:00:00Z web-1 app: x',
        '2026-03-01T00:00:00-0800 web-1 app: x',
        'Mar  1 00:00:00 web-1 app: x',
      ].join('\n'),
    );
    expect(rows('events').map((row) => formatInstant(row['time'] as bigint))).toEqual([
      '2026-02-28T18:30:00Z',
      '2026-03-01T00:00:00Z',
      '2026-03-01T08:00:00Z',
      '2026-03-01T00:00:00Z',
    ]);
    expect(assumptions.slice(2)).toEqual([
      'Times have several offsets (+05:30, -0800, Z); each was taken as it is written.',
      'Lines with a year and an offset (+05:30, -0800, Z): 3, taken as they are written. The year and the zone were assumed for the other 1 only.',
    ]);
  });

  test('does not touch a time with an offset', () => {
    expect(timesOf('2026-03-01T00:00:00.123456+05:30 web-1 app: x', { zone: 'America/New_York' })).toEqual([
      '2026-02-28T18:30:00.123456Z',
    ]);
  });

  test('a leap second is the first second of the next day', () => {
    expect(timesOf('Jun 30 23:59:60 web-1 app: x')).toEqual(['2026-07-01T00:00:00Z']);
  });
});

describe('host and tag', () => {
  test.each([
    ['web-1 sshd[12]: hi', { host: 'web-1', program: 'sshd', pid: 12, message: 'hi' }],
    ['web-1 sshd: hi', { host: 'web-1', program: 'sshd', pid: undefined, message: 'hi' }],
    ['web-1 sshd(pam_unix)[12]: hi', { host: 'web-1', program: 'sshd(pam_unix)', pid: 12, message: 'hi' }],
    ['web-1 app[worker-1]: hi', { host: 'web-1', program: 'app', pid: undefined, message: 'hi' }],
    ['kernel: [1.5] hi', { host: undefined, program: 'kernel', pid: undefined, message: '[1.5] hi' }],
    [
      'web-1 last message repeated 3 times',
      { host: 'web-1', program: undefined, pid: undefined, message: 'last message repeated 3 times' },
    ],
    ['- app hi', { host: undefined, program: 'app', pid: undefined, message: 'hi' }],
    ['web-1', { host: 'web-1', program: undefined, pid: undefined, message: '' }],
    ['web-1 [x y] z', { host: 'web-1', program: undefined, pid: undefined, message: '[x y] z' }],
    ['web-1 a\0b\rc: hi\u001b[31m', { host: 'web-1', program: 'a\0b\rc', pid: undefined, message: 'hi\u001b[31m' }],
  ])('%j', (rest, { host, program, pid, message }) => {
    const { rows } = read(`Mar  1 00:00:00 ${rest}`);
    const [event] = rows('events');
    const [fields] = rows('syslog_records');
    expect([event?.['system'], event?.['code'], fields?.['program'], fields?.['pid'], event?.['message']]).toEqual([
      ...[host, program, program, pid, message],
    ]);
  });

  test('the system of the source stands in where the line has no host', () => {
    const { rows } = read('Mar  1 00:00:00 kernel: hi\nMar  1 00:00:00 web-2 app: hi', { system: 'web-1' });
    expect(rows('events').map((row) => row['system'])).toEqual(['web-1', 'web-2']);
  });

  test('facility and severity come from the priority', () => {
    const { rows } = read(
      '<86>Mar  1 00:00:00 web-1 sshd: a\n<0>Mar  1 00:00:00 web-1 sshd: b\n<191>Mar  1 00:00:00 web-1 sshd: c',
    );
    expect(rows('syslog_records').map((row) => row['facility'])).toEqual(['authpriv', 'kern', 'local7']);
    expect(rows('events').map((row) => row['severity'])).toEqual(['info', 'emerg', 'debug']);
  });
});

describe('hosts that take over from each other', () => {
  const hosts = (...names: readonly string[]): readonly string[] =>
    read(names.map((name) => `2026-03-01T00:00:00Z ${name} app: x`).join('\n')).assumptions;

  test('are said to, since a rename looks like this', () => {
    expect(hosts('web-1', 'web-1', 'web-2', 'web-2')).toEqual([
      'Hosts take over from each other and none comes back (web-1 from record 1, web-2 from record 3); they were taken as different systems. If a host was renamed, the inventory must give both names.',
    ]);
  });

  test('are not said to where they take turns, or are many, or one', () => {
    expect(hosts('web-1', 'web-2', 'web-1')).toEqual([]);
    expect(hosts('a', 'b', 'c', 'd', 'e', 'f')).toEqual([]);
    expect(hosts('web-1', '-', 'web-1')).toEqual([]);
  });
});

describe('lines with an octet count', () => {
  const message = '<34>Mar  1 00:00:00 web-1 su: x';

  test('are read without it where it is right, the line end counted or not', () => {
    const { rows, rejects } = read(`${message.length} ${message}\n${message.length + 1} ${message}\n`);
    expect(rejects).toEqual([]);
    expect(rows('events').map((row) => row['message'])).toEqual(['x', 'x']);
  });

  test('are rejected where it is wrong', () => {
    expect(read(`${message.length + 2} ${message}\n5 ${message}\n`).rejects).toHaveLength(2);
  });
});

describe('what messages mean', () => {
  const logon = { class: 'authentication', activity: 'logon' };
  const change = { class: 'authentication', activity: 'account_switch' };

  test.each([
    [
      'sshd[1]',
      'Accepted password for root from 198.51.100.7 port 22 ssh2',
      { ...logon, actor: 'root', target: 'root', src_ip: '198.51.100.7', src_port: 22, outcome: 'success' },
    ],
    [
      'sshd-session[1]',
      'Accepted publickey for bob from 2001:db8::1 port 22 ssh2',
      { ...logon, actor: 'bob', src_ip: '2001:db8::1' },
    ],
    [
      'sshd[1]',
      'Failed password for invalid user x from 192.0.2.1 port 1 ssh2 from 198.51.100.7 port 22 ssh2',
      { ...logon, actor: 'x from 192.0.2.1 port 1 ssh2', src_ip: '198.51.100.7', outcome: 'failure' },
    ],
    [
      'sshd[1]',
      'message repeated 2 times: [ Failed password for bob from 198.51.100.7 port 22 ssh2]',
      { ...logon, actor: 'bob', outcome: 'failure' },
    ],
    [
      'sudo',
      '   alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh -c "a ; USER=bob ; b"',
      { ...change, actor: 'alice', target: 'root', outcome: 'success' },
    ],
    [
      'sudo',
      'bob : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh',
      { ...change, actor: 'bob', target: 'root', outcome: 'failure' },
    ],
    [
      'sudo',
      'bob : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh',
      { ...change, outcome: 'failure' },
    ],
    [
      'sudo',
      'bob : TTY=pts/0 ; PWD=/ ; USER=postgres ; COMMAND=/usr/bin/psql',
      { ...change, actor: 'bob', target: 'postgres', outcome: 'success' },
    ],
    [
      'sudo',
      'bob : command not allowed ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh',
      { ...change, actor: 'bob', target: 'root', outcome: 'failure' },
    ],
    ['su[1]', 'Successful su for root by bob', { ...change, actor: 'bob', target: 'root', outcome: 'success' }],
    ['su[1]', 'FAILED SU (to root) bob on pts/1', { ...change, actor: 'bob', target: 'root', outcome: 'failure' }],
    ['su', '+ /dev/pts/1 bob:root', { ...change, actor: 'bob', target: 'root', outcome: 'success' }],
    [
      'su',
      'pam_unix(su:session): session opened for user root by bob(uid=1001)',
      { ...change, actor: 'bob', target: 'root', outcome: 'success' },
    ],
    [
      'su',
      'pam_unix(su-l:session): session opened for user root(uid=0) by bob(uid=1000)',
      { ...change, actor: 'bob', target: 'root', outcome: 'success' },
    ],
    [
      'pkexec',
      'pam_unix(polkit-1:session): session opened for user root by (uid=1000)',
      { ...change, actor: '1000', target: 'root', outcome: 'success' },
    ],
    [
      'pkexec[1]',
      'bob: Executing command [USER=root] [TTY=/dev/pts/0] [CWD=/tmp/[USER=bob]] [COMMAND=/bin/sh]',
      { ...change, actor: 'bob', target: 'root', outcome: 'success' },
    ],
    [
      'pkexec[1]',
      'bob: Error executing command as another user: Not authorized [USER=root] [TTY=unknown] [CWD=/] [COMMAND=/bin/sh]',
      { ...change, actor: 'bob', target: 'root', outcome: 'failure' },
    ],
    [
      'doas',
      'bob ran command /bin/sh as root from /home/bob',
      { ...change, actor: 'bob', target: 'root', outcome: 'success' },
    ],
    [
      'doas',
      'bob ran command /bin/sh as root from /tmp/x as bob from /y',
      { ...change, actor: 'bob', target: 'root', outcome: 'success' },
    ],
    ['doas', 'bob ran command /bin/id as alice from /', { ...change, actor: 'bob', target: 'alice' }],
    ['doas', 'bob ran command /bin/echo aaaa', { ...change, actor: 'bob', target: 'root', outcome: 'success' }],
    [
      'dropbear[1]',
      "Pubkey auth succeeded for 'root' with ssh-ed25519 key SHA256:abc from 198.51.100.7:50122",
      { ...logon, actor: 'root', target: 'root', src_ip: '198.51.100.7', src_port: 50122, outcome: 'success' },
    ],
    [
      'dropbear[1]',
      "Password auth succeeded for 'root' from 2001:db8::1:50122",
      { ...logon, actor: 'root', src_ip: '2001:db8::1', src_port: 50122, outcome: 'success' },
    ],
    [
      'dropbear[1]',
      "Bad password attempt for 'root' from 198.51.100.7:50122",
      { ...logon, actor: 'root', src_ip: '198.51.100.7', outcome: 'failure' },
    ],
    ['login[1]', 'ROOT LOGIN ON tty1', { ...logon, actor: 'root', target: 'root', outcome: 'success' }],
    ['su[1]', 'bob to root on /dev/pts/0', { ...change, actor: 'bob', target: 'root', outcome: 'success' }],
    ['su[1]', 'BAD SU bob to root on /dev/pts/0', { ...change, actor: 'bob', target: 'root', outcome: 'failure' }],
    ['login[1]', 'ROOT LOGIN (root) ON ttyv0', { ...logon, actor: 'root', target: 'root', outcome: 'success' }],
    ['login[1]', "ROOT LOGIN  on '/dev/tty1'", { ...logon, actor: 'root', target: 'root', outcome: 'success' }],
    [
      'login[1]',
      "ROOT LOGIN  on '/dev/pts/1' from '198.51.100.7'",
      { ...logon, actor: 'root', src_ip: '198.51.100.7', outcome: 'success' },
    ],
    [
      'login[1]',
      'pam_unix(login:session): session opened for user root(uid=0) by LOGIN(uid=0)',
      { ...logon, actor: 'root', target: 'root', outcome: 'success' },
    ],
    [
      'CRON[1]',
      'pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)',
      { class: 'authentication', activity: 'session_open', target: 'root' },
    ],
    [
      'systemd',
      'pam_unix(systemd-user:session): session opened for user root(uid=0) by (uid=0)',
      { class: 'authentication', activity: 'session_open', target: 'root' },
    ],
    [
      'login[1]',
      "FAILED LOGIN (1) on '/dev/tty1' FOR 'bob', Authentication failure",
      { ...logon, actor: 'bob', outcome: 'failure' },
    ],
    [
      'sshd[1]',
      'pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=198.51.100.7  user=bob',
      { class: 'authentication', activity: 'authenticate', actor: 'bob', src_ip: '198.51.100.7', outcome: 'failure' },
    ],
    [
      'passwd[1]',
      'pam_unix(passwd:chauthtok): password changed for bob',
      { class: 'user_management', activity: 'password_change', target: 'bob' },
    ],
    [
      'useradd[1]',
      'new user: name=bob, UID=1002, GID=1002',
      { class: 'user_management', activity: 'create', target: 'bob' },
    ],
    ['auditd[1]', 'The audit daemon is exiting.', { class: 'event_log_activity', activity: 'stop', target: 'auditd' }],
    [
      'kernel',
      'audit: audit_lost=14 audit_rate_limit=0 audit_backlog_limit=64',
      { class: 'event_log_activity', activity: 'loss' },
    ],
    ['kernel', 'audit: backlog limit exceeded', { class: 'event_log_activity', activity: 'loss' }],
    [
      'rsyslogd',
      '[origin software="rsyslogd" x-pid="1"] exiting on signal 15.',
      { class: 'event_log_activity', activity: 'stop' },
    ],
  ])('%s: %s', (program, message, expected) => {
    expect(says(program, message)).toMatchObject(expected);
  });

  test.each([
    'bob : TTY=pts/0 ; PWD=/tmp/a ; b ; USER=root ; COMMAND=/bin/sh',
    'bob : TTY=pts/0 ; PWD=/tmp/a ; USER=mallory ; USER=root ; COMMAND=/bin/sh',
    'bob : TTY=pts/0 ; PWD=/tmp/COMMAND=x ; USER=root ; COMMAND=/bin/id',
    'bob : TTY=pts/0 ; PWD=/tmp/a ; USER=mallory ; COMMAND=/bin/x ; USER=root ; COMMAND=/bin/sh',
    'bob : TTY=pts/0 ; PWD=/ ; USER=root ; ENV=A=1 ; USER=mallory ; COMMAND=/bin/sh',
    'bob : PWD=/tmp/user NOT in sudoers ; USER=root ; COMMAND=/bin/sh -c "a ; USER=mallory ; COMMAND=b"',
    'bob : HOST=web-1 ; TTY=pts/0 ; PWD=/ ; USER=#0 ; COMMAND=/bin/sh',
    'bob : TTY=pts/0 ; PWD=/ ; USER=#-1 ; COMMAND=/bin/sh',
    `bob : TTY=pts/0 ; PWD=/${'a'.repeat(8000)} ; USER=root ; COMMAND=/bin/sh`,
    `bob : TTY=pts/0 ; PWD=/${'a'.repeat(900)}`,
    'message repeated 2 times: [   bob : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh]',
    'bob : (command continued) aaaa ; USER=root ; COMMAND=/bin/sh',
  ])('whatever bob calls his folder or says in his command, root is seen in %s', (message) => {
    expect(says('sudo', message)).toMatchObject({ ...change, actor: 'bob', target: 'root', outcome: 'success' });
  });

  test.each([
    ['app', 'Accepted password for root from 198.51.100.7 port 22 ssh2'],
    ['sshd[1]', 'Server listening on 0.0.0.0 port 22.'],
    ['sudo', 'alice : (command continued) x'],
    ['sudo', 'alice : unable to resolve host web-1: Name or service not known'],
    ['cron[1]', '(root) CMD (id)'],
  ])('nothing is read into %s: %s', (program, message) => {
    const event = says(program, message);
    expect([event['class'], event['actor'], event['outcome']]).toEqual([undefined, undefined, undefined]);
  });

  test('a session of su that PAM opens for the user id 0 without a name names nobody', () => {
    const event = says('su', 'pam_unix(su:session): session opened for user root by (uid=0)');
    expect([event['activity'], event['actor'], event['target']]).toEqual(['account_switch', undefined, 'root']);
  });

  test('a message of a megabyte made to slow a pattern down takes no time', () => {
    const started = performance.now();
    for (const part of [
      'Accepted password for ',
      ' from 1 port ',
      'a : ',
      ' ; ',
      'session opened for user ',
      "'su ",
      'a ran command ',
      ' as root',
      "Pubkey auth succeeded for '",
      "' with x key y from 1:",
      'a: Error executing command as another user: ',
      '(',
    ])
      for (const program of ['sshd', 'su', 'sudo', 'login', 'doas', 'pkexec', 'dropbear', 'kernel', 'rsyslogd'])
        says(program, part.repeat(50_000));
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('lines that are no syslog', () => {
  test.each([
    ['\tat com.example.Main(Main.java:1)', /does not begin with a time/],
    ['Mrz  1 00:00:00 web-1 app: x', /does not begin with a time/],
    ['Mar  1 00:00 web-1 app: x', /does not begin with a time/],
    ['Feb 30 00:00:00 web-1 app: x', /There is no time Feb 30 00:00:00/],
    ['Mar  1 24:00:00 web-1 app: x', /There is no time/],
    ['<192>Mar  1 00:00:00 web-1 app: x', /priority from <0> to <191>/],
    ['<13>1 2026-03-01T00:00:00Z web-1 app - - - x', /RFC 5424/],
    ['2026-13-01T00:00:00Z web-1 app: x', /not with an RFC 3339 time/],
    ['type=SYSCALL msg=audit(1.1:1): x', /does not begin with a time/],
    ['<', /priority/],
    ['\0\0Mar  1 00:00:00 web-1 app: x', /does not begin with a time/],
  ])('%j', (line, reason) => {
    const { rejects, records } = read(line);
    expect(records).toBe(1);
    expect(rejects[0]?.reason).toMatch(reason);
    expect(rejects[0]?.raw).toBe(line);
  });

  test('bytes that are not UTF-8 become U+FFFD', () => {
    const bytes = Buffer.concat([Buffer.from('Mar  1 00:00:00 web-1 app: a'), Buffer.of(0xff, 0xc3), Buffer.from('b')]);
    expect(collectRows(syslog3164, bytes).rows('events')[0]?.['message']).toBe('a\ufffd\ufffdb');
  });
});

describe('recognition', () => {
  const confidenceOf = (text: string): number => syslog3164.recognise(new TextEncoder().encode(text)).confidence;

  test.each(logs)('%s', (path) => {
    expect(syslog3164.recognise(readFileSync(path)).confidence).toBeGreaterThan(0.5);
  });

  test('gives its figures', () => {
    const { reason } = syslog3164.recognise(readFileSync('test/fixtures/auth-log/insights-secure-MSGINFO.txt'));
    expect(reason).toBe('9 of the first 11 lines begin with a time, a host and a tag.');
  });

  test.each(readdirSync('test/fixtures/auditd'))('not auditd/%s', (name) => {
    expect(syslog3164.recognise(readFileSync(`test/fixtures/auditd/${name}`)).confidence).toBe(0);
  });

  test.each([
    '<13>1 2026-03-01T00:00:00Z web-1 app - - - x',
    '{"time":"2026-03-01T00:00:00Z"}',
    '2026-03-01T00:00:00Z,web-1,app: x',
    '2026-03-01T00:00:00Z INFO starting up',
    '<?xml version="1.0"?>\n<a/>',
    '',
  ])('not %j', (text) => {
    expect(confidenceOf(text)).toBe(0);
  });
});
