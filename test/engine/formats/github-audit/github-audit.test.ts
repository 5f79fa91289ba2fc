import { expect, it } from 'vitest';
import { githubAudit } from '../../../../engine/formats/github-audit/github-audit.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows } from '../collect-rows.ts';
import { checkPromises, fixture, jsonLines, ruleTests } from '../event-records/event-promises.ts';

const file = 'github-audit/panther-github-audit.jsonl';
const tests = ruleTests('github-audit/panther-github-audit.expected.json');

// As the audit log is streamed.
const event = {
  '@timestamp': 1_772_357_400_123,
  _document_id: 'xJJFlFOhQ6b-5vaAFy9Rjw',
  action: 'protected_branch.policy_override',
  actor: 'ana',
  actor_id: 7,
  actor_ip: '203.0.113.9',
  actor_location: { country_code: 'DE' },
  business: 'acme-inc',
  created_at: 1_772_357_400_200,
  external_identity_nameid: 'ana@acme.test',
  operation_type: 'modify',
  org: 'acme',
  org_id: 9,
  repo: 'acme/site',
  user_agent: 'Mozilla/5.0',
};

checkPromises({ format: githubAudit, lines: file, event, folders: ['github-audit'] });

function read(members: Record<string, unknown>) {
  const all = collectRows(githubAudit, JSON.stringify({ ...event, ...members }));
  return { spine: all.rows('events')[0], signIn: all.rows('authentications')[0], all };
}

it('rejects what has no readable time among the events of the detection rules', () => {
  const all = collectRows(githubAudit, fixture(file));
  const events = jsonLines(file);
  const timed = events.flatMap((value, i) => {
    const time = value['@timestamp'] ?? value['at_sign_timestamp'] ?? value['created_at'];
    // Eight digits after the seconds' place are no time of day: "00:00:00000000".
    return time === undefined || /:\d{3,}$/.test(String(time)) ? [] : [i + 1];
  });
  expect(all.rows('events').map(({ record }) => record)).toEqual(timed);
  expect(all.records).toBe(events.length);
  expect(timed).toHaveLength(29);
});

it('gives the events of a rule the class that the rule is about', () => {
  const classes: Record<string, string> = {
    'GitHub.Branch.PolicyOverride': 'configuration_change',
    'GitHub.Branch.ProtectionDisabled': 'configuration_change',
    'GitHub.Org.Modified': 'account_change',
    'Github.Organization.App.Integration.Installed': 'configuration_change',
    'Github.Repo.Created': 'configuration_change',
    'GitHub.Repo.InitialAccess': 'api_activity',
    'Github.Repo.VisibilityChange': 'configuration_change',
    'Github.Repo.VulnerabilityDismissed': 'detection_finding',
    'Github.Repository.Transfer': 'configuration_change',
    'GitHub.User.AccessKeyCreated': 'account_change',
    'GitHub.Workflow.DispatchByGitHubBot': 'api_activity',
    'GitHub.Workflow.PermissionsModified': 'configuration_change',
  };
  const rows = new Map(
    collectRows(githubAudit, fixture(file))
      .rows('events')
      .map((row) => [row.record, row]),
  );
  const matching = tests.filter(
    ({ rule, line, expected_result }) => expected_result && rule in classes && rows.has(line),
  );
  for (const { rule, line } of matching) expect([rule, rows.get(line)?.['class']]).toEqual([rule, classes[rule]]);
  expect(new Set(matching.map(({ rule }) => rule)).size).toBe(Object.keys(classes).length);
});

it('reads a streamed event', () => {
  expect(read({}).spine).toEqual({
    record: 1,
    time: parseInstant('2026-03-01T09:30:00.123Z'),
    system: 'github:acme',
    stream: 'github',
    class: 'configuration_change',
    activity: 'policy_override',
    code: 'protected_branch.policy_override',
    actor: 'ana',
    target: 'acme/site',
    src_ip: '203.0.113.9',
    message: 'ana: protected_branch.policy_override, repository acme/site, organisation acme.',
  });
  const { action, '@timestamp': time, ...others } = event;
  expect([action, time]).toEqual(['protected_branch.policy_override', 1_772_357_400_123]);
  expect(JSON.parse(String(read({}).all.rows('event_fields')[0]?.['fields']))).toEqual(others);
});

it('reads times as milliseconds, as text and as RFC 3339', () => {
  const at = parseInstant('2026-03-01T09:30:00.123Z');
  for (const time of [1_772_357_400_123, '1772357400123', '2026-03-01T10:30:00.123+01:00', '2026-03-01 09:30:00.123'])
    expect(read({ '@timestamp': time }).spine?.['time']).toBe(at);
  expect(read({ '@timestamp': undefined }).spine?.['time']).toBe(1_772_357_400_200_000n);
  expect(read({ '@timestamp': 1_772_357_400_123.25 }).spine?.['time']).toBe(1_772_357_400_123_250n);
  // Seconds are not what GitHub writes: a guess would be decades off.
  for (const time of [1_772_357_400, -1, 0, 1e300, true, 'x']) {
    const all = collectRows(
      githubAudit,
      `${JSON.stringify({ ...event, '@timestamp': time })}\n${JSON.stringify(event)}`,
    );
    expect(all.rejects[0]?.reason).toBe(`@timestamp "${JSON.stringify(time).replaceAll('"', '')}" is not a time.`);
  }
});

it('reads sign-ins to an organisation and to GitHub', () => {
  const sso = read({ action: 'org.sso_response', actor: undefined });
  expect(sso.spine).toMatchObject({ class: 'authentication', activity: 'logon', actor: 'ana@acme.test' });
  expect(sso.signIn).toEqual({
    record: 1,
    time: 1_772_357_400_123_000n,
    system: 'github:acme',
    stream: 'github',
    actor: 'ana@acme.test',
    src_ip: '203.0.113.9',
    provider: 'github',
    application: 'acme',
    method: 'saml',
  });
  expect(read({ action: 'user.failed_login' }).signIn).toMatchObject({ outcome: 'failure' });
  expect(read({ action: 'user.login' }).signIn?.['mfa']).toBeUndefined();
  expect(read({ action: 'user.two_factor_challenge_success' }).signIn).toMatchObject({ mfa: true, outcome: 'success' });
  expect(read({}).signIn).toBeUndefined();
});

it('tells changes of access, of settings and uses apart', () => {
  const cases: [string, string, string][] = [
    ['org.add_member', 'account_change', 'add'],
    ['org.remove_outside_collaborator', 'account_change', 'remove'],
    ['org.update_member', 'account_change', 'update'],
    ['org.invite_member', 'account_change', 'invite'],
    ['business.add_admin', 'account_change', 'add'],
    ['repo.add_member', 'account_change', 'add'],
    ['team.add_repository', 'account_change', 'add'],
    ['personal_access_token.access_granted', 'account_change', 'access_granted'],
    ['org.disable_two_factor_requirement', 'configuration_change', 'disable'],
    ['org.update_default_repository_permission', 'configuration_change', 'update'],
    ['org.update_saml_provider_settings', 'configuration_change', 'update'],
    ['repo.access', 'configuration_change', 'access'],
    ['repo.destroy', 'configuration_change', 'delete'],
    ['protected_branch.destroy', 'configuration_change', 'delete'],
    ['repository_ruleset.update', 'configuration_change', 'update'],
    ['hook.create', 'configuration_change', 'create'],
    ['ip_allow_list.disable', 'configuration_change', 'disable'],
    ['secret_scanning.disable', 'configuration_change', 'disable'],
    ['audit_log_streaming.destroy', 'configuration_change', 'delete'],
    ['repository_secret_scanning_push_protection.disable', 'configuration_change', 'disable'],
    ['secret_scanning_alert.create', 'detection_finding', 'create'],
    ['git.clone', 'api_activity', 'read'],
    ['git.push', 'api_activity', 'update'],
    ['pull_request.merge', 'api_activity', 'merge'],
    ['workflows.completed_workflow_run', 'api_activity', 'completed_workflow_run'],
    ['repo.download_zip', 'api_activity', 'download_zip'],
  ];
  for (const [action, class_, activity] of cases) {
    const { spine } = read({ action });
    expect([action, spine?.['class'], spine?.['activity']]).toEqual([action, class_, activity]);
  }
});

it('takes the user that was affected as the target, and outcomes where there are any', () => {
  expect(read({ action: 'org.add_member', user: 'ben' }).spine?.['target']).toBe('ben');
  expect(read({ action: 'org.add_member', user: 'ana', repo: undefined }).spine?.['target']).toBe('ana');
  expect(read({ action: 'team.destroy', team: 'acme/ops' }).spine?.['target']).toBe('acme/ops');
  expect(read({ action: 'api.request', status_code: 403 }).spine?.['outcome']).toBe('failure');
  expect(read({ action: 'protected_branch.rejected_ref_update' }).spine?.['outcome']).toBe('failure');
  const run = { action: 'workflows.completed_workflow_run', conclusion: 'success' };
  expect(read(run).spine?.['outcome']).toBe('success');
});

it('does not take the events of a webhook for a list of records', () => {
  const hook = { action: 'hook.create', events: ['push', 'public'], data: ['x'] };
  expect(read(hook).all.records).toBe(1);
  expect(read(hook).spine?.['code']).toBe('hook.create');
});
