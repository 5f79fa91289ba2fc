/** Logs of events as the portals download them and as Log Analytics exports them: CSV. */
import { expect, it } from 'vitest';
import { azureActivity } from '../../../../engine/formats/azure-activity/azure-activity.ts';
import { entraSignin } from '../../../../engine/formats/entra-signin/entra-signin.ts';
import type { Format } from '../../../../engine/formats/format.ts';
import { githubAudit } from '../../../../engine/formats/github-audit/github-audit.ts';
import { k8sAudit } from '../../../../engine/formats/k8s-audit/k8s-audit.ts';
import { oktaSystem } from '../../../../engine/formats/okta-system/okta-system.ts';
import { recogniseFormat } from '../../../../engine/formats/registry.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows, inPieces, type Collected } from '../collect-rows.ts';

function csv(...rows: readonly (readonly string[])[]): string {
  return rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\r\n');
}

/** Reads a table after it was recognised; pieces of any size give the same. */
function read(format: Format, table: string): Collected {
  expect(recogniseFormat(Buffer.from(table))[0]?.format.id).toBe(format.id);
  const whole = collectRows(format, `\uFEFF${table}\r\n`);
  expect(collectRows(format, inPieces(Buffer.from(`\uFEFF${table}\r\n`), 3)).tables).toEqual(whole.tables);
  return whole;
}

/** What a row has but for the record and the cells, which a table keeps as they are. */
function without(rows: Collected, table: 'events' | 'authentications'): unknown {
  return rows.rows(table).map((row) => ({ ...row, record: 0 }));
}

it('gives the same for the System Log of Okta as CSV and as JSON', () => {
  const table = csv(
    [
      ...['timestamp', 'actor.id', 'actor.type', 'actor.alternate_id', 'client.ip_address', 'event_type'],
      ...['authentication_context.external_session_id', 'display_message', 'outcome.result', 'outcome.reason'],
      ...['severity', 'target0.type', 'target0.alternate_id', 'target1.type', 'target1.display_name', 'uuid'],
      ...['debug_context.debug_data.factor', 'request.ip_chain.ip'],
    ],
    [
      ...['2026-03-01T10:00:00.123Z', '00u1', 'User', 'ana@example.com', '203.0.113.9'],
      ...[
        'user.authentication.auth_via_mfa',
        's-1',
        'Authentication of user via MFA',
        'FAILURE',
        'INVALID_CREDENTIALS',
      ],
      ...['WARN', 'User', 'ana@example.com', 'AppInstance', 'Salesforce', 'u-1', 'OKTA_VERIFY_PUSH', '203.0.113.9'],
    ],
  );
  const event = {
    ...{ published: '2026-03-01T10:00:00.123Z', eventType: 'user.authentication.auth_via_mfa', severity: 'WARN' },
    actor: { id: '00u1', type: 'User', alternateId: 'ana@example.com' },
    client: { ipAddress: '203.0.113.9' },
    authenticationContext: { externalSessionId: 's-1' },
    displayMessage: 'Authentication of user via MFA',
    outcome: { result: 'FAILURE', reason: 'INVALID_CREDENTIALS' },
    target: [
      { type: 'User', alternateId: 'ana@example.com' },
      { type: 'AppInstance', displayName: 'Salesforce' },
    ],
    debugContext: { debugData: { factor: 'OKTA_VERIFY_PUSH' } },
  };
  const fromTable = read(oktaSystem, table);
  const fromJson = collectRows(oktaSystem, JSON.stringify(event));
  for (const name of ['events', 'authentications'] as const)
    expect(without(fromTable, name)).toEqual(without(fromJson, name));
  expect(fromTable.rows('authentications')[0]).toMatchObject({ mfa: true, application: 'Salesforce', session: 's-1' });
  expect(JSON.parse(String(fromTable.rows('event_fields')[0]?.['fields']))).toMatchObject({ 'target0.type': 'User' });
});

it('gives the same for the audit log of GitHub as CSV and as JSON', () => {
  const table = csv(
    ['action', 'actor', 'user', 'actor_ip', 'actor_location.country_code', 'org', 'repo', 'created_at', 'data.hook_id'],
    ['org.add_member', 'ana', 'bob', '203.0.113.9', 'IN', 'acme', '', '1772359200123', ''],
    ['hook.create', 'ana', '', '', '', 'acme', 'acme/api', '2026-03-01 10:00:00 UTC', '12'],
    ['hook.destroy', 'ana', '', '', '', 'acme', 'acme/api', '03/01/2026 10:00', '12'],
  );
  const events = [
    {
      ...{ action: 'org.add_member', actor: 'ana', user: 'bob', actor_ip: '203.0.113.9', org: 'acme' },
      created_at: 1772359200123,
    },
    { action: 'hook.create', actor: 'ana', org: 'acme', repo: 'acme/api', created_at: '2026-03-01T10:00:00Z' },
  ];
  const fromTable = read(githubAudit, table);
  expect(without(fromTable, 'events')).toEqual(without(collectRows(githubAudit, JSON.stringify(events)), 'events'));
  expect(fromTable.rejects).toMatchObject([{ record: 3, reason: 'created_at "03/01/2026 10:00" is not a time.' }]);
});

it("reads the portal's CSV of the Azure activity log, which names operations in words", () => {
  const header = [
    ...['Correlation id', 'Operation name', 'Status', 'Event category', 'Level', 'Time', 'Subscription'],
    ...['Event initiated by', 'Resource type', 'Resource group', 'Resource'],
  ];
  const row = (name: string, status: string, category: string, resource = ''): string[] => [
    ...['c-1', name, status, category, 'Informational', '2026-03-01T10:00:00.5Z', 's-1', 'ana@example.com'],
    ...['Microsoft.Compute/virtualMachines', 'rg', resource],
  ];
  const rows = read(
    azureActivity,
    csv(
      header,
      row('Create role assignment', 'Succeeded', 'Administrative', '/subscriptions/s-1/resourceGroups/rg'),
      row('Delete Virtual Machine', 'Failed', 'Administrative'),
      row('Restart Virtual Machine', 'Started', 'Administrative'),
      row('Health Event Activated', 'Active', 'Service Health'),
    ),
  );
  expect(rows.rows('events').map((each) => [each['class'], each['activity'], each['outcome'], each['target']])).toEqual(
    [
      ['account_change', 'update', 'success', '/subscriptions/s-1/resourceGroups/rg'],
      ['configuration_change', 'delete', 'failure', 'rg'],
      ['api_activity', 'action', undefined, 'rg'],
      ['base_event', 'other', undefined, 'rg'],
    ],
  );
  expect(rows.rows('events')[0]).toMatchObject({
    ...{ time: parseInstant('2026-03-01T10:00:00.5Z'), system: 'azure:s-1', actor: 'ana@example.com' },
    severity: 'informational',
  });
  expect(rows.assumptions.join()).toContain('names operations in words');
});

it('reads tables of Log Analytics, whose times have the month first', () => {
  const activity = read(
    azureActivity,
    csv(
      ['TimeGenerated [UTC]', 'OperationNameValue', 'ActivityStatusValue', 'Caller', 'CategoryValue', '_ResourceId'],
      [
        ...['3/1/2026, 1:00:01.500 PM', 'MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE', 'Success', 'ana@example.com'],
        ...['Administrative', '/subscriptions/s-1/resourceGroups/rg'],
      ],
    ),
  );
  expect(activity.rows('events')[0]).toMatchObject({
    ...{ time: parseInstant('2026-03-01T13:00:01.5Z'), class: 'account_change', outcome: 'success' },
    target: '/subscriptions/s-1/resourceGroups/rg',
  });
  expect(activity.assumptions.join()).toContain('month first');
  const details = [
    { authenticationMethod: 'Password', succeeded: true },
    { authenticationMethod: 'Text message', authenticationStepRequirement: 'Multi-factor authentication' },
  ];
  const signIns = read(
    entraSignin,
    csv(
      [
        ...['TimeGenerated [UTC]', 'CreatedDateTime [UTC]', 'Category', 'ResultType', 'UserPrincipalName'],
        ...['AppDisplayName', 'IPAddress', 'AuthenticationDetails', 'Status', 'AADTenantId', 'SessionId'],
      ],
      [
        ...['3/1/2026, 1:05:00.000 PM', '3/1/2026, 1:00:01.500 PM', 'SignInLogs', '0', 'ana@example.com'],
        ...['Azure Portal', '203.0.113.9', JSON.stringify(details), '{"errorCode":0}', 't-1', 's-9'],
      ],
    ),
  );
  expect(signIns.rows('authentications')).toMatchObject([
    {
      ...{ time: parseInstant('2026-03-01T13:00:01.5Z'), system: 'entra:t-1', actor: 'ana@example.com', mfa: true },
      ...{ provider: 'entra', application: 'Azure Portal', method: 'password, text message', outcome: 'success' },
      session: 's-9',
    },
  ]);
});

it('gives the same for the table AKSAudit as CSV and as JSON', () => {
  const event = {
    ...{ AuditId: 'a-1', Stage: 'ResponseComplete', RequestUri: '/api/v1/namespaces/x/pods/p/exec', Verb: 'create' },
    ...{ User: { username: 'ana' }, SourceIps: ['203.0.113.5'], ResponseStatus: { code: 101 }, Type: 'AKSAudit' },
    ObjectRef: { resource: 'pods', namespace: 'x', name: 'p', subresource: 'exec' },
    RequestReceivedTime: '2026-03-01T10:00:00.123Z',
  };
  const cells = Object.entries({ ...event, RequestReceivedTime: undefined }).filter(([, value]) => value !== undefined);
  const table = csv(
    [...cells.map(([name]) => name), 'RequestReceivedTime [UTC]'],
    [
      ...cells.map(([, value]) => (typeof value === 'string' ? value : JSON.stringify(value))),
      '3/1/2026, 10:00:00.123 AM',
    ],
  );
  const fromJson = collectRows(k8sAudit, JSON.stringify(event));
  expect(fromJson.rows('events')[0]).toMatchObject({ code: 'create pods/exec', actor: 'ana', outcome: 'success' });
  expect(without(read(k8sAudit, table), 'events')).toEqual(without(fromJson, 'events'));
});

it('stays clear with hostile tables', () => {
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
  const table = csv(
    [
      'action',
      'actor',
      'org',
      'created_at',
      '__proto__',
      'constructor.prototype.x',
      'actor.id',
      'a'.repeat(3000),
      'deep',
    ],
    ['repo.create', 'ana', 'acme', '2026-03-01T10:00:00Z', 'x', 'y', '7', 'z', deep],
    ['repo.create', 'ana', 'acme'],
  );
  const { rows, rejects } = read(githubAudit, table);
  expect(rows('events')).toMatchObject([{ actor: 'ana', system: 'github:acme' }]);
  expect(rejects.map(({ reason }) => reason)).toEqual(['Line 3 has 3 fields, but the header has 9.']);
  expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  expect(collectRows(githubAudit, 'action,actor\nx,y\n').problem?.code).toBe('damaged_file');
});
