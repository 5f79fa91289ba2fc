import { execFileSync } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { currentActor } from '../../engine/actor.ts';
import { temporaryFolder } from './test-case.ts';

it('the actor is the user by name', () => {
  expect(currentActor()).toBe(userInfo().username);
});

// Only root may take another uid; 54321 has no entry in the list of users.
it.runIf(process.getuid?.() === 0)('a user without a name is a number', async () => {
  const folder = await temporaryFolder();
  const outfile = join(folder, 'actor.mjs');
  await build({ entryPoints: [resolve('engine/actor.ts')], outfile, platform: 'node', format: 'esm' });
  await chmod(folder, 0o755);
  const program = `import('${outfile}').then((actor) => process.stdout.write(actor.currentActor()))`;
  const options = { uid: 54321, gid: 54321, cwd: folder, encoding: 'utf8' as const };
  expect(execFileSync(process.execPath, ['-e', program], options)).toBe('uid 54321');
});
