/**
 * Checks who signed CloudTrail's digests. A digest's own signature is kept beside it, in the metadata of its object in S3;
 * what an export nearly always has is the next digest, which repeats it. So a digest is checked as soon as the case has
 * it, the next one, and the public key that it names, in whatever order they came.
 */
import { formatInstant } from '../../shared/time.ts';
import { isSignedBy, readDigestKey, type DigestKey } from '../formats/cloudtrail-digest/signature.ts';
import type { BulkTable } from '../store/bulk-rows.ts';
import type { Transaction } from '../store/case-database.ts';
import type { SqlRow } from '../store/sql-values.ts';

/** One row a digest, the signature that a next one gives it, and a key of the name that it names. */
const signatures: BulkTable = {
  target: 'evidence.digest_signatures',
  columns: [
    { name: 'source_id', type: 'integer' },
    { name: 'record', type: 'bigint' },
    { name: 'next_source_id', type: 'integer' },
    { name: 'next_record', type: 'bigint' },
    { name: 'key_source_id', type: 'integer' },
    { name: 'key_record', type: 'bigint' },
    { name: 'valid', type: 'boolean' },
  ],
};

/** Checks every signature that could not be checked before the source was there. Does nothing where there is no key. */
export async function checkDigestSignatures(transaction: Transaction, sourceId: number): Promise<void> {
  const keys = await transaction.query('SELECT 1 FROM evidence.trail_keys LIMIT 1');
  if (keys.length === 0) return;
  const rows = await transaction.query(
    `SELECT d.source_id, d.record, d.time, d.bucket, d.object, d.hash, d.signature AS previous, n.signature,
       n.source_id AS next_source_id, n.record AS next_record, k.source_id AS key_source_id, k.record AS key_record, k.value
     FROM evidence.trail_digests d
     JOIN evidence.trail_digests n ON n.kind = 'digest' AND n.previous_object = d.object AND n.signature IS NOT NULL
       AND coalesce(n.previous_bucket, d.bucket) = d.bucket
     JOIN evidence.trail_keys k ON k.fingerprint = lower(d.fingerprint)
     WHERE d.kind = 'digest'
       AND (d.source_id = $source::INTEGER OR n.source_id = $source::INTEGER OR k.source_id = $source::INTEGER)
     ORDER BY ALL`,
    { source: sourceId },
  );
  const known = new Map<string, DigestKey | undefined>();
  for (const row of rows) {
    const text = String(row['value']);
    if (!known.has(text)) known.set(text, readDigestKey(text));
    const key = known.get(text);
    const valid = key !== undefined && isSignedBy(signedDigest(row), String(row['signature']), key);
    transaction.add(signatures, [...signatures.columns.slice(0, -1).map(({ name }) => Number(row[name])), valid]);
  }
  await transaction.flush();
}

function signedDigest(row: SqlRow) {
  return {
    endTime: formatInstant(row['time'] as bigint),
    bucket: String(row['bucket']),
    object: String(row['object']),
    hash: String(row['hash']),
    previousSignature: row['previous'] === null ? undefined : String(row['previous']),
  };
}
