/** A bucket and the public keys, imported as they are exported, and what the case says of them then. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { importFiles, readTrails } from '../../../engine/index.ts';
import { readDigestKey } from '../../../engine/formats/cloudtrail-digest/signature.ts';
import type { EvidenceCase } from '../../../engine/intake/evidence-case.ts';
import { makeBucket, type Stored } from '../formats/cloudtrail-digest/bucket-tree.ts';
import { newTestCase, openTestCase, temporaryFolder, testJob } from '../test-case.ts';

const bucket = makeBucket({ hours: 8 });

/** As `aws cloudtrail list-public-keys` prints a key; `fingerprint` is that of another one where given. */
function publicKeys(key: KeyObject, fingerprint?: string): string {
  const der = key.export({ type: 'pkcs1', format: 'der' });
  const listed = {
    Value: der.toString('base64'),
    ValidityStartTime: '2026-01-01T00:00:00+00:00',
    ValidityEndTime: '2026-12-31T00:00:00+00:00',
    Fingerprint: fingerprint ?? readDigestKey(der)!.fingerprint,
  };
  return JSON.stringify({ PublicKeyList: [listed] }, null, 2);
}

async function folderOf(files: readonly Stored[], keys?: string): Promise<string> {
  const folder = await temporaryFolder();
  for (const { object, bytes } of files) {
    await mkdir(dirname(join(folder, object)), { recursive: true });
    await writeFile(join(folder, object), gzipSync(bytes));
  }
  if (keys !== undefined) await writeFile(join(folder, 'public-keys.json'), keys);
  return folder;
}

async function imported(...folders: readonly string[]): Promise<EvidenceCase> {
  const target = await newTestCase();
  for (const folder of folders) {
    const report = await importFiles(target, [folder], {}, testJob());
    expect(report.refused).toBe(0);
  }
  return target;
}

const allOf = { digests: bucket.digests, logs: bucket.logs };
const files = ({ digests, logs } = allOf): readonly Stored[] => [...digests, ...logs];

function changed(stored: Stored, from: string, to: string): Stored {
  const bytes = Buffer.from(stored.bytes.toString().replace(from, to));
  expect(bytes.equals(stored.bytes)).toBe(false);
  return { ...stored, bytes };
}

async function report(target: EvidenceCase) {
  const { chains, log_files, findings } = await readTrails(target);
  const { signatures, missing, linked } = chains[0]!;
  return { signatures, missing, linked, log_files, findings: findings.map(({ kind, status }) => `${kind} ${status}`) };
}

it('says of a whole chain from when to when it goes, and with which key it was checked', async () => {
  const target = await imported(await folderOf(files(), publicKeys(bucket.publicKey)));
  expect(await report(target)).toEqual({
    // The signature of the last one is beside it in S3, and nowhere in an export.
    signatures: { valid: 7, invalid: 0, unchecked: 1 },
    missing: 0,
    linked: 7,
    log_files: { present: bucket.logs.length },
    findings: [],
  });
  const { fingerprint } = readDigestKey(bucket.publicKey.export({ type: 'pkcs1', format: 'der' }))!;
  const [chain] = (await readTrails(target)).chains;
  expect(chain?.summary).toBe(
    'Digest chain of 111122223333/eu-central-1: from 2026-03-01T00:01:31Z to 2026-03-01T08:01:31Z, 8 digests, 7 links, ' +
      `0 missing, 0 that do not fit; signatures: 7 valid, 0 invalid, 1 not checked, checked with key ${fingerprint}.`,
  );
  await target.close();
});

it('says the same when the keys come last, when digests come one import after the other, and when it is rebuilt', async () => {
  const first = await folderOf([...bucket.digests.slice(0, 3), ...bucket.logs]);
  const second = await folderOf(bucket.digests.slice(3));
  const keys = await folderOf([], publicKeys(bucket.publicKey));
  const whole = { valid: 7, invalid: 0, unchecked: 1 };
  for (const order of [
    [first, second, keys],
    [keys, second, first],
  ]) {
    const target = await imported(...order);
    expect((await report(target)).signatures).toEqual(whole);
    const { root } = target.folder;
    await target.database.query('UPDATE cache_state SET schema_version = 0');
    await target.close();
    const rebuilt = await openTestCase(root);
    expect(rebuilt.wasRebuilt).toBe(true);
    expect((await report(rebuilt)).signatures).toEqual(whole);
    await rebuilt.close();
  }
});

it('does not say that a signature holds without a key, or with none of the name', async () => {
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  for (const keys of [undefined, publicKeys(stranger)]) {
    const target = await imported(await folderOf(files(), keys));
    expect((await report(target)).signatures).toEqual({ valid: 0, invalid: 0, unchecked: 8 });
    await target.close();
  }
});

it('finds a chain that another key has signed than the one of that name', async () => {
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  const { fingerprint } = readDigestKey(bucket.publicKey.export({ type: 'pkcs1', format: 'der' }))!;
  const target = await imported(await folderOf(files(), publicKeys(stranger, fingerprint)));
  const { signatures, findings } = await report(target);
  expect(signatures).toEqual({ valid: 0, invalid: 7, unchecked: 1 });
  expect(findings).toEqual(new Array(7).fill('digest signature_invalid'));
  await target.close();
});

it('finds a digest that was changed: its signature fails, and the next one names another hash', async () => {
  const digests = bucket.digests.map((digest, i) =>
    i === 4 ? changed(digest, '"digestStartTime"', '"digestStartTime" ') : digest,
  );
  const target = await imported(await folderOf(files({ ...allOf, digests }), publicKeys(bucket.publicKey)));
  const { signatures, findings } = await report(target);
  expect(signatures).toEqual({ valid: 6, invalid: 1, unchecked: 1 });
  expect(findings).toEqual(['digest signature_invalid', 'digest previous_differs']);
  await target.close();
});

it('finds a log file that was changed, one that is gone, and one that no digest names', async () => {
  const [gone, other, ...rest] = bucket.logs;
  const extra = changed(
    { ...gone!, object: gone!.object.replace(/_[a0-9]{16}/, '_bbbbbbbbbbbbbbbb') },
    'alice',
    'mallory',
  );
  const logs = [changed(other!, 'alice', 'carol'), ...rest, extra];
  const target = await imported(await folderOf(files({ ...allOf, logs }), publicKeys(bucket.publicKey)));
  const { log_files, findings } = await report(target);
  expect(log_files).toEqual({ differs: 1, missing: 1, present: rest.length, unlisted: 1 });
  expect([...findings].sort()).toEqual(['log file differs', 'log file missing', 'log file unlisted']);
  await target.close();
});

it('finds two digests that are missing in a row, and from when to when', async () => {
  const digests = bucket.digests.filter((_, i) => i !== 3 && i !== 4);
  const target = await imported(await folderOf(digests, publicKeys(bucket.publicKey)));
  const { chains, findings } = await readTrails(target);
  expect(chains[0]).toMatchObject({ missing: 2, digests: 6 });
  expect(findings.filter(({ kind }) => kind === 'digest')).toMatchObject([
    { status: 'previous_missing', from: '2026-03-01T03:01:31Z', to: '2026-03-01T05:01:31Z' },
  ]);
  await target.close();
});
