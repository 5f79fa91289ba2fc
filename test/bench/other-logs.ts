/** RFC 5424 syslog, and CloudTrail as it is delivered: .json.gz files of some megabytes each. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { address, Chance, hosts, instantMs, LogWriter, people, programs, somePath } from './log-writer.ts';

export function writeSyslog(path: string, sizeBytes: number, seed = 2): { lines: number; bytes: number } {
  const log = new LogWriter(path, sizeBytes);
  const chance = new Chance(seed);
  while (!log.isFull) {
    const time = `${new Date(instantMs(log.fraction) + chance.below(40)).toISOString().slice(0, -1)}${String(chance.below(1000)).padStart(3, '0')}Z`;
    log.line(syslogLine(chance, `${time} ${chance.pick(hosts)}`));
  }
  return { lines: log.lines, bytes: log.close() };
}

function syslogLine(chance: Chance, head: string): string {
  const pid = 300 + chance.below(60_000);
  const quality = `[timeQuality tzKnown="1" isSynced="1" syncAccuracy="${100_000 + chance.below(900_000)}"]`;
  const who = chance.pick(people);
  const kind = chance.below(10);
  if (kind < 4)
    return (
      `<${80 + chance.below(8)}>1 ${head} sshd ${pid} - ${quality} ${chance.oneIn(6) ? 'Failed password' : 'Accepted publickey'} ` +
      `for ${chance.oneIn(8) ? 'invalid user ' : ''}${who} from ${address(chance)} port ${1024 + chance.below(60_000)} ssh2`
    );
  if (kind < 7)
    return (
      `<${80 + chance.below(8)}>1 ${head} sudo ${pid} - ${quality}   ${who} : TTY=pts/${chance.below(9)} ; PWD=/home/${who} ; ` +
      `USER=root ; COMMAND=${chance.pick(programs)} ${somePath(chance)}`
    );
  if (kind < 9)
    return (
      `<30>1 ${head} app-${chance.below(12)} ${pid} ID${chance.below(100)} [exampleSDID@32473 iut="${chance.below(9)}" ` +
      `eventSource="App \\"x\\" ${chance.below(9)}" eventID="${chance.below(9999)}"][req@32473 id="${chance.hex(16)}"] ` +
      `GET /api/v1/${chance.pick(['users', 'orders', 'items'])}/${chance.below(1e6)} ` +
      `status=${chance.pick([200, 200, 200, 404, 500])} dur=${chance.below(900)}ms trace=${chance.hex(16)}`
    );
  return `<29>1 ${head} systemd 1 - - Started Session ${chance.below(99_999)} of User ${who}.`;
}

const CALLS = [
  ['ConsoleLogin', 'signin.amazonaws.com'],
  ['AssumeRole', 'sts.amazonaws.com'],
  ['PutObject', 's3.amazonaws.com'],
  ['GetObject', 's3.amazonaws.com'],
  ['CreateUser', 'iam.amazonaws.com'],
  ['AttachRolePolicy', 'iam.amazonaws.com'],
  ['DescribeInstances', 'ec2.amazonaws.com'],
  ['AuthorizeSecurityGroupIngress', 'ec2.amazonaws.com'],
  ['Decrypt', 'kms.amazonaws.com'],
  ['StopLogging', 'cloudtrail.amazonaws.com'],
] as const;
const AGENTS = [
  'aws-cli/2.15.0 Python/3.11.6 Linux/5.10 exe/x86_64.amzn.2',
  'console.amazonaws.com',
  'Boto3/1.34.11 md/Botocore#1.34.11 ua/2.0 os/linux#5.10',
  'Terraform/1.6 (+https://www.terraform.io) aws-sdk-go-v2/1.24.0',
];
const FILE_CHARACTERS = 5_000_000;

/** Writes files into `folder` until they hold `sizeBytes` of JSON; gives that size, and the one on the disk. */
export function writeCloudTrail(
  folder: string,
  sizeBytes: number,
  seed = 3,
): { files: readonly string[]; bytes: number; zippedBytes: number } {
  mkdirSync(folder);
  const chance = new Chance(seed);
  const files: string[] = [];
  let bytes = 0;
  let zippedBytes = 0;
  while (bytes < sizeBytes) {
    const records: string[] = [];
    for (let length = 0; length < FILE_CHARACTERS; length += records.at(-1)!.length)
      records.push(JSON.stringify(cloudTrailRecord(chance, instantMs((bytes + length) / sizeBytes))));
    const content = Buffer.from(`{"Records":[${records.join(',')}]}`);
    const zipped = gzipSync(content, { level: 6 });
    const path = join(folder, `123456789012_CloudTrail_us-east-1_${String(files.length).padStart(4, '0')}.json.gz`);
    writeFileSync(path, zipped);
    files.push(path);
    bytes += content.length;
    zippedBytes += zipped.length;
  }
  return { files, bytes, zippedBytes };
}

const second = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
const uuid = (chance: Chance): string => [8, 4, 4, 4, 12].map((digits) => chance.hex(digits)).join('-');

function cloudTrailRecord(chance: Chance, ms: number): object {
  const [call, service] = chance.pick(CALLS);
  const who = chance.pick(people);
  const account = `1234567890${10 + chance.below(4)}`;
  const region = chance.pick(['us-east-1', 'us-west-2', 'eu-west-1']);
  const role = `arn:aws:iam::${account}:role/${who}-role`;
  const arn = `arn:aws:sts::${account}:assumed-role/${who}-role/${who}`;
  const key = (prefix: string): string => `${prefix}${chance.hex(16).toUpperCase()}`;
  const isRefused = chance.oneIn(25);
  return {
    eventVersion: '1.09',
    userIdentity: {
      type: chance.oneIn(3) ? 'IAMUser' : 'AssumedRole',
      principalId: `${key('AROA')}:${who}`,
      arn,
      accountId: account,
      accessKeyId: key('ASIA'),
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: key('AROA'),
          arn: role,
          accountId: account,
          userName: `${who}-role`,
        },
        attributes: {
          creationDate: second(ms - 3_600_000 * chance.below(8)),
          mfaAuthenticated: chance.oneIn(2) ? 'true' : 'false',
        },
      },
    },
    eventTime: second(ms),
    eventSource: service,
    eventName: call,
    awsRegion: region,
    sourceIPAddress: address(chance),
    userAgent: chance.pick(AGENTS),
    requestParameters: requestOf(chance, call, { who, region, role }),
    responseElements:
      call === 'AssumeRole'
        ? {
            credentials: {
              accessKeyId: key('ASIA'),
              sessionToken: chance.hex(160),
              expiration: second(ms + 3_600_000),
            },
          }
        : null,
    requestID: uuid(chance),
    eventID: uuid(chance),
    readOnly: /Get|Describe/.test(call),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
    tlsDetails: { tlsVersion: 'TLSv1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256', clientProvidedHostHeader: service },
    ...(isRefused
      ? { errorCode: 'AccessDenied', errorMessage: `User: ${arn} is not authorized to perform: ${call}` }
      : {}),
  };
}

function requestOf(chance: Chance, call: string, names: { who: string; region: string; role: string }): object | null {
  const { who, region, role } = names;
  if (call === 'AssumeRole') return { roleArn: role, roleSessionName: who, durationSeconds: 3600 };
  if (!call.endsWith('Object')) return null;
  const bucketName = `corp-${who}-data`;
  return {
    bucketName,
    Host: `${bucketName}.s3.${region}.amazonaws.com`,
    key: `year=2026/part-${chance.hex(8)}.parquet`,
  };
}
