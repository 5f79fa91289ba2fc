import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { dmesg } from '../../../../engine/formats/dmesg/dmesg.ts';
import type { ReadContext } from '../../../../engine/formats/format.ts';
import { recogniseFormat } from '../../../../engine/formats/registry.ts';
import { formatInstant, parseInstant } from '../../../../shared/time.ts';
import { collectRows, type Collected, type CollectedRow, inPieces } from '../collect-rows.ts';
import { damageLines } from '../damage.ts';

const FOLDER = 'test/fixtures/dmesg';
const files = readdirSync(FOLDER);
const bytesOf = (name: string): Buffer => readFileSync(`${FOLDER}/${name}`);
const takenAt = parseInstant('2026-11-21T06:25:10Z')!;
const read = (content: string | Uint8Array | readonly Uint8Array[], context: Partial<ReadContext> = {}): Collected =>
  collectRows(dmesg, content, context);
const timesOf = (collected: Collected): string[] =>
  collected.rows('events').map((row) => formatInstant(row['time'] as bigint));
const fieldsOf = (row: CollectedRow | undefined): unknown => JSON.parse(String(row?.['fields'] ?? 'null'));
const ISO = '2026-03-01T00:00:00,000000+00:00';
const onlyEvent = (message: string): CollectedRow => read(`${ISO} ${message}\n`).rows('events')[0]!;

describe('every file of the corpus', () => {
  test.each(files)('%s: each line is a record, in pieces of any size', (name) => {
    const whole = read(bytesOf(name), { takenAt });
    expect(whole.problem).toBeUndefined();
    expect(whole.rejects).toEqual([]);
    expect(whole.records).toBe(bytesOf(name).toString().trimEnd().split('\n').length);
    expect(whole.rows('events')).toHaveLength(whole.records);
    for (const size of [1, 7, 4096]) {
      const pieces = read(inPieces(bytesOf(name), size), { takenAt });
      expect(pieces.tables).toEqual(whole.tables);
      expect(pieces.spans).toEqual(whole.spans);
    }
  });

  test('every form of one listing gives the same messages, levels and distances in time', () => {
    const iso = read(bytesOf('gen-dmesg-iso.txt'));
    const times = (collected: Collected) => collected.rows('events').map((row) => row['time'] as bigint);
    const start = times(iso)[0]!;
    for (const name of ['gen-dmesg.txt', 'gen-dmesg-J.jsonl']) {
      const other = read(bytesOf(name), { takenAt });
      const from = times(other)[0]!;
      expect(times(other).map((time) => time - from)).toEqual(times(iso).map((time) => time - start));
    }
    const seconds = times(read(bytesOf('gen-dmesg-T.txt'))).map((time) => time / 1_000_000n);
    expect(seconds).toEqual(times(iso).map((time) => time / 1_000_000n));
    const rest = (name: string) =>
      read(bytesOf(name), { takenAt })
        .rows('events')
        .map(({ time: _, severity: __, ...row }) => row);
    for (const name of files.filter((file) => file.startsWith('gen-dmesg')))
      expect(rest(name)).toEqual(rest('gen-dmesg-iso.txt'));
  });

  test('a full connection table is a finding', () => {
    const { rows } = read(bytesOf('gen-table-full-dmesg.txt'), { takenAt });
    expect(rows('events')).toHaveLength(10);
    for (const row of rows('events'))
      expect(row).toMatchObject({
        stream: 'kernel',
        class: 'detection_finding',
        activity: 'network',
        code: 'conntrack_full',
        target: 'nf_conntrack',
      });
  });

  test('a packet that netfilter logged has its addresses and ports', () => {
    expect(read(bytesOf('gen-dmesg-iso.txt')).rows('events')[0]).toMatchObject({
      class: 'network_activity',
      code: 'netfilter_log',
      src_ip: '127.0.0.1',
      src_port: 36836,
      dst_ip: '127.0.0.1',
      dst_port: 22,
    });
  });

  test.each([1, 2, 3])('with a tenth of its lines damaged (seed %i), every other reads as before', (seed) => {
    const lines = bytesOf('gen-dmesg-iso.txt')
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => Buffer.from(line));
    const { bytes, damaged } = damageLines(lines, seed);
    const before = read(Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])));
    const after = read(bytes);
    expect(after.records).toBe(lines.length);
    const others = (collected: Collected) => collected.rows('events').filter(({ record }) => !damaged.has(record));
    expect(others(after)).toEqual(others(before));
  });
});

describe('what stands before a message', () => {
  test.each([
    [`${ISO} text`, { message: 'text' }],
    ['[Sun Mar  1 00:00:00 2026] text', { message: 'text' }],
    ['[Sun Mar  1 00:00:00 2026 <    0.000000>] text', { message: 'text' }],
    [`kern  :warn  : ${ISO} text`, { message: 'text', severity: 'warning' }],
    ['user  :notice: [Sun Mar  1 00:00:00 2026] text', { message: 'text', severity: 'notice', code: 'user' }],
    [`daemon:info  : ${ISO} systemd[1]: text`, { message: 'text', severity: 'info', code: 'systemd' }],
    [`<4>${ISO} text`, { message: 'text', severity: 'warning' }],
    [`${ISO}[    T1] text`, { message: 'text' }],
    [`${ISO} [Firmware Bug]: text`, { message: '[Firmware Bug]: text' }],
    [`${ISO} `, { message: '' }],
  ])('%j', (line, expected) => {
    const { rows, rejects } = read(line);
    expect(rejects).toEqual([]);
    expect(timesOf(read(line))).toEqual(['2026-03-01T00:00:00Z']);
    expect(rows('events')[0]).toMatchObject(expected);
  });

  test('facility, caller and seconds are kept', () => {
    const { rows } = read('kern  :err   : [    1.000002][  T123] text', { takenAt });
    expect(fieldsOf(rows('event_fields')[0])).toEqual({ facility: 'kern', since_boot: '1.000002', caller: 'T123' });
  });

  test('/dev/kmsg: sequence, escapes, and the device that a message is about', () => {
    const { rows } = read(
      '4,77,1925680738,-,caller=T1;caf\\xc3\\xa9\\x0ab\n SUBSYSTEM=pci\n DEVICE=+pci:0000\n30,78,1925680739,c;systemd[1]: x\n',
      { takenAt },
    );
    expect(rows('events').map((row) => [row['sequence'], row['message'], row['severity'], row['code']])).toEqual([
      [77n, 'café\nb', 'warning', 'kernel'],
      [78n, 'x', 'info', 'systemd'],
    ]);
    expect(fieldsOf(rows('event_fields')[0])).toEqual({
      facility: 'kern',
      since_boot: '1925.680738',
      caller: 'T1',
      dictionary: ['SUBSYSTEM=pci', 'DEVICE=+pci:0000'],
    });
  });

  test('indented lines belong to the message before them', () => {
    const text = `${ISO} one\n                                 two\n${ISO} three\n`;
    const { rows, spans } = read(text);
    expect(rows('events').map((row) => row['message'])).toEqual(['one\ntwo', 'three']);
    expect(spans.map(({ byte, length }) => text.slice(byte, byte + length).split('\n').length)).toEqual([2, 1]);
  });

  test.each([
    'text',
    '[Sun Mar  1 25:00:00 2026] x',
    '[Xxx Mar  1 00:00:00 2026] x',
    '[1.2] x',
    '\0\0[    1.000002] x',
  ])('a line like %j is rejected', (line) => {
    const { rejects } = read(`${ISO} a\n${line}\n${ISO} b\n`);
    expect(rejects.map(({ reason }) => reason)).toEqual([
      'The line has none of the times that dmesg puts before a message.',
    ]);
  });
});

describe('when it happened', () => {
  test('seconds since boot need the time of the listing, and what is assumed is said', () => {
    const { assumptions, rows } = read('[    1.000000] a\n[  100.500000] b\n', { takenAt });
    expect(rows('events').map((row) => formatInstant(row['time'] as bigint))).toEqual([
      '2026-11-21T06:23:30.5Z',
      '2026-11-21T06:25:10Z',
    ]);
    expect(assumptions).toEqual([
      'Times are seconds since boot. The last line was taken to be written when the listing was made, at 2026-11-21T06:25:10Z, so that the system booted at 2026-11-21T06:23:29.5Z; every event may be earlier by as long as the kernel was silent before the listing.',
    ]);
  });

  test('without it the file is refused, and the remedy says what to do', () => {
    const { problem } = read(bytesOf('gen-table-full-dmesg.txt'));
    expect(problem).toMatchObject({
      code: 'bad_request',
      message: 'All 10 lines with a time have seconds since boot, and none says when the system booted.',
    });
    expect(problem?.remedy).toMatch(/--taken-at/);
    expect(read('{"dmesg":[{"pri":4,"time":1.5,"msg":"x"}]}').problem?.remedy).toMatch(/--taken-at/);
  });

  test('among lines with a time of day, lines without one are rejected', () => {
    const { rejects, rows } = read(`${ISO} a\n[    1.000000] b\n${ISO} c\n`);
    expect(rows('events').map(({ record }) => record)).toEqual([1, 3]);
    expect(rejects.map(({ record, reason }) => [record, reason])).toEqual([
      [2, 'The line has seconds since boot, and nothing in the file says when the system booted.'],
    ]);
  });

  test('the kernel says the time of day itself, when it sets its clock and in audit records', () => {
    const listing = [
      '[    0.000000] Linux version',
      '[    1.000000] rtc_cmos 00:00: setting system clock to 2026-03-01T00:00:00 UTC (1772323200)',
      '[    2.000000] a',
      '[   10.000000] audit: type=1400 audit(1772323210.500:7): apparmor="DENIED" operation="open"',
      '[   11.000000] b',
    ];
    const collected = read(listing.join('\n'));
    expect(timesOf(collected)).toEqual([
      '2026-02-28T23:59:59Z',
      '2026-03-01T00:00:00Z',
      '2026-03-01T00:00:01Z',
      '2026-03-01T00:00:10.5Z',
      '2026-03-01T00:00:11.5Z',
    ]);
    expect(collected.rows('events')[3]).toMatchObject({
      class: 'access_control',
      activity: 'denied',
      code: 'audit',
      sequence: 7n,
    });
    expect(collected.assumptions[0]).toMatch(
      /^Times are seconds since boot\. Messages in which the kernel says the time of day: 2; by the first the system booted at 2026-02-28T23:59:59Z\./,
    );
  });

  test('-T is in the zone of the context, and that is said', () => {
    const collected = read('[Sun Nov  1 01:30:00 2026] a\n[Sun Mar  8 02:30:00 2026] b\n', {
      zone: 'America/New_York',
    });
    expect(timesOf(collected)).toEqual(['2026-11-01T05:30:00Z', '2026-03-08T07:30:00Z']);
    expect(collected.assumptions).toEqual([
      'Times of dmesg -T have no zone; America/New_York was assumed. dmesg counts them from the boot time, so that they are wrong after the system slept or its clock was set.',
      'Times that the clocks of America/New_York showed twice: 1 (first 2026-11-01 01:30:00); the first pass was assumed, so that each event may be later by as much as they were set back.',
      'Times that the clocks of America/New_York left out: 1 (first 2026-03-08 02:30:00); the time after they were set forward was assumed.',
    ]);
  });

  test('times relative to others are no times', () => {
    const relative = '[Nov21 06:25] a\n[  +0.100393] b\n[<    0.100393>] c\n';
    expect(read(relative).problem).toMatchObject({ code: 'bad_request' });
    const { rejects } = read(`${ISO} x\n${relative}`);
    expect(rejects).toHaveLength(3);
    expect(rejects[0]?.reason).toMatch(/relative to others only/);
  });
});

describe('JSON', () => {
  const list = (records: readonly object[]): string => JSON.stringify({ dmesg: records }, undefined, 3);

  test('with decoded levels, text times and the caller', () => {
    const text = list([
      { fac: 'kern', pri: 'notice', time: '2026-03-01T00:00:00,000001+00:00', msg: 'a' },
      { pri: 3, time: '[Sun Mar  1 00:00:00 2026] ', caller: 'T1', msg: 'b' },
      { fac: 'daemon', pri: 'info', time: 'Sun Mar  1 00:00:00 2026', msg: 'systemd[1]: c' },
    ]);
    const { rows, rejects } = read(text);
    expect(rejects).toEqual([]);
    expect(
      rows('events').map((row) => [row['severity'], row['code'], row['message'], (row['time'] as bigint) % 10n]),
    ).toEqual([
      ['notice', 'kernel', 'a', 1n],
      ['err', 'kernel', 'b', 0n],
      ['info', 'systemd', 'c', 0n],
    ]);
    expect(fieldsOf(rows('event_fields')[1])).toEqual({ pri: 3, caller: 'T1' });
  });

  test.each([
    ['5', /not a JSON object/],
    ['{"time":1}', /no msg/],
    ['{"msg":"x"}', /no time/],
    ['{"msg":"x","time":-1}', /no time/],
    ['{"msg":"x","time":1e9}', /no time/],
    ['{"msg":{"a":1},"time":1}', /no msg/],
    ['{"msg":"x","time":"later"}', /no time/],
  ])('%s is rejected', (record, reason) => {
    const { rejects, rows } = read(`{"dmesg":[{"pri":1,"time":1,"msg":"a"},${record},{"pri":1,"time":2,"msg":"b"}]}`, {
      takenAt,
    });
    expect(rows('events')).toHaveLength(2);
    expect(rejects.map(({ reason: said }) => said)).toEqual([expect.stringMatching(reason)]);
  });

  test('cut off, and deep nesting', () => {
    const cut = read('{"dmesg":[{"pri":1,"time":1,"msg":"a"},{"pri":1,', { takenAt });
    expect([cut.rows('events').length, cut.rejects.length, cut.assumptions.length]).toEqual([1, 1, 3]);
    expect(read(`{"dmesg":[${'['.repeat(5000)}`).problem?.code).toBe('damaged_file');
  });
});

describe('what kernel messages mean', () => {
  test.each([
    [
      'nf_conntrack: table full, dropping packet',
      { class: 'detection_finding', activity: 'network', code: 'conntrack_full' },
    ],
    ['ip_conntrack: table full, dropping packet.', { code: 'conntrack_full', target: 'ip_conntrack' }],
    [
      '[ 1925.680738] nf_conntrack: nf_conntrack: table full in netns 4026532315, dropping packet',
      { code: 'conntrack_full' },
    ],
    [
      'Out of memory: Killed process 1234 (java) total-vm:1kB, anon-rss:1kB',
      { class: 'process_activity', activity: 'terminate', code: 'oom_kill', target: 'java' },
    ],
    ['Out of memory: Kill process 1234 (java) score 900 or sacrifice child', { code: 'oom_kill', target: 'java' }],
    ['Memory cgroup out of memory: Killed process 7 (a b) total-vm:1kB', { code: 'oom_kill', target: 'a b' }],
    [
      'java[1234]: segfault at 0 ip 00007f sp 00007f error 4 in libc.so[7f+1]',
      { class: 'process_activity', activity: 'crash', code: 'segfault', target: 'java' },
    ],
    [
      'traps: app[12] general protection fault ip:7f sp:7f error:0 in app[400000+1000]',
      { code: 'segfault', target: 'app' },
    ],
    [
      'audit: type=1400 audit(1.000:9): avc:  denied  { read } for pid=1',
      { class: 'access_control', activity: 'denied', code: 'audit', sequence: 9n },
    ],
    ['audit: type=1305 audit(1.000:10): audit_enabled=1', { code: 'audit', sequence: 10n }],
    ['audit: audit_lost=14 audit_rate_limit=0', { class: 'event_log_activity', activity: 'loss' }],
    ['audit: backlog limit exceeded', { class: 'event_log_activity', activity: 'loss' }],
    [
      '[UFW BLOCK] IN=eth0 OUT= MAC=aa SRC=2001:db8::1 DST=192.0.2.1 LEN=40 PROTO=UDP SPT=5 DPT=53 LEN=20',
      { class: 'network_activity', src_ip: '2001:db8::1', dst_port: 53 },
    ],
    [
      'X IN=eth0 OUT= SRC=192.0.2.1 DST=192.0.2.2 LEN=1 PROTO=ICMP TYPE=3 CODE=3 [SRC=192.0.2.2 DST=192.0.2.1 PROTO=UDP SPT=1 DPT=2 ]',
      { src_ip: '192.0.2.1', dst_ip: '192.0.2.2' },
    ],
  ])('%s', (message, expected) => {
    expect(onlyEvent(message)).toMatchObject(expected);
  });

  test.each([
    'usb 1-1: new device',
    'process said: nf_conntrack table full',
    'IN=eth0 OUT= SRC=x DST=y',
    'out of memory',
  ])('nothing is read into %s', (message) => {
    expect([onlyEvent(message)['class'], onlyEvent(message)['code']]).toEqual([undefined, 'kernel']);
  });

  test('hostile text is text, and a megabyte made to slow a pattern down takes no time', () => {
    const text = "<script>'; DROP TABLE events; --\u001b[31m";
    expect(onlyEvent(text)['message']).toBe(text);
    const started = performance.now();
    for (const part of [
      'IN=',
      ' OUT= ',
      'SRC=1 ',
      'traps: a[',
      'a[1]',
      'Out of memory (',
      'audit: ',
      'kernel: [',
      '[ 1.000000]',
    ])
      onlyEvent(part.repeat(100_000));
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

describe('a line of 200 MB', () => {
  test('is one reject, and what follows is read', () => {
    const megabyte = Buffer.alloc(1024 * 1024, 'x');
    const { rows, rejects } = read([
      Buffer.from(`${ISO} `),
      ...Array<Buffer>(200).fill(megabyte),
      Buffer.from(`\n${ISO} a`),
    ]);
    expect(rows('events')).toHaveLength(1);
    expect(rejects[0]?.reason).toMatch(/over the limit/);
  });
});

describe('recognition', () => {
  test.each(files)('%s', (name) => {
    const { confidence, reason } = dmesg.recognise(bytesOf(name));
    expect(confidence).toBe(1);
    expect(reason).toMatch(/^(\d+) of the first \1 messages have a time as dmesg writes it\.$/);
    for (const other of recogniseFormat(bytesOf(name)).filter(({ format }) => format.id !== 'dmesg'))
      expect([other.format.id, other.confidence < 0.95]).toEqual([other.format.id, true]);
  });

  test('no file of another format', () => {
    const others = readdirSync('test/fixtures', { recursive: true, withFileTypes: true })
      .filter(
        (file) => file.isFile() && !/dmesg/.test(`${file.parentPath}/${file.name}`) && !/\.(gz|md)$/.test(file.name),
      )
      .map((file) => `${file.parentPath}/${file.name}`);
    expect(others.filter((path) => dmesg.recognise(readFileSync(path).subarray(0, 65_536)).confidence > 0)).toEqual([]);
  });

  test.each([
    '',
    '[    12.345] (II) LoadModule: "glx"',
    '[Sun Mar  1 00:00:00 2026] [error] [client 192.0.2.1] File does not exist',
    '{"time":1.5,"msg":"x","level":"info","pri":3}',
    '{"pri":4,"msg":"x"}',
    '2026-03-01T00:00:00.000000+00:00 web-1 kernel: x',
  ])('not %j', (text) => {
    expect(dmesg.recognise(Buffer.from(text)).confidence).toBe(0);
  });
});
