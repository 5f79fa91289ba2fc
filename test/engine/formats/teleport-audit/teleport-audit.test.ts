import { expect, it } from 'vitest';
import { teleportAudit } from '../../../../engine/formats/teleport-audit/teleport-audit.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows } from '../collect-rows.ts';
import { checkPromises, fixture, jsonLines, ruleTests } from '../event-records/event-promises.ts';

const event = {
  ei: 0,
  event: 'user.login',
  code: 'T1000I',
  uid: '8888',
  time: '2026-03-01T10:00:00.123Z',
  cluster_name: 'teleport.example.com',
  user: 'ana',
  method: 'local',
  success: true,
  'addr.remote': '203.0.113.9:65123',
};

checkPromises({
  format: teleportAudit,
  lines: 'teleport-audit/panther-teleport.jsonl',
  event,
  folders: ['teleport-audit'],
});

const lines = 'teleport-audit/panther-teleport.jsonl';

function only(members: Record<string, unknown>): Record<string, unknown> {
  return { ...collectRows(teleportAudit, JSON.stringify({ ...event, ...members })).rows('events')[0] };
}

it('reads every event of the Panther rules with a time, field by field', () => {
  const values = jsonLines(lines);
  const read = collectRows(teleportAudit, fixture(lines));
  expect(read.rejects.map(({ record, reason }) => [record, reason])).toEqual([
    [14, 'time "2023-09-20T23:00:000.000000Z" is not a time.'],
  ]);
  expect(read.records).toBe(18);
  for (const row of read.rows('events')) {
    const value = values[row.record - 1]!;
    const text = String(value['time']);
    expect(row['time']).toBe(parseInstant(text) ?? parseInstant(`${text}Z`));
    expect(row['code']).toBe(value['event']);
    expect(row['actor']).toBe(value['user']);
  }
  expect(read.assumptions).toEqual(['time without an offset is taken as UTC.']);
});

it('shows in its columns what the Panther rules look for', () => {
  const read = collectRows(teleportAudit, fixture(lines));
  const of = (line: number) => ({
    ...read.rows('events').find(({ record }) => record === line),
    ...read.rows('authentications').find(({ record }) => record === line),
  });
  const matched = ruleTests('teleport-audit/panther-teleport.expected.json').filter(
    ({ expected_result }) => expected_result,
  );
  const shown: Record<string, Record<string, unknown>> = {
    'Teleport.AuthErrors': { outcome: 'failure', class: 'authentication' },
    'Teleport.CompanyDomainLoginWithoutSAML': { method: 'local', outcome: 'success' },
    'Teleport.LockCreated': { class: 'account_change', activity: 'create' },
    'Teleport.LongLivedCerts': { class: 'authentication', activity: 'cert_issue' },
    'Teleport.SAMLLoginWithoutCompanyDomain': { method: 'saml', outcome: 'success' },
    'Teleport.SuspiciousCommands': { class: 'process_activity' },
  };
  let compared = 0;
  for (const { line, rule } of matched) {
    const columns = shown[rule];
    if (columns === undefined) continue;
    expect({ rule, ...of(line) }).toMatchObject({ rule, ...columns });
    compared++;
  }
  expect(compared).toBe(6);
});

it('has a row for each sign-in, with what it says of a second factor', () => {
  const rows = collectRows(teleportAudit, fixture(lines)).rows('authentications');
  expect(rows.map((row) => [row.record, row['method'], row['outcome'], row['mfa']])).toEqual([
    [1, undefined, 'failure', undefined],
    [3, 'saml', 'success', undefined],
    [4, 'local', 'success', undefined],
    [5, 'local', 'success', true],
    [6, 'local', 'success', undefined],
    [15, 'saml', 'success', undefined],
    [16, 'saml', 'success', undefined],
  ]);
  expect(rows[0]?.['reason']).toContain('not in the set of valid principals');
});

it('has classes for sessions, commands, connections and changes', () => {
  const meaning = (name: string) => {
    const { class: of, activity } = only({ event: name });
    return [of, activity];
  };
  expect(meaning('session.start')).toEqual(['authentication', 'session_open']);
  expect(meaning('windows.desktop.session.end')).toEqual(['authentication', 'session_close']);
  expect(meaning('exec')).toEqual(['process_activity', 'launch']);
  expect(meaning('sftp')).toEqual(['file_activity', 'open']);
  expect(meaning('db.session.query')).toEqual(['datastore_activity', 'query']);
  expect(meaning('role.created')).toEqual(['account_change', 'create']);
  expect(meaning('user.password_change')).toEqual(['account_change', 'update']);
  expect(meaning('access_request.review')).toEqual(['account_change', 'review']);
  expect(meaning('auth_preference.update')).toEqual(['configuration_change', 'update']);
  expect(meaning('something.new')).toEqual(['api_activity', 'other']);
  expect(only({ event: 'exec', success: undefined, exitCode: '1', exitError: 'no' })['outcome']).toBe('failure');
  expect(
    only({
      event: 'session.network',
      dst_addr: '198.51.100.7',
      dst_port: 443,
      src_addr: '10.0.0.5',
      'addr.remote': undefined,
    }),
  ).toMatchObject({ src_ip: '10.0.0.5', dst_ip: '198.51.100.7', dst_port: 443 });
  expect(only({})).toMatchObject({
    src_ip: '203.0.113.9',
    src_port: 65_123,
    system: 'teleport.example.com',
    severity: 'info',
    sequence: 0,
  });
});

it('reads codes without the T of kinds that are newer, and those that end in S', () => {
  expect(only({ event: 'integration.create', code: 'IG001I' })).toMatchObject({
    ...{ class: 'configuration_change', activity: 'create', severity: 'info' },
  });
  expect(only({ event: 'static_host_user.create', code: 'SHU001I' })).toMatchObject({ severity: 'info' });
  const ended = only({ event: 'port', code: 'T3003S' });
  expect(ended).toMatchObject({ class: 'network_activity' });
  expect(ended['severity']).toBeUndefined();
  const unknown = collectRows(teleportAudit, JSON.stringify({ event: 'build', code: 'AB001I', time: event.time }));
  expect(unknown.problem?.message).toContain('no code of Teleport');
});
