import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../engine/test-case.ts';
import { fieldwork } from './run-cli.ts';

it.each(['x.p12', 'x.pem', 'x.signing.pem'])('a new identity writes over no file: %s', async (name) => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'passphrase'), 'a long passphrase\n');
  await writeFile(join(folder, name), 'precious');
  const { code, stdout } = await fieldwork(
    ...['identity', 'new', join(folder, 'x.p12'), '--name', 'A', '--json'],
    ...['--passphrase-file', join(folder, 'passphrase')],
  );
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'already_exists', where: { file: join(folder, name) } } });
  expect(await readFile(join(folder, name), 'utf8')).toBe('precious');
  expect((await readdir(folder)).sort()).toEqual(['passphrase', name].sort());
});
