/** The rows of `authentications` that messages give, through the format that has the shortest lines. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { syslog3164 } from '../../../../engine/formats/syslog-3164/syslog-3164.ts';
import { collectRows, type CollectedRow } from '../collect-rows.ts';

const read = (lines: readonly string[]) =>
  collectRows(syslog3164, lines.map((line) => `2026-03-01T00:00:00Z web-1 ${line}`).join('\n'));
const signIns = (...lines: readonly string[]): CollectedRow[] => [...read(lines).rows('authentications')];
const bare = ({ record: _, time: __, system: ___, stream: ____, ...row }: CollectedRow) => row;
const AT = 'from 198.51.100.7 port 22 ssh2';

test('a row cites its record and has its time, system and stream', () => {
  expect(signIns('app: x', `sshd[1]: Accepted password for root ${AT}`)).toEqual([
    {
      record: 2,
      time: BigInt(Date.UTC(2026, 2, 1)) * 1000n,
      system: 'web-1',
      stream: 'syslog',
      actor: 'root',
      provider: 'sshd',
      method: 'password',
      outcome: 'success',
      src_ip: '198.51.100.7',
    },
  ]);
});

const from = { src_ip: '198.51.100.7' };
const ok = { outcome: 'success' };
const failed = { outcome: 'failure' };

test.each([
  [
    `sshd[1]: Accepted publickey for alice ${AT}: ED25519 SHA256:x`,
    { actor: 'alice', provider: 'sshd', method: 'publickey', ...ok, ...from },
  ],
  [
    `sshd[1]: Accepted publickey for alice ${AT}: ED25519-CERT SHA256:x ID a (serial 1) CA RSA SHA256:y`,
    { actor: 'alice', provider: 'sshd', method: 'certificate', ...ok, ...from },
  ],
  [
    `sshd[1]: Accepted publickey for alice ${AT}: RSA-CERT ID alice (serial 0) CA RSA SHA256:y`,
    { actor: 'alice', provider: 'sshd', method: 'certificate', ...ok, ...from },
  ],
  [
    `sshd[1]: Accepted keyboard-interactive/pam for alice ${AT}`,
    { actor: 'alice', provider: 'sshd', method: 'keyboard-interactive', ...ok, ...from },
  ],
  [
    `sshd[1]: Accepted gssapi-with-mic for alice ${AT}`,
    { actor: 'alice', provider: 'sshd', method: 'gssapi-with-mic', ...ok, ...from },
  ],
  [
    `sshd-session[1]: Failed password for invalid user x ${AT}`,
    { actor: 'x', provider: 'sshd', method: 'password', reason: 'invalid user', ...failed, ...from },
  ],
  [`sshd[1]: Failed none for bob ${AT}`, { actor: 'bob', provider: 'sshd', method: 'none', ...failed, ...from }],
  [
    'sshd[1]: Invalid user x y from 198.51.100.7 port 22',
    { actor: 'x y', provider: 'sshd', reason: 'invalid user', ...failed, ...from },
  ],
  [
    'sshd[1]: User bob from 198.51.100.7 not allowed because not listed in AllowUsers',
    { actor: 'bob', provider: 'sshd', reason: 'not listed in AllowUsers', ...failed, ...from },
  ],
  [
    `sshd[1]: error: maximum authentication attempts exceeded for bob ${AT} [preauth]`,
    { actor: 'bob', provider: 'sshd', reason: 'maximum authentication attempts exceeded', ...failed, ...from },
  ],
  [
    `sshd[1]: message repeated 2 times: [ Failed password for bob ${AT}]`,
    { actor: 'bob', provider: 'sshd', method: 'password', ...failed, ...from },
  ],
  [
    "dropbear[1]: Pubkey auth succeeded for 'root' with ssh-ed25519 key SHA256:abc from 198.51.100.7:50122",
    { actor: 'root', provider: 'dropbear', method: 'publickey', ...ok, ...from },
  ],
  [
    "dropbear[1]: Bad password attempt for 'root' from 198.51.100.7:50122",
    { actor: 'root', provider: 'dropbear', method: 'password', ...failed, ...from },
  ],
  [
    'sudo:    alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh',
    { actor: 'alice', provider: 'sudo', method: 'sudo', ...ok },
  ],
  [
    'sudo: bob : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh',
    { actor: 'bob', provider: 'sudo', method: 'sudo', reason: 'user NOT in sudoers', ...failed },
  ],
  [
    'sudo: bob : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh',
    { actor: 'bob', provider: 'sudo', method: 'sudo', reason: '3 incorrect password attempts', ...failed },
  ],
  ['su[1]: (to root) bob on pts/1', { actor: 'bob', provider: 'su', method: 'su', ...ok }],
  ['su[1]: FAILED SU (to root) bob on pts/1', { actor: 'bob', provider: 'su', method: 'su', ...failed }],
  [
    'doas: command not permitted for bob: /bin/sh',
    { actor: 'bob', provider: 'doas', method: 'doas', reason: 'command not permitted', ...failed },
  ],
  [
    'pkexec[1]: bob: Error executing command as another user: Not authorized [USER=root] [TTY=unknown] [CWD=/] [COMMAND=/bin/sh]',
    { actor: 'bob', provider: 'pkexec', method: 'pkexec', reason: 'Not authorized', ...failed },
  ],
  [
    "login[1]: FAILED LOGIN (1) on '/dev/tty1' FOR 'bob', Authentication failure",
    { actor: 'bob', provider: 'login', reason: 'Authentication failure', ...failed },
  ],
  ['login[1]: ROOT LOGIN ON tty1', { actor: 'root', provider: 'login', ...ok }],
  [
    'sshd[1]: pam_unix(sshd:session): session opened for user alice(uid=1001) by (uid=0)',
    { actor: 'alice', provider: 'pam', ...ok },
  ],
  [
    'sudo: pam_unix(sudo:session): session opened for user root(uid=0) by alice(uid=1001)',
    { actor: 'alice', provider: 'pam', method: 'sudo', ...ok },
  ],
  [
    'su: pam_unix(su-l:session): session opened for user root(uid=0) by bob(uid=1000)',
    { actor: 'bob', provider: 'pam', method: 'su', ...ok },
  ],
  [
    'cockpit-session[1]: pam_unix(cockpit:session): session opened for user admin(uid=1000) by (uid=0)',
    { actor: 'admin', provider: 'pam', application: 'cockpit', ...ok },
  ],
  [
    'gdm-password][1]: pam_unix(gdm-password:session): session opened for user alice(uid=1000) by (uid=0)',
    { actor: 'alice', provider: 'pam', ...ok },
  ],
  [
    'sshd[1]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=198.51.100.7  user=bob',
    { actor: 'bob', provider: 'pam', method: 'password', reason: 'authentication failure', ...failed, ...from },
  ],
  [
    'sshd[1]: pam_sss(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=198.51.100.7 user=bob',
    { actor: 'bob', provider: 'pam', reason: 'authentication failure', ...failed, ...from },
  ],
  [
    'sudo: pam_unix(sudo:auth): auth could not identify password for [alice]',
    { actor: 'alice', provider: 'pam', reason: 'could not identify password', ...failed },
  ],
  [
    "sshd[1]: pam_access(sshd:account): access denied for user `bob' from `198.51.100.7'",
    { actor: 'bob', provider: 'pam', reason: 'access denied', ...failed, ...from },
  ],
  [
    'polkitd(authority=local)[1]: Operator of unix-session:2 successfully authenticated as unix-user:alice to gain TEMPORARY authorization for action org.a.b for system-bus-name::1.1 [/usr/bin/x] (owned by unix-user:bob)',
    { actor: 'alice', provider: 'polkit', ...ok },
  ],
  [
    'polkitd[1]: Operator of unix-session:2 FAILED to authenticate to gain authorization for action org.a.b for unix-process:1:2 [pkexec x] (owned by unix-user:bob)',
    { actor: 'bob', provider: 'polkit', reason: 'FAILED to authenticate', ...failed },
  ],
])('%s', (line, expected) => {
  expect(signIns(line).map(bare)).toEqual([expected]);
});

test.each([
  'CRON[1]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)',
  'systemd[1]: pam_unix(systemd-user:session): session opened for user root(uid=0) by (uid=0)',
  'sshd[1]: pam_unix(sshd:session): session closed for user alice',
  'sshd[1]: Connection closed by invalid user x 198.51.100.7 port 22 [preauth]',
  'sshd[1]: Connection closed by 198.51.100.7 port 22',
  `sshd[1]: Postponed keyboard-interactive for alice ${AT} [preauth]`,
  `sshd[1]: Partial publickey for alice ${AT}: ED25519 SHA256:x`,
  'systemd-logind[1]: New session 5 of user alice.',
  'polkitd[1]: Registered Authentication Agent for unix-session:2',
  'useradd[1]: new user: name=bob, UID=1002',
  `app: Accepted password for root ${AT}`,
  'constructor: x',
  '__proto__: x',
])('no sign-in: %s', (line) => {
  expect(signIns(line)).toEqual([]);
});

describe('second factors', () => {
  const mfaOf = (...lines: readonly string[]) =>
    signIns(...lines).map(({ actor, provider, method, mfa, outcome, reason }) => ({
      actor,
      provider,
      method,
      mfa,
      outcome,
      reason,
    }));

  test.each([
    [
      'sshd(pam_google_authenticator)[1]: Accepted google_authenticator for alice',
      { provider: 'pam', method: 'google-authenticator', mfa: true, outcome: 'success' },
    ],
    [
      'sshd[1]: Accepted google_authenticator for alice',
      { provider: 'pam', method: 'google-authenticator', mfa: true, outcome: 'success' },
    ],
    [
      'sshd(pam_google_authenticator)[1]: Invalid verification code for alice',
      { provider: 'pam', method: 'google-authenticator', outcome: 'failure', reason: 'Invalid verification code' },
    ],
    [
      "login_duo[1]: Successful Duo login for 'alice' from 198.51.100.7",
      { provider: 'duo', method: 'duo', mfa: true, outcome: 'success' },
    ],
    [
      "sshd[1]: pam_duo(sshd:auth): Successful Duo login for 'alice' from 198.51.100.7",
      { provider: 'duo', method: 'duo', mfa: true, outcome: 'success' },
    ],
    [
      "sshd[1]: Skipped Duo login for 'alice' from 198.51.100.7: Allowed by policy",
      { provider: 'duo', method: 'duo', mfa: false, outcome: 'success', reason: 'Allowed by policy' },
    ],
    [
      "login_duo[1]: Failsafe Duo login for 'alice' from 198.51.100.7: Could not connect",
      { provider: 'duo', method: 'duo', mfa: false, outcome: 'success', reason: 'Could not connect' },
    ],
    [
      "sshd[1]: Failed Duo login for 'alice' from 198.51.100.7: Login request denied.",
      { provider: 'duo', method: 'duo', outcome: 'failure', reason: 'Login request denied.' },
    ],
    [
      "sshd[1]: pam_oath(sshd:auth): [pam_oath.c:1] One-time password not authorized to login as user 'alice'",
      { provider: 'pam', method: 'oath', outcome: 'failure', reason: 'One-time password not authorized' },
    ],
  ])('%s', (line, expected) => {
    expect(mfaOf(line)).toEqual([{ actor: 'alice', mfa: undefined, reason: undefined, ...expected }]);
    // It is no log-in of its own: those are counted by their activity.
    expect(read([line]).rows('events')[0]?.['activity']).toBe('authenticate');
  });

  test('a key and then something known, on one connection', () => {
    const found = mfaOf(
      `sshd[1]: Partial publickey for alice ${AT}: ED25519 SHA256:x`,
      `sshd[2]: Accepted password for alice from 198.51.100.8 port 22 ssh2`,
      `sshd[1]: Accepted keyboard-interactive/pam for alice ${AT}`,
      `sshd[1]: Accepted keyboard-interactive/pam for alice ${AT}`,
    );
    expect(found.map(({ method, mfa }) => [method, mfa])).toEqual([
      ['password', undefined],
      ['publickey,keyboard-interactive', true],
      ['keyboard-interactive', undefined],
    ]);
  });

  test.each([
    ['publickey', 'publickey'],
    ['password', 'keyboard-interactive/pam'],
    ['hostbased', 'publickey'],
  ])('%s and then %s does not say so', (first, second) => {
    const found = mfaOf(`sshd[1]: Partial ${first} for alice ${AT}`, `sshd[1]: Accepted ${second} for alice ${AT}`);
    expect(found.map(({ method, mfa }) => [method, mfa])).toEqual([[`${first},${second.split('/')[0]}`, undefined]]);
  });

  test('connections that go no further are forgotten once there are many', () => {
    const lines = Array.from({ length: 20_000 }, (_, at) => `sshd[1]: Partial publickey for u${at} ${AT}`);
    expect(
      mfaOf(...lines, `sshd[1]: Accepted password for u0 ${AT}`, `sshd[1]: Accepted password for u19999 ${AT}`).map(
        ({ mfa }) => mfa,
      ),
    ).toEqual([undefined, true]);
  });
});

test('an account that PAM locks after failures is locked, not signed in', () => {
  const { rows } = read([
    'sshd[1]: pam_faillock(sshd:auth): Consecutive login failures for user bob account temporarily locked',
  ]);
  expect(rows('events')[0]).toMatchObject({ class: 'user_management', activity: 'lock', target: 'bob' });
  expect(rows('authentications')).toEqual([]);
});

test('every sign-in of a real log has its event, and the failures are those of lastb', () => {
  const collected = collectRows(syslog3164, readFileSync('test/fixtures/auth-log/gen-auth.iso.log'));
  const events = new Map(collected.rows('events').map((row) => [row.record, row]));
  for (const row of collected.rows('authentications')) {
    const event = events.get(row.record)!;
    expect([event['class'], event['time'], event['actor'], event['outcome'], event['src_ip']]).toEqual([
      'authentication',
      row['time'],
      row['actor'],
      row['outcome'],
      row['src_ip'],
    ]);
  }
  const ssh = collected
    .rows('authentications')
    .filter((row) => row['provider'] === 'sshd' && row['outcome'] === 'failure');
  const lastb = readFileSync('test/fixtures/auth-log/gen-lastb.txt', 'utf8')
    .split('\n')
    .filter((line) => line.includes('ssh:notty'));
  expect(ssh).toHaveLength(lastb.length);
});
