/** A command that is told to stop, or that nobody listens to any more, closes its case before it goes. */
import { closeSync, existsSync, openSync } from 'node:fs';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { auditLines, openTestCase, temporaryFolder } from '../engine/test-case.ts';
import { caseWith, fieldwork, start } from './run-cli.ts';

async function untilTaken(root: string): Promise<void> {
  while (!existsSync(join(root, 'cache/owner.json'))) await new Promise((resume) => setTimeout(resume, 5));
}

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s cancels an import: code 3, and the case is free',
  async (signal) => {
    const { root, folder } = await caseWith({});
    await writeFile(join(folder, 'long.log'), auditLines(400_000));
    const { child, ended } = start(['import', root, join(folder, 'long.log'), '--json']);
    await untilTaken(root);
    child.kill(signal);
    const { code, stdout } = await ended;
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'cancelled' } });
    expect(existsSync(join(root, 'cache/owner.json'))).toBe(false);
    expect((await openTestCase(root)).sources).toEqual([]);
  },
);

it('a second signal ends at once what does not stop', async () => {
  const fifo = join(await temporaryFolder(), 'passphrase');
  execFileSync('mkfifo', [fifo]);
  const { child, ended } = start(['identity', 'new', `${fifo}.p12`, '--name', 'A', '--passphrase-file', fifo]);
  const writer = await open(fifo, 'w'); // opens once the command reads, and then it waits for a line
  try {
    child.kill('SIGTERM');
    await new Promise((resume) => setTimeout(resume, 500));
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
    child.kill('SIGTERM');
    expect((await ended).signal).toBe('SIGTERM');
  } finally {
    await writer.close();
  }
});

it('SIGTERM ends `serve`, and with 0', async () => {
  const { root } = await caseWith({});
  const { child, ended } = start(['serve', root]);
  await once(child.stdout!, 'data');
  child.kill('SIGTERM');
  expect((await ended).code).toBe(0);
});

it.each(['stdout', 'stderr'] as const)('nobody takes %s: the work ends with 0, and the case is free', async (which) => {
  const { root, folder } = await caseWith({});
  await writeFile(join(folder, 'audit.log'), auditLines(10));
  await writeFile(join(folder, 'nonsense'), 'nonsense');
  // Otherwise this says something on both, and ends with 1.
  const { child, ended } = start(['import', root, join(folder, 'audit.log'), join(folder, 'nonsense')]);
  child[which]!.destroy();
  const { code, signal } = await ended;
  expect([code, signal]).toEqual([0, null]);
  expect(existsSync(join(root, 'cache/owner.json'))).toBe(false);
});

it.runIf(existsSync('/dev/full'))('a full disk behind stdout is a failure', async () => {
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, ['dist/cli/main.js', 'formats'], { stdio: ['ignore', full, 'ignore'] });
  const [code] = (await once(child, 'close')) as [number];
  closeSync(full);
  expect(code).toBe(3);
});

it('a command that is left alone ends as ever', async () => {
  expect((await fieldwork('formats', '--json')).code).toBe(0);
});
