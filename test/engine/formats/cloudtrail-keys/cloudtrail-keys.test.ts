import { createHash, generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { cloudtrailKeys } from '../../../../engine/formats/cloudtrail-keys/cloudtrail-keys.ts';
import { recogniseFormat } from '../../../../engine/formats/registry.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows } from '../collect-rows.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const der = publicKey.export({ type: 'pkcs1', format: 'der' });
const value = der.toString('base64');
const key = {
  Value: value,
  ValidityStartTime: '2026-01-01T00:00:00+00:00',
  ValidityEndTime: 1798761600.5,
  Fingerprint: 'ABCDEF0123456789abcdef0123456789',
};

it('reads keys as the command prints them, new and old, and is sure of them', () => {
  const content = JSON.stringify({ PublicKeyList: [key, { value, fingerprint: '00' }] }, null, 4);
  const read = collectRows(cloudtrailKeys, content);
  expect([read.problem, read.rejects]).toEqual([undefined, []]);
  expect(read.rows('trail_keys')).toMatchObject([
    {
      record: 1,
      fingerprint: key.Fingerprint.toLowerCase(),
      value,
      valid_from: parseInstant('2026-01-01T00:00:00Z'),
      valid_until: parseInstant('2027-01-01T00:00:00.5Z'),
    },
    { record: 2, fingerprint: '00', value },
  ]);
  expect(recogniseFormat(Buffer.from(content))[0]?.format.id).toBe('cloudtrail-keys');
});

it('gives a key without a name the name that is usual', () => {
  const read = collectRows(cloudtrailKeys, JSON.stringify({ PublicKeyList: [{ Value: value }] }));
  expect(read.rows('trail_keys')[0]?.['fingerprint']).toBe(createHash('md5').update(der).digest('hex'));
});

it('rejects what is no public key, private keys among it, and refuses a file without one', () => {
  const secret = privateKey.export({ type: 'pkcs1', format: 'der' }).toString('base64');
  const list = [{ ...key, Value: 'AAAA' }, { ...key, Value: secret }, { Fingerprint: 'x' }, 5, key];
  const read = collectRows(cloudtrailKeys, JSON.stringify({ PublicKeyList: list }));
  expect(read.rejects.map(({ record }) => record)).toEqual([1, 2, 3, 4]);
  expect(read.rows('trail_keys').map(({ record }) => record)).toEqual([5]);
  const refused = collectRows(cloudtrailKeys, JSON.stringify({ PublicKeyList: list.slice(0, 2) }));
  expect(refused.problem?.message).toContain('holds no public key that can be read');
});
