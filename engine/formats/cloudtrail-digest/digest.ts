/** What a CloudTrail digest file says. Pure: a JSON value in, the digest or the reason why it is none out. */
import { parseInstant, type UtcMicros } from '../../../shared/time.ts';

export interface LogFile {
  readonly bucket: string;
  readonly object: string;
  readonly hash: string;
}

export interface Digest {
  readonly account: string | undefined;
  readonly from: UtcMicros;
  readonly to: UtcMicros;
  readonly bucket: string;
  readonly object: string;
  readonly fingerprint: string | undefined;
  readonly algorithm: string | undefined;
  /** The digest before: all four are absent in one with which a chain starts. */
  readonly previousBucket: string | undefined;
  readonly previousObject: string | undefined;
  readonly previousHash: string | undefined;
  readonly previousSignature: string | undefined;
  readonly logs: readonly LogFile[];
}

type Members = Readonly<Record<string, unknown>>;

const SHA256 = /^[0-9a-f]{64}$/;

/** Reads a digest; a sentence where a member that it rests on is missing or of another kind. */
export function readDigest(value: unknown): Digest | string {
  const members = membersOf(value);
  if (members === undefined) return 'The record is not a JSON object.';
  const from = timeOf(members, 'digestStartTime');
  const to = timeOf(members, 'digestEndTime');
  const bucket = textOf(members, 'digestS3Bucket');
  const object = textOf(members, 'digestS3Object');
  if (object === undefined || bucket === undefined)
    return 'The digest does not say its digestS3Bucket and digestS3Object.';
  if (from === undefined || to === undefined)
    return 'The digest has no digestStartTime or digestEndTime that is a time.';
  if (to < from) return 'The digestEndTime of the digest is before its digestStartTime.';
  const previousHash = textOf(members, 'previousDigestHashValue')?.toLowerCase();
  if (previousHash !== undefined && !isSha256(members, 'previousDigestHashAlgorithm', previousHash))
    return 'The previousDigestHashValue of the digest is no SHA-256.';
  const logs = logsOf(members);
  if (typeof logs === 'string') return logs;
  return {
    account: textOf(members, 'awsAccountId'),
    ...{ from, to, bucket, object, previousHash, logs },
    fingerprint: textOf(members, 'digestPublicKeyFingerprint'),
    algorithm: textOf(members, 'digestSignatureAlgorithm'),
    previousBucket: textOf(members, 'previousDigestS3Bucket'),
    previousObject: textOf(members, 'previousDigestS3Object'),
    previousSignature: textOf(members, 'previousDigestSignature')?.toLowerCase(),
  };
}

function logsOf(members: Members): readonly LogFile[] | string {
  const listed: unknown = own(members, 'logFiles');
  if (!Array.isArray(listed)) return 'The digest has no list logFiles.';
  const logs: LogFile[] = [];
  for (const [place, entry] of (listed as unknown[]).entries()) {
    const log = membersOf(entry) ?? {};
    const bucket = textOf(log, 's3Bucket');
    const object = textOf(log, 's3Object');
    const hash = textOf(log, 'hashValue')?.toLowerCase();
    if (bucket === undefined || object === undefined)
      return `Log file ${place + 1} of the digest has no s3Bucket or s3Object.`;
    if (hash === undefined || !isSha256(log, 'hashAlgorithm', hash))
      return `Log file ${place + 1} of the digest has no hashValue that is a SHA-256.`;
    logs.push({ bucket, object, hash });
  }
  return logs;
}

function isSha256(members: Members, algorithm: string, hash: string): boolean {
  return SHA256.test(hash) && (textOf(members, algorithm) ?? 'SHA-256').toUpperCase() === 'SHA-256';
}

/** 2015-08-17T14:01:31Z; also as it stands in the names of digests, 20150817T140131Z. */
function timeOf(members: Members, name: string): UtcMicros | undefined {
  const text = textOf(members, name) ?? '';
  return parseInstant(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

function membersOf(value: unknown): Members | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined;
}

function textOf(members: Members, name: string): string | undefined {
  const value = own(members, name);
  return typeof value === 'string' && value !== '' ? value.toWellFormed() : undefined;
}

function own(members: Members, name: string): unknown {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

/**
 * The region whose events a digest or a log file holds: what follows its kind in its name,
 * `[prefix/]AWSLogs/[o-id/]<account>/CloudTrail-Digest/<region>/...`.
 */
export function regionOf(object: string): string | undefined {
  return /\/CloudTrail(?:-Digest|-Insight)?\/([a-z0-9-]+)\/\d{4}\/\d\d\/\d\d\//.exec(object)?.[1];
}
