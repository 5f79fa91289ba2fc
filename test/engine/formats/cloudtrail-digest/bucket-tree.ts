/** A bucket as a trail fills it: log files, and an hourly chain of digests signed with a key of the test's own. */
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { readDigestKey, textToSign } from '../../../../engine/formats/cloudtrail-digest/signature.ts';

const BUCKET = 'acme-trail';
const ACCOUNT = '111122223333';
const REGION = 'eu-central-1';

export interface Stored {
  /** Key in the bucket. */
  readonly object: string;
  /** Uncompressed. */
  readonly bytes: Buffer;
  /** What S3 keeps in the metadata of a digest. */
  readonly signature?: string;
}

export interface BucketTree {
  readonly digests: readonly Stored[];
  readonly logs: readonly Stored[];
  readonly publicKey: KeyObject;
}

export interface TreeOptions {
  readonly hours: number;
  /** Log files in an hour; none by default in every third. */
  readonly logsIn?: (hour: number) => number;
  /** Hours (from 0) whose digest begins a chain, besides the first. */
  readonly starts?: readonly number[];
  /** Hours for which a backfilled digest is delivered. */
  readonly backfills?: readonly number[];
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Makes the tree of `hours` hours from 2026-03-01T00:01:31Z on. */
export function makeBucket({
  hours,
  logsIn = (hour) => hour % 3,
  starts = [],
  backfills = [],
}: TreeOptions): BucketTree {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const maker = new DigestMaker(privateKey, publicKey);
  const backfiller = new DigestMaker(privateKey, publicKey);
  const digests: Stored[] = [];
  const logs: Stored[] = [];
  for (let hour = 0; hour < hours; hour++) {
    const inHour = Array.from({ length: logsIn(hour) }, (_, i) => logFile(hour, i));
    logs.push(...inHour);
    if (starts.includes(hour)) maker.forget();
    digests.push(maker.digest(hour, inHour, ''));
    if (!backfills.includes(hour)) continue;
    const late = [logFile(hour, 90)];
    logs.push(...late);
    digests.push(backfiller.digest(hour, late, '_backfill'));
  }
  return { digests, logs, publicKey };
}

function at(hour: number, minute = 1): Date {
  return new Date(Date.UTC(2026, 2, 1, hour, minute, 31));
}

function text(time: Date): string {
  return time.toISOString().replace('.000Z', 'Z');
}

function stamp(time: Date): string {
  return text(time).replace(/[-:]/g, '');
}

function folder(time: Date): string {
  return `${REGION}/${text(time).slice(0, 10).replaceAll('-', '/')}`;
}

function logFile(hour: number, number: number): Stored {
  const time = at(hour, 5 * number + 5);
  const event = {
    eventVersion: '1.08',
    userIdentity: { type: 'IAMUser', userName: 'alice', accountId: ACCOUNT },
    eventTime: text(time),
    eventSource: 's3.amazonaws.com',
    eventName: 'PutObject',
    awsRegion: REGION,
    // Names of digests stand in events too, and make no digest of them.
    requestParameters: { bucketName: BUCKET, digestS3Object: 'AWSLogs/x', logFiles: [] },
    eventID: `${hour}-${number}`,
    recipientAccountId: ACCOUNT,
  };
  const object = `AWSLogs/${ACCOUNT}/CloudTrail/${folder(time)}/${ACCOUNT}_CloudTrail_${REGION}_${stamp(time).slice(0, 13)}Z_${String(hour * 100 + number).padStart(16, 'a')}.json.gz`;
  return { object, bytes: Buffer.from(JSON.stringify({ Records: [event] })) };
}

class DigestMaker {
  #previous: Required<Stored> | undefined;

  constructor(
    private readonly privateKey: KeyObject,
    private readonly publicKey: KeyObject,
  ) {}

  forget(): void {
    this.#previous = undefined;
  }

  digest(hour: number, logs: readonly Stored[], suffix: string): Stored {
    const end = at(hour + 1);
    const previous = this.#previous;
    const members = {
      awsAccountId: ACCOUNT,
      digestStartTime: text(at(hour)),
      digestEndTime: text(end),
      digestS3Bucket: BUCKET,
      digestS3Object: `AWSLogs/${ACCOUNT}/CloudTrail-Digest/${folder(end)}/${ACCOUNT}_CloudTrail-Digest_${REGION}_main_${REGION}_${stamp(end)}${suffix}.json.gz`,
      digestPublicKeyFingerprint: readDigestKey(this.publicKey.export({ type: 'spki', format: 'der' }))?.fingerprint,
      digestSignatureAlgorithm: 'SHA256withRSA',
      newestEventTime: logs.length === 0 ? null : text(at(hour, 6)),
      oldestEventTime: logs.length === 0 ? null : text(at(hour, 5)),
      previousDigestS3Bucket: previous ? BUCKET : null,
      previousDigestS3Object: previous?.object ?? null,
      previousDigestHashValue: previous ? sha256(previous.bytes) : null,
      previousDigestHashAlgorithm: previous ? 'SHA-256' : null,
      previousDigestSignature: previous?.signature ?? null,
      logFiles: logs.map(({ object, bytes }) => ({
        s3Bucket: BUCKET,
        s3Object: object,
        hashValue: sha256(bytes),
        hashAlgorithm: 'SHA-256',
        newestEventTime: text(at(hour, 6)),
        oldestEventTime: text(at(hour, 5)),
      })),
    };
    const bytes = Buffer.from(JSON.stringify(members));
    const signed = textToSign({
      endTime: members.digestEndTime,
      bucket: BUCKET,
      object: members.digestS3Object,
      hash: sha256(bytes),
      previousSignature: previous?.signature,
    });
    const signature = sign('RSA-SHA256', Buffer.from(signed), this.privateKey).toString('hex');
    this.#previous = { object: members.digestS3Object, bytes, signature };
    return this.#previous;
  }
}
