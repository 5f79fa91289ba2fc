import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LOCKED_HEAP_MEGABYTES, spawnLockedWithNode } from '../../../engine/core/locked-child-node.ts';
import type { LockedChild } from '../../../engine/core/locked-child.ts';

// Answers each message with itself, its environment and its flags; "loop" never comes back.
const SCRIPT = `process.on('message', (message) => {
  if (message.loop) for (;;);
  process.send({ message, environment: Object.keys(process.env), flags: process.execArgv });
});`;

interface Answer {
  readonly message: unknown;
  readonly environment: readonly string[];
  readonly flags: readonly string[];
}

let dir: string;
let spawn: ReturnType<typeof spawnLockedWithNode>;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fieldwork-locked-'));
  await writeFile(join(dir, 'locked.mjs'), SCRIPT);
  spawn = spawnLockedWithNode(join(dir, 'locked.mjs'));
});

afterAll(() => rm(dir, { recursive: true, force: true }));

const answerOf = (child: LockedChild) =>
  new Promise<Answer>((resolve) => child.onMessage((it) => resolve(it as Answer)));
const endOf = (child: LockedChild) => new Promise<string>((resolve) => child.onExit(resolve));

test('messages keep what JSON would lose', async () => {
  const child = await spawn();
  const sent = { big: 2n ** 60n, bytes: new Uint8Array([0, 255]), at: new Date(0), names: new Map([['a', 1n]]) };
  const answer = answerOf(child);
  child.send(sent);
  expect((await answer).message).toEqual(sent);
  child.kill();
});

test('it knows nothing of the environment and has a bounded heap', async () => {
  const child = await spawn();
  const answer = answerOf(child);
  child.send({});
  const { environment, flags } = await answer;
  const known = /^(NODE_CHANNEL_\w+|TMPDIR|TEMP|TMP|SystemRoot|TZ|UV_THREADPOOL_SIZE)$/;
  expect(environment.filter((name) => !known.test(name))).toEqual([]);
  expect(flags).toEqual([`--max-old-space-size=${LOCKED_HEAP_MEGABYTES}`]);
  child.kill();
});

test('a busy one can be ended at once, twice, and says so to late listeners too', async () => {
  const child = await spawn();
  child.send({ loop: true });
  const end = endOf(child);
  child.kill();
  child.kill();
  expect(await end).toBe('The process for queries was ended by SIGKILL.');
  expect(await endOf(child)).toBe('The process for queries was ended by SIGKILL.');
  child.send({ to: 'nobody' });
});

test('one that is not there ends by itself', async () => {
  const child = await spawnLockedWithNode(join(dir, 'not-there.mjs'))();
  expect(await endOf(child)).toBe('The process for queries ended with 1.');
});
