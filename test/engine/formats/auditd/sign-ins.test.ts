/** Sign-ins of an audit log: which record stands for one, and what its row says. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { auditd } from '../../../../engine/formats/auditd/auditd.ts';
import { collectRows, type CollectedRow } from '../collect-rows.ts';

const signIns = (...lines: readonly string[]): readonly CollectedRow[] =>
  collectRows(auditd, lines.join('\n')).rows('authentications');

let serial = 0;
/** A record of user space, as PAM and log-in programs write them. */
const record = (type: string, program: string, said: string, session = 4): string =>
  `type=${type} msg=audit(1772323200.123:${++serial}): pid=812 uid=0 auid=1000 ses=${session} ` +
  `msg='${said} exe="${program}" hostname=198.51.100.7 addr=198.51.100.7 terminal=ssh res=success'`;
const failed = (line: string): string => line.replace('res=success', 'res=failed');

describe('one sign-in over SSH', () => {
  const pam = (type: string, op: string): string => record(type, '/usr/sbin/sshd', `op=${op} acct="alice"`);

  test('that succeeds is the one USER_LOGIN among its seven records', () => {
    const lines = [
      pam('USER_AUTH', 'PAM:authentication'),
      pam('USER_ACCT', 'PAM:accounting'),
      pam('CRED_ACQ', 'PAM:setcred'),
      'type=LOGIN msg=audit(1772323200.200:900): pid=812 uid=0 old-auid=4294967295 auid=1000 tty=(none) old-ses=4294967295 ses=4 res=1',
      pam('USER_START', 'PAM:session_open'),
      record('USER_LOGIN', '/usr/sbin/sshd', 'op=login acct="alice"'),
      pam('CRED_REFR', 'PAM:setcred'),
    ];
    expect(signIns(...lines)).toEqual([
      {
        record: 6,
        time: 1_772_323_200_123_000n,
        stream: 'auditd',
        actor: 'alice',
        provider: 'sshd',
        outcome: 'success',
        src_ip: '198.51.100.7',
        session: '4',
      },
    ]);
  });

  test('that fails begins no session, and the check by PAM is not a second one', () => {
    const rows = signIns(
      failed(pam('USER_AUTH', 'PAM:authentication')),
      failed(record('USER_LOGIN', '/usr/sbin/sshd', 'op=login acct="alice"')),
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ record: 2, actor: 'alice', provider: 'sshd', outcome: 'failure' });
    expect(rows[0]).not.toHaveProperty('session');
  });

  test('is of sshd by whatever process of it', () => {
    const rows = signIns(record('USER_LOGIN', '/usr/lib/openssh/sshd-session', 'op=login acct="alice"'));
    expect(rows[0]).toMatchObject({ provider: 'sshd' });
  });
});

describe.each([
  ['/usr/bin/su', 'su'],
  ['/bin/su-l', 'su'],
  ['/usr/bin/sudo', 'sudo'],
  ['/usr/bin/doas', 'doas'],
])('becoming another with %s', (program, method) => {
  test('is the session that it opens, in the session it happens in', () => {
    const rows = signIns(
      record('USER_AUTH', program, 'op=PAM:authentication acct="alice"'),
      record('USER_ACCT', program, 'op=PAM:accounting acct="alice"'),
      record('USER_START', program, 'op=PAM:session_open acct="root"'),
      record('USER_END', program, 'op=PAM:session_close acct="root"'),
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ record: 3, actor: '1000', provider: 'pam', method, outcome: 'success' });
    expect(rows[0]).not.toHaveProperty('session');
  });

  test.each(['USER_AUTH', 'USER_ACCT'])('that %s refuses is a failure', (type) => {
    const rows = signIns(failed(record(type, program, 'op=PAM:authentication acct="alice"')));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ actor: '1000', provider: 'pam', method, outcome: 'failure' });
  });
});

test('a program that writes no USER_LOGIN signs in by the records of PAM', () => {
  const rows = signIns(
    record('USER_AUTH', '/usr/sbin/vsftpd', 'op=PAM:authentication acct="alice"'),
    record('USER_START', '/usr/sbin/vsftpd', 'op=PAM:session_open acct="alice"'),
    failed(record('USER_AUTH', '/usr/sbin/vsftpd', 'op=PAM:authentication acct="bob"')),
  );
  expect(
    rows.map(({ record: at, actor, provider, application, outcome }) => [at, actor, provider, application, outcome]),
  ).toEqual([
    [2, 'alice', 'pam', 'vsftpd', 'success'],
    [3, 'bob', 'pam', 'vsftpd', 'failure'],
  ]);
});

test('sessions of cron and systemd are no sign-ins, nor is a log-out', () => {
  const rows = signIns(
    record('USER_ACCT', '/usr/sbin/cron', 'op=PAM:accounting acct="root"'),
    record('USER_START', '/usr/sbin/cron', 'op=PAM:session_open acct="root"'),
    failed(record('USER_AUTH', '/usr/bin/passwd', 'op=PAM:authentication acct="alice"')),
    record('USER_START', '/usr/lib/systemd/systemd', 'op=PAM:session_open acct="alice"'),
    record('USER_LOGOUT', '/usr/sbin/sshd', 'op=login acct="alice"'),
  );
  expect(rows).toEqual([]);
});

test('a record that does not say how it ended has no outcome', () => {
  const [row] = signIns(record('USER_LOGIN', '/usr/bin/login', 'op=login acct="alice"').replace(' res=success', ''));
  expect(row).toMatchObject({ provider: 'login', actor: 'alice' });
  expect(row).not.toHaveProperty('outcome');
  expect(row).not.toHaveProperty('session');
});

test('of a real log: as many as sshd tells of, and what su and sudo let through or refused', () => {
  const log = readFileSync('test/fixtures/auditd/gen-audit.log');
  const lines = log.toString().split('\n');
  const count = (pattern: RegExp): number => lines.filter((line) => pattern.test(line)).length;
  const collected = collectRows(auditd, log);
  const rows = collected.rows('authentications');
  const counted = (provider: string, outcome: string): number =>
    rows.filter((row) => row['provider'] === provider && row['outcome'] === outcome).length;
  expect(counted('sshd', 'success')).toBe(count(/^type=USER_LOGIN .*res=success/));
  expect(counted('sshd', 'failure')).toBe(count(/^type=USER_LOGIN .*res=failed/));
  expect(counted('pam', 'success')).toBe(count(/^type=USER_START .*exe="\/usr\/bin\/(?:su|sudo)".*res=success/));
  expect(counted('pam', 'failure')).toBe(count(/^type=USER_(?:AUTH|ACCT) .*exe="\/usr\/bin\/(?:su|sudo)".*res=failed/));
  expect(rows.length).toBeGreaterThan(20);
  // Each is an event of the spine, and says of it the same.
  const events = new Map(collected.rows('events').map((row) => [row.record, row]));
  for (const row of rows) {
    expect(events.get(row.record)).toMatchObject({
      class: 'authentication',
      time: row['time'],
      outcome: row['outcome'],
    });
  }
});
