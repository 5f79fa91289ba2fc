/**
 * A laptop's battery ends, an administrator loses patience: the process is gone in the middle of its work.
 *
 * Promise: at whatever instant that happens, the case opens again, holds every step that was finished, nothing half
 * done, and its ledger is whole.
 */
import { spawn } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createCase, type EvidenceCase } from '../../engine/index.ts';
import { entriesOf } from '../../engine/intake/ledger-kinds.ts';
import { auditLines, openTestCase, temporaryFolder, testEngine, year2026 } from '../engine/test-case.ts';

const TIMES = 25;
const FILES = 30;
const LINES = 2000;

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

async function killAfter(milliseconds: number, args: readonly string[]): Promise<boolean> {
  const child = spawn(process.execPath, ['dist/cli/main.js', ...args], { stdio: 'ignore' });
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
  const signal = await new Promise<string | null>((resolve) => child.on('close', (_code, by) => resolve(by)));
  clearTimeout(timer);
  return signal === 'SIGKILL';
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

it(
  `an import that is killed at ${TIMES} moments loses nothing that was finished and shows nothing that was not`,
  { timeout: 300_000 },
  async () => {
    const evidence = await temporaryFolder();
    for (let i = 0; i < FILES; i++) {
      const lines = auditLines(LINES, 1 + i * LINES).replaceAll('acct="alice"', `acct="alice${i}"`);
      await writeFile(
        join(evidence, `audit.log.${String(i).padStart(2, '0')}`),
        lines.replaceAll('pid=100', 'pid=100 node-less'),
      );
    }
    const root = join(await temporaryFolder(), 'case');
    await createCase(root, { ...year2026, entity: 'Killed' }, testEngine().caseContext);
    const random = seeded(20261121);
    let finished = 0;
    let killed = 0;
    for (let i = 0; i < TIMES; i++) {
      if (await killAfter(350 + random() * 900, ['import', root, evidence, '--system', 'web-1'])) killed++;
      const target = await openTestCase(root);
      const now = await checkWhole(target);
      expect(now).toBeGreaterThanOrEqual(finished);
      finished = now;
      await target.close();
    }
    // A run in which everything was finished before the first kill would have proved nothing.
    expect(killed).toBeGreaterThan(5);
    expect(finished).toBeGreaterThan(0);
  },
);
