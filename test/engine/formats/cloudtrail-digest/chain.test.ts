import { afterEach, beforeEach, expect, it } from 'vitest';
import { cloudtrailDigest } from '../../../../engine/formats/cloudtrail-digest/cloudtrail-digest.ts';
import { viewStatements } from '../../../../engine/evidence/views.ts';
import { CaseDatabase } from '../../../../engine/store/case-database.ts';
import { schemaStatements } from '../../../../engine/store/schema.ts';
import { formatInstant } from '../../../../shared/time.ts';
import { collectRows } from '../collect-rows.ts';
import { makeBucket, sha256, type BucketTree, type Stored } from './bucket-tree.ts';

let database: CaseDatabase;

beforeEach(async () => {
  database = await CaseDatabase.open({ path: ':memory:' });
  for (const statement of [...schemaStatements(), ...viewStatements()]) await database.query(statement);
});

afterEach(async () => {
  await database.close();
});

/** Puts a file in as an import does: the account of the source, and the rows of a digest. */
async function put({ object, bytes }: Stored, format: string, source: number): Promise<void> {
  await database.query(
    `INSERT INTO sources BY NAME SELECT $source::INTEGER AS source_id, $hash AS content_sha256, $path AS original_path, $format AS format`,
    { source, hash: sha256(bytes), path: `/evidence/${object}`, format },
  );
  if (format !== 'cloudtrail-digest') return;
  const read = collectRows(cloudtrailDigest, bytes);
  expect(read.problem).toBeUndefined();
  for (const row of read.rows('trail_digests')) {
    const text = (column: string): string | null => (row[column] as string | undefined) ?? null;
    await database.query(
      `INSERT INTO evidence.trail_digests BY NAME SELECT $source::INTEGER AS source_id, $record::BIGINT AS record,
         $time::TIMESTAMP AS time, $from::TIMESTAMP AS from_time, $account AS account, $region AS region,
         $bucket AS bucket, $object AS object, $kind AS kind, $hash AS hash, $previousObject::VARCHAR AS previous_object,
         $previousHash::VARCHAR AS previous_hash, $signature::VARCHAR AS signature, $fingerprint::VARCHAR AS fingerprint`,
      {
        source,
        record: row.record,
        time: formatInstant(row['time'] as bigint).replace('Z', ''),
        from: formatInstant(row['from_time'] as bigint).replace('Z', ''),
        account: text('account'),
        region: text('region'),
        bucket: text('bucket'),
        object: text('object'),
        kind: text('kind'),
        hash: text('hash'),
        previousObject: text('previous_object'),
        previousHash: text('previous_hash'),
        signature: text('signature'),
        fingerprint: text('fingerprint'),
      },
    );
  }
}

async function putAll({ digests, logs }: Pick<BucketTree, 'digests' | 'logs'>): Promise<void> {
  let source = 0;
  for (const digest of digests) await put(digest, 'cloudtrail-digest', ++source);
  for (const log of logs) await put(log, 'cloudtrail', ++source);
}

/** Status of each digest by the hour in which it begins, where it is not the usual. */
async function links(): Promise<readonly unknown[]> {
  const rows = await database.query(
    `SELECT hour(from_time)::INTEGER AS hour, status, hour(gap_from)::INTEGER AS "from", hour(gap_to)::INTEGER AS "to", digests_missing::INTEGER AS missing
     FROM digest_links WHERE status <> 'linked' OR gap_from IS NOT NULL
     ORDER BY chain, backfilled, from_time, time`,
  );
  return rows.map((row) => Object.values(row));
}

async function logStates(): Promise<Record<string, number>> {
  const rows = await database.query(
    `SELECT status, count(*)::INTEGER AS n FROM trail_log_files GROUP BY status ORDER BY status`,
  );
  return Object.fromEntries(rows.map(({ status, n }) => [status, n])) as Record<string, number>;
}

const bucket = makeBucket({ hours: 12 });
const without = <T>(list: readonly T[], ...places: readonly number[]): T[] =>
  list.filter((_, i) => !places.includes(i));

it('finds a whole chain whole, and every log file there', async () => {
  await putAll(bucket);
  expect(await links()).toEqual([[0, 'starting', null, null, null]]);
  expect(await logStates()).toEqual({ present: bucket.logs.length });
  const [row] = await database.query(`SELECT count(*)::INTEGER AS n FROM digest_links WHERE status = 'linked'`);
  expect(row).toEqual({ n: 11 });
});

it('counts a digest that was imported twice once', async () => {
  await putAll({ digests: [...bucket.digests, bucket.digests[4]!], logs: bucket.logs });
  expect(await links()).toEqual([[0, 'starting', null, null, null]]);
  expect(await logStates()).toEqual({ present: bucket.logs.length });
});

it('finds a digest that is missing', async () => {
  await putAll({ digests: without(bucket.digests, 5), logs: bucket.logs });
  expect(await links()).toEqual([
    [0, 'starting', null, null, null],
    [6, 'previous_missing', 5, 6, 1],
  ]);
  // Hour 5 has two log files; no digest names them any more.
  expect(await logStates()).toEqual({ present: bucket.logs.length - 2, unlisted: 2 });
});

it('finds two that are missing in a row, of which only one is named', async () => {
  await putAll({ digests: without(bucket.digests, 5, 6), logs: bucket.logs });
  expect(await links()).toEqual([
    [0, 'starting', null, null, null],
    [7, 'previous_missing', 5, 7, 2],
  ]);
});

it('tells the beginning of the evidence from a digest that is missing', async () => {
  await putAll({ digests: bucket.digests.slice(3), logs: [] });
  expect(await links()).toEqual([[3, 'first', null, null, null]]);
});

it('finds a digest that was changed, though it was signed with nothing', async () => {
  const changed = bucket.digests.map((digest, i) =>
    i === 4
      ? { ...digest, bytes: Buffer.from(digest.bytes.toString().replace('"oldestEventTime":', '"oldestEventTime": ')) }
      : digest,
  );
  await putAll({ digests: changed, logs: bucket.logs });
  expect(await links()).toEqual([
    [0, 'starting', null, null, null],
    [5, 'previous_differs', null, null, null],
  ]);
  await put(bucket.digests[4]!, 'cloudtrail-digest', 900);
  expect(await links()).toEqual([
    [0, 'starting', null, null, null],
    [4, 'two_versions', null, null, null],
    [4, 'two_versions', null, null, null],
  ]);
});

it('finds a chain that begins anew, and what it leaves out', async () => {
  const restarted = makeBucket({ hours: 12, starts: [8] });
  await putAll({ digests: without(restarted.digests, 6, 7), logs: [] });
  expect(await links()).toEqual([
    [0, 'starting', null, null, null],
    [8, 'restarted', 6, 8, 2],
  ]);
});

it('keeps backfilled digests apart: they are a chain of their own, and cover no time', async () => {
  const late = makeBucket({ hours: 12, backfills: [2, 9] });
  await putAll(late);
  expect(await links()).toEqual([
    [0, 'starting', null, null, null],
    [2, 'starting', null, null, null],
  ]);
  expect(await logStates()).toEqual({ present: late.logs.length });
});

it('finds log files that are missing, changed, or named by no digest', async () => {
  const [gone, other, ...rest] = bucket.logs;
  const changed = { ...other!, bytes: Buffer.from(other!.bytes.toString().replace('alice', 'carol')) };
  const extra = {
    ...gone!,
    object: gone!.object.replace(/_[a0-9]{16}/, '_bbbbbbbbbbbbbbbb'),
    bytes: Buffer.from('{"Records":[]}'),
  };
  await putAll({ digests: bucket.digests, logs: [changed, ...rest, extra] });
  expect(await logStates()).toEqual({ present: rest.length, differs: 1, missing: 1, unlisted: 1 });
});

it('gives a signature that does not hold before all else', async () => {
  await putAll(bucket);
  await database.query(`UPDATE evidence.trail_digests SET signature_valid = source_id <> 3 WHERE kind = 'digest'`);
  expect(await links()).toEqual([
    [0, 'starting', null, null, null],
    [2, 'signature_invalid', null, null, null],
  ]);
});
