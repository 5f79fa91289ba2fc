import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { identityFile, listIdentities, newIdentity, newIdentityFile, readIdentity } from '../../engine/identities.ts';
import { temporaryFolder, testEngine } from './test-case.ts';

const { effects } = testEngine();
const passphrase = 'größe und vorsicht';

it('a new identity is listed by its own name and end, and opens with its passphrase alone', async () => {
  const folder = await temporaryFolder();
  const file = newIdentityFile(folder, ' Åsa  Lindqvist ');
  const made = await newIdentity(file, { name: 'Åsa Lindqvist', passphrase }, effects);
  expect(await listIdentities(folder)).toEqual([{ key: made.key, name: 'Åsa Lindqvist', notAfter: made.notAfter }]);
  const identity = await readIdentity(await identityFile(folder, made.key), passphrase);
  expect(made.notAfter).toBe(identity.notAfter.toISOString().replace('.000Z', 'Z'));
  expect((await readFile(made.rootCertificate, 'utf8')).startsWith('-----BEGIN CERTIFICATE-----')).toBe(true);
  expect((await stat(file)).mode & 0o077).toBe(0);
  await expect(readIdentity(file, 'something else')).rejects.toMatchObject({ problem: { code: 'wrong_passphrase' } });
});

it('refuses a short passphrase, a file that is there already, and a key that is no plain name', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'a.p12');
  await expect(newIdentity(file, { name: 'A', passphrase: 'short' }, effects)).rejects.toMatchObject({
    problem: { code: 'bad_request' },
  });
  await newIdentity(file, { name: 'A', passphrase }, effects);
  await expect(newIdentity(file, { name: 'B', passphrase }, effects)).rejects.toMatchObject({
    problem: { code: 'already_exists' },
  });
  await expect(identityFile(folder, '../a')).rejects.toMatchObject({ problem: { code: 'not_found' } });
  expect(await listIdentities(join(folder, 'nowhere'))).toEqual([]);
});
