import { expect, it } from 'vitest';
import { entraSignin } from '../../../../engine/formats/entra-signin/entra-signin.ts';
import { recogniseFormat } from '../../../../engine/formats/registry.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows, inPieces } from '../collect-rows.ts';
import { checkPromises, fixture, jsonLines, ruleTests } from '../event-records/event-promises.ts';

const file = 'entra-signin/panther-entra-signin.jsonl';
const tests = ruleTests('entra-signin/panther-entra-signin.expected.json');

// A signIn as Microsoft Graph gives it.
const event = {
  id: '66ea54eb-6301-4ee5-be62-ff5a759b0100',
  createdDateTime: '2026-03-01T09:30:00.1234567Z',
  userDisplayName: 'Ana Ito',
  userPrincipalName: 'ana@acme.test',
  userId: '26be570a',
  appId: 'de8bc8b5',
  appDisplayName: 'Graph Explorer',
  ipAddress: '2001:db8::9',
  clientAppUsed: 'Browser',
  correlationId: 'c0',
  conditionalAccessStatus: 'success',
  isInteractive: true,
  authenticationRequirement: 'multiFactorAuthentication',
  resourceDisplayName: 'Microsoft Graph',
  resourceTenantId: 't-1',
  sessionId: 's-1',
  status: { errorCode: 0, failureReason: 'Other.', additionalDetails: null },
  deviceDetail: { operatingSystem: 'Windows 10', isCompliant: true },
  location: { city: 'Berlin', countryOrRegion: 'DE' },
  authenticationDetails: [
    {
      authenticationMethod: 'Password',
      authenticationStepRequirement: 'Primary authentication',
      authenticationStepResultDetail: 'Correct password',
      succeeded: true,
    },
    {
      authenticationMethod: 'Mobile app notification',
      authenticationStepRequirement: 'Multifactor authentication',
      authenticationStepResultDetail: 'MFA completed in Azure AD',
      succeeded: true,
    },
  ],
};

checkPromises({ format: entraSignin, lines: file, event, folders: ['entra-signin'] });

function read(value: unknown) {
  const all = collectRows(entraSignin, JSON.stringify(value));
  return { spine: all.rows('events')[0], signIn: all.rows('authentications')[0], all };
}

/** The same sign-in as Azure Monitor exports it. */
function exported(members: Record<string, unknown>, category = 'SignInLogs') {
  return {
    time: '2026-03-01T09:32:11.0000000Z',
    resourceId: '/tenants/t-1/providers/Microsoft.aadiam',
    operationName: 'Sign-in activity',
    operationVersion: '1.0',
    category,
    tenantId: 't-1',
    resultType: '0',
    resultSignature: 'None',
    durationMs: 0,
    callerIpAddress: '2001:db8::9',
    correlationId: 'c0',
    identity: 'Ana Ito',
    Level: 4,
    location: 'DE',
    properties: { ...event, ...members },
  };
}

it('reads a sign-in of Microsoft Graph', () => {
  const { spine, signIn } = read(event);
  expect(spine).toEqual({
    record: 1,
    time: parseInstant('2026-03-01T09:30:00.123456Z'),
    system: 'entra:t-1',
    stream: 'entra',
    class: 'authentication',
    activity: 'logon',
    code: 'SignInLogs',
    actor: 'ana@acme.test',
    target: 'Graph Explorer',
    src_ip: '2001:db8::9',
    outcome: 'success',
    message: 'ana@acme.test signed in to Graph Explorer from 2001:db8::9: success.',
  });
  expect(signIn).toMatchObject({
    provider: 'entra',
    application: 'Graph Explorer',
    mfa: true,
    method: 'password, mobile app notification',
    session: 's-1',
  });
});

it('gives the same for a sign-in exported by Azure Monitor, with and without JSON in text', () => {
  const { record, ...plain } = read(event).signIn!;
  expect(record).toBe(1);
  expect(read(exported({})).signIn).toMatchObject(plain);
  const details = JSON.stringify(event.authenticationDetails);
  const status = JSON.stringify(event.status);
  expect(read(exported({ authenticationDetails: details, status })).signIn).toMatchObject(plain);
  expect(read({ ...exported({}), properties: JSON.stringify(event) }).signIn).toMatchObject(plain);
  expect(read({ records: [exported({}, 'NonInteractiveUserSignInLogs')] }).spine).toMatchObject({
    code: 'NonInteractiveUserSignInLogs',
    severity: '4',
  });
});

it('reads the flat rows of a Log Analytics workspace', () => {
  const row = {
    TenantId: 'workspace',
    TimeGenerated: '2026-03-01T09:32:11Z',
    CreatedDateTime: '2026-03-01T09:30:00Z',
    AADTenantId: 't-1',
    Type: 'AADNonInteractiveUserSignInLogs',
    UserPrincipalName: 'ana@acme.test',
    AppDisplayName: 'Teams',
    IPAddress: '203.0.113.9',
    ResultType: '50126',
    ResultDescription: 'Invalid username or password.',
    AuthenticationRequirement: 'singleFactorAuthentication',
    IsInteractive: false,
    ConditionalAccessStatus: 'notApplied',
  };
  const { spine, signIn } = read(row);
  expect(spine).toMatchObject({
    time: parseInstant('2026-03-01T09:30:00Z'),
    code: 'NonInteractiveUserSignInLogs',
    actor: 'ana@acme.test',
    src_ip: '203.0.113.9',
  });
  expect(signIn).toMatchObject({ mfa: false, outcome: 'failure', reason: 'Invalid username or password.' });
});

it('says of a second factor no more than the record does', () => {
  const single = { authenticationRequirement: 'singleFactorAuthentication', authenticationDetails: [] };
  const failed = { status: { errorCode: 50074, failureReason: 'Strong authentication is required.' } };
  const claim = {
    authenticationMethod: 'Previously satisfied',
    authenticationStepRequirement: 'Primary authentication',
  };
  const cases: [Record<string, unknown>, boolean | undefined][] = [
    [single, false],
    [{ ...single, ...failed }, false],
    [{ authenticationDetails: [] }, true],
    [{ authenticationDetails: [], ...failed }, undefined],
    [failed, true],
    [{ authenticationRequirement: undefined, authenticationDetails: undefined }, undefined],
    [
      {
        ...single,
        authenticationDetails: [
          { ...claim, authenticationStepResultDetail: 'MFA requirement satisfied by claim in the token' },
        ],
      },
      true,
    ],
    [
      {
        ...single,
        authenticationDetails: [
          { ...claim, authenticationStepResultDetail: 'First factor requirement satisfied by claim in the token' },
        ],
      },
      false,
    ],
    [
      { ...single, status: { errorCode: 0, additionalDetails: 'MFA requirement satisfied by claim in the token' } },
      true,
    ],
    [{ ...single, status: { errorCode: 50076, additionalDetails: 'MFA required in Azure AD' } }, false],
    [{ ...single, mfaDetail: { authMethod: 'OATH verification code', authDetail: null } }, true],
  ];
  for (const [members, mfa] of cases)
    expect([members, read({ ...event, ...members }).signIn?.['mfa']]).toEqual([members, mfa]);
});

it('gives failures and interrupts their reason', () => {
  const status = { errorCode: 50126, failureReason: 'Invalid username or password.', additionalDetails: null };
  const { spine, signIn } = read({ ...event, status });
  expect(signIn).toMatchObject({ outcome: 'failure', reason: 'Invalid username or password.' });
  expect(spine?.['message']).toContain(': failure (50126: Invalid username or password.).');
  expect(read({ ...event, status: { errorCode: 90014, failureReason: 'Other.' } }).signIn?.['reason']).toBe(
    'error 90014',
  );
  expect(read({ ...event, status: undefined }).signIn?.['outcome']).toBeUndefined();
});

it('reads sign-ins of machines', () => {
  const machine = {
    userPrincipalName: undefined,
    userDisplayName: undefined,
    userId: undefined,
    appDisplayName: undefined,
  };
  const members = {
    ...machine,
    servicePrincipalName: 'backup',
    authenticationRequirement: undefined,
    authenticationDetails: undefined,
  };
  const { spine, signIn } = read(
    exported({ ...members, clientCredentialType: 'certificate' }, 'ServicePrincipalSignInLogs'),
  );
  expect(spine).toMatchObject({ code: 'ServicePrincipalSignInLogs', actor: 'backup', target: 'Microsoft Graph' });
  expect(signIn).toMatchObject({ application: 'Microsoft Graph', method: 'certificate' });
  expect(signIn?.['mfa']).toBeUndefined();
  const graph = { ...event, ...machine, servicePrincipalId: 'sp', signInEventTypes: ['managedIdentity'] };
  expect(read(graph).spine?.['code']).toBe('ManagedIdentitySignInLogs');
});

it('takes the sign-ins among the events of the detection rules for what they are', () => {
  const all = collectRows(entraSignin, fixture(file));
  for (const row of all.rows('events')) {
    const isSignIn = String(jsonLines(file)[row.record - 1]!['category']).endsWith('SignInLogs');
    expect([row.record, row['class'] === 'authentication']).toEqual([row.record, isSignIn]);
  }
  expect(all.rows('authentications').map(({ record }) => record)).toEqual([3, 4, 5, 6, 7, 14, 15, 16, 17, 18, 19, 20]);
});

it('gives the events of a rule the class and outcome that the rule is about', () => {
  const rows = new Map(
    collectRows(entraSignin, fixture(file))
      .rows('events')
      .map((row) => [row.record, row]),
  );
  const expected: Record<string, object> = {
    'Azure.Audit.OIDC.Changed': { class: 'configuration_change', outcome: 'success' },
    'Azure.Audit.MFADisabled': { class: 'configuration_change', outcome: 'success' },
    'Azure.Audit.PolicyChanged': { class: 'configuration_change', outcome: 'success' },
    'Azure.Audit.DeviceCodeBrokerClient': { class: 'authentication', outcome: 'success' },
    'Azure.Audit.ExcessiveAccountLockouts': { class: 'authentication', outcome: 'failure' },
    'Azure.Audit.RiskLevelPassthrough': { class: 'authentication', outcome: 'failure' },
    'Azure.Audit.VSCodeOAuthPhishing': { class: 'authentication', outcome: 'success' },
  };
  const matching = tests.filter(({ expected_result }) => expected_result);
  for (const { rule, line } of matching) expect(rows.get(line)).toMatchObject(expected[rule]!);
  expect(new Set(matching.map(({ rule }) => rule)).size).toBe(Object.keys(expected).length);
});

const audit = {
  id: 'Directory_1',
  category: 'UserManagement',
  correlationId: 'c',
  result: 'success',
  resultReason: '',
  activityDisplayName: 'Add user',
  activityDateTime: '2026-03-01T09:30:00.5Z',
  loggedByService: 'Core Directory',
  operationType: 'Add',
  initiatedBy: { app: null, user: { id: 'u', userPrincipalName: 'admin@acme.test', ipAddress: '203.0.113.9' } },
  targetResources: [{ id: 't', type: 'User', displayName: null, userPrincipalName: 'ben@acme.test' }],
};

it('reads audit records as changes of accounts or of settings', () => {
  expect(read(audit).spine).toMatchObject({
    class: 'account_change',
    activity: 'create',
    code: 'Add user',
    actor: 'admin@acme.test',
    target: 'ben@acme.test',
    src_ip: '203.0.113.9',
    outcome: 'success',
    message: 'Add user by admin@acme.test, ben@acme.test: success.',
  });
  const cases: [string, string, string, string][] = [
    ['RoleManagement', 'Add member to role', 'account_change', 'create'],
    ['GroupManagement', 'Remove member from group', 'account_change', 'delete'],
    ['UserManagement', 'Disable account', 'account_change', 'disable'],
    ['UserManagement', 'Reset user password', 'account_change', 'password_reset'],
    ['ApplicationManagement', 'Add application', 'configuration_change', 'create'],
    ['ApplicationManagement', 'Add service principal credentials', 'account_change', 'create'],
    ['ApplicationManagement', 'Consent to application', 'account_change', 'consent'],
    ['Policy', 'Update conditional access policy', 'configuration_change', 'update'],
    ['DirectoryManagement', 'Set domain authentication', 'configuration_change', 'update'],
  ];
  for (const [category, activityDisplayName, class_, activity] of cases) {
    const { spine } = read({ ...audit, category, activityDisplayName });
    expect([activityDisplayName, spine?.['class'], spine?.['activity']]).toEqual([
      activityDisplayName,
      class_,
      activity,
    ]);
  }
  const byApp = { ...audit, initiatedBy: { user: null, app: { displayName: 'Sync' } }, result: 'failure' };
  expect(read(byApp).spine).toMatchObject({ actor: 'Sync', outcome: 'failure' });
});

it('keeps records of other logs of Entra as what they are', () => {
  const risk = exported({ userPrincipalName: 'ana@acme.test', createdDateTime: undefined }, 'UserRiskEvents');
  expect(read(risk).spine).toMatchObject({
    class: 'detection_finding',
    code: 'UserRiskEvents',
    actor: 'ana@acme.test',
  });
  expect(read(risk).signIn).toBeUndefined();
  const one = `${JSON.stringify(event)}\n${JSON.stringify({ time: '2026-03-01T00:00:00Z', category: 'Administrative' })}`;
  expect(collectRows(entraSignin, one).rejects[0]?.reason).toBe(
    'The record is no sign-in or audit record of Microsoft Entra; its category is "Administrative".',
  );
});

it('rejects a record without a readable time', () => {
  const reasons = [undefined, null, '', 'soon', 5].map((createdDateTime) => {
    const value = { ...exported({ createdDateTime }), time: undefined };
    return collectRows(entraSignin, `${JSON.stringify(value)}\n${JSON.stringify(event)}`).rejects[0]?.reason;
  });
  const none = 'The record has no createdDateTime, activityDateTime or time.';
  const bad = (text: string): string => `createdDateTime "${text}" is not a time.`;
  expect(reasons).toEqual([none, none, none, bad('soon'), bad('5')]);
});

// The header of a download of sign-ins, shortened; some names come twice and some end in a space.
const header =
  'Date (UTC),Request ID,User agent,Correlation ID,User ID,User,Username,User type,Incoming token type,Authentication Protocol,' +
  'Application,Application ID ,Resource,Resource ID ,Resource tenant ID,IP address,Location,Status,Sign-in error code,' +
  'Failure reason,Client app,Multifactor authentication result,Multifactor authentication auth method,' +
  'Authentication requirement,Session ID,Incoming token type,Conditional Access';
const rows = [
  '2026-03-01T09:30:00Z,r1,"Mozilla/5.0 (X11, x)",c1,u1,Ana Ito,ana@acme.test,Member,None,None,Azure Portal,a1,Graph,g1,t-1,203.0.113.9,"Berlin, DE",Success,,,Browser,MFA requirement satisfied by claim in the token,,Multifactor authentication,s1,None,Success',
  '2026-03-01T09:31:00Z,r2,x,c2,u1,Ana Ito,ana@acme.test,Member,None,None,Azure Portal,a1,Graph,g1,t-1,203.0.113.9,"Berlin, DE",Failure,50126,Invalid username or password.,Browser,,,Single-factor authentication,,None,Not Applied',
  '1/3/2026 9:31,r3,x,c2,u1,Ana Ito,ana@acme.test,Member,None,None,Azure Portal,a1,Graph,g1,t-1,203.0.113.9,"Berlin, DE",Interrupted,50140,Keep me signed in.,Browser,,,Single-factor authentication,,None,Not Applied',
];

it("reads the portal's CSV of sign-ins", () => {
  const text = `\uFEFF${[header, ...rows, 'short,row'].join('\r\n')}\r\n`;
  const all = collectRows(entraSignin, text);
  const [first, second] = all.rows('authentications');
  expect(first).toMatchObject({
    actor: 'ana@acme.test',
    application: 'Azure Portal',
    mfa: true,
    outcome: 'success',
    session: 's1',
  });
  expect(second).toMatchObject({ mfa: false, outcome: 'failure', reason: 'Invalid username or password.' });
  expect(all.rows('events')[0]).toMatchObject({
    time: parseInstant('2026-03-01T09:30:00Z'),
    system: 'entra:t-1',
    code: 'SignInLogs',
  });
  expect(JSON.parse(String(all.rows('event_fields')[0]?.['fields']))).toMatchObject({
    'User agent': 'Mozilla/5.0 (X11, x)',
    'Incoming token type (2)': 'None',
  });
  expect(all.rejects.map(({ reason }) => reason)).toEqual([
    'Date (UTC) "1/3/2026 9:31" is not a time.',
    'Line 5 has 2 fields, but the header has 27.',
  ]);
  expect(all.assumptions.join()).toContain('does not say whether they were interactive');
  const bytes = Buffer.from(text);
  for (const size of [1, 7, 4096]) expect(collectRows(entraSignin, inPieces(bytes, size)).tables).toEqual(all.tables);
  const candidates = recogniseFormat(bytes).filter(({ format }) => format.id !== 'entra-signin');
  expect(entraSignin.recognise(bytes).confidence).toBeGreaterThan((candidates[0]?.confidence ?? 0) + 0.05);
});

it("reads the portal's CSV of audit records, and refuses another table", () => {
  const names =
    'Date (UTC),CorrelationId,Service,Category,Activity,Result,ResultReason,ActorType,ActorDisplayName,ActorObjectId,' +
    'ActorUserPrincipalName,IPAddress,Target1Type,Target1DisplayName,Target1ObjectId,Target1UserPrincipalName';
  const row =
    '2026-03-01T09:30:00Z,c,Core Directory,RoleManagement,Add member to role,success,,User,,o,admin@acme.test,203.0.113.9,User,,t,ben@acme.test';
  const all = collectRows(entraSignin, `${names}\n${row}\n`);
  expect(all.rows('events')[0]).toMatchObject({
    class: 'account_change',
    actor: 'admin@acme.test',
    target: 'ben@acme.test',
    src_ip: '203.0.113.9',
    outcome: 'success',
  });
  expect(entraSignin.recognise(Buffer.from(names)).confidence).toBeGreaterThan(0.9);
  const other = collectRows(entraSignin, 'User,Status\nx,y\n');
  expect(other.problem?.message).toBe('The header is none of a download of Microsoft Entra; it has User, Status.');
});

it('reads JSON lines whose first line is damaged', () => {
  const all = collectRows(entraSignin, `x\n${JSON.stringify(event)}\n`);
  expect([all.rows('events').length, all.rejects.length]).toEqual([1, 1]);
});
