/** What one record of Microsoft Entra's logs says, as rows. Pure: a record in, values out. */
import type { EventContext, EventFormat, EventRows } from '../event-records/event-format.ts';
import { at, firstText } from '../event-records/values.ts';
import { auditRows, otherRows } from './audits.ts';
import { entraSpelling } from './names.ts';
import { EntraRecord } from './parts.ts';
import { place } from './placed.ts';
import { signInRows } from './sign-ins.ts';

export const entraEvents: EventFormat = {
  noun: 'a sign-in or audit record of Microsoft Entra',
  files: {
    lists: ['value', 'records', 'Records', 'events', 'results', ['data', 'value']],
    firstKeys: [
      'id',
      'time',
      'createdDateTime',
      'activityDateTime',
      '@odata.type',
      'Level',
      'callerIpAddress',
      'category',
    ],
  },
  spelling: entraSpelling,
  isEvent: isEntraRecord,
  signs: 'what sign-in and audit records of Microsoft Entra have',
  telling: ['appDisplayName', 'createdDateTime', 'conditionalAccessStatus'],
  inColumns: new Set(),
  // Tables of a Log Analytics workspace; the portal's own downloads are read by download.ts.
  table: { columns: {} },
  rows: rowsOf,
};

/** Whether a value is a record of one of Entra's logs, whatever its time. */
export function isEntraRecord(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const record = new EntraRecord(value);
  return record.category !== undefined || (isOfDirectory(value) && firstText(value, 'operationName') !== undefined);
}

/** Records of the directory itself come with the path of the tenant, not of a subscription. */
function isOfDirectory(value: unknown): boolean {
  return /^\/tenants\/[^/]+\/providers\/microsoft\.aadiam/i.test(firstText(value, 'resourceId') ?? '');
}

function rowsOf(value: unknown, context: EventContext): EventRows | string {
  if (!isEntraRecord(value))
    return `The record is no sign-in or audit record of Microsoft Entra${categoryWord(value)}.`;
  const record = new EntraRecord(value);
  const placed = place(record, context);
  if (typeof placed === 'string') return placed;
  if (record.isSignIn) return signInRows(record, placed);
  return record.category === 'AuditLogs' ? auditRows(record, placed) : otherRows(record, placed);
}

function categoryWord(value: unknown): string {
  const category = at(value, 'category');
  return typeof category === 'string'
    ? `; its category is ${JSON.stringify(category.slice(0, 60).toWellFormed())}`
    : '';
}
