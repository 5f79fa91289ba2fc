/** What a request to the API server means: an OCSF class and an activity, by resource and verb. */
import { at, firstText } from '../event-records/values.ts';

export interface Meaning {
  readonly class: string;
  readonly activity: string;
}

const activities: ReadonlyMap<string, string> = new Map([
  ...['get', 'list', 'watch', 'head', 'options'].map((verb) => [verb, 'read'] as const),
  ...['create', 'post'].map((verb) => [verb, 'create'] as const),
  ...['update', 'patch', 'put', 'apply'].map((verb) => [verb, 'update'] as const),
  ...['delete', 'deletecollection'].map((verb) => [verb, 'delete'] as const),
]);

/** What reaches into a running pod, whatever verb opens it: older clients POST, newer ones GET (WebSocket). */
const intoPods: ReadonlyMap<string, Meaning> = new Map([
  ['exec', { class: 'process_activity', activity: 'exec' }],
  ['attach', { class: 'process_activity', activity: 'attach' }],
  ['ephemeralcontainers', { class: 'process_activity', activity: 'debug' }],
  ['portforward', { class: 'network_activity', activity: 'portforward' }],
  ['proxy', { class: 'network_activity', activity: 'proxy' }],
]);

const RBAC = 'rbac.authorization.k8s.io';
const ADMISSION = 'admissionregistration.k8s.io';
/** For events whose objectRef leaves out the group. */
const rbacResources = new Set(['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings']);
const admissionResources = new Set([
  'mutatingwebhookconfigurations',
  'validatingwebhookconfigurations',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
]);

/** The meaning of an event by its verb and the object that it is about. */
export function meaningOf(event: unknown): Meaning {
  const activity = activities.get(firstText(event, 'verb')?.toLowerCase() ?? '') ?? 'other';
  const resource = firstText(event, 'objectRef.resource') ?? '';
  const subresource = firstText(event, 'objectRef.subresource') ?? '';
  const group = at(event, 'objectRef.apiGroup');
  const reading = activity === 'read';
  if (['pods', 'nodes', 'services'].includes(resource)) {
    const reach = intoPods.get(subresource);
    // Reading the list of debug containers starts none.
    if (reach !== undefined && !(subresource === 'ephemeralcontainers' && reading)) return reach;
  }
  if (resource === 'secrets' && reading) return { class: 'datastore_activity', activity };
  if (!reading && (group === RBAC || (!group && rbacResources.has(resource))))
    return { class: 'account_change', activity };
  if (!reading && resource === 'serviceaccounts' && subresource === '') return { class: 'account_change', activity };
  if (!reading && (group === ADMISSION || (!group && admissionResources.has(resource))))
    return { class: 'configuration_change', activity };
  return { class: 'api_activity', activity };
}
