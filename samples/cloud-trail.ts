/** CloudTrail files of one AWS account, as the trail delivers them: one file a day and region, by days of UTC. */
import type { Day } from '../shared/time.ts';
import { AWS_ACCOUNT, HOME_REGION, people, type Person } from './company.ts';
import type { Busyness } from './host-day.ts';
import { instantAt } from './wall-clock.ts';
import { planted } from './plants.ts';
import { BASE64, HEX, UPPER, type Chance } from './random.ts';

export interface TrailFile {
  readonly path: string;
  readonly text: string;
  /** Record numbers in this file (from 1) of what was planted, and the `eventID` that finds each. */
  readonly marks: readonly { readonly plant: string; readonly record: number; readonly text: string }[];
  readonly records: number;
}

type Json = Record<string, unknown>;

interface Call {
  readonly at: number;
  readonly identity: Json;
  readonly source: string;
  readonly name: string;
  readonly from: string;
  readonly agent: string;
  readonly request: Json | null;
  readonly isRead: boolean;
}

const SDK = 'aws-sdk-go-v2/1.24.0 os/linux lang/go#1.21.5';
const CONSOLE = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
const GLOBAL_REGION = 'us-east-1';

/** The file of the home region for the day of UTC that holds `[from, to)` (milliseconds). */
export function trailFile(
  day: Day,
  { from, to }: { from: number; to: number },
  chance: Chance,
  busy: Busyness,
): TrailFile {
  const calls = [...regularCalls(from, to, chance, busy), ...personalCalls(from, to, chance, busy)];
  const records = calls.sort((a, b) => a.at - b.at).map((call) => recordOf(call, HOME_REGION, chance));
  return fileOf(day, HOME_REGION, records, [], chance);
}

/** The file of the global region on the day when the account's root user was used. */
export function rootUseFile(chance: Chance): TrailFile {
  const { day, time, id } = planted.awsRoot;
  const at = instantAt(day, time);
  const identity = {
    type: 'Root',
    principalId: AWS_ACCOUNT,
    arn: `arn:aws:iam::${AWS_ACCOUNT}:root`,
    accountId: AWS_ACCOUNT,
    accessKeyId: '',
  };
  const login = { ...signIn(at, identity, chance), awsRegion: GLOBAL_REGION };
  const session = { ...identity, accessKeyId: `ASIA${chance.text(UPPER, 16)}`, sessionContext: sessionAt(at) };
  const call = recordOf(
    {
      at: at + 94_000,
      identity: session,
      source: 'iam.amazonaws.com',
      name: 'UpdateAccountPasswordPolicy',
      from: ROOT_ADDRESS,
      agent: CONSOLE,
      request: { minimumPasswordLength: 14, requireSymbols: true, requireNumbers: true },
      isRead: false,
    },
    GLOBAL_REGION,
    chance,
  );
  return fileOf(day, GLOBAL_REGION, [login, call], [id, id], chance);
}

const ROOT_ADDRESS = '192.0.2.77';

function signIn(at: number, identity: Json, chance: Chance): Json {
  return {
    eventVersion: '1.09',
    userIdentity: identity,
    eventTime: instantText(at),
    eventSource: 'signin.amazonaws.com',
    eventName: 'ConsoleLogin',
    awsRegion: GLOBAL_REGION,
    sourceIPAddress: ROOT_ADDRESS,
    userAgent: CONSOLE,
    requestParameters: null,
    responseElements: { ConsoleLogin: 'Success' },
    additionalEventData: {
      LoginTo: 'https://console.aws.amazon.com/console/home',
      MobileVersion: 'No',
      MFAUsed: 'Yes',
    },
    eventID: uuid(chance),
    readOnly: false,
    eventType: 'AwsConsoleSignIn',
    managementEvent: true,
    recipientAccountId: AWS_ACCOUNT,
    eventCategory: 'Management',
  };
}

function sessionAt(at: number): Json {
  return { attributes: { creationDate: instantText(at), mfaAuthenticated: 'true' } };
}

const services: readonly (readonly [string, string, Json | null, boolean])[] = [
  ['s3.amazonaws.com', 'GetBucketEncryption', { bucketName: 'harbourline-documents' }, true],
  ['s3.amazonaws.com', 'ListBuckets', null, true],
  ['kms.amazonaws.com', 'Decrypt', { encryptionContext: { service: 'booking-api' } }, true],
  ['sts.amazonaws.com', 'GetCallerIdentity', null, true],
  ['secretsmanager.amazonaws.com', 'GetSecretValue', { secretId: 'booking/api' }, true],
  ['ec2.amazonaws.com', 'DescribeInstances', { instancesSet: {}, filterSet: {} }, true],
];

const changes: readonly (readonly [string, string, Json | null, boolean])[] = [
  ['ec2.amazonaws.com', 'DescribeSecurityGroups', { securityGroupSet: {} }, true],
  ['cloudtrail.amazonaws.com', 'DescribeTrails', { trailNameList: [] }, true],
  ['ecr.amazonaws.com', 'DescribeImages', { repositoryName: 'booking-api' }, true],
  ['logs.amazonaws.com', 'DescribeLogGroups', { limit: 50 }, true],
  ['ec2.amazonaws.com', 'CreateTags', { resourcesSet: { items: [{ resourceId: 'i-0a1b2c3d4e5f60718' }] } }, false],
];

/** The booking service and AWS itself: three calls an hour, day and night. */
function regularCalls(from: number, to: number, chance: Chance, busy: Busyness): Call[] {
  const step = 1_200_000 / busy;
  const calls: Call[] = [];
  for (let at = from; at + step <= to; at += step) {
    const when = at + chance.between(0, Math.floor(step) - 1);
    calls.push(chance.happens(0.12) ? serviceCall(when) : roleCall(when, chance));
  }
  return calls;
}

function roleCall(at: number, chance: Chance): Call {
  const [source, name, request, isRead] = chance.pick(services);
  return {
    at,
    identity: roleIdentity('booking-api', 'i-0a1b2c3d4e5f60718', at),
    source,
    name,
    from: '10.30.1.15',
    agent: SDK,
    request,
    isRead,
  };
}

/** A service that takes a role on its own: nobody's doing. */
function serviceCall(at: number): Call {
  const request = { roleArn: `arn:aws:iam::${AWS_ACCOUNT}:role/booking-api`, roleSessionName: 'i-0a1b2c3d4e5f60718' };
  const identity = { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' };
  const from = 'ec2.amazonaws.com';
  return { at, identity, source: 'sts.amazonaws.com', name: 'AssumeRole', from, agent: from, request, isRead: true };
}

function personalCalls(from: number, to: number, chance: Chance, busy: Busyness): Call[] {
  const calls: Call[] = [];
  for (let turn = 0; turn < 15 * busy; turn++) {
    const at = from + 6 * 3_600_000 + chance.between(0, 10 * 3_600_000);
    const person = chance.pick(people);
    const [source, name, request, isRead] = chance.pick(changes);
    const identity = roleIdentity(roleOf(person), person.account, at);
    if (at < to) calls.push({ at, identity, source, name, from: '192.0.2.40', agent: CONSOLE, request, isRead });
  }
  return calls;
}

function roleOf({ isPrivileged }: Person): string {
  return isPrivileged ? 'AWSReservedSSO_PlatformAdmin_4b1f' : 'AWSReservedSSO_Developer_91c0';
}

function roleIdentity(role: string, session: string, at: number): Json {
  return {
    type: 'AssumedRole',
    principalId: `AROAXEXAMPLE${role.length}:${session}`,
    arn: `arn:aws:sts::${AWS_ACCOUNT}:assumed-role/${role}/${session}`,
    accountId: AWS_ACCOUNT,
    accessKeyId: `ASIAXEXAMPLE${role.length}KEY`,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        arn: `arn:aws:iam::${AWS_ACCOUNT}:role/${role}`,
        accountId: AWS_ACCOUNT,
        userName: role,
      },
      ...sessionAt(at - (at % 3_600_000)),
    },
  };
}

function recordOf(
  { at, identity, source, name, from, agent, request, isRead }: Call,
  region: string,
  chance: Chance,
): Json {
  return {
    eventVersion: '1.09',
    userIdentity: identity,
    eventTime: instantText(at),
    eventSource: source,
    eventName: name,
    awsRegion: region,
    sourceIPAddress: from,
    userAgent: agent,
    requestParameters: request,
    responseElements: null,
    requestID: uuid(chance),
    eventID: uuid(chance),
    readOnly: isRead,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: AWS_ACCOUNT,
    eventCategory: 'Management',
  };
}

function fileOf(
  day: Day,
  region: string,
  records: readonly Json[],
  plants: readonly string[],
  chance: Chance,
): TrailFile {
  const compact = day.replaceAll('-', '');
  const name = `${AWS_ACCOUNT}_CloudTrail_${region}_${compact}T2355Z_${chance.text(BASE64, 16)}.json.gz`;
  return {
    path: `cloudtrail/AWSLogs/${AWS_ACCOUNT}/CloudTrail/${region}/${day.replaceAll('-', '/')}/${name}`,
    text: JSON.stringify({ Records: records }),
    marks: plants.map((plant, place) => ({ plant, record: place + 1, text: String(records[place]?.['eventID']) })),
    records: records.length,
  };
}

function instantText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

function uuid(chance: Chance): string {
  const text = chance.text(HEX, 31);
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(12, 15)}-a${text.slice(15, 18)}-${text.slice(18, 30)}`;
}
