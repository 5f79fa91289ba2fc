import type { UtcMicros } from '../../../shared/time.ts';
import type { EventContext } from '../event-records/event-format.ts';
import { at, firstText } from '../event-records/values.ts';
import type { EntraRecord } from './parts.ts';

/** When and where a record belongs: the columns that every row of it begins with. */
export interface Placed {
  readonly time: UtcMicros;
  readonly system: string | undefined;
  readonly stream: 'entra';
}

// When it happened, before when Azure Monitor passed it on.
const timeNames = ['createdDateTime', 'activityDateTime', 'detectedDateTime', 'riskLastUpdatedDateTime'];

/** Time and tenant of a record, or the sentence that says why it has no time. */
export function place(record: EntraRecord, { times, system }: EventContext): Placed | string {
  const inside = timeNames.find((name) => isThere(at(record.properties, name)));
  const outside = ['time', 'TimeGenerated'].find((name) => isThere(at(record.whole, name)));
  const name = inside ?? outside;
  if (name === undefined) return 'The record has no createdDateTime, activityDateTime or time.';
  const value = inside === undefined ? at(record.whole, name) : at(record.properties, name);
  const time = inside === undefined ? times.readOfService(value, name) : times.read(value, name);
  if (typeof time === 'string') return time;
  const tenant = tenantOf(record);
  return { time, system: tenant === undefined ? system : `entra:${tenant}`, stream: 'entra' };
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** The tenant whose log this is; Microsoft Graph names it as the tenant of the resource that was signed in to. */
function tenantOf(record: EntraRecord): string | undefined {
  const named = firstText(record.whole, 'tenantId', 'AADTenantId');
  const path = /^\/tenants\/([^/]+)/i.exec(firstText(record.whole, 'resourceId') ?? '')?.[1];
  return named ?? path ?? record.text('tenantId', 'resourceTenantId', 'homeTenantId');
}
