/** rsyslogd writes the same messages in the formats of both readers: the rows must be the same. */
import { describe, expect, test } from 'vitest';
import type { Format } from '../../../../engine/formats/format.ts';
import { syslog3164 } from '../../../../engine/formats/syslog-3164/syslog-3164.ts';
import { syslog5424 } from '../../../../engine/formats/syslog-5424/syslog-5424.ts';
import { collectRows, type Collected } from '../collect-rows.ts';
import { rsyslogMissing, throughRsyslog } from './rsyslog.ts';

const missing = rsyslogMissing();

/** rsyslogd takes the year in which it receives a message that has none. */
const YEAR = new Date().getUTCFullYear();
const window = { from: BigInt(Date.UTC(YEAR, 0, 1)) * 1000n, to: BigInt(Date.UTC(YEAR + 1, 0, 1)) * 1000n };

const messages = [
  '<86>Mar  1 00:00:00 web-1 sshd[812]: Accepted publickey for alice from 198.51.100.7 port 50122 ssh2: ED25519 SHA256:abc',
  '<86>Mar  1 00:00:00 web-1 sshd[812]: pam_unix(sshd:session): session opened for user alice(uid=1001) by (uid=0)',
  '<85>Mar  1 00:00:05 web-1 sudo[900]:    alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh',
  '<85>Mar  1 00:00:06 web-1 sudo[901]:      bob : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh',
  '<38>Mar  1 00:00:07 web-2 sshd[7]: Failed password for invalid user x from 192.0.2.1 port 1 ssh2',
  '<38>Mar  1 00:00:08 web-2 sshd[7]: Invalid user we ird from 2001:db8::1 port 2',
  '<37>Mar  1 00:00:09 web-2 su[8]: FAILED SU (to root) bob on pts/1',
  '<4>Mar  1 00:00:10 web-2 kernel: nf_conntrack: table full, dropping packet',
  '<46>Mar  1 00:00:11 web-2 rsyslogd: [origin software="rsyslogd" x-pid="1"] exiting on signal 15.',
  '<13>Mar  1 00:00:12 192.0.2.9 app: plain "quotes" \\ [brackets] %percent%',
  '<191>Mar  1 00:00:12 web-1 app[worker-1]: a tag with a word in brackets',
  `<165>1 ${YEAR}-03-01T00:00:13.000000+00:00 web-3 evntslog 4711 ID47 - a message of RFC 5424`,
  '<78>Mar 29 01:30:00 web-1 CRON[9]: (root) CMD (id)',
].map((text) => Buffer.from(text));

describe.skipIf(missing !== undefined)(`rsyslogd${missing === undefined ? '' : `: ${missing}`}`, () => {
  /** What every format says; only those of messages as sent have the priority. */
  const common = (collected: Collected, withPriority: boolean) =>
    collected.rows('events').map((row, at) => {
      const fields = collected.rows('syslog_records')[at];
      const event = { ...row, received: undefined, severity: undefined, record: undefined };
      const sent = withPriority ? { severity: row['severity'], facility: fields?.['facility'] } : {};
      return { ...event, ...sent, program: fields?.['program'], pid: fields?.['pid'] };
    });
  const signIns = (collected: Collected) => collected.rows('authentications').map(({ record: _, ...row }) => row);

  test('five files and two streams of the same messages give the same events and sign-ins', async () => {
    const outputs = await throughRsyslog(messages);
    const read = (format: Format, name: string) => collectRows(format, outputs.get(name)!, { window });
    const expected = read(syslog5424, 'rfc5424');
    expect(expected.rejects).toEqual([]);
    expect(expected.rows('events')).toHaveLength(messages.length + 1);
    expect(signIns(expected)).toHaveLength(7);
    for (const [format, name, withPriority] of [
      [syslog5424, 'framed-5424', true],
      [syslog5424, 'framed-3164', true],
      [syslog5424, 'received', true],
      [syslog5424, 'stamped', true],
      [syslog3164, 'traditional', false],
      [syslog3164, 'iso', false],
    ] as const) {
      const other = read(format, name);
      expect([name, other.rejects]).toEqual([name, []]);
      expect([name, common(other, withPriority)]).toEqual([name, common(expected, withPriority)]);
      expect([name, signIns(other)]).toEqual([name, signIns(expected)]);
    }
  });

  test('the time at which it received a message is read from an element and from a stamp before it', async () => {
    const outputs = await throughRsyslog(messages);
    const received = (name: string) =>
      collectRows(syslog5424, outputs.get(name)!)
        .rows('events')
        .map((row) => row['received'] as bigint);
    expect(received('received')).toEqual(received('stamped'));
    const now = BigInt(Date.now()) * 1000n;
    for (const time of received('received')) expect(now - time < 60_000_000n && now >= time).toBe(true);
    const senders = collectRows(syslog5424, outputs.get('stamped')!)
      .rows('event_fields')
      .map(({ fields }) => JSON.parse(String(fields)) as object);
    expect(senders[0]).toEqual({ received_from: '127.0.0.1' });
  });

  test('structured data, odd names and a message of several lines come through octet counting whole', async () => {
    const sent = [
      '<134>1 2026-03-01T00:00:00.123456Z vm app p1 ID47 [timeQuality tzKnown="1" isSynced="1" syncAccuracy="115016"][meta sequenceId="29"][a@1 k="v\\]x\\"y" e=""] text',
      '<18>1 2026-03-01T00:00:01Z vm - - - - one\ntwo\n\n  12 <13>three',
      '<34>1 2026-03-01T00:00:02+05:30 vm su - ID47 - \ufeffübung',
    ].map((text) => Buffer.from(text));
    const outputs = await throughRsyslog(sent, 'parser.escapeControlCharactersOnReceive="off" maxMessageSize="64k"');
    const out = collectRows(syslog5424, outputs.get('framed-5424')!);
    const frames = Buffer.concat(sent.flatMap((bytes) => [Buffer.from(`${bytes.length} `), bytes]));
    const direct = collectRows(syslog5424, frames);
    expect(out.rejects).toEqual([]);
    for (const table of ['events', 'syslog_records', 'event_fields'] as const)
      expect([table, out.rows(table).filter(({ record }) => record <= sent.length)]).toEqual([
        table,
        direct.rows(table),
      ]);
    expect(direct.rows('events').map((row) => row['message'])).toEqual(['text', 'one\ntwo\n\n  12 <13>three', 'übung']);
    expect(direct.rows('events')[0]?.['sequence']).toBe(29);
  });
});
