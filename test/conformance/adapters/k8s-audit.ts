import { k8sAudit as format } from '../../../engine/formats/k8s-audit/k8s-audit.ts';
import { eventLogAdapter, type Counterpart, type Rule } from '../event-log.ts';
import { memberAt } from '../reading.ts';
import { spelled } from '../spelling.ts';

const at = (event: unknown, ...names: readonly string[]): unknown => names.reduce(spelled, event);
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** `pods/exec`; the path of a request that is about no object. */
function subject(event: unknown): string | undefined {
  const resource = text(at(event, 'objectRef', 'resource'));
  const path = text(at(event, 'requestURI'))?.split('?')[0];
  if (resource === undefined) return path;
  return [resource, text(at(event, 'objectRef', 'subresource'))].filter(Boolean).join('/');
}

// An audit event says so by its version, or is about a request: rules are tested with parts of one, too.
function isAudit(event: unknown): boolean {
  const isKind = String(at(event, 'apiVersion')).startsWith('audit.k8s.io/') && at(event, 'kind') !== 'Policy';
  const isStage = text(at(event, 'auditID')) !== undefined && text(at(event, 'stage')) !== undefined;
  const isAboutRequest = ['user', 'objectRef', 'responseStatus'].some((name) => typeof at(event, name) === 'object');
  const isRequest = at(event, 'kind') === 'Event' && text(at(event, 'verb')) !== undefined && isAboutRequest;
  return isKind || isStage || isRequest;
}

function code(event: unknown): string | undefined {
  const verb = text(at(event, 'verb')) ?? 'no verb';
  return isAudit(event) ? `${verb} ${subject(event) ?? ''}`.trim() : undefined;
}

function target(event: unknown): string | undefined {
  const reference = at(event, 'objectRef');
  if (text(spelled(reference, 'resource')) === undefined) return subject(event);
  const parts = ['namespace', 'resource', 'name', 'subresource'].map((name) => text(spelled(reference, name)));
  return parts.filter(Boolean).join('/');
}

function outcome(event: unknown): string | undefined {
  const status = at(event, 'responseStatus', 'code');
  if (typeof status === 'number' && status >= 100) return status < 400 ? 'success' : 'failure';
  if (at(event, 'responseStatus', 'status') === 'Failure' || at(event, 'stage') === 'Panic') return 'failure';
  const decision = memberAt(event, 'annotations', 'authorization.k8s.io/decision');
  return decision === 'forbid' ? 'failure' : undefined;
}

function address(event: unknown): unknown {
  const addresses = at(event, 'sourceIPs');
  return Array.isArray(addresses) ? addresses[0] : undefined;
}

const rules: readonly Rule[] = [
  { field: 'verb and object', column: 'events.code', kind: 'text', theirs: code },
  { field: 'user.username', column: 'events.actor', kind: 'text', theirs: (event) => at(event, 'user', 'username') },
  { field: 'sourceIPs', column: 'events.src_ip', kind: 'text', theirs: address },
  { field: 'objectRef', column: 'events.target', kind: 'text', theirs: target },
  { field: 'outcome', column: 'events.outcome', kind: 'text', theirs: outcome },
];

const column = (name: string): Counterpart => ({ column: name, kind: 'text' });

/** Audit events of Kubernetes: rule tests of Panther; CrowdSec. */
export const k8sAudit = eventLogAdapter({
  folders: ['k8s-audit'],
  format,
  time: (event) => at(event, 'requestReceivedTimestamp') ?? at(event, 'stageTimestamp') ?? at(event, 'timestamp'),
  code,
  rules,
  timeMember: 'requestReceivedTimestamp',
  notInFields: (name) => name === 'kind',
  others: {
    user: column('events.actor'),
    source_ip: column('events.src_ip'),
    namespace: column('event_fields.fields.objectRef.namespace'),
    resource_name: column('event_fields.fields.objectRef.name'),
    resource: column('event_fields.fields.objectRef.resource'),
    verb: column('event_fields.fields.verb'),
    user_agent: column('event_fields.fields.userAgent'),
    timestamp: { column: 'events.time', kind: 'time' },
    MarshaledTime: { column: 'events.time', kind: 'time' },
    // How CrowdSec came to the line, and the kind of its event.
    ...{ datasource_path: 'skip', datasource_type: 'skip', log_type: 'skip', program: 'skip' },
  },
});
