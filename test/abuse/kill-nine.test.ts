/**
 * A laptop's battery ends, an administrator loses patience: the process is gone in the middle of its work.
 *
 * Promise: at whatever instant that happens, the case opens again, holds every step that was finished, nothing half
 * done, and its ledger is whole.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createCase, importFiles, type EvidenceCase } from '../../engine/index.ts';
import { entriesOf, latestRuns } from '../../engine/intake/ledger-kinds.ts';
import { auditLines, openTestCase, temporaryFolder, testEngine, testJob, year2026 } from '../engine/test-case.ts';

const TIMES = 25;
const FILES = 16;
const LINES = 1500;

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

interface Attempt {
  readonly root: string;
  readonly args: readonly string[];
  /** How long after it has taken the case, or after `killAfterEntries`; never where left out. */
  readonly killAfterMs?: number;
  /** Wait first until the ledger has grown by so many entries. */
  readonly killAfterEntries?: number;
}

interface Attempted {
  readonly ms: number;
  readonly killed: boolean;
}

/** Runs a command, and kills it in time. Gives how long it had the case, and whether it was killed at work. */
async function attempt({ root, args, killAfterMs, killAfterEntries = 0 }: Attempt): Promise<Attempted> {
  const child = spawn(process.execPath, ['dist/cli/main.js', ...args], { stdio: 'ignore' });
  const ended = new Promise<string | null>((resolve) => child.on('close', (_code, by) => resolve(by)));
  while (ownerOf(root) !== child.pid && child.exitCode === null) await pause(5);
  const began = performance.now();
  const entries = ledgerLines(root) + killAfterEntries;
  while (killAfterEntries > 0 && ledgerLines(root) < entries && child.exitCode === null) await pause(2);
  if (killAfterMs !== undefined) void pause(killAfterMs).then(() => child.kill('SIGKILL'));
  const killed = (await ended) === 'SIGKILL';
  return { ms: performance.now() - began, killed };
}

/** The process that the lock of the case names; a lock of one that was killed stays until the next opens. */
function ownerOf(root: string): number | undefined {
  try {
    return (JSON.parse(readFileSync(join(root, 'cache', 'owner.json'), 'utf8')) as { pid: number }).pid;
  } catch {
    return undefined;
  }
}

function ledgerLines(root: string): number {
  return readFileSync(join(root, 'data', 'ledger.jsonl'), 'latin1').split('\n').length;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Every source of the ledger is in the tables with as many rows as the ledger says, and no other is. */
async function checkWhole(target: EvidenceCase): Promise<number> {
  const imported = entriesOf(target.ledger.entries, 'source-imported').map(({ data }) => data);
  const rows = await target.database.query(
    `SELECT s.source_id, s.records, s.rejected, (SELECT count(*) FROM evidence.auditd_records r WHERE r.source_id = s.source_id) AS lines,
       (SELECT sum(records)::BIGINT FROM evidence.stream_hours h WHERE h.source_id = s.source_id) AS rolled_up
     FROM sources s ORDER BY source_id`,
  );
  expect(rows).toEqual(
    imported.map((s) => ({
      source_id: s.source_id,
      records: s.records,
      rejected: s.rejected,
      lines: LINES,
      rolled_up: LINES,
    })),
  );
  const [strays] = await target.database.query(
    `SELECT count(*) AS n FROM evidence.events WHERE source_id NOT IN (SELECT source_id FROM sources)`,
  );
  expect(strays).toEqual({ n: 0 });
  expect(await readdir(target.folder.incoming).catch(() => [])).toEqual([]);
  return imported.length;
}

async function evidenceFiles(): Promise<string> {
  const evidence = await temporaryFolder();
  for (let i = 0; i < FILES; i++) {
    const lines = auditLines(LINES, 1 + i * LINES).replaceAll('acct="alice"', `acct="alice${i}"`);
    await writeFile(join(evidence, `audit.log.${String(i).padStart(2, '0')}`), lines);
  }
  return evidence;
}

async function newCase(): Promise<string> {
  const root = join(await temporaryFolder(), 'case');
  await createCase(root, { ...year2026, entity: 'Killed' }, testEngine().caseContext);
  return root;
}

it(`an import that is killed at ${TIMES} moments loses nothing that was finished`, { timeout: 300_000 }, async () => {
  const args = (root: string): readonly string[] => ['import', root, evidence, '--system', 'web-1'];
  const evidence = await evidenceFiles();
  const random = seeded(20261121);
  const seen = new Set<number>();
  let root = await newCase();
  let finished = 0;
  let killed = 0;
  for (let i = 0; i < TIMES; i++) {
    const killAfterEntries = Math.floor(random() * 4);
    const killAfterMs = random() * (killAfterEntries === 0 ? 400 : 60);
    if ((await attempt({ root, args: args(root), killAfterMs, killAfterEntries })).killed) killed++;
    const target = await openTestCase(root);
    const now = await checkWhole(target);
    await target.close();
    expect(now).toBeGreaterThanOrEqual(finished);
    finished = now;
    seen.add(now);
    if (finished === FILES) [root, finished] = [await newCase(), 0];
  }
  process.stderr.write(`import: killed ${killed} of ${TIMES} times, with ${[...seen].join(', ')} sources finished\n`);
  // Kills before the first source, or after the last, would have proved nothing.
  expect(killed).toBeGreaterThan(TIMES / 2);
  expect(seen.size).toBeGreaterThan(3);
});

/** The tables hold the results of exactly the latest runs of the ledger, whole. */
async function checkRuns(target: EvidenceCase): Promise<number> {
  const latest = latestRuns(target.ledger.entries);
  const expected = [...latest].map(([control, run]) => {
    const { population_hash, days_hash } = run.controls.find((found) => found.control === control)!;
    return { control, run_id: run.run_id, population_hash, days_hash };
  });
  expected.sort((a, b) => (a.control < b.control ? -1 : 1));
  const rows = await target.database.query(
    'SELECT control, run_id, population_hash, days_hash FROM run_controls ORDER BY control',
  );
  expect(rows).toEqual(expected);
  const days = await target.database.query(
    'SELECT control, run_id, count(*) AS n FROM control_days GROUP BY ALL ORDER BY control',
  );
  expect(days).toEqual(expected.map(({ control, run_id }) => ({ control, run_id, n: 365 })));
  const strays = await target.database.query('SELECT run_id FROM results EXCEPT SELECT run_id FROM run_controls');
  expect(strays).toEqual([]);
  return entriesOf(target.ledger.entries, 'run-finished').length;
}

it(
  `a run that is killed at ${TIMES} moments leaves what the last finished one found`,
  { timeout: 300_000 },
  async () => {
    const root = await newCase();
    const full = await openTestCase(root);
    await importFiles(full, [await evidenceFiles()], { system: 'web-1' }, testJob());
    await full.close();
    const args = ['run', root];
    const { ms } = await attempt({ root, args });
    const random = seeded(77);
    let finished = 1;
    let killed = 0;
    for (let i = 0; i < TIMES; i++) {
      if ((await attempt({ root, args, killAfterMs: random() * ms * 1.2 })).killed) killed++;
      const target = await openTestCase(root);
      expect(await checkWhole(target)).toBe(FILES);
      const now = await checkRuns(target);
      expect(now).toBeGreaterThanOrEqual(finished);
      finished = now;
      await target.close();
    }
    process.stderr.write(`run: killed ${killed} of ${TIMES} times; ${finished} runs finished\n`);
    expect(killed).toBeGreaterThan(5);
  },
);
