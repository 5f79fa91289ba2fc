/** A real case in a temporary folder, with a clock that stands still and no one at the keyboard. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  createCase,
  createEngine,
  openCase,
  type Engagement,
  type Engine,
  type EvidenceCase,
  type JobContext,
} from '../../engine/index.ts';

export const year2026: Engagement = {
  entity: 'Test & Sons',
  window: { from: '2026-01-01', to: '2026-12-31', zone: 'UTC' },
  criteria: ['CC6.1'],
  parameters: {},
};

/** An engine whose time is 2027-01-04T09:00:00Z. */
export function testEngine(): Engine {
  return createEngine({ now: () => 1_798_016_400_000_000n, log: () => undefined, actor: 'tester' });
}

export function testJob(signal: AbortSignal = new AbortController().signal): JobContext {
  return { signal, progress: () => undefined };
}

/** A folder that is gone when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fieldwork-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A new, open case; closed when the test ends. */
export async function newTestCase(engagement: Engagement = year2026): Promise<EvidenceCase> {
  const root = join(await temporaryFolder(), 'case.fieldwork');
  const engine = testEngine();
  await createCase(root, engagement, engine.caseContext);
  return openTestCase(root);
}

/** Opens a case for one test. */
export async function openTestCase(root: string): Promise<EvidenceCase> {
  const target = await openCase(testEngine(), root, testJob());
  let isOpen = true;
  const close = target.close.bind(target);
  target.close = async () => {
    if (isOpen) await close();
    isOpen = false;
  };
  onTestFinished(() => target.close());
  return target;
}

/** The files of a case that count (the cache does not), with their hashes: equal means the case is as it was. */
export async function caseContent(root: string): Promise<Readonly<Record<string, string>>> {
  const content: Record<string, string> = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !path.startsWith(join(root, 'cache'))) {
      content[path.slice(root.length + 1)] = createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
    }
  }
  return content;
}

/** `count` lines of an audit log, one event each, a second apart from 2026-03-01T00:00:00Z. */
export function auditLines(count: number, firstSerial = 1): string {
  const start = Date.UTC(2026, 2, 1) / 1000;
  const lines = Array.from({ length: count }, (_, i) => {
    const stamp = `${start + i}.000:${firstSerial + i}`;
    return `type=USER_LOGIN msg=audit(${stamp}): pid=100 uid=0 auid=1000 ses=1 msg='op=login acct="alice" exe="/usr/sbin/sshd" hostname=10.0.0.9 addr=10.0.0.9 terminal=ssh res=success'`;
  });
  return `${lines.join('\n')}\n`;
}
