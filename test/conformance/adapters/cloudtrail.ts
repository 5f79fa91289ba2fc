import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { z } from 'zod';
import { cloudtrail as format } from '../../../engine/formats/cloudtrail/cloudtrail.ts';
import { FieldCount, type Comparison, type CorpusFolder } from '../adapter.ts';
import { compareEvent, eventLogAdapter, type EventLog, type Rule } from '../event-log.ts';
import { asFlag, asText } from '../normal.ts';
import { memberAt, readEvidence } from '../reading.ts';

/** Columns of cloudtrail_records that are a member of the record, by kind. */
const TEXTS: Readonly<Record<string, string>> = {
  eventVersion: 'event_version',
  eventID: 'event_id',
  eventSource: 'event_source',
  eventName: 'event_name',
  eventType: 'event_type',
  eventCategory: 'event_category',
  awsRegion: 'region',
  errorCode: 'error_code',
  errorMessage: 'error_message',
  userAgent: 'user_agent',
  'userIdentity.type': 'identity_type',
  'userIdentity.arn': 'identity_arn',
  'userIdentity.accountId': 'identity_account',
  'userIdentity.invokedBy': 'invoked_by',
};
const FLAGS: Readonly<Record<string, string>> = { readOnly: 'read_only', managementEvent: 'management_event' };
const JSONS: Readonly<Record<string, string>> = {
  requestParameters: 'request',
  responseElements: 'response',
  resources: 'resources',
};

/** Members that have no column. */
const WITHOUT_COLUMN = [
  // Identities of the request among those of AWS; nothing in an audit is joined by them.
  ...['requestID', 'sharedEventID', 'apiVersion'],
  // How the call reached AWS.
  ...['tlsDetails', 'vpcEndpointId', 'vpcEndpointAccountId', 'edgeDeviceDetails', 'eventContext', 'addendum'],
  // Looked into for a sign-in (second factor, outcome), not kept.
  ...['additionalEventData', 'serviceEventDetails', 'sessionCredentialFromConsole'],
  'insightDetails',
];

const at = (event: unknown, path: string): unknown => memberAt(event, ...path.split('.'));

function ofKind(columns: Readonly<Record<string, string>>, kind: Rule['kind']): readonly Rule[] {
  return Object.entries(columns).map(([member, column]) => ({
    field: member,
    column: `cloudtrail_records.${column}`,
    kind,
    theirs: (event) => at(event, member),
  }));
}

function actor(event: unknown): unknown {
  switch (at(event, 'userIdentity.type')) {
    case 'Root':
      return 'root';
    case 'IAMUser':
      return at(event, 'userIdentity.userName') ?? lastPart(at(event, 'userIdentity.arn'), 'user/');
    case 'AssumedRole':
      return lastPart(at(event, 'userIdentity.arn'), 'assumed-role/');
    default:
      return undefined;
  }
}

function lastPart(arn: unknown, after: string): string | undefined {
  const [, part] = String(arn ?? '').split(`:${after}`);
  return part === '' ? undefined : part;
}

function usedSecondFactor(event: unknown): unknown {
  const said = at(event, 'additionalEventData.MFAUsed');
  return said ?? at(event, 'userIdentity.sessionContext.attributes.mfaAuthenticated');
}

const rules: readonly Rule[] = [
  ...ofKind(TEXTS, 'text'),
  ...ofKind(FLAGS, 'flag'),
  ...ofKind(JSONS, 'json'),
  { field: 'code', column: 'events.code', kind: 'text', theirs: (event) => at(event, 'eventName') },
  { field: 'mfa', column: 'cloudtrail_records.mfa', kind: 'flag', theirs: (event) => asFlag(usedSecondFactor(event)) },
  {
    field: 'sourceIPAddress',
    column: 'events.src_ip',
    kind: 'text',
    theirs: (event) => {
      const address = at(event, 'sourceIPAddress');
      // The name of a service stands there where AWS called itself.
      return isIP(String(address)) === 0 ? undefined : address;
    },
  },
  {
    field: 'account',
    column: 'cloudtrail_records.account',
    kind: 'text',
    theirs: (event) => asText(at(event, 'recipientAccountId')) ?? at(event, 'userIdentity.accountId'),
  },
];

const known = new Set([
  ...rules.map(({ field }) => field.split('.')[0]!),
  ...WITHOUT_COLUMN,
  ...['eventTime', 'userIdentity', 'recipientAccountId'],
]);

/** Of the kinds of identity whose name stands in one place. */
const named: Rule = { field: 'actor', column: 'events.actor', kind: 'text', theirs: actor, ifSaid: true };
const log: EventLog = {
  folders: ['cloudtrail'],
  format,
  time: (event) => at(event, 'eventTime'),
  code: (event) => at(event, 'eventName'),
  timeMember: 'eventTime',
  rules: [...rules, named],
  notInFields: (name) => known.has(name) || name.startsWith('p_'),
  others: {
    ...{ event_id: text('cloudtrail_records.event_id'), event_name: text('events.code') },
    ...{ event_source: text('cloudtrail_records.event_source'), source_ip: text('events.src_ip') },
    ...{ user_agent: text('cloudtrail_records.user_agent'), region: text('cloudtrail_records.region') },
    ...{
      user_arn: text('cloudtrail_records.identity_arn'),
      user_identity_arn: text('cloudtrail_records.identity_arn'),
    },
    ...{ user_type: text('cloudtrail_records.identity_type'), account_id: text('cloudtrail_records.identity_account') },
    ...{ username: text('events.actor') },
    timestamp: { column: 'events.time', kind: 'time' },
    recorded_time: { column: 'events.time', kind: 'time' },
    MarshaledTime: { column: 'events.time', kind: 'time' },
    // How CrowdSec came to the line, and the kind of its event; the same of plaso.
    ...{ datasource_path: 'skip', datasource_type: 'skip', log_type: 'skip', program: 'skip', data_type: 'skip' },
    // The access key is the session of a sign-in; of other events it is not kept.
    access_key: 'skip',
  },
  more: compareCounts,
};
function text(column: string) {
  return { column, kind: 'text' } as const;
}

const countsSchema = z.record(z.string(), z.number());

/** Delivered files: how many records were counted in each, and the records themselves as JSON. */
function compareCounts(folder: CorpusFolder): readonly Comparison[] {
  return folder.entries
    .filter((entry) => /counts\.json$/.test(entry))
    .flatMap((oracle) => {
      const counts = Object.entries(countsSchema.safeParse(folder.json(oracle)).data ?? {});
      const there = counts.filter(([file]) => existsSync(folder.path(file)));
      return there.map(([file, records]) => compareFile(folder, oracle, file, records));
    });
}

function compareFile(folder: CorpusFolder, oracle: string, file: string, records: number): Comparison {
  const { all, rowsOf } = readEvidence(format, folder, file);
  const count = new FieldCount(file, oracle);
  const events = all.rows('events');
  count.field(0, 'records', events.length, records);
  count.field(0, 'rejects', all.rejects.length, 0);
  const theirs = deliveredRecords(folder.text(file));
  theirs.forEach((event, index) => {
    count.record();
    compareEvent(log, count, { record: index + 1, event, rows: rowsOf(events[index]?.record ?? 0) });
  });
  return count.result();
}

function deliveredRecords(content: string): readonly unknown[] {
  try {
    const list = memberAt(JSON.parse(content), 'Records');
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

/** CloudTrail: Panther, plaso, CrowdSec, and files as AWS delivers them. */
export const cloudtrail = eventLogAdapter(log);
