import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import {
  isSignedBy,
  readDigestKey,
  textToSign,
  type SignedDigest,
} from '../../../../engine/formats/cloudtrail-digest/signature.ts';
import { makeBucket, sha256, type Stored } from './bucket-tree.ts';

const { digests, publicKey } = makeBucket({ hours: 3 });
const key = readDigestKey(publicKey.export({ type: 'pkcs1', format: 'der' }))!;

function signed({ bytes }: Stored): SignedDigest {
  const members = JSON.parse(bytes.toString()) as Record<string, string | null>;
  return {
    endTime: members['digestEndTime']!,
    bucket: members['digestS3Bucket']!,
    object: members['digestS3Object']!,
    hash: sha256(bytes),
    previousSignature: members['previousDigestSignature'] ?? undefined,
  };
}

it('signs the text that AWS documents', () => {
  const digest = {
    endTime: '2015-08-17T15:01:31Z',
    bucket: 'b',
    object: 'k',
    hash: 'AB',
    previousSignature: undefined,
  };
  expect(textToSign(digest)).toBe('2015-08-17T15:01:31Z\nb/k\nab\nnull');
  expect(textToSign({ ...digest, previousSignature: '50887c' })).toBe('2015-08-17T15:01:31Z\nb/k\nab\n50887c');
});

it('holds for the signature in the metadata, and for the one that the next digest has', () => {
  for (const [i, digest] of digests.entries()) {
    expect(isSignedBy(signed(digest), digest.signature!, key)).toBe(true);
    const next = digests[i + 1];
    if (next) expect(isSignedBy(signed(digest), signed(next).previousSignature!, key)).toBe(true);
  }
});

it('does not hold for anything that was changed', () => {
  const digest = digests[1]!;
  const right = signed(digest);
  const signature = digest.signature!;
  const changes: Partial<SignedDigest>[] = [
    { endTime: '2026-03-01T02:01:32Z' },
    { bucket: 'other' },
    { object: `${right.object}x` },
    { hash: sha256(Buffer.from('x')) },
    { previousSignature: undefined },
  ];
  for (const change of changes) expect(isSignedBy({ ...right, ...change }, signature, key)).toBe(false);
  for (const wrong of [signature.replace(/^../, '00'), signature.slice(2), '', 'zz', 'null', digests[0]!.signature!])
    expect(isSignedBy(right, wrong, key)).toBe(false);
  const other = readDigestKey(
    generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }),
  );
  expect(isSignedBy(right, signature, other!)).toBe(false);
});

it('reads a key in every form in which it is handed on', () => {
  const forms = (['pkcs1', 'spki'] as const).flatMap((type) => {
    const der = publicKey.export({ type, format: 'der' });
    return [
      der,
      publicKey.export({ type, format: 'pem' }),
      der.toString('base64'),
      `${der.toString('base64').replace(/.{64}/g, '$&\n')}\n`,
    ];
  });
  for (const form of forms) {
    const read = readDigestKey(form);
    expect(read?.fingerprint).toBe(key.fingerprint);
    expect(isSignedBy(signed(digests[2]!), digests[2]!.signature!, read!)).toBe(true);
  }
});

// The key and its fingerprint are the example in the documentation of list-public-keys.
it('gives a key the fingerprint that AWS gives it', () => {
  const value =
    'MIIBCgKCAQEAn11L2YZ9h7onug2ILi1MWyHiMRsTQjfWE+pHVRLk1QjfWhirG+lpOa8NrwQ/r7Ah5bNL6HepznOU9XTDSfmmnP97mqyc7z/upfZdS/AHhYcGaz7n6Wc/RRBU6VmiPCrAUojuSk6/GjvA8iOPFsYDuBtviXarvuLPlrT9kAd4Lb+rFfR5peEgBEkhlzc5HuWO7S0y+KunqxX6jQBnXGMtxmPBPP0FylgWGNdFtks/4YSKcgqwH0YDcawP9GGGDAeCIqPWIXDLG1jOjRRzWfCmD0iJUkz8vTsn4hq/5ZxRFE7UBAUiVcGbdnDdvVfhF9C3dQiDq3k7adQIziLT0cShgQIDAQAB';
  expect(readDigestKey(value)?.fingerprint).toBe('8eba5db5bea9b640d1c96a77256fe7f2');
});

it('takes nothing else for a key', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
  const forms = [
    rsa.export({ type: 'pkcs1', format: 'pem' }),
    rsa.export({ type: 'pkcs8', format: 'der' }),
    curve.export({ type: 'spki', format: 'pem' }),
    '',
    'not a key',
    '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----',
    Buffer.alloc(300, 0x30),
  ];
  for (const form of forms) expect(readDigestKey(form)).toBeUndefined();
});
