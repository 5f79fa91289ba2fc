/** What one record of the Azure activity log says, as rows. Pure: a record in, values out. */
import type { EvidenceRow } from '../../core/tables.ts';
import type { EventContext, EventFormat, EventRows } from '../event-records/event-format.ts';
import { Spelling } from '../event-records/spelling.ts';
import { at, firstEndpoint, firstText, firstWord } from '../event-records/values.ts';
import { isEntraRecord } from '../entra-signin/events.ts';
import { entraSpelling } from '../entra-signin/names.ts';
import { actorOf, claimedAddress } from './actor.ts';
import { meaningOf } from './operations.ts';
import { azureTable } from './table.ts';

// Names of the members that are looked at; docs/formats/azure-activity.md says what becomes of each.
const names = [
  ...['eventTimestamp', 'submissionTimestamp', 'time', 'TimeGenerated', 'caller', 'claims', 'authorization', 'action'],
  ...['scope', 'operationName', 'operationNameValue', 'operationId', 'category', 'categoryValue', 'correlationId'],
  ...[
    'eventDataId',
    'eventName',
    'level',
    'status',
    'subStatus',
    'activityStatus',
    'activityStatusValue',
    'resultType',
  ],
  ...['resultSignature', 'resultDescription', 'description', 'resourceId', 'resourceUri', 'resourceGroupName'],
  ...['resourceProviderName', 'resourceType', 'subscriptionId', 'tenantId', 'httpRequest', 'clientIpAddress', 'method'],
  ...[
    'callerIpAddress',
    'identity',
    'properties',
    'value',
    'localizedValue',
    'statusCode',
    'uri',
    'entity',
    'channels',
  ],
  ...['durationMs', 'location', 'operationVersion', 'eventCategory', 'message', 'statusText'],
];

export const azureEvents: EventFormat = {
  noun: 'a record of the Azure activity log',
  files: {
    lists: ['records', 'Records', 'value', 'events', 'results', ['data', 'value']],
    firstKeys: [
      'authorization',
      'time',
      'caller',
      'channels',
      'RoleLocation',
      'eventTimestamp',
      'Authorization',
      'category',
    ],
  },
  spelling: new Spelling(names),
  isEvent,
  signs: 'operationName and a time, category, status or resource of Azure, and are none of Microsoft Entra',
  telling: ['operationName', 'correlationId', 'resourceId'],
  inColumns: new Set(['eventTimestamp', 'time']),
  table: azureTable,
  rows: rowsOf,
};

function isEvent(value: unknown): boolean {
  if (operationOf(value) === undefined || isOfEntra(value)) return false;
  if (at(value, 'eventTimestamp') !== undefined) return true;
  const others = ['category', 'categoryValue', 'resultType', 'resourceId', 'callerIpAddress', 'activityStatusValue'];
  const found = others.filter((name) => wordAt(value, name) !== undefined).length;
  return found >= 2 && (at(value, 'time') ?? at(value, 'TimeGenerated')) !== undefined;
}

/** Entra's records come by the same ways, but neither with eventTimestamp nor about a resource of a subscription. */
function isOfEntra(value: unknown): boolean {
  if (at(value, 'eventTimestamp') !== undefined || /^\/subscriptions\//i.test(firstText(value, 'resourceId') ?? ''))
    return false;
  return isEntraRecord(entraSpelling.correct(value));
}

const timeNames = ['eventTimestamp', 'time', 'TimeGenerated'];

function rowsOf(record: unknown, { times, system }: EventContext): EventRows | string {
  if (isOfEntra(record))
    return `The record is one of Microsoft Entra (${wordAt(record, 'category') ?? 'no category'}), not of the activity log.`;
  const code = operationOf(record);
  if (code === undefined) return 'The record has no operationName.';
  const name = timeNames.find((each) => ![undefined, null, ''].includes(at(record, each) as string));
  if (name === undefined) return 'The record has neither eventTimestamp nor time.';
  // eventTimestamp is what a person's program may have written; the others are Azure Monitor's own.
  const written = at(record, name);
  const time = name === 'eventTimestamp' ? times.read(written, name) : times.readOfService(written, name);
  if (typeof time === 'string') return time;
  const parties = partiesOf(record);
  const { actor, target, outcome } = parties;
  const spine = {
    ...{ time, system: systemOf(record) ?? system, stream: 'azure', ...meaningOf(code, categoryOf(record)), code },
    ...parties,
    severity: wordAt(record, 'level')?.toLowerCase(),
    message: sentence(record, { code, actor, target, outcome }),
  };
  return { spine };
}

function partiesOf(
  record: unknown,
): Pick<EvidenceRow<'events'>, 'actor' | 'target' | 'src_ip' | 'src_port' | 'outcome'> & Parties {
  const addresses = [httpAddress(record), firstText(record, 'callerIpAddress'), claimedAddress(record)];
  const source = firstEndpoint(...addresses);
  const actor = actorOf(record);
  return {
    actor,
    target: targetOf(record),
    src_ip: source?.address,
    src_port: source?.port,
    outcome: outcomeOf(record),
  };
}

/** A member that is text or a number, or an object of a value and what it is called in some language. */
function wordAt(record: unknown, name: string): string | undefined {
  return firstWord(record, name, `${name}.value`, `${name}.localizedValue`);
}

function operationOf(record: unknown): string | undefined {
  return wordAt(record, 'operationName') ?? wordAt(record, 'operationNameValue');
}

/** In the old schema of exports `category` is Write, Delete or Action, and the category stands in the properties. */
function categoryOf(record: unknown): string | undefined {
  const named = wordAt(record, 'category') ?? wordAt(record, 'categoryValue');
  const isVerb = named === undefined || /^(?:write|delete|action)$/i.test(named);
  return isVerb ? (firstText(record, 'properties.eventCategory') ?? named) : named;
}

function httpAddress(record: unknown): string | undefined {
  const request = at(record, 'httpRequest');
  // A Log Analytics workspace gives it as text.
  const text = typeof request === 'string' ? /"clientIpAddress"\s*:\s*"([^"]+)"/i.exec(request)?.[1] : undefined;
  return text ?? firstText(request, 'clientIpAddress');
}

function targetOf(record: unknown): string | undefined {
  const place = firstText(record, 'resourceId', 'resourceUri', 'authorization.scope', 'identity.authorization.scope');
  // The query of an address may hold a signature that opens the resource.
  return place ?? firstText(record, 'properties.entity') ?? firstText(record, 'uri')?.split('?', 1)[0];
}

function systemOf(record: unknown): string | undefined {
  const path = /^\/subscriptions\/([^/]+)/i.exec(targetOf(record) ?? '')?.[1];
  const owner = firstText(record, 'subscriptionId') ?? path?.toLowerCase() ?? firstText(record, 'tenantId');
  return owner === undefined ? undefined : `azure:${owner}`;
}

/** Started, Accepted, Active and the like have not ended: they are neither. */
function outcomeOf(record: unknown): 'success' | 'failure' | undefined {
  const named = ['status', 'activityStatusValue', 'activityStatus', 'resultType'].map((name) => wordAt(record, name));
  const said = named.find((text) => text !== undefined) ?? firstText(record, 'properties.metricResponseType') ?? '';
  if (/^succe(?:ss|eded)$/i.test(said)) return 'success';
  if (/fail(?:ed|ure)?$|error$|^(?:clienterror|authenticationfail|authorizationfail|.*throttl)/i.test(said))
    return 'failure';
  const code = Number(firstWord(record, 'statusCode') ?? NaN);
  if (said !== '' || !(code >= 100 && code < 600)) return undefined;
  return code < 400 ? 'success' : 'failure';
}

interface Parties {
  readonly actor: string | undefined;
  readonly target: string | undefined;
  readonly outcome: 'success' | 'failure' | undefined;
}

function sentence(record: unknown, { code, actor, target }: Parties & { readonly code: string }): string {
  const status = ['status', 'activityStatusValue', 'activityStatus', 'resultType', 'statusCode'].map((name) =>
    wordAt(record, name),
  );
  const said = status.find((text) => text !== undefined);
  const detail =
    wordAt(record, 'subStatus') ?? firstText(record, 'resultSignature', 'resultDescription', 'description');
  const ending = said === undefined ? '' : `: ${said}${detail === undefined || detail === said ? '' : ` (${detail})`}`;
  return `${actor ?? 'Someone not named'}: ${code}${target === undefined ? '' : ` on ${target}`}${ending}.`;
}
