/** What of an event has a column or decides one, as paths into it; a value has the slot of its place in this list. */
import type { JsonPath } from '../framing/json-paths.ts';
import { namedBy } from './events.ts';

const paths = {
  time: ['eventTime'],
  name: ['eventName'],
  source: ['eventSource'],
  region: ['awsRegion'],
  address: ['sourceIPAddress'],
  agent: ['userAgent'],
  id: ['eventID'],
  version: ['eventVersion'],
  type: ['eventType'],
  category: ['eventCategory'],
  recipient: ['recipientAccountId'],
  readOnly: ['readOnly'],
  management: ['managementEvent'],
  errorCode: ['errorCode'],
  errorMessage: ['errorMessage'],
  insight: ['insightDetails'],
  identity: ['userIdentity'],
  identityType: ['userIdentity', 'type'],
  arn: ['userIdentity', 'arn'],
  identityAccount: ['userIdentity', 'accountId'],
  invokedBy: ['userIdentity', 'invokedBy'],
  userName: ['userIdentity', 'userName'],
  principal: ['userIdentity', 'principalId'],
  onBehalfOf: ['userIdentity', 'onBehalfOf', 'userId'],
  issuer: ['userIdentity', 'sessionContext', 'sessionIssuer', 'userName'],
  sessionMfa: ['userIdentity', 'sessionContext', 'attributes', 'mfaAuthenticated'],
  mfaUsed: ['additionalEventData', 'MFAUsed'],
  request: ['requestParameters'],
  response: ['responseElements'],
  said: ['responseElements', { namedBy: 'eventName' }],
  resources: ['resources'],
  resourceArn: ['resources', 0, 'ARN'],
  resourceArnLower: ['resources', 0, 'arn'],
  // Without a column, but often there: named here, they are told from members that are new.
  requestId: ['requestID'],
  tls: ['tlsDetails'],
  additional: ['additionalEventData'],
  sharedId: ['sharedEventID'],
} as const satisfies Record<string, JsonPath>;

export type PlaceName = keyof typeof paths;

/** Slot of each of them. */
export const at = Object.fromEntries(Object.keys(paths).map((name, slot) => [name, slot])) as Readonly<
  Record<PlaceName, number>
>;

const named: readonly JsonPath[] = namedBy.map((member) => ['requestParameters', member]);

/** All paths, by slot. Those into the request come last, the most telling first. */
export const eventPaths: readonly JsonPath[] = [...Object.values(paths), ...named];
export const FIRST_NAMED = eventPaths.length - named.length;

/** Texts of which the rows need the text itself: where one is written with escapes, the event is read in the general way. */
export const textSlots = Uint8Array.from(eventPaths, (_, slot) =>
  slot === at.request ||
  slot === at.response ||
  slot === at.resources ||
  slot === at.requestId ||
  slot === at.additional
    ? 0
    : 1,
);
