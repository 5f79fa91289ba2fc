/**
 * Whether a CloudTrail digest was signed by the key that it names.
 *
 *   signed = digestEndTime LF digestS3Bucket "/" digestS3Object LF hex(SHA-256(digest file)) LF previous signature
 *   signature = RSASSA-PKCS1-v1_5 with SHA-256, hexadecimal; `null` stands for the signature before the first digest
 *
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
 */
import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';

export interface SignedDigest {
  /** digestEndTime as the digest writes it. */
  readonly endTime: string;
  readonly bucket: string;
  readonly object: string;
  /** SHA-256 of the digest file, uncompressed, in hexadecimal. */
  readonly hash: string;
  /** previousDigestSignature of this digest, in hexadecimal; `undefined` in one with which a chain starts. */
  readonly previousSignature: string | undefined;
}

export interface DigestKey {
  readonly key: KeyObject;
  /** What digests call it in digestPublicKeyFingerprint: MD5 of the key in PKCS#1, in hexadecimal. */
  readonly fingerprint: string;
}

/** RSA keys of CloudTrail have 2048 bits; much longer ones only keep a reader busy. */
const MOST_KEY_BITS = 16_384;

/** The text that is signed. */
export function textToSign({ endTime, bucket, object, hash, previousSignature }: SignedDigest): string {
  return `${endTime}\n${bucket}/${object}\n${hash.toLowerCase()}\n${previousSignature ?? 'null'}`;
}

/**
 * Whether `signature` (hexadecimal: from the metadata of the digest's object in S3, `x-amz-meta-signature`, or from
 * previousDigestSignature of the next digest) is that of this digest by this key. What is no signature is not valid.
 */
export function isSignedBy(digest: SignedDigest, signature: string, { key }: DigestKey): boolean {
  const bytes = /^(?:[0-9a-f]{2})+$/i.test(signature) ? Buffer.from(signature, 'hex') : undefined;
  return bytes !== undefined && verify('RSA-SHA256', Buffer.from(textToSign(digest), 'utf8'), key, bytes);
}

/**
 * Reads an RSA public key: PEM, DER, or DER as base64 text, which is how `aws cloudtrail list-public-keys` gives it; each
 * in PKCS#1 or SPKI. `undefined` for anything else, private keys among it.
 */
export function readDigestKey(content: Uint8Array | string): DigestKey | undefined {
  const bytes = Buffer.from(content);
  const text = bytes.toString('latin1').trim();
  const key = text.startsWith('-----BEGIN') ? pemKey(text) : (derKey(bytes) ?? derKey(base64(text)));
  if (key?.asymmetricKeyType !== 'rsa' || (key.asymmetricKeyDetails?.modulusLength ?? Infinity) > MOST_KEY_BITS)
    return undefined;
  const pkcs1 = key.export({ type: 'pkcs1', format: 'der' });
  return { key, fingerprint: createHash('md5').update(pkcs1).digest('hex') };
}

function pemKey(text: string): KeyObject | undefined {
  if (!/^-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(text)) return undefined;
  return tried(() => createPublicKey(text));
}

/** OpenSSL takes a private key for its public part, and what follows a key for nothing: neither is a public key here. */
function derKey(bytes: Buffer): KeyObject | undefined {
  const types = ['pkcs1', 'spki'] as const;
  for (const type of types) {
    const key = tried(() => createPublicKey({ key: bytes, format: 'der', type }));
    const written = key && tried(() => key.export({ type, format: 'der' }));
    if (written?.equals(bytes)) return key;
  }
  return undefined;
}

function base64(text: string): Buffer {
  return Buffer.from(/^[A-Za-z0-9+/=\s]+$/.test(text) ? text : '', 'base64');
}

/** OpenSSL throws for what is no key. */
function tried<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
