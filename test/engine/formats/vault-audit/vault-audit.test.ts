import { expect, it } from 'vitest';
import { vaultAudit } from '../../../../engine/formats/vault-audit/vault-audit.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows } from '../collect-rows.ts';
import { checkPromises, fixture, jsonLines } from '../event-records/event-promises.ts';

const hmac = `hmac-sha256:${'a1'.repeat(32)}`;
const request = {
  id: '19073d8c-7567-7ee9-1144-c8ce601ec79d',
  operation: 'update',
  mount_type: 'userpass',
  mount_point: 'auth/userpass/',
  mount_class: 'auth',
  namespace: { id: 'root' },
  path: 'auth/userpass/login/ana',
  remote_address: '203.0.113.9',
  remote_port: 38550,
};
const given = { client_token: hmac, accessor: hmac, display_name: 'userpass-ana', policies: ['app'], token_ttl: 3600 };
const event = {
  time: '2026-03-01T10:00:00.123456789Z',
  type: 'response',
  auth: given,
  request,
  response: { auth: given, mount_type: 'userpass' },
};

checkPromises({ format: vaultAudit, lines: 'vault-audit/gen-openbao-2.7.2.jsonl', event, folders: ['vault-audit'] });

function only(members: Record<string, unknown>) {
  const read = collectRows(vaultAudit, JSON.stringify({ ...event, ...members }));
  expect(read.rejects).toEqual([]);
  return { event: read.rows('events')[0]!, signIn: read.rows('authentications')[0], read };
}

interface Entry {
  readonly time: string;
  readonly type: string;
  readonly error?: string;
  readonly auth?: { readonly display_name?: string };
  readonly request: {
    readonly path: string;
    readonly operation: string;
    readonly remote_address?: string;
    readonly remote_port?: number;
  };
  readonly response?: {
    readonly auth?: { readonly accessor?: string; readonly display_name?: string; readonly token_ttl?: number };
  };
}

it('agrees with what a real OpenBao wrote, entry by entry', () => {
  const entries = jsonLines('vault-audit/gen-openbao-2.7.2.jsonl') as unknown as readonly Entry[];
  const read = collectRows(vaultAudit, fixture('vault-audit/gen-openbao-2.7.2.jsonl'));
  expect([read.records, read.rejects.length, read.assumptions]).toEqual([83, 0, []]);
  for (const [i, entry] of entries.entries()) {
    const row = read.rows('events')[i]!;
    expect(row['time']).toBe(parseInstant(entry.time));
    expect(row['target']).toBe(entry.request.path);
    expect(row['code']).toBe(entry.request.operation);
    expect(row['src_ip']).toBe(entry.request.remote_address);
    expect(row['src_port']).toBe(entry.request.remote_port);
    const outcome = entry.type === 'request' ? undefined : entry.error === undefined ? 'success' : 'failure';
    expect([i, row['outcome']]).toEqual([i, outcome]);
    if (entry.type === 'request') expect(row['activity']).toBe('request');
    const { time, ...others } = entry;
    expect([time, JSON.parse(String(read.rows('event_fields')[i]!['fields']))]).toEqual([time, others]);
  }
});

it('has a row for each log-in and each token that was made in it', () => {
  const read = collectRows(vaultAudit, fixture('vault-audit/gen-openbao-2.7.2.jsonl'));
  const told = read
    .rows('authentications')
    .map((row) => [row['actor'], row['method'], row['application'], row['outcome'], row['reason']]);
  expect(told).toEqual([
    ['root', 'token', 'token', 'success', undefined],
    ['userpass-ana', 'password', 'userpass', 'failure', 'invalid credentials'],
    ['userpass-ana', 'password', 'userpass', 'success', undefined],
    ['userpass-eve', 'password', 'userpass', 'success', undefined],
    ['userpass-eve', 'token', 'token', 'success', undefined],
    ['userpass-eve', 'token', 'token', 'success', undefined],
    ['machines', 'approle', 'machines', 'success', undefined],
    ['machines', 'approle', 'machines', 'failure', 'invalid credentials'],
  ]);
  for (const row of read.rows('authentications')) expect(row).toMatchObject({ provider: 'vault', stream: 'vault' });
});

it('keeps times to live and leases, so that a control can test them', () => {
  const read = collectRows(vaultAudit, fixture('vault-audit/gen-openbao-2.7.2.jsonl'));
  const lives = read
    .rows('event_fields')
    .map(({ fields }) => JSON.parse(String(fields)) as Entry)
    .filter(({ type, response }) => type === 'response' && response?.auth?.token_ttl !== undefined)
    .map(({ request: { path }, response }) => [path, response?.auth?.token_ttl]);
  expect(lives).toContainEqual(['auth/userpass/login/eve', 28_800]);
  expect(lives).toContainEqual(['auth/token/create', 18_000]);
  const dynamic = {
    ...{ time: '2026-03-01T10:00:00Z', type: 'response', auth: { ...given, token_ttl: 2_764_800 } },
    request: {
      ...request,
      path: 'database/creds/break-glass',
      mount_type: 'database',
      mount_point: 'database/',
      operation: 'read',
    },
    response: { secret: { lease_id: 'database/creds/break-glass/mWcY' }, data: { username: hmac } },
  };
  const { event: row, read: own } = only(dynamic);
  expect(row).toMatchObject({ class: 'api_activity', activity: 'read', actor: 'userpass-ana', outcome: 'success' });
  expect(String(own.rows('event_fields')[0]!['fields'])).toContain('"lease_id":"database/creds/break-glass/mWcY"');
  expect(String(own.rows('event_fields')[0]!['fields'])).toContain(hmac);
});

it('tells log-ins by what the mount is, wherever it is mounted', () => {
  const at = (path: string, type: string, mount = `auth/${path.split('/')[1]}/`) => ({
    request: { ...request, path, mount_type: type, mount_point: mount },
  });
  expect(only(at('auth/sso/oidc/callback', 'oidc')).signIn).toMatchObject({
    method: 'oidc',
    application: 'sso',
    outcome: 'success',
  });
  expect(only(at('auth/cluster/eu/login', 'kubernetes', 'auth/cluster/eu/')).signIn).toMatchObject({
    application: 'cluster/eu',
  });
  expect(only(at('auth/corp/login/ana', 'ldap')).signIn).toMatchObject({ method: 'ldap' });
  expect(only(at('auth/userpass/users/login', 'userpass')).signIn).toBeUndefined();
  expect(only(at('auth/userpass/users/login', 'userpass')).event['class']).toBe('account_change');
  expect(only(at('auth/token/lookup-self', 'ns_token', 'auth/token/')).event).toMatchObject({
    class: 'authentication',
    activity: 'token_lookup',
  });
  expect(only(at('auth/token/lookup-self', 'token')).signIn).toBeUndefined();
  const old = { request: { id: 'x', operation: 'update', path: 'auth/userpass/login/ana' }, response: { auth: given } };
  expect(only(old).signIn).toMatchObject({ method: 'password', application: 'userpass', actor: 'userpass-ana' });
});

it('knows a second factor only where the request says it, and an unfinished log-in as such', () => {
  expect(only({}).signIn).toMatchObject({ outcome: 'success', session: hmac });
  expect(only({}).signIn?.['mfa']).toBeUndefined();
  const waiting = only({ auth: { token_type: 'default' }, response: { auth: { token_type: 'default' } } });
  expect(waiting.signIn?.['outcome']).toBeUndefined();
  const validated = only({
    request: { ...request, path: 'sys/mfa/validate', mount_type: 'system', mount_point: 'sys/' },
  });
  expect(validated.signIn).toMatchObject({ method: 'mfa', mfa: true, outcome: 'success', actor: 'userpass-ana' });
  expect(only({ request: { ...request, headers: { 'x-vault-mfa': [hmac] } } }).signIn).toMatchObject({ mfa: true });
  const inVain = { request: { ...request, path: 'sys/mfa/validate', mount_type: 'system', mount_point: 'sys/' } };
  expect(only({ ...inVain, error: 'failed', response: {} }).signIn).toMatchObject({ mfa: true, outcome: 'failure' });
  const denied = only({
    error: '2 errors occurred:\n\t* login MFA validation failed\n\t* permission denied\n\n',
    response: {},
  });
  expect(denied.signIn).toMatchObject({
    outcome: 'failure',
    reason: 'login MFA validation failed * permission denied',
  });
});

it('has classes for changes of the audit itself, of accounts and of configuration', () => {
  const of = (path: string, operation: string) =>
    only({ request: { ...request, path, operation, mount_point: 'sys/', mount_type: 'system' } }).event;
  expect(of('sys/audit/file', 'update')).toMatchObject({ class: 'event_log_activity', activity: 'enable' });
  expect(of('sys/audit/file', 'delete')).toMatchObject({ class: 'event_log_activity', activity: 'disable' });
  expect(of('sys/audit', 'read')).toMatchObject({ class: 'api_activity', activity: 'read' });
  expect(of('sys/policies/acl/break-glass', 'update')).toMatchObject({ class: 'configuration_change' });
  expect(of('sys/seal', 'update')).toMatchObject({ class: 'configuration_change' });
  expect(of('sys/leases/revoke', 'update')).toMatchObject({ class: 'api_activity' });
  expect(of('identity/entity', 'create')).toMatchObject({ class: 'account_change' });
  expect(only({ request: { ...request, namespace: { id: 'x', path: 'team-a/' } } }).event['target']).toBe(
    'team-a/auth/userpass/login/ana',
  );
});

it('says which requests have no response, and which responses no request', () => {
  const ask = (id: string) => JSON.stringify({ ...event, type: 'request', request: { ...request, id } });
  const answer = (id: string) => JSON.stringify({ ...event, request: { ...request, id } });
  const read = collectRows(vaultAudit, [ask('1'), answer('1'), ask('2'), ask('3'), answer('4')].join('\n'));
  expect(read.assumptions).toEqual([
    'Requests without a response in this file: 2 of 3; their outcome is unknown.',
    'Responses without their request in this file: 1 of 2.',
  ]);
});

it('rejects entries that say too little', () => {
  const broken = [
    { ...event, time: undefined },
    { ...event, time: 'soon' },
    { ...event, type: 'other' },
    { ...event, request: {} },
  ];
  const read = collectRows(vaultAudit, [...broken, event].map((each) => JSON.stringify(each)).join('\n'));
  expect(read.rejects.map(({ reason }) => reason)).toEqual([
    'The record has no time.',
    'time "soon" is not a time.',
    'type "other" is neither request nor response.',
    'The record has no request with an id or a path.',
  ]);
});
