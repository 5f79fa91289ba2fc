import { expect, it } from 'vitest';
import { azureActivity } from '../../../../engine/formats/azure-activity/azure-activity.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows } from '../collect-rows.ts';
import { checkPromises, fixture, ruleTests } from '../event-records/event-promises.ts';

const file = 'azure-activity/panther-azure-activity.jsonl';
const tests = ruleTests('azure-activity/panther-azure-activity.expected.json');

const vault = '/subscriptions/sub-1/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv';

// As the REST API and `az monitor activity-log list` give one.
const event = {
  authorization: { action: 'Microsoft.KeyVault/vaults/write', scope: vault },
  caller: 'ana@acme.test',
  category: { localizedValue: 'Administrative', value: 'Administrative' },
  claims: { ipaddr: '198.51.100.7', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': 'ana@acme.test' },
  correlationId: 'c-1',
  eventDataId: 'e-1',
  eventName: { localizedValue: 'End request', value: 'EndRequest' },
  eventTimestamp: '2026-03-01T09:30:00.1234567Z',
  httpRequest: { clientIpAddress: '203.0.113.9', clientRequestId: 'r', method: 'PUT' },
  level: 'Informational',
  operationName: { localizedValue: 'Update Key Vault', value: 'Microsoft.KeyVault/vaults/write' },
  resourceId: vault,
  status: { localizedValue: 'Succeeded', value: 'Succeeded' },
  subStatus: { localizedValue: 'OK', value: 'OK' },
  submissionTimestamp: '2026-03-01T09:32:00Z',
  subscriptionId: 'sub-1',
  tenantId: 't-1',
};

checkPromises({ format: azureActivity, lines: file, event, folders: ['azure-activity'] });

function read(value: unknown) {
  const all = collectRows(azureActivity, JSON.stringify(value));
  return all.rows('events')[0];
}

it('reads what the REST API and the command line give', () => {
  expect(read(event)).toEqual({
    record: 1,
    time: parseInstant('2026-03-01T09:30:00.123456Z'),
    system: 'azure:sub-1',
    stream: 'azure',
    class: 'configuration_change',
    activity: 'update',
    code: 'Microsoft.KeyVault/vaults/write',
    actor: 'ana@acme.test',
    target: vault,
    src_ip: '203.0.113.9',
    outcome: 'success',
    severity: 'informational',
    message: `ana@acme.test: Microsoft.KeyVault/vaults/write on ${vault}: Succeeded (OK).`,
  });
});

it('gives the same for the schemas of exports, of PowerShell and of a workspace', () => {
  const exported = {
    time: event.eventTimestamp,
    resourceId: vault.toUpperCase(),
    operationName: 'MICROSOFT.KEYVAULT/VAULTS/WRITE',
    category: 'Administrative',
    resultType: 'Success',
    resultSignature: 'Succeeded.OK',
    durationMs: 10,
    callerIpAddress: '203.0.113.9',
    correlationId: 'c-1',
    identity: { authorization: event.authorization, claims: { ...event.claims, name: 'Ana' } },
    level: 'Information',
    location: 'global',
  };
  const old = { ...exported, category: 'Write', properties: { eventCategory: 'Administrative', entity: vault } };
  const powerShell = {
    Authorization: event.authorization,
    Caller: event.caller,
    Claims: { Content: event.claims },
    Category: 'Administrative',
    EventTimestamp: '/Date(1772357400123)/',
    HttpRequest: { ClientIpAddress: '203.0.113.9', Method: 'PUT' },
    OperationName: 'Microsoft.KeyVault/vaults/write',
    ResourceId: vault,
    Status: 'Succeeded',
    SubscriptionId: 'sub-1',
  };
  const workspace = {
    TimeGenerated: event.eventTimestamp,
    OperationNameValue: 'MICROSOFT.KEYVAULT/VAULTS/WRITE',
    CategoryValue: 'Administrative',
    ActivityStatusValue: 'Success',
    Caller: event.caller,
    CallerIpAddress: '203.0.113.9',
    Claims: JSON.stringify(event.claims),
    HTTPRequest: JSON.stringify(event.httpRequest),
    SubscriptionId: 'sub-1',
    _ResourceId: vault,
    Type: 'AzureActivity',
  };
  for (const value of [exported, old, powerShell, workspace]) {
    const row = read(value);
    expect(row).toMatchObject({ class: 'configuration_change', activity: 'update', outcome: 'success' });
    expect(row).toMatchObject({ actor: 'ana@acme.test', src_ip: '203.0.113.9', system: 'azure:sub-1' });
    expect(String(row?.['target']).toLowerCase()).toBe(vault.toLowerCase());
    expect(String(row?.['code']).toLowerCase()).toBe('microsoft.keyvault/vaults/write');
    expect((row?.['time'] as bigint) / 1000n).toBe(parseInstant(event.eventTimestamp)! / 1000n);
    expect(azureActivity.recognise(Buffer.from(JSON.stringify(value))).confidence).toBeGreaterThan(0.9);
  }
});

it('gives the events of a rule the class that the rule is about', () => {
  const rows = new Map(
    collectRows(azureActivity, fixture(file))
      .rows('events')
      .map((row) => [row.record, row]),
  );
  const kinds: readonly [RegExp, string][] = [
    [/RoleAssignment/, 'account_change'],
    [/Policy\.Violation/, 'compliance_finding'],
    [/Advisor/, 'base_event'],
    [/Blob\.BulkExtraction|SASToken|SecretAccessed|KeyAccessed|PortMapping|KeyPurged/, 'api_activity'],
    [/Deleted$|Disabled$|Modified$|Created$/, 'configuration_change'],
  ];
  let compared = 0;
  for (const { rule, line } of tests.filter(({ expected_result }) => expected_result)) {
    const kind = kinds.find(([pattern]) => pattern.test(rule))?.[1];
    if (kind === undefined) continue;
    compared++;
    expect([rule, rows.get(line)?.['class']]).toEqual([rule, kind]);
    // A rule that alerts on a change alerts on one that was made.
    if (kind === 'configuration_change') expect(rows.get(line)?.['outcome']).toBe('success');
  }
  expect(compared).toBeGreaterThan(50);
});

it('says nothing of the outcome of what has not ended', () => {
  const cases: [string, string | undefined][] = [
    ['Started', undefined],
    ['Accepted', undefined],
    ['Active', undefined],
    ['Resolved', undefined],
    ['Succeeded', 'success'],
    ['Success', 'success'],
    ['Failed', 'failure'],
    ['Failure', 'failure'],
  ];
  for (const [value, outcome] of cases)
    expect([value, read({ ...event, status: { value } })?.['outcome']]).toEqual([value, outcome]);
});

it('tells what the categories and operations mean', () => {
  const cases: [string, string, string, string][] = [
    ['Microsoft.Authorization/roleAssignments/delete', 'Administrative', 'account_change', 'delete'],
    ['Microsoft.Authorization/roleDefinitions/write', 'Administrative', 'account_change', 'update'],
    ['Microsoft.Compute/virtualMachines/restart/action', 'Administrative', 'api_activity', 'action'],
    ['Microsoft.Authorization/policyAssignments/write', 'Administrative', 'configuration_change', 'update'],
    ['Microsoft.Authorization/policies/deny/action', 'Policy', 'compliance_finding', 'action'],
    ['Microsoft.Security/locations/alerts/activate/action', 'Security', 'detection_finding', 'action'],
    ['Microsoft.Insights/AlertRules/Activated/Action', 'Alert', 'detection_finding', 'action'],
    ['Microsoft.ServiceHealth/incident/action', 'ServiceHealth', 'base_event', 'action'],
    ['Microsoft.Insights/AutoscaleSettings/Scaleup/Action', 'Autoscale', 'configuration_change', 'action'],
  ];
  for (const [value, category, class_, activity] of cases) {
    const row = read({ ...event, operationName: { value }, category: { value: category } });
    expect([value, row?.['class'], row?.['activity']]).toEqual([value, class_, activity]);
  }
});

it('names nobody where the record names nobody, and keeps signatures out of the spine', () => {
  const row = read({ ...event, caller: undefined, claims: {}, httpRequest: undefined });
  expect(row?.['actor']).toBeUndefined();
  expect(row?.['src_ip']).toBeUndefined();
  const shared = {
    time: '2026-03-01T00:00:00Z',
    operationName: 'GetBlob',
    category: 'StorageRead',
    callerIpAddress: '[2001:db8::1]:443',
  };
  const blob = read({ ...shared, uri: 'https://x.blob.core.windows.net/a/b?sig=SECRET' });
  expect(blob).toMatchObject({ target: 'https://x.blob.core.windows.net/a/b', src_ip: '2001:db8::1', src_port: 443 });
  expect(JSON.stringify(blob, (_, value: unknown) => String(value))).not.toContain('SECRET');
});

it('rejects records without a time, and those of Microsoft Entra', () => {
  const signIn = {
    time: '2026-03-01T00:00:00Z',
    operationName: 'Sign-in activity',
    category: 'SignInLogs',
    resourceId: '/tenants/t/providers/Microsoft.aadiam',
    properties: {},
  };
  const all = collectRows(
    azureActivity,
    [{ ...event, eventTimestamp: undefined }, { ...event, eventTimestamp: 'x' }, signIn, event]
      .map((each) => JSON.stringify(each))
      .join('\n'),
  );
  expect(all.rejects.map(({ reason }) => reason)).toEqual([
    'The record has neither eventTimestamp nor time.',
    'eventTimestamp "x" is not a time.',
    'The record is one of Microsoft Entra (SignInLogs), not of the activity log.',
  ]);
  expect(azureActivity.recognise(Buffer.from(JSON.stringify(signIn))).confidence).toBe(0);
});
