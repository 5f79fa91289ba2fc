/** The activity log as CSV: what the portal downloads, which names operations in words, and tables of a workspace. */
import type { EventTable } from '../event-records/event-format.ts';

const portal: Readonly<Record<string, string>> = {
  correlationid: 'correlationId',
  operationname: 'operationName',
  status: 'resultType',
  eventcategory: 'category',
  level: 'level',
  time: 'time',
  subscription: 'subscriptionId',
  eventinitiatedby: 'caller',
  resourcetype: 'resourceType',
  resourcegroup: 'resourceGroupName',
};

/** The portal's columns that tell its download from tables with the same names. */
const telling = ['eventcategory', 'eventinitiatedby'];

export const azureTable: EventTable = {
  columns: portal,
  shape: (event) => {
    if (event['time'] === undefined || event['category'] === undefined || event['resultType'] === undefined) return;
    const place = event['resource'] ?? event['Resource'] ?? event['resourceGroupName'];
    if (place !== undefined) event['resourceId'] ??= place;
    // It was written by whoever saved the file, a spreadsheet perhaps, not by the service: no month first.
    event['eventTimestamp'] = event['time'];
    delete event['time'];
  },
  assumes: (names) =>
    telling.every((name) => names.has(name))
      ? 'The CSV of the portal names operations in words, not by their path; what they mean is told by these.'
      : undefined,
};
