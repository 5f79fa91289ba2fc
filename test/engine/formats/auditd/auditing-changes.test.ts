/** What an audit log says of auditing itself: its settings, its rules, its daemon, and records that were lost. */
import { expect, test } from 'vitest';
import { auditd } from '../../../../engine/formats/auditd/auditd.ts';
import { collectRows, type CollectedRow } from '../collect-rows.ts';

const stamp = 'msg=audit(1772323200.123:77):';
const by = 'auid=1000 ses=3 subj=unconfined';

function read(line: string): { event: CollectedRow; fields: Readonly<Record<string, string>> } {
  const { rejects, rows } = collectRows(auditd, line);
  expect(rejects).toEqual([]);
  const fields = rows('auditd_records')[0]!['fields'];
  return { event: rows('events')[0]!, fields: JSON.parse(String(fields ?? '{}')) as Record<string, string> };
}

test.each([
  ['op=set audit_enabled=0 old=1', 'disable', 'audit_enabled', 'set audit_enabled=0 (it was 1)'],
  ['op=set audit_enabled=1 old=0', 'enable', 'audit_enabled', 'set audit_enabled=1 (it was 0)'],
  ['op=set audit_enabled=2 old=1', 'enable', 'audit_enabled', 'set audit_enabled=2 (it was 1)'],
  [
    'op=set audit_backlog_limit=64 old=8192',
    'change',
    'audit_backlog_limit',
    'set audit_backlog_limit=64 (it was 8192)',
  ],
  ['op=set audit_failure=0 old=1', 'change', 'audit_failure', 'set audit_failure=0 (it was 1)'],
  ['op=set audit_rate_limit=10 old=0', 'change', 'audit_rate_limit', 'set audit_rate_limit=10 (it was 0)'],
  // Until Linux 4 or so there was no op.
  ['audit_backlog_limit=64 old=8192', 'change', 'audit_backlog_limit', 'audit_backlog_limit=64 (it was 8192)'],
  ['op=set lost=0 old=0', 'change', 'lost', 'set lost=0 (it was 0)'],
])('%s', (said, activity, target, what) => {
  const { event, fields } = read(`type=CONFIG_CHANGE ${stamp} ${said} ${by} res=1`);
  expect(event).toMatchObject({
    class: 'event_log_activity',
    activity,
    target,
    actor: '1000',
    outcome: 'success',
    message: `The audit configuration changed: ${what} by 1000 (success).`,
  });
  expect(fields).toMatchObject(
    Object.fromEntries(said.split(' ').flatMap((part) => (part.startsWith('op=') ? [] : [part.split('=')]))),
  );
});

test('a count of lost records that is set back to 0 tells that they were lost', () => {
  const { event } = read(`type=CONFIG_CHANGE ${stamp} op=set lost=0 old=41 ${by} res=1`);
  expect(event).toMatchObject({
    class: 'event_log_activity',
    activity: 'loss',
    target: 'auditd',
    actor: '1000',
    message: 'The kernel counts 41 lost audit records.',
  });
});

test('an attempt that the locked configuration refused is no success', () => {
  const { event } = read(`type=CONFIG_CHANGE ${stamp} op=set audit_enabled=0 old=2 ${by} res=0`);
  expect(event).toMatchObject({ activity: 'disable', outcome: 'failure' });
});

test('a rule: what was done, with which key, in which list', () => {
  const { event, fields } = read(`type=CONFIG_CHANGE ${stamp} ${by} op=remove_rule key="exec" list=4 res=1`);
  expect(event).toMatchObject({
    activity: 'change',
    target: 'exec',
    message: 'The audit configuration changed: remove_rule exec by 1000 (success).',
  });
  expect(fields).toEqual({ subj: 'unconfined', list: '4' });
});

test.each([
  ['DAEMON_START', 'start'],
  ['DAEMON_RESUME', 'start'],
  ['DAEMON_END', 'stop'],
  ['DAEMON_ABORT', 'stop'],
  ['DAEMON_ROTATE', 'rotate'],
  ['DAEMON_CONFIG', 'change'],
])('%s is an event by itself, with the serial of the daemon', (type, activity) => {
  const { event } = read(`type=${type} msg=audit(1772323200.123:9077): op=x auid=0 pid=1 subj=unconfined res=success`);
  expect(event).toMatchObject({ class: 'event_log_activity', activity, target: 'auditd', code: type, sequence: 9077 });
});

test('serials stand in the order of the file, also where a boot sets them back', () => {
  const line = (seconds: number, serial: number) =>
    `type=USER_LOGOUT msg=audit(${seconds}.000:${serial}): pid=1 uid=0 auid=1000 ses=1 msg='op=logout exe="/usr/sbin/sshd" res=success'`;
  const { rows } = collectRows(
    auditd,
    [line(1_772_323_200, 5001), line(1_772_323_201, 5003), line(1_772_323_260, 1), line(1_772_323_261, 2)].join('\n'),
  );
  expect(rows('events').map((row) => row['sequence'])).toEqual([5001, 5003, 1, 2]);
  expect(rows('auditd_records').map((row) => row['serial'])).toEqual([5001, 5003, 1, 2]);
});
