import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { cloudtrail } from '../../../../engine/formats/cloudtrail/cloudtrail.ts';
import { cloudtrailDigest } from '../../../../engine/formats/cloudtrail-digest/cloudtrail-digest.ts';
import { recogniseFormat } from '../../../../engine/formats/registry.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows, inPieces, type Collected } from '../collect-rows.ts';
import { seededRandom } from '../damage.ts';
import { makeBucket, sha256 } from './bucket-tree.ts';

const HEAD = 64 * 1024;
const bucket = makeBucket({ hours: 6, backfills: [2] });

it('reads a digest and each log file that it names', () => {
  const [before, digest] = [bucket.digests[1]!, bucket.digests[2]!];
  const read = collectRows(cloudtrailDigest, digest.bytes);
  expect([read.problem, read.rejects, read.records]).toEqual([undefined, [], 1]);
  const [own, ...logs] = read.rows('trail_digests');
  const members = JSON.parse(digest.bytes.toString()) as Record<string, string>;
  expect(own).toEqual({
    record: 1,
    time: parseInstant('2026-03-01T03:01:31Z'),
    from_time: parseInstant('2026-03-01T02:01:31Z'),
    account: '111122223333',
    region: 'eu-central-1',
    bucket: 'acme-trail',
    object: digest.object,
    kind: 'digest',
    hash: sha256(digest.bytes),
    previous_bucket: 'acme-trail',
    previous_object: before.object,
    previous_hash: sha256(before.bytes),
    signature: before.signature,
    fingerprint: members['digestPublicKeyFingerprint'],
  });
  const named = bucket.logs.filter(({ object }) => /T02\d\dZ/.test(object) && !object.includes('aaa290'));
  expect(logs).toEqual(
    named.map(({ object, bytes }) => ({
      record: 1,
      time: own!['time'],
      from_time: own!['from_time'],
      account: '111122223333',
      region: 'eu-central-1',
      bucket: 'acme-trail',
      object,
      kind: 'log',
      hash: sha256(bytes),
    })),
  );
  expect(named.length).toBe(2);
  expect(read.times).toContain(own!['from_time']);
});

it('reads the digest that starts a chain, that of an hour without events, and one that was backfilled', () => {
  const starting = collectRows(cloudtrailDigest, bucket.digests[0]!.bytes).rows('trail_digests');
  expect(starting.length).toBe(1);
  for (const column of ['previous_object', 'previous_hash', 'signature'])
    expect(starting[0]).not.toHaveProperty(column);
  const backfilled = bucket.digests.find(({ object }) => object.includes('_backfill'))!;
  const rows = collectRows(cloudtrailDigest, backfilled.bytes).rows('trail_digests');
  expect(rows.map(({ kind }) => kind)).toEqual(['digest', 'log']);
});

it('takes the hash of the file as it is, down to its last byte', () => {
  const bytes = Buffer.concat([bucket.digests[1]!.bytes, Buffer.from('\n')]);
  expect(collectRows(cloudtrailDigest, bytes).rows('trail_digests')[0]?.['hash']).toBe(sha256(bytes));
  const marked = Buffer.concat([Buffer.from('\ufeff'), bucket.digests[1]!.bytes]);
  expect(collectRows(cloudtrailDigest, marked).rows('trail_digests')[0]?.['hash']).toBe(sha256(marked));
});

it('reads several digests of one file, and says whose hash it gives', () => {
  const three = bucket.digests.slice(0, 3);
  const lines = Buffer.concat(three.flatMap(({ bytes }) => [bytes, Buffer.from('\n')]));
  for (const content of [lines, `[${three.map(({ bytes }) => bytes.toString()).join(',')}]`]) {
    const read = collectRows(cloudtrailDigest, content);
    const own = read.rows('trail_digests').filter(({ kind }) => kind === 'digest');
    expect(own.map(({ record, hash }) => [record, hash])).toEqual(three.map(({ bytes }, i) => [i + 1, sha256(bytes)]));
    expect(read.assumptions.join()).toContain('Several digests are in one file');
  }
});

it('finds each file of a bucket to be what it is', () => {
  const files = [...bucket.digests, ...bucket.logs].map(({ object, bytes }) => ({ object, bytes: gzipSync(bytes) }));
  expect(files.length).toBeGreaterThan(10);
  for (const { object, bytes } of files) {
    const head = gunzipSync(bytes).subarray(0, HEAD);
    const isDigest = object.includes('/CloudTrail-Digest/');
    expect([object, cloudtrailDigest.recognise(head).confidence > 0.9]).toEqual([object, isDigest]);
    expect([object, cloudtrail.recognise(head).confidence > 0.9]).toEqual([object, !isDigest]);
    if (isDigest) expect(cloudtrail.recognise(head).confidence).toBe(0);
    else expect(cloudtrailDigest.recognise(head).confidence).toBe(0);
    expect(collectRows(isDigest ? cloudtrail : cloudtrailDigest, head).problem?.code).toBe('damaged_file');
  }
});

it('recognises a digest whose list of log files is longer than what is seen', () => {
  const [long] = makeBucket({ hours: 1, logsIn: () => 400 }).digests;
  const head = long!.bytes.subarray(0, HEAD);
  expect(long!.bytes.length).toBeGreaterThan(HEAD);
  expect(cloudtrailDigest.recognise(head)).toMatchObject({ confidence: 0.95 });
  expect(cloudtrail.recognise(head).confidence).toBe(0);
  expect(recogniseFormat(head).filter(({ format }) => format.id !== 'cloudtrail-digest')).toEqual([]);
  expect(collectRows(cloudtrailDigest, long!.bytes).rows('trail_digests').length).toBe(401);
});

it('claims nothing of other formats', () => {
  const fixtures = join(import.meta.dirname, '../../../fixtures');
  const files = readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(fixtures, path)).isFile(),
  );
  const headOf = (path: string): Buffer => {
    const bytes = readFileSync(join(fixtures, path));
    return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).subarray(0, HEAD);
  };
  expect(files.filter((path) => cloudtrailDigest.recognise(headOf(path)).confidence > 0)).toEqual([]);
});

it('refuses what is no digest, or not wholly one', () => {
  const digest = JSON.parse(bucket.digests[2]!.bytes.toString()) as Record<string, unknown>;
  const [log] = digest['logFiles'] as Record<string, unknown>[];
  const changes: [unknown, string][] = [
    [{ ...digest, digestEndTime: 'later' }, 'has no digestStartTime or digestEndTime that is a time.'],
    [{ ...digest, digestEndTime: '2026-01-01T00:00:00Z' }, 'is before its digestStartTime.'],
    [{ ...digest, digestS3Object: null }, 'does not say its digestS3Bucket and digestS3Object.'],
    [{ ...digest, logFiles: undefined }, 'has no list logFiles.'],
    [
      { ...digest, logFiles: [log, { ...log, hashValue: 'abc' }] },
      'Log file 2 of the digest has no hashValue that is a SHA-256.',
    ],
    [{ ...digest, logFiles: [{ ...log, hashAlgorithm: 'MD5' }] }, 'Log file 1 of the digest has no hashValue'],
    [{ ...digest, logFiles: ['x'] }, 'Log file 1 of the digest has no s3Bucket or s3Object.'],
    [{ ...digest, previousDigestHashValue: 7e300, previousDigestHashAlgorithm: 'x' }, ''],
    [{ ...digest, previousDigestHashValue: 'x' }, 'The previousDigestHashValue of the digest is no SHA-256.'],
    [null, 'The record is not a JSON object.'],
    [JSON.parse('{"__proto__":{"logFiles":[]}}'), 'does not say'],
  ];
  for (const [value, reason] of changes) {
    const { problem, rejects } = collectRows(cloudtrailDigest, JSON.stringify(value));
    if (reason === '') expect(rejects).toEqual([]);
    else expect(problem?.message).toContain(reason);
  }
  const twice = bucket.digests[1]!.bytes.toString().replace('{', '{"awsAccountId":"9",');
  expect(collectRows(cloudtrailDigest, twice).problem?.message).toContain('gives a member twice');
  const text = bucket.digests[1]!.bytes.toString();
  expect(collectRows(cloudtrailDigest, text.slice(0, -20)).problem?.message).toContain('cut off inside this record');
  expect(collectRows(cloudtrailDigest, Buffer.from(text, 'utf16le')).problem?.message).toContain('UTF-16');
  expect(collectRows(cloudtrailDigest, '').problem).toBeUndefined();
});

it('keeps what is whole of a file of many, and accounts for the rest', () => {
  const many = makeBucket({ hours: 60, logsIn: () => 1 }).digests.map(({ bytes }) => bytes);
  const clean = collectRows(cloudtrailDigest, lines(many)).rows('trail_digests');
  const random = seededRandom(4);
  const damaged = new Set<number>();
  const broken = many.map((bytes, i) => {
    if (random() >= 0.1) return bytes;
    damaged.add(i + 1);
    return Buffer.concat([
      bytes.subarray(0, 40 + Math.floor(random() * (bytes.length - 50))),
      Buffer.from('\xff', 'latin1'),
    ]);
  });
  const read = collectRows(cloudtrailDigest, lines(broken));
  expect(read.records).toBe(60);
  expect(read.rejects.map(({ record }) => record)).toEqual([...damaged]);
  expect(read.rows('trail_digests')).toEqual(clean.filter(({ record }) => !damaged.has(record)));
});

function lines(digests: readonly Uint8Array[]): Buffer {
  return Buffer.concat(digests.flatMap((bytes) => [bytes, Buffer.from('\r\n')]));
}

it('gives the same rows for pieces of any size', () => {
  for (const bytes of [bucket.digests[2]!.bytes, lines(bucket.digests.map((digest) => digest.bytes))])
    for (const size of [1, 7, 4096])
      expect(comparable(collectRows(cloudtrailDigest, inPieces(bytes, size)))).toEqual(
        comparable(collectRows(cloudtrailDigest, bytes)),
      );
});

function comparable({ tables, rejects, spans, assumptions, problem }: Collected): unknown {
  return { tables: [...tables], rejects, spans, assumptions, problem };
}
