import { expect, it } from 'vitest';
import { k8sAudit } from '../../../../engine/formats/k8s-audit/k8s-audit.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows } from '../collect-rows.ts';
import { checkPromises, fixture, jsonLines, ruleTests } from '../event-records/event-promises.ts';

const event = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'Metadata',
  auditID: '0a1b',
  stage: 'ResponseComplete',
  requestURI: '/api/v1/namespaces/foo/secrets/db?x=1',
  verb: 'get',
  user: { username: 'ana', groups: ['dev'] },
  sourceIPs: ['203.0.113.9', '10.0.0.1'],
  userAgent: 'kubectl',
  objectRef: { resource: 'secrets', namespace: 'foo', name: 'db', apiVersion: 'v1' },
  responseStatus: { metadata: {}, code: 200 },
  requestReceivedTimestamp: '2026-03-01T10:00:00.123456Z',
  stageTimestamp: '2026-03-01T10:00:07.654321Z',
  annotations: { 'authorization.k8s.io/decision': 'allow' },
};

checkPromises({
  format: k8sAudit,
  lines: 'k8s-audit/panther-k8s-audit.jsonl',
  event,
  folders: ['k8s-audit'],
});

function only(members: Record<string, unknown>): Record<string, unknown> {
  const read = collectRows(k8sAudit, JSON.stringify({ ...event, ...members }));
  expect(read.rejects).toEqual([]);
  return { ...read.rows('events')[0] };
}

it('takes an exec into a pod for one', () => {
  const read = collectRows(k8sAudit, fixture('k8s-audit/crowdsec-k8s-audit-pod-exec-file.log'));
  expect(read.rows('events')).toMatchObject([
    { class: 'process_activity', activity: 'exec', code: 'create pods/exec', outcome: 'success' },
  ]);
});

it('reads every event of the Panther rules that has a time, field by field, and rejects the others', () => {
  const values = jsonLines('k8s-audit/panther-k8s-audit.jsonl');
  const read = collectRows(k8sAudit, fixture('k8s-audit/panther-k8s-audit.jsonl'));
  const dated = values.flatMap((value, i) =>
    value['requestReceivedTimestamp'] === undefined ? [] : [{ value, record: i + 1 }],
  );
  expect(read.rows('events').map(({ record }) => record)).toEqual(dated.map(({ record }) => record));
  expect([read.records, read.rejects.length]).toEqual([values.length, values.length - dated.length]);
  for (const [i, { value }] of dated.entries()) {
    const row = read.rows('events')[i]!;
    const user = value['user'] as { username: string };
    expect(row['time']).toBe(parseInstant(`${String(value['requestReceivedTimestamp'])}Z`));
    expect(row['actor']).toBe(user.username);
    expect(row['src_ip']).toBe((value['sourceIPs'] as string[])[0]);
    expect(JSON.parse(String(read.rows('event_fields')[i]!['fields']))).toEqual({ ...value, kind: undefined });
  }
  const reasons = new Set(read.rejects.map(({ reason }) => reason));
  expect([...reasons]).toEqual([
    'The record has neither requestReceivedTimestamp nor stageTimestamp.',
    'The record is no audit event: it has neither an audit.k8s.io apiVersion nor auditID, stage and verb.',
  ]);
});

// What an event must show that a rule of Panther's matches. The rules test events without times: they are given one.
const shown: readonly (readonly [RegExp, Record<string, unknown>])[] = [
  [
    /^Kubernetes\.(?:Pod\.Exec|Kubectl\.CP|Pod\.StealServiceAccountToken)/,
    { class: 'process_activity', activity: 'exec' },
  ],
  [/^Kubernetes\.(?:BulkSecretAccess|Secrets\.DumpAll)/, { class: 'datastore_activity', activity: 'read' }],
  [/^Kubernetes\.Secret\.AccessDenied/, { class: 'datastore_activity', outcome: 'failure' }],
  [/^Kubernetes\.Role\./, { class: 'account_change' }],
  [/^Kubernetes\.AdmissionController\.Created/, { class: 'configuration_change' }],
  [/^Kubernetes\.API\.AnonymousAccess/, { actor: 'system:anonymous' }],
  [/^Kubernetes\.(?:CronJob|DaemonSet|Ingress|Pod\.(?:Host|Privileged|SystemNamespace))/, { class: 'api_activity' }],
];

it('shows in its columns what the Panther rules look for, in events of EKS and of AKS', () => {
  const values = jsonLines('k8s-audit/panther-k8s-audit.jsonl');
  let compared = 0;
  for (const { line, rule, expected_result } of ruleTests('k8s-audit/panther-k8s-audit.expected.json')) {
    const columns = shown.find(([pattern]) => pattern.test(rule))?.[1];
    const dated = withTime(values[line - 1]!);
    if (columns === undefined || !expected_result || dated === undefined) continue;
    const [row] = collectRows(k8sAudit, JSON.stringify(dated)).rows('events');
    expect({ line, ...row }).toMatchObject({ line, ...columns });
    compared++;
  }
  expect(compared).toBe(56);
});

/** Google's audit log is another format. */
function withTime(value: Record<string, unknown>): object | undefined {
  const requestReceivedTimestamp = '2026-03-01T00:00:00Z';
  const log = (value['properties'] as { log?: string } | undefined)?.log;
  if (log !== undefined)
    return { ...value, properties: { log: JSON.stringify({ ...JSON.parse(log), requestReceivedTimestamp }) } };
  return value['kind'] === 'Event' ? { ...value, requestReceivedTimestamp } : undefined;
}

it('has a class for what reaches into pods, reads secrets and changes rights', () => {
  const ref = (members: object) => ({ objectRef: members });
  const meaning = (members: Record<string, unknown>) => {
    const { class: of, activity } = only(members);
    return [of, activity];
  };
  const pod = { resource: 'pods', namespace: 'foo', name: 'web-1' };
  expect(meaning({})).toEqual(['datastore_activity', 'read']);
  expect(meaning({ verb: 'delete' })).toEqual(['api_activity', 'delete']);
  expect(meaning({ verb: 'get', ...ref({ ...pod, subresource: 'exec' }) })).toEqual(['process_activity', 'exec']);
  expect(meaning({ verb: 'create', ...ref({ ...pod, subresource: 'attach' }) })).toEqual([
    'process_activity',
    'attach',
  ]);
  expect(meaning({ verb: 'patch', ...ref({ ...pod, subresource: 'ephemeralcontainers' }) })).toEqual([
    'process_activity',
    'debug',
  ]);
  expect(meaning({ verb: 'get', ...ref({ ...pod, subresource: 'ephemeralcontainers' }) })).toEqual([
    'api_activity',
    'read',
  ]);
  expect(meaning({ verb: 'create', ...ref({ ...pod, subresource: 'portforward' }) })).toEqual([
    'network_activity',
    'portforward',
  ]);
  const rbac = { resource: 'clusterrolebindings', name: 'root', apiGroup: 'rbac.authorization.k8s.io' };
  expect(meaning({ verb: 'create', ...ref(rbac) })).toEqual(['account_change', 'create']);
  expect(meaning({ verb: 'list', ...ref(rbac) })).toEqual(['api_activity', 'read']);
  expect(meaning({ verb: 'deletecollection', ...ref({ resource: 'roles' }) })).toEqual(['account_change', 'delete']);
  expect(meaning({ verb: 'create', ...ref({ resource: 'serviceaccounts' }) })).toEqual(['account_change', 'create']);
  expect(meaning({ verb: 'create', ...ref({ resource: 'serviceaccounts', subresource: 'token' }) })).toEqual([
    'api_activity',
    'create',
  ]);
  expect(
    meaning({
      verb: 'patch',
      ...ref({ resource: 'validatingwebhookconfigurations', apiGroup: 'admissionregistration.k8s.io' }),
    }),
  ).toEqual(['configuration_change', 'update']);
});

it('says success or failure only where the stage has an answer', () => {
  expect(only({})['outcome']).toBe('success');
  expect(only({ responseStatus: { code: 403, reason: 'Forbidden' } })).toMatchObject({
    outcome: 'failure',
    message: 'ana: get foo/secrets/db from 203.0.113.9, ResponseComplete: status 403 (Forbidden).',
  });
  expect(only({ stage: 'RequestReceived', responseStatus: undefined })['outcome']).toBeUndefined();
  expect(only({ stage: 'Panic', responseStatus: undefined })['outcome']).toBe('failure');
  const denied = { 'authorization.k8s.io/decision': 'forbid' };
  expect(only({ responseStatus: undefined, annotations: denied })['outcome']).toBe('failure');
});

it('names the one who asked, also where somebody else was impersonated', () => {
  const row = only({ impersonatedUser: { username: 'system:admin' } });
  expect(row['actor']).toBe('ana');
  expect(row['message']).toContain('ana as system:admin: get');
});

it('reads batches of a webhook, lists in lists of lines, older versions and requests about no object', () => {
  const batch = { kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items: [event, event] };
  expect(collectRows(k8sAudit, `${JSON.stringify(batch)}\n${JSON.stringify(batch)}\n`).rows('events')).toHaveLength(4);
  const beta = {
    ...{ kind: 'Event', apiVersion: 'audit.k8s.io/v1beta1', metadata: { creationTimestamp: '2017-09-20T19:36:30Z' } },
    ...{ level: 'Metadata', timestamp: '2017-09-20T19:36:30Z', auditID: '1', stage: 'ResponseComplete' },
    ...{ requestURI: '/healthz?timeout=32s', verb: 'get', user: { username: 'system:anonymous' }, sourceIPs: ['::1'] },
    responseStatus: { metadata: {}, code: 200 },
  };
  const [row] = collectRows(k8sAudit, JSON.stringify(beta)).rows('events');
  expect(row).toMatchObject({
    time: parseInstant('2017-09-20T19:36:30Z'),
    code: 'get /healthz',
    target: '/healthz',
    src_ip: '::1',
  });
});

it('reads what a container runtime, Azure and CloudWatch put around an event', () => {
  const text = JSON.stringify(event);
  const own = collectRows(k8sAudit, text);
  const wrapped = [
    { log: `${text}\n`, stream: 'stdout', time: '2026-03-01T10:00:08Z' },
    {
      records: [{ time: '2026-03-01T10:00:08Z', category: 'kube-audit', properties: { log: text, stream: 'stdout' } }],
    },
    { events: [{ logStreamName: 'kube-apiserver-audit-1', timestamp: 1, message: text, eventId: '3' }] },
  ];
  for (const each of wrapped) expect(collectRows(k8sAudit, JSON.stringify(each)).tables).toEqual(own.tables);
});

it('is not taken in by events of the cluster itself', () => {
  const warning = { kind: 'Event', apiVersion: 'v1', involvedObject: { kind: 'Pod' }, reason: 'BackOff', message: 'x' };
  expect(k8sAudit.recognise(Buffer.from(JSON.stringify(warning))).confidence).toBe(0);
  expect(
    k8sAudit.recognise(Buffer.from('{"kind":"Policy","apiVersion":"audit.k8s.io/v1","rules":[]}')).confidence,
  ).toBe(0);
});
