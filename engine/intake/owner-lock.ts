/** One process owns a case at a time. The lock says who; DuckDB's own lock on the file stands behind it. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { z } from 'zod';
import { fail } from '../../shared/problem.ts';

const ownerSchema = z.object({ token: z.string(), pid: z.int(), host: z.string(), processStart: z.string() });
type Owner = z.infer<typeof ownerSchema>;

export interface OwnerLock {
  release(): Promise<void>;
}

/**
 * Takes the lock. A lock whose process is gone (a crash, a power cut) is taken over.
 * Fails with `case_in_use`, naming the process that has it.
 */
export async function takeOwnerLock(path: string): Promise<OwnerLock> {
  const mine: Owner = {
    token: randomUUID(),
    pid: process.pid,
    host: hostname(),
    processStart: processStart(process.pid),
  };
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await tryCreate(path, mine)) return { release: () => release(path, mine) };
    const other = await readOwner(path);
    if (other && isAlive(other)) failInUse(path, other);
    await moveAside(path);
  }
  return failInUse(path, undefined);
}

async function tryCreate(path: string, owner: Owner): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(JSON.stringify(owner));
    await file.close();
    return (await readOwner(path))?.token === owner.token;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined; // gone meanwhile, or cut short by a crash
  }
}

function isAlive(owner: Owner): boolean {
  // Another machine's process cannot be asked; its lock stands until a person removes it.
  if (owner.host !== hostname()) return true;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return processStart(owner.pid) === owner.processStart;
}

/** When a process started, as the kernel counts; empty where the system does not say. Process ids are used again. */
function processStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

async function moveAside(path: string): Promise<void> {
  const aside = `${path}.stale-${randomUUID()}`;
  await rename(path, aside).catch(() => undefined); // another opener was faster
  await rm(aside, { force: true });
}

async function release(path: string, mine: Owner): Promise<void> {
  if ((await readOwner(path))?.token === mine.token) await rm(path, { force: true });
}

function failInUse(file: string, owner: Owner | undefined): never {
  const who = owner ? `process ${owner.pid} on ${owner.host}` : 'another process';
  return fail({
    code: 'case_in_use',
    message: `The case is open already: ${who} has it.`,
    where: { file },
    remedy: 'Close it there, then open it here again.',
  });
}
