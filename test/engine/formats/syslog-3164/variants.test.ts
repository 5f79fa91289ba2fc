/** Lines as daemons and devices of many kinds write them: the shapes that no RFC has, and what is read of each. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Format, ReadContext } from '../../../../engine/formats/format.ts';
import { recogniseFormat } from '../../../../engine/formats/registry.ts';
import { syslog3164 } from '../../../../engine/formats/syslog-3164/syslog-3164.ts';
import { formatInstant, parseInstant } from '../../../../shared/time.ts';
import { collectRows, type Collected } from '../collect-rows.ts';

const read = (text: string, overrides: Partial<ReadContext> = {}): Collected =>
  collectRows(syslog3164, text, overrides);

/** Time, host, program, pid, facility, severity and sequence of the only line, as far as it has them. */
function partsOf(line: string, overrides: Partial<ReadContext> = {}): Record<string, unknown> {
  const { rows } = read(line, overrides);
  const [event] = rows('events');
  const [fields] = rows('syslog_records');
  if (!event || !fields) throw new Error(`No event was read: ${read(line).rejects[0]?.reason}`);
  const { system, severity, sequence, message } = event;
  const time = formatInstant(event['time'] as bigint);
  const { program, pid, facility } = fields;
  const all = { time, system, program, pid, facility, severity, sequence, message };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

const T = '2026-03-01T00:00:01Z';
const web = { time: T, system: 'web-1', program: 'sshd', pid: 12, message: 'hi' };

describe('times', () => {
  test.each([
    ['Mar  1 00:00:01', T],
    ['Mar 1 00:00:01', T],
    ['Mar 01 00:00:01', T],
    ['Mar  1 00:00:01.123', '2026-03-01T00:00:01.123Z'],
    ['Mar  1 00:00:01,123', '2026-03-01T00:00:01.123Z'],
    ['Mar  1 00:00:01.123456789', '2026-03-01T00:00:01.123456Z'],
    ['Mar  1 00:00:01 2026', T],
    ['Mar  1 2026 00:00:01', T],
    ['2026 Mar  1 00:00:01', T],
    ['2024 Feb 29 00:00:01', '2024-02-29T00:00:01Z'],
    ['2026-03-01T00:00:01Z', T],
    ['2026-03-01T00:00:01.5+01:00', '2026-02-28T23:00:01.5Z'],
    ['2026-03-01T00:00:01+0100', '2026-02-28T23:00:01Z'],
    ['2026-03-01T00:00:01.123456', '2026-03-01T00:00:01.123456Z'],
    ['2026-03-01 00:00:01', T],
    ['2026-03-01 00:00:01.123456-0800', '2026-03-01T08:00:01.123456Z'],
    ['<38>Mar  1 00:00:01', T],
    ['<38>2026-03-01T00:00:01+00:00', T],
  ])('%s', (written, time) => {
    const { facility, severity, ...others } = partsOf(`${written} web-1 sshd[12]: hi`);
    expect(others).toEqual({ ...web, time });
    expect([facility, severity]).toEqual(written.startsWith('<') ? ['auth', 'info'] : [undefined, undefined]);
  });

  test.each([
    '2025 Feb 29 00:00:01 web-1 sshd[12]: hi',
    'Feb 30 00:00:01 web-1 sshd[12]: hi',
    'Mar  1 24:00:01 web-1 sshd[12]: hi',
    '2026-02-30T00:00:01 web-1 sshd[12]: hi',
    'Mrz  1 00:00:01 web-1 sshd[12]: hi',
    "1990 Oct 22 10:52:01 TZ-6 scapegoat.dmz.example.org 10.1.2.3 sched[0]: That's All Folks!",
  ])('%s is rejected', (line) => {
    expect(read(line).rejects).toHaveLength(1);
  });

  test('without an offset are wall clocks of the zone, with a year or without, and both are said', () => {
    const lines = ['2026-07-01T12:00:00 web-1 a: x', 'Jul  1 12:00:00 web-1 a: x', '2026-07-01T12:00:00Z web-1 a: x'];
    const { rows, assumptions } = read(lines.join('\n'), { zone: 'Europe/Berlin' });
    expect(rows('events').map(({ time }) => formatInstant(time as bigint))).toEqual([
      '2026-07-01T10:00:00Z',
      '2026-07-01T10:00:00Z',
      '2026-07-01T12:00:00Z',
    ]);
    expect(assumptions.slice(1)).toEqual([
      'Time zones are not in the file; Europe/Berlin was assumed.',
      'Times with a year and without an offset: 1.',
      'Lines with a year and an offset (Z): 1, taken as they are written. What a time lacks was assumed for the other 2 only.',
    ]);
  });
});

describe('a file that begins in December', () => {
  const yearsOf = (days: readonly string[], firstDay = '2026-01-01', lastDay = '2027-01-01'): string => {
    const window = { from: parseInstant(`${firstDay}T00:00:00Z`)!, to: parseInstant(`${lastDay}T00:00:00Z`)! };
    const text = days.map((day) => `${day} 10:00:00 web-1 a: x`).join('\n');
    return read(text, { window })
      .rows('events')
      .map(({ time }) => formatInstant(time as bigint).slice(2, 4))
      .join(' ');
  };

  test('and goes on in a window of a whole year began before it', () => {
    expect(yearsOf(['Dec 28', 'Dec 31', 'Jan  1', 'Feb  1', 'Mar  1'])).toBe('25 25 26 26 26');
  });

  test('and ends there is of the window', () => {
    expect(yearsOf(['Dec 28', 'Dec 29', 'Dec 31'])).toBe('26 26 26');
  });

  test('and has a few lines of a clock that was not set is of the window', () => {
    expect(yearsOf(['Dec 10', 'Jan  1', 'Dec 10', 'Dec 11', 'Dec 12'])).toMatch(/^26 2\d 26 26 26$/);
  });

  test('in the year before a window of some months did so, too', () => {
    expect(yearsOf(['Dec 28', 'Jan  1', 'Feb  1'], '2026-01-01', '2026-04-01')).toBe('25 26 26');
  });

  test('is said to have begun before the window', () => {
    const lines = ['Dec 28', 'Jan  1', 'Feb  1'].map((day) => `${day} 10:00:00 web-1 a: x`);
    expect(read(lines.join('\n')).assumptions[0]).toBe(
      'Years are not in the file; 2025 was assumed for the first line without one because that is before the audit window, and more of the lines after it are in the window then, and later lines follow it. The year of its last line is 2026.',
    );
  });
});

describe('daemons', () => {
  test.each([
    [
      'busybox',
      'Mar  1 00:00:01 OpenWrt daemon.info dnsmasq[12]: hi',
      { system: 'OpenWrt', program: 'dnsmasq', pid: 12, facility: 'daemon', severity: 'info' },
    ],
    [
      'busybox, with the names it has for warnings',
      'Mar  1 00:00:01 router local0.warn app: hi',
      { system: 'router', program: 'app', facility: 'local0', severity: 'warning' },
    ],
    [
      'logread of OpenWrt',
      'Sun Mar  1 00:00:01 2026 authpriv.notice dropbear[12]: hi',
      { program: 'dropbear', pid: 12, facility: 'authpriv', severity: 'notice' },
    ],
    [
      'FreeBSD with -v -v',
      'Mar  1 00:00:01 bsd-1 <auth.info> sshd[12]: hi',
      { system: 'bsd-1', program: 'sshd', pid: 12, facility: 'auth', severity: 'info' },
    ],
    [
      'FreeBSD with -v',
      'Mar  1 00:00:01 bsd-1 <4.6> sshd[12]: hi',
      { system: 'bsd-1', program: 'sshd', pid: 12, facility: 'auth', severity: 'info' },
    ],
    [
      'macOS',
      'Mar  1 00:00:01 mac-1 sockerfilterfw[12] <Error>: hi',
      { system: 'mac-1', program: 'sockerfilterfw', pid: 12, severity: 'err' },
    ],
    [
      'macOS, for another process',
      'Mar  1 00:00:01 mac-1 com.apple.xpc.launchd[1] (com.apple.mdworker[12]): hi',
      { system: 'mac-1', program: 'com.apple.xpc.launchd', pid: 1, message: '(com.apple.mdworker[12]): hi' },
    ],
    [
      'log show of macOS',
      '2026-03-01 00:00:01.000000+0000 localhost kernel[0]: (AppleACPI) hi',
      { system: 'localhost', program: 'kernel', pid: 0, message: '(AppleACPI) hi' },
    ],
    [
      'ChromeOS',
      '2026-03-01T00:00:01.000000Z WARNING session_manager[12]: hi',
      { program: 'session_manager', pid: 12, severity: 'warning' },
    ],
    [
      'a repetition on macOS',
      'Mar  1 00:00:01 --- last message repeated 1 time ---',
      { message: '--- last message repeated 1 time ---' },
    ],
    [
      'a repetition on a BSD',
      'Mar  1 00:00:01 bsd-1 last message repeated 3 times',
      { system: 'bsd-1', message: 'last message repeated 3 times' },
    ],
    ['a host in capitals', 'Mar  1 00:00:01 INFO2 sshd[12]: hi', { system: 'INFO2', program: 'sshd', pid: 12 }],
    ['a word like a level', 'Mar  1 00:00:01 web-1 a.b c: hi', { system: 'web-1', program: 'a.b', message: 'c: hi' }],
  ])('%s', (_, line, parts) => {
    expect(partsOf(line)).toEqual({ time: T, message: 'hi', ...parts });
  });

  test('without a host have the system of the source', () => {
    const line = '2026-03-01T00:00:01Z INFO session_manager[12]: hi';
    expect(partsOf(line, { system: 'book-1' })).toMatchObject({ system: 'book-1' });
  });
});

describe('devices of Cisco', () => {
  const config = { program: '%SYS-5-CONFIG_I', severity: 'notice', message: 'hi' };

  test.each([
    ['Mar  1 2026 00:00:01 asa-1 : %SYS-5-CONFIG_I: hi', { system: 'asa-1' }],
    ['<165>Mar 01 2026 00:00:01: %SYS-5-CONFIG_I: hi', { facility: 'local4' }],
    ['<165>Mar 01 2026 00:00:01 asa-1: %SYS-5-CONFIG_I: hi', { facility: 'local4', system: 'asa-1' }],
    ['<165>2026-03-01T00:00:01Z asa-1 : %SYS-5-CONFIG_I: hi', { facility: 'local4', system: 'asa-1' }],
    ['<189>000123: *Mar  1 00:00:01: %SYS-5-CONFIG_I: hi', { facility: 'local7', sequence: 123 }],
    ['<189>29: Mar  1 00:00:01 UTC: %SYS-5-CONFIG_I: hi', { facility: 'local7', sequence: 29 }],
    ['29: Mar  1 2026 00:00:01 UTC: %SYS-5-CONFIG_I: hi', { sequence: 29 }],
    [
      '<189>124: rt-1: 000099: .Mar  1 00:00:01: %SYS-5-CONFIG_I: hi',
      { facility: 'local7', sequence: 124, system: 'rt-1' },
    ],
    ['2026 Mar  1 00:00:01 nx-1 %SYS-5-CONFIG_I: hi', { system: 'nx-1' }],
    ['<189>: 2026 Mar  1 00:00:01 PDT: %SYS-5-CONFIG_I: hi', { facility: 'local7' }],
    [
      '<189>7: sw-1: Mar  1 2026 00:00:01 EDT: %SYS-5-CONFIG_I: hi',
      { facility: 'local7', sequence: 7, system: 'sw-1' },
    ],
    ['<189>7: 99: Mar  1 00:00:01: %SYS-5-CONFIG_I: hi', { facility: 'local7', sequence: 7 }],
    ['<189>sw-1: Mar  1 00:00:01.000: %SYS-5-CONFIG_I: hi', { facility: 'local7', system: 'sw-1' }],
    [
      '<189>7: 10.0.0.1 99: Mar  1 00:00:01: %SYS-5-CONFIG_I: hi',
      { facility: 'local7', sequence: 7, system: '10.0.0.1' },
    ],
    [
      '<189>7: 2001:db8::: 99: Mar  1 00:00:01: %SYS-5-CONFIG_I: hi',
      { facility: 'local7', sequence: 7, system: '2001:db8::' },
    ],
    [
      'Mar  1 00:00:01 10.0.0.1 sw-1: 126: Mar  1 2026 00:00:00.398 UTC: %SYS-5-CONFIG_I: hi',
      { system: '10.0.0.1', sequence: 126, message: 'Mar  1 2026 00:00:00.398 UTC: %SYS-5-CONFIG_I: hi' },
    ],
    [
      'Mar  1 00:00:01 10.0.0.1 126: *Feb 27 09:00:00.001: %SYS-5-CONFIG_I: hi',
      { system: '10.0.0.1', sequence: 126, message: '*Feb 27 09:00:00.001: %SYS-5-CONFIG_I: hi' },
    ],
  ])('%s', (line, parts) => {
    expect(partsOf(line)).toEqual({ time: T, ...config, ...parts });
  });

  test('whose clock was not set are counted', () => {
    const lines = ['1: *Mar  1 00:00:01: %A-5-B: x', '2: .Mar  1 00:00:02: %A-5-B: x', '3: Mar  1 00:00:03: %A-5-B: x'];
    expect(read(lines.join('\n')).assumptions).toContain(
      'Lines whose device says that its clock was never set ("*"): 1; that it lost the source of its time ("."): 1. Their times were believed.',
    );
  });

  test('that name a zone of several countries have the zone of the source, and that is said', () => {
    const { rows, assumptions } = read('1: Mar  1 00:00:01 IST: %A-5-B: x', { zone: 'Asia/Kolkata' });
    expect(formatInstant(rows('events')[0]!['time'] as bigint)).toBe('2026-02-28T18:30:01Z');
    expect(assumptions).toContain('Times with a name of a zone that is not read (IST): 1; Asia/Kolkata was assumed.');
  });

  test('that say UTC are not taken for the zone of the source', () => {
    const { rows, assumptions } = read('1: Mar  1 00:00:01 UTC: %A-5-B: x', { zone: 'Asia/Kolkata' });
    expect(formatInstant(rows('events')[0]!['time'] as bigint)).toBe(T);
    expect(assumptions.slice(1)).toEqual(['Times that end in UTC or GMT: 1, taken as such.']);
  });
});

test('messages with RFC 3339 times that were written without line ends are no single message', () => {
  const message = '<30>2026-03-01T00:00:01.251122+00:00 web-1 sshd[12]: hi';
  expect(read(message.repeat(4)).rejects.map(({ reason }) => reason)).toEqual([
    'The line holds 4 messages with priorities and no line ends between them.',
  ]);
  expect(read(`${message} ${message}`).rows('events')).toHaveLength(1);
});

describe('firewalls', () => {
  const packet = 'IN=eth0 OUT= MAC=00:11 SRC=203.0.113.5 DST=10.0.0.5 LEN=40 TTL=242 PROTO=TCP SPT=4444 DPT=22 SYN';

  test.each([
    `kernel: [UFW BLOCK] ${packet}`,
    `kernel: [ 123.456789] FINAL_REJECT: ${packet}`,
    `kernel: filter_IN_public_REJECT: ${packet}`,
    `ulogd[88]: DROP ${packet}`,
    `iptables: ${packet}`,
  ])('%s', (said) => {
    const [event] = read(`Mar  1 00:00:01 fw-1 ${said}`).rows('events');
    expect(event).toMatchObject({
      class: 'network_activity',
      activity: 'traffic',
      src_ip: '203.0.113.5',
      src_port: 4444,
      dst_ip: '10.0.0.5',
      dst_port: 22,
    });
  });

  test.each([
    ['audit: backlog limit exceeded', { class: 'event_log_activity', activity: 'loss', target: 'auditd' }],
    ['audit: audit_lost=12 audit_rate_limit=0 audit_backlog_limit=64', { activity: 'loss', target: 'auditd' }],
    ['nf_conntrack: table full, dropping packet', { class: 'detection_finding', code: 'conntrack_full' }],
    ['nf_conntrack: nf_conntrack: table full, dropping packet', { code: 'conntrack_full' }],
  ])('kernel: %s', (said, meaning) => {
    expect(read(`Mar  1 00:00:01 fw-1 kernel: [ 12.000001] ${said}`).rows('events')[0]).toMatchObject(meaning);
    expect(read(`<4>Mar  1 00:00:01 fw-1 kernel: ${said}`).rows('events')[0]).toMatchObject(meaning);
  });
});

describe('samples of other projects', () => {
  const sample = (name: string): Collected => {
    const bytes = readFileSync(`test/fixtures/syslog-variants/${name}`);
    const format = recogniseFormat(bytes)[0]!.format;
    return collectRows(format as Format, bytes);
  };

  test('ChromeOS: levels are no hosts, and a continued message is rejected and not lost', () => {
    const { rows, rejects } = sample('plaso-syslog_chromeos');
    expect(rows('events').map(({ severity }) => severity)).toEqual(
      'info info debug warning debug err err info'.split(' '),
    );
    expect(rows('events').filter(({ system }) => system !== undefined)).toEqual([]);
    expect(rejects.map(({ raw }) => raw)).toEqual(['\tmessage that screws up many syslog parsers.']);
  });

  test('macOS: the level stands after the process', () => {
    const { rows } = sample('plaso-syslog_osx');
    expect(rows('events').map(({ code, severity }) => [code, severity])).toEqual([
      ['kernel', undefined],
      ['sockerfilterfw', 'info'],
    ]);
  });

  test('rsyslog with RFC 5424: a continued message is rejected and not lost', () => {
    const { rows, rejects, records } = sample('plaso-syslog_rsyslog_SyslogProtocol23Format');
    expect([records, rows('events').length]).toEqual([10, 9]);
    expect(rejects.map(({ raw }) => raw)).toEqual(['with another line']);
  });
});

describe('recognition', () => {
  const first = (text: string): string | undefined => recogniseFormat(Buffer.from(text))[0]?.format.id;

  test.each([
    '2016-10-25T12:37:23.297265-07:00 INFO periodic_scheduler[13707]: cleanup_logs: job completed\n',
    '2026-03-01 00:00:01.123456-0800 localhost kernel[0]: (AppleACPI) hi\n',
    '2019-06-14T10:40:20.912134 localhost sudo: pam_unix(sudo-i:session): session opened for user root by bob(uid=0)\n',
    'Mar 02 2015 08:54:47 asa : %ASA-6-302015: Built outbound UDP connection 1956249\n',
    '<189>29: *Mar  1 00:00:05 UTC: %LINK-3-UPDOWN: Interface Gi0/1, changed state to up\n',
    'Sun Mar  1 00:00:21 2026 daemon.info dnsmasq[1]: query[A] example.org from 192.0.2.1\n',
  ])('%s', (line) => {
    expect(first(line)).toBe('syslog-3164');
  });

  test.each([
    '2026-03-01 00:00:01 INFO app: started\n',
    '2026-03-01 00:00:01,123 - INFO [main:Server@1] - started\n',
    '2026-03-01 00:00:01.123 25746 INFO nova.api [req-1] started\n',
    '2026-03-01T00:00:01 INFO app: started\n',
    'Sun Mar  1 00:00:21 2026 [pid 12] CONNECT: Client "192.0.2.1"\n',
  ])('not %s', (line) => {
    expect(first(line)).not.toBe('syslog-3164');
  });
});
