import { azureActivity } from '../../../engine/formats/azure-activity/azure-activity.ts';
import { eventLogAdapter, type Counterpart, type Rule } from '../event-log.ts';
import { memberAt } from '../reading.ts';
import { spelled } from '../spelling.ts';

const at = (event: unknown, name: string): unknown => {
  const value = spelled(event, name);
  return typeof value === 'object' && value !== null ? memberAt(value, 'value') : value;
};

const OUTCOMES: Readonly<Record<string, string>> = {
  succeeded: 'success',
  success: 'success',
  failed: 'failure',
  failure: 'failure',
};

// A status that is still to come (Started, Accepted) is neither.
function outcome(event: unknown): unknown {
  const status = at(event, 'status') ?? at(event, 'activityStatusValue') ?? at(event, 'resultType');
  if (status !== undefined) return OUTCOMES[String(status).toLowerCase()];
  const code = at(event, 'statusCode');
  if (code !== undefined) return Number(code) < 400 ? 'success' : 'failure';
  // Requests to a storage account that are counted as a metric.
  const counted = memberAt(event, 'properties', 'metricResponseType');
  return counted === undefined ? undefined : counted === 'Success' ? 'success' : 'failure';
}

// `address:port` in some logs of resources.
const address = (event: unknown): unknown => {
  const value = at(event, 'callerIpAddress');
  return typeof value === 'string' ? value.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1') : value;
};

const port = (event: unknown): unknown => /^\d+\.\d+\.\d+\.\d+:(\d+)$/.exec(String(at(event, 'callerIpAddress')))?.[1];

const rules: readonly Rule[] = [
  { field: 'operationName', column: 'events.code', kind: 'text', theirs: (event) => at(event, 'operationName') },
  { field: 'callerIpAddress', column: 'events.src_ip', kind: 'text', theirs: address },
  { field: 'port', column: 'events.src_port', kind: 'number', theirs: port },
  { field: 'level', column: 'events.severity', kind: 'lower', theirs: (event) => at(event, 'level') },
  { field: 'outcome', column: 'events.outcome', kind: 'text', theirs: outcome },
  {
    field: 'resourceId',
    column: 'events.target',
    kind: 'text',
    theirs: (event) => at(event, 'resourceId') ?? String(at(event, 'uri')).replace(/\?.*$/, ''),
  },
];

const field = (name: string): Counterpart => ({ column: `event_fields.fields.${name}`, kind: 'text' });

/** The Azure activity log: rule tests of Panther; plaso. */
export const azure = eventLogAdapter({
  folders: ['azure-activity'],
  format: azureActivity,
  time: (event) => at(event, 'eventTimestamp') ?? at(event, 'time') ?? at(event, 'timeGenerated'),
  code: (event) => at(event, 'operationName') ?? at(event, 'operationNameValue'),
  rules,
  notInFields: (name) => ['time', 'eventtimestamp', 'event_timestamp'].includes(name.toLowerCase()),
  others: {
    recorded_time: { column: 'events.time', kind: 'time' },
    caller: { column: 'events.actor', kind: 'text' },
    client_ip: { column: 'events.src_ip', kind: 'text' },
    operation_name: { column: 'events.code', kind: 'text' },
    resource_identifier: { column: 'events.target', kind: 'text' },
    level: { column: 'events.severity', kind: 'lower' },
    correlation_identifier: field('correlation_id'),
    event_data_identifier: field('event_data_id'),
    operation_identifier: field('operation_id'),
    event_name: field('event_name.value'),
    resource_group: field('resource_group_name'),
    resource_provider: field('resource_provider_name.value'),
    resource_type: field('resource_type.value'),
    subscription_identifier: field('subscription_id'),
    tenant_identifier: field('tenant_id'),
    // The name of plaso's own kind of event.
    data_type: 'skip',
  },
});
