/** What one audit event of the API server says, as rows. Pure: an event in, values out. */
import type { EventContext, EventFormat, EventRows } from '../event-records/event-format.ts';
import type { ReadTime } from '../event-records/event-time.ts';
import { Spelling } from '../event-records/spelling.ts';
import { at, firstEndpoint, firstText } from '../event-records/values.ts';
import { meaningOf } from './meaning.ts';

export const auditEvents: EventFormat = {
  noun: 'a Kubernetes audit event',
  files: {
    lists: ['items', 'Records', 'records', 'events', 'value', 'logs', 'results', ['data', 'items']],
    firstKeys: ['kind', 'apiVersion', 'metadata', 'level', 'annotations', 'auditID', '@timestamp', 'log', 'time'],
  },
  spelling: new Spelling([
    ...['kind', 'apiVersion', 'level', 'auditID', 'stage', 'requestURI', 'verb', 'user', 'username', 'groups'],
    ...['impersonatedUser', 'sourceIPs', 'userAgent', 'objectRef', 'resource', 'namespace', 'name', 'apiGroup'],
    ...['subresource', 'responseStatus', 'code', 'status', 'reason', 'message', 'requestReceivedTimestamp'],
    ...['stageTimestamp', 'annotations'],
  ]),
  isEvent,
  signs: 'kind Event with an audit.k8s.io apiVersion, or auditID, stage and verb',
  telling: ['auditID', 'stage', 'requestURI', 'objectRef'],
  inColumns: new Set(['kind']),
  table: { columns: {} },
  rows: rowsOf,
};

/** Events of the cluster itself (`kubectl get events`) are of kind Event too, but have neither verb nor audit group. */
function isEvent(value: unknown): boolean {
  const verb = firstText(value, 'verb');
  if (firstText(value, 'apiVersion')?.startsWith('audit.k8s.io/')) return firstText(value, 'kind') !== 'Policy';
  if (firstText(value, 'auditID') !== undefined && firstText(value, 'stage') !== undefined) return true;
  return verb !== undefined && firstText(value, 'kind') === 'Event' && isAboutARequest(value);
}

function isAboutARequest(value: unknown): boolean {
  const telling = ['user', 'objectRef', 'responseStatus'];
  return telling.some((name) => typeof at(value, name) === 'object' && at(value, name) !== null);
}

function rowsOf(event: unknown, context: EventContext): EventRows | string {
  if (!isEvent(event))
    return 'The record is no audit event: it has neither an audit.k8s.io apiVersion nor auditID, stage and verb.';
  const time = timeOf(event, context);
  if (typeof time === 'string') return time;
  const verb = firstText(event, 'verb') ?? 'no verb';
  const actor = firstText(event, 'user.username');
  const target = targetOf(event);
  const source = sourceOf(event);
  const outcome = outcomeOf(event);
  const spine = {
    ...{
      time,
      system: context.system,
      stream: 'k8s',
      ...meaningOf(event),
      code: `${verb} ${kindOfTarget(event)}`.trim(),
    },
    ...{ actor, target, src_ip: source?.address, outcome },
    message: sentence(event, { actor, target, from: source?.address }),
  };
  return { spine };
}

// v1alpha1 and early v1beta1 had one time; in v1beta1 it could also stand in the metadata. The tables AKSAudit and
// AKSAuditAdmin of Log Analytics have names of their own.
const timeMembers = [
  ...['requestReceivedTimestamp', 'RequestReceivedTime', 'stageTimestamp', 'StageReceivedTime', 'timestamp'],
  'metadata.creationTimestamp',
];

/** When the request reached the server. The time of the stage, which may be much later, stays in the fields. */
function timeOf(event: unknown, { times }: EventContext): ReadTime {
  for (const name of timeMembers) {
    const value = at(event, name);
    if (value !== undefined && value !== null && value !== '') return times.read(value, name);
  }
  return 'The record has neither requestReceivedTimestamp nor stageTimestamp.';
}

/**
 * The address that comes first: where the request began, as the proxies on its way say. Only the last one is the
 * connection's own; all of them stay in the fields.
 */
function sourceOf(event: unknown) {
  const addresses = at(event, 'sourceIPs');
  if (!Array.isArray(addresses)) return undefined;
  return firstEndpoint(...addresses.map((each: unknown) => (typeof each === 'string' ? each : undefined)));
}

/** A stage before the response has no status: the record does not say. */
function outcomeOf(event: unknown): string | undefined {
  const code = at(event, 'responseStatus.code');
  if (typeof code === 'number' && code >= 100) return code < 400 ? 'success' : 'failure';
  if (firstText(event, 'responseStatus.status') === 'Failure') return 'failure';
  if (firstText(event, 'stage') === 'Panic') return 'failure';
  return decisionOf(event) === 'forbid' ? 'failure' : undefined;
}

function decisionOf(event: unknown): string | undefined {
  const annotations = at(event, 'annotations');
  if (typeof annotations !== 'object' || annotations === null) return undefined;
  // The name has dots, so it is no path.
  const decision: unknown = Reflect.get(annotations, 'authorization.k8s.io/decision');
  return typeof decision === 'string' ? decision : undefined;
}

/** `pods/exec`; for a request that is about no object, its path. */
function kindOfTarget(event: unknown): string {
  const resource = firstText(event, 'objectRef.resource');
  if (resource === undefined) return pathOf(event) ?? '';
  const subresource = firstText(event, 'objectRef.subresource');
  return subresource === undefined ? resource : `${resource}/${subresource}`;
}

/** `foo/pods/test-pod-1/exec`, in the order of the API's own paths. */
function targetOf(event: unknown): string | undefined {
  if (firstText(event, 'objectRef.resource') === undefined) return pathOf(event);
  const parts = ['namespace', 'resource', 'name', 'subresource'].map((name) => firstText(event, `objectRef.${name}`));
  return parts.filter((part) => part !== undefined).join('/');
}

function pathOf(event: unknown): string | undefined {
  return firstText(event, 'requestURI')?.split('?', 1)[0];
}

interface Parties {
  readonly actor: string | undefined;
  readonly target: string | undefined;
  readonly from: string | undefined;
}

function sentence(event: unknown, { actor, target, from }: Parties): string {
  const asWhom = firstText(event, 'impersonatedUser.username');
  const who = `${actor ?? 'Someone not named'}${asWhom === undefined ? '' : ` as ${asWhom}`}`;
  const verb = firstText(event, 'verb') ?? 'no verb';
  const where = from === undefined ? '' : ` from ${from}`;
  const code = at(event, 'responseStatus.code');
  const reason = firstText(event, 'responseStatus.reason', 'responseStatus.message');
  const status = typeof code === 'number' ? `: status ${code}${reason === undefined ? '' : ` (${reason})`}` : '';
  const stage = firstText(event, 'stage');
  return `${who}: ${verb} ${target ?? 'something not named'}${where}${stage === undefined ? '' : `, ${stage}`}${status}.`;
}
