/** What one CloudTrail event says, as rows: the common spine and the detail table. Pure: an event in, values out. */
import type { EvidenceRow } from '../../core/tables.ts';
import type { UtcMicros } from '../../../shared/time.ts';
import { rawMember } from '../framing/json-members.ts';
import type { JsonRecord } from '../framing/json-records.ts';
import { isIpAddress } from '../framing/ip-address.ts';
import { isInsight, nameOf, sourceOf } from './event-names.ts';
import { readableIdentity } from './identity.ts';
import { flagAt, memberOf, textAt } from './members.ts';

/** The row of `events`. `system` is `aws:` and the account, or `fallbackSystem` where the event names none. */
export function spineRow(event: unknown, time: UtcMicros, fallbackSystem: string | undefined): EvidenceRow<'events'> {
  const account = accountOf(event);
  const address = textAt(event, 'sourceIPAddress');
  const actor = readableIdentity(event);
  const outcome = outcomeOf(event);
  return {
    time,
    system: account === undefined ? fallbackSystem : `aws:${account}`,
    stream: 'cloudtrail',
    class: isInsight(event) ? 'detection_finding' : isSignIn(event) ? 'authentication' : 'api_activity',
    activity: activityOf(event),
    code: nameOf(event),
    actor,
    target: targetOf(event),
    src_ip: address !== undefined && isIpAddress(address) ? address : undefined,
    outcome,
    message: isInsight(event)
      ? insightSentence(event)
      : sentence(event, actor ?? 'Someone not named') + ending(event, outcome),
  };
}

/** The row of `cloudtrail_records`; request, response and resources are cut from the record as they are written. */
export function detailRow(record: JsonRecord): EvidenceRow<'cloudtrail_records'> {
  const event = record.value;
  return {
    event_id: textAt(event, 'eventID'),
    event_version: textAt(event, 'eventVersion'),
    event_source: sourceOf(event),
    event_name: nameOf(event),
    event_type: textAt(event, 'eventType'),
    event_category: textAt(event, 'eventCategory'),
    region: textAt(event, 'awsRegion'),
    account: accountOf(event),
    identity_type: textAt(event, 'userIdentity', 'type'),
    identity_arn: textAt(event, 'userIdentity', 'arn'),
    identity_account: textAt(event, 'userIdentity', 'accountId'),
    invoked_by: textAt(event, 'userIdentity', 'invokedBy'),
    mfa: multiFactor(event),
    read_only: flagAt(event, 'readOnly'),
    management_event: flagAt(event, 'managementEvent'),
    error_code: textAt(event, 'errorCode'),
    error_message: textAt(event, 'errorMessage'),
    user_agent: textAt(event, 'userAgent'),
    request: asWritten(record, 'requestParameters'),
    response: asWritten(record, 'responseElements'),
    resources: asWritten(record, 'resources'),
  };
}

/**
 * Members that have no column, as a JSON object: what an insight says; the identity where CloudTrail Lake gives it as
 * text that is no JSON, `{type=IAMUser, ...}`. `undefined` where there is none.
 */
export function leftOver(record: JsonRecord): string | undefined {
  const names = isInsight(record.value) ? ['insightDetails', 'sharedEventID'] : [];
  if (typeof memberOf(record.value, 'userIdentity') === 'string') names.push('userIdentity');
  const members = names.flatMap((name) => {
    const text = rawMember(record, name);
    return text === undefined ? [] : [`${JSON.stringify(name)}:${text}`];
  });
  return members.length === 0 ? undefined : `{${members.join(',')}}`;
}

function asWritten(record: JsonRecord, name: string): string | undefined {
  const text = rawMember(record, name);
  return text === 'null' ? undefined : text;
}

/** recipientAccountId is the account whose trail this is; the identity may belong to another one. */
function accountOf(event: unknown): string | undefined {
  return textAt(event, 'recipientAccountId') ?? textAt(event, 'userIdentity', 'accountId');
}

/** MFAUsed is written at sign-in; later calls carry what their session began with. */
function multiFactor(event: unknown): boolean | undefined {
  return (
    flagAt(event, 'additionalEventData', 'MFAUsed') ??
    flagAt(event, 'userIdentity', 'sessionContext', 'attributes', 'mfaAuthenticated')
  );
}

function isSignIn(event: unknown): boolean {
  return (
    sourceOf(event) === 'signin.amazonaws.com' ||
    textAt(event, 'eventType') === 'AwsConsoleSignIn' ||
    nameOf(event) === 'ConsoleLogin'
  );
}

const verbs: readonly (readonly [string, RegExp])[] = [
  ['read', /^(?:Get|List|Describe|Lookup|Head|Search|View|Check|Select|Batch(?:Get|Describe))/],
  ['create', /^(?:Create|Run|Allocate|Register|Issue|Import|Generate|Add|Request)/],
  ['delete', /^(?:Delete|Terminate|Remove|Release|Deregister|Batch(?:Delete)|Revoke|Schedule\w*Deletion)/],
  ['update', /^(?:Update|Put|Modify|Set|Attach|Detach|Change|Enable|Disable|Start|Stop|Tag|Untag|Associate|Authorize)/],
];

function activityOf(event: unknown): string {
  // An insight begins and ends, as a finding is made and closed.
  if (isInsight(event)) return textAt(event, 'insightDetails', 'state')?.toLowerCase() === 'end' ? 'close' : 'create';
  const name = nameOf(event) ?? '';
  if (isSignIn(event)) return signInActivity(name);
  return flagAt(event, 'readOnly') === true ? 'read' : callActivity(name);
}

/** What a sign-in of this name is. */
export function signInActivity(name: string): string {
  return /Log[io]n|SignIn/i.test(name) ? 'logon' : /SignOut|Logout/i.test(name) ? 'logoff' : 'other';
}

/** What a call of this name does, by its verb. */
export function callActivity(name: string): string {
  return verbs.find(([, pattern]) => pattern.test(name))?.[0] ?? 'other';
}

/**
 * A call without errorCode succeeded (AWS: "errorCode: the AWS service error if the request returns an error").
 * A sign-in says so itself. Events of a service, and insights, are no requests: nothing succeeded or failed.
 */
function outcomeOf(event: unknown): string | undefined {
  if (textAt(event, 'errorCode') !== undefined || textAt(event, 'errorMessage') !== undefined) return 'failure';
  const said = textAt(event, 'responseElements', nameOf(event) ?? '')?.toLowerCase();
  if (said === 'success' || said === 'failure') return said;
  const type = textAt(event, 'eventType');
  const isRequest = type !== 'AwsServiceEvent' && type !== 'AwsCloudTrailInsight' && !isInsight(event);
  return isRequest && !isSignIn(event) ? 'success' : undefined;
}

/** The request member that names the main resource, most telling first. */
export const namedBy = [
  ...['userName', 'roleName', 'groupName', 'policyArn', 'policyName', 'bucketName', 'instanceId', 'secretId', 'keyId'],
  ...['functionName', 'trailName', 'tableName', 'dBInstanceIdentifier', 'dBSnapshotIdentifier', 'groupId', 'roleArn'],
  ...['volumeId', 'vpcId', 'name', 'resourceArn', 'resourceId', 'logGroupName', 'clusterName', 'imageId'],
];

function targetOf(event: unknown): string | undefined {
  const resource = textAt(event, 'resources', '0', 'ARN') ?? textAt(event, 'resources', '0', 'arn');
  if (resource !== undefined) return resource;
  const request = memberOf(event, 'requestParameters');
  const name = namedBy.find((member) => textAt(request, member) !== undefined);
  return name === undefined ? sourceOf(event) : textAt(request, name);
}

function insightSentence(event: unknown): string {
  const type = textAt(event, 'insightDetails', 'insightType') ?? 'insight of a type not named';
  const region = textAt(event, 'awsRegion');
  const where = region === undefined ? '' : ` in ${region}`;
  const state = textAt(event, 'insightDetails', 'state')?.toLowerCase() === 'end' ? 'ended' : 'began';
  return `CloudTrail Insights: unusual calls of ${nameOf(event) ?? ''} of ${sourceOf(event) ?? 'an AWS service not named'}${where} ${state} (${type}).`;
}

function sentence(event: unknown, actor: string): string {
  const name = nameOf(event) ?? '';
  const source = sourceOf(event) ?? 'an AWS service not named';
  const what = name === 'ConsoleLogin' ? 'signed in to the AWS console' : `called ${name} of ${source}`;
  const region = textAt(event, 'awsRegion');
  const from = textAt(event, 'sourceIPAddress');
  const where = `${region === undefined ? '' : ` in ${region}`}${from === undefined ? '' : ` from ${from}`}`;
  return `${actor} ${what}${where}`;
}

function ending(event: unknown, outcome: string | undefined): string {
  if (outcome === undefined) return '.';
  const why = [textAt(event, 'errorCode'), textAt(event, 'errorMessage')]
    .filter((part) => part !== undefined)
    .join(', ');
  return why === '' ? `: ${outcome}.` : `: ${outcome} (${why}).`;
}
