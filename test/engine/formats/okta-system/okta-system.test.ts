import { expect, it } from 'vitest';
import { oktaSystem } from '../../../../engine/formats/okta-system/okta-system.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows } from '../collect-rows.ts';
import { checkPromises, fixture, jsonLines, ruleTests } from '../event-records/event-promises.ts';

const file = 'okta-system/panther-okta.jsonl';
const tests = ruleTests('okta-system/panther-okta.expected.json');

// As the reference of the System Log API prints one, with more of its members.
const event = {
  actor: { id: '00u1', type: 'User', alternateId: 'ana@acme.test', displayName: 'Ana Ito', detailEntry: null },
  client: { userAgent: { os: 'Mac OS X' }, zone: 'null', device: 'Computer', id: null, ipAddress: '203.0.113.9' },
  authenticationContext: { authenticationStep: 0, credentialType: null, externalSessionId: '102abc' },
  displayMessage: 'User login to Okta',
  eventType: 'user.session.start',
  outcome: { result: 'SUCCESS', reason: null },
  published: '2026-03-01T09:00:00.123Z',
  securityContext: { asNumber: 64500 },
  severity: 'INFO',
  debugContext: { debugData: { requestUri: '/api/v1/authn' } },
  legacyEventType: 'core.user_auth.login_success',
  transaction: { type: 'WEB', id: 'W1', detail: {} },
  uuid: 'b1a1',
  version: '0',
  request: { ipChain: [{ ip: '203.0.113.9', version: 'V4' }] },
  target: [{ id: '0oa1', type: 'AppInstance', alternateId: 'Okta Dashboard', displayName: 'Okta Dashboard' }],
};

checkPromises({ format: oktaSystem, lines: file, event, folders: ['okta-system'] });

function read(members: Record<string, unknown>) {
  const all = collectRows(oktaSystem, JSON.stringify({ ...event, ...members }));
  return { spine: all.rows('events')[0], signIn: all.rows('authentications')[0], rejects: all.rejects };
}

it('rejects what has no time among the events of the detection rules, and says that the others are taken as UTC', () => {
  const all = collectRows(oktaSystem, fixture(file));
  const untimed = jsonLines(file).flatMap((value, i) => (value['published'] === undefined ? [i + 1] : []));
  expect(all.rejects.map(({ record }) => record)).toEqual(untimed);
  expect(untimed).toHaveLength(9);
  expect(all.assumptions).toEqual(['published without an offset is taken as UTC.']);
});

it('gives the events of a rule the class that the rule is about', () => {
  const classes: Record<string, string> = {
    'Okta.Support.Access': 'account_change',
    'Okta.AdminRoleAssigned': 'account_change',
    'Okta.Anonymizing.VPN.Login': 'authentication',
    'Okta.APIKeyCreated': 'account_change',
    'Okta.Refresh.Access.Token.Reuse': 'detection_finding',
    'Okta.Group.Admin.Role.Assigned': 'account_change',
    'Okta.Identity.Provider.Created.Modified': 'configuration_change',
    'Okta.New.Behavior.Accessing.Admin.Console': 'authentication',
    'Okta.Org2org.Creation.Modification': 'configuration_change',
    'Okta.PasswordAccess': 'api_activity',
    'Okta.Password.Extraction.via.SCIM': 'configuration_change',
    'Okta.Phishing.Attempt.Blocked.FastPass': 'authentication',
    'Okta.Support.Reset': 'account_change',
    'Okta.ThreatInsight.Security.Threat.Detected': 'detection_finding',
    'Okta.User.Account.Locked': 'account_change',
    'Okta.User.MFA.Reset.All': 'account_change',
    'Okta.User.Reported.Suspicious.Activity': 'detection_finding',
  };
  const rows = new Map(
    collectRows(oktaSystem, fixture(file))
      .rows('events')
      .map((row) => [row.record, row]),
  );
  const matching = tests.filter(
    ({ rule, line, expected_result }) => expected_result && rule in classes && rows.has(line),
  );
  for (const { rule, line } of matching) expect([rule, rows.get(line)?.['class']]).toEqual([rule, classes[rule]]);
  expect(matching.length).toBeGreaterThan(20);
});

it('gives a sign-in its application, session and reason', () => {
  expect(read({}).signIn).toEqual({
    record: 1,
    time: parseInstant('2026-03-01T09:00:00.123Z'),
    stream: 'okta',
    actor: 'ana@acme.test',
    outcome: 'success',
    src_ip: '203.0.113.9',
    provider: 'okta',
    application: 'Okta Dashboard',
    session: '102abc',
  });
  const failed = read({ outcome: { result: 'FAILURE', reason: 'INVALID_CREDENTIALS' } });
  expect(failed.signIn).toMatchObject({ outcome: 'failure', reason: 'INVALID_CREDENTIALS' });
  expect(failed.spine?.['message']).toBe(
    'User login to Okta by ana@acme.test, Okta Dashboard: FAILURE (INVALID_CREDENTIALS).',
  );
  expect(read({ authenticationContext: { externalSessionId: 'unknown' } }).signIn?.['session']).toBeUndefined();
  expect(read({ eventType: 'user.session.end' }).spine).toMatchObject({ class: 'authentication', activity: 'logoff' });
  expect(read({ eventType: 'user.session.end' }).signIn).toBeUndefined();
});

it('says of a second factor no more than the event does', () => {
  const factor = (name: string) => ({ debugContext: { debugData: { factor: name } } });
  const mfa = { eventType: 'user.authentication.auth_via_mfa' };
  expect(read({}).signIn?.['mfa']).toBeUndefined();
  expect(read({ ...mfa, ...factor('OKTA_VERIFY_PUSH') }).signIn).toMatchObject({
    mfa: true,
    method: 'okta_verify_push',
  });
  // The password is checked by the same event in Okta's Identity Engine.
  expect(read({ ...mfa, ...factor('PASSWORD_AS_FACTOR') }).signIn?.['mfa']).toBeUndefined();
  expect(read({ ...mfa, outcome: { result: 'FAILURE' } }).signIn).toMatchObject({ mfa: true, outcome: 'failure' });
  const second = {
    debugContext: { debugData: { authMethodFirstType: 'password', authMethodSecondType: 'signed_nonce' } },
  };
  expect(read({ ...second, eventType: 'user.authentication.sso' }).signIn?.['mfa']).toBe(true);
  expect(read({ authenticationContext: { authenticationStep: 1 } }).signIn?.['mfa']).toBe(true);
  expect(read({ eventType: 'user.authentication.auth_via_IDP' }).signIn?.['method']).toBe('idp');
});

it('tells account, policy and application changes apart', () => {
  const cases: [string, string, string][] = [
    ['user.lifecycle.create', 'account_change', 'create'],
    ['user.lifecycle.deactivate', 'account_change', 'disable'],
    ['user.lifecycle.delete.initiated', 'account_change', 'initiated'],
    ['user.lifecycle.suspend', 'account_change', 'disable'],
    ['user.account.update_password', 'account_change', 'password_change'],
    ['user.account.unlock_by_admin', 'account_change', 'unlock_by_admin'],
    ['user.mfa.factor.deactivate', 'account_change', 'disable'],
    ['group.user_membership.add', 'account_change', 'add'],
    ['application.user_membership.remove', 'account_change', 'remove'],
    ['application.provision.user.push', 'account_change', 'push'],
    ['policy.rule.update', 'configuration_change', 'update'],
    ['policy.lifecycle.deactivate', 'configuration_change', 'disable'],
    ['application.lifecycle.create', 'configuration_change', 'create'],
    ['zone.update', 'configuration_change', 'update'],
    ['system.log_stream.lifecycle.delete', 'configuration_change', 'delete'],
    ['security.authenticator.lifecycle.deactivate', 'configuration_change', 'disable'],
    ['iam.role.create', 'configuration_change', 'create'],
    ['system.email.send_factor_verify_message', 'api_activity', 'send_factor_verify_message'],
  ];
  for (const [eventType, class_, activity] of cases) {
    const { spine } = read({ eventType });
    expect([eventType, spine?.['class'], spine?.['activity']]).toEqual([eventType, class_, activity]);
  }
});

it('names the account that was changed', () => {
  const target = [
    { type: 'UserGroup', displayName: 'Admins', alternateId: 'unknown', id: '00g1' },
    { type: 'User', alternateId: 'ben@acme.test', displayName: 'Ben' },
  ];
  expect(read({ eventType: 'group.user_membership.add', target }).spine?.['target']).toBe('ben@acme.test');
  const group = target.slice(0, 1);
  expect(read({ eventType: 'group.privilege.grant', target: group }).spine?.['target']).toBe('Admins');
});

it('takes the address from the chain where the client has none', () => {
  const chain = { client: { ipAddress: null }, request: { ipChain: [{ ip: 'x' }, { ip: '2001:db8::7' }] } };
  expect(read(chain).spine?.['src_ip']).toBe('2001:db8::7');
});

it('rejects an event without a readable time and says why', () => {
  const cases: [unknown, string][] = [
    [undefined, 'The record has no published time.'],
    [null, 'The record has no published time.'],
    ['yesterday', 'published "yesterday" is not a time.'],
    [1_772_323_200_000, 'published "1772323200000" is not a time.'],
    ['2026-02-30T00:00:00Z', 'published "2026-02-30T00:00:00Z" is not a time.'],
  ];
  for (const [published, reason] of cases) {
    const all = collectRows(oktaSystem, `${JSON.stringify({ ...event, published })}\n${JSON.stringify(event)}`);
    expect(all.rejects.map((reject) => reject.reason)).toEqual([reason]);
  }
});

it('keeps everything else as JSON, and takes the system from the import', () => {
  const all = collectRows(oktaSystem, JSON.stringify(event), { system: 'acme.okta.com' });
  const { published, eventType, severity, ...others } = event;
  expect([published, eventType, severity].every((text) => text !== '')).toBe(true);
  expect(JSON.parse(String(all.rows('event_fields')[0]?.['fields']))).toEqual(others);
  for (const table of ['events', 'authentications'] as const)
    expect(all.rows(table)[0]?.['system']).toBe('acme.okta.com');
});
