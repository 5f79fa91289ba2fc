/**
 * Re-performance, the auditors' own proof: the database is built again in a fresh place from the sealed evidence and
 * the ledger, the controls are run again, and what they find is compared by hash.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail } from '../shared/problem.ts';
import { windowInterval } from '../shared/time.ts';
import { stopIfCancelled } from './core/cancelled.ts';
import type { JobContext } from './core/effects.ts';
import type { ControlOutcome } from './controls/run-control.ts';
import type { Engine } from './engine.ts';
import { auditWindow } from './intake/engagement.ts';
import { makeTables, type EvidenceCase } from './intake/evidence-case.ts';
import type { LedgerEntry } from './intake/ledger.ts';
import { entriesOf, entryData, latestRuns } from './intake/ledger-kinds.ts';
import { replaySource } from './intake/replay.ts';
import { runAgain } from './run-case.ts';
import { CaseDatabase } from './store/case-database.ts';
import { readBinderContents, verifyBinder } from './verify/verify-binder.ts';

export type Comparison = 'same' | 'differs';

export interface Reperformance {
  readonly verdict: Comparison;
  readonly runId: string;
  /** What was compared with: `the ledger`, or `binder ...`. */
  readonly against: string;
  /** Why nothing could be compared, as a sentence; only with `differs`. */
  readonly reason?: string;
  readonly sources: number;
  readonly records: number;
  readonly controls: readonly {
    readonly control: string;
    readonly verdict: Comparison;
    readonly population: Comparison;
    readonly days: Comparison;
  }[];
}

interface Recorded {
  readonly against: string;
  /** The ledger by then. `undefined` where the case never had the one that the binder names. */
  readonly entries: readonly LedgerEntry[] | undefined;
  readonly hashes: ReadonlyMap<string, { readonly population: string; readonly days: string }>;
}

/**
 * Does the latest runs again and compares their results with the ledger's; or those that were the latest when a binder
 * was made, over the evidence of that time, with the binder's.
 * Fails with `case_damaged`, naming the file, when evidence is not what was sealed; `binder_invalid` when the binder
 * does not verify; `not_found` when nothing was run yet.
 */
export async function reperformCase(
  engine: Engine,
  target: EvidenceCase,
  binder: Uint8Array | undefined,
  job: JobContext,
): Promise<Reperformance> {
  const recorded = binder === undefined ? ofLedger(target.ledger.entries) : await ofBinder(binder, target.ledger);
  const { against } = recorded;
  const lastRun = entriesOf(recorded.entries ?? target.ledger.entries, 'run-finished').at(-1) ?? failNoRun();
  const runId = lastRun.data.run_id;
  if (!recorded.entries) return { ...OTHER_LEDGER, runId, against };
  const upToRun = recorded.entries.slice(0, lastRun.entry.seq);
  const folder = await mkdtemp(join(tmpdir(), 'fieldwork-reperform-'));
  const database = await CaseDatabase.open({ path: join(folder, 'case.duckdb') });
  try {
    await makeTables(database, engine.caseContext.recipe);
    const { records, outcomes } = await replayLedger(engine, target, { database, entries: upToRun, job });
    const controls = compare(outcomes, recorded);
    const verdict = controls.every((control) => control.verdict === 'same') ? 'same' : 'differs';
    const sources = entriesOf(upToRun, 'source-imported').length;
    return { verdict, runId, against, sources, records, controls };
  } finally {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const OTHER_LEDGER = {
  verdict: 'differs',
  reason: 'The binder names another ledger.',
  sources: 0,
  records: 0,
  controls: [],
} as const;

interface Fresh {
  readonly database: CaseDatabase;
  readonly entries: readonly LedgerEntry[];
  readonly job: JobContext;
}

/** Does what the ledger says once more, in its order: each run finds the evidence that it had. */
async function replayLedger(engine: Engine, target: EvidenceCase, { database, entries, job }: Fresh): Promise<Found> {
  const window = windowInterval(auditWindow(target.engagement));
  const latest = latestRuns(entries);
  const outcomes = new Map<string, ControlOutcome>();
  const quiet = { signal: job.signal, progress: () => undefined };
  let records = 0;
  for (const [index, entry] of entries.entries()) {
    stopIfCancelled(job.signal, 'The re-performance was cancelled.');
    job.progress({ step: `Doing entry ${index + 1} of ${entries.length} again`, fraction: index / entries.length });
    if (entry.kind === 'source-imported') {
      const data = entryData(entry, 'source-imported');
      const { recipe } = engine.caseContext;
      const dayZone = target.engagement.window.zone;
      await database.transaction((transaction) =>
        replaySource({ transaction, folder: target.folder, entry, data, window, dayZone, recipe, job: quiet }),
      );
      records += data.records;
    } else if (entry.kind === 'run-finished') {
      const run = entryData(entry, 'run-finished');
      const current = run.controls.filter(({ control }) => latest.get(control)?.run_id === run.run_id);
      if (current.length === 0) continue;
      for (const outcome of await runAgain(engine, target, { database, run, job: quiet })) {
        outcomes.set(outcome.control.id, outcome);
      }
    }
  }
  return { records, outcomes };
}

interface Found {
  readonly records: number;
  readonly outcomes: ReadonlyMap<string, ControlOutcome>;
}

function ofLedger(entries: readonly LedgerEntry[]): Recorded {
  const hashes = [...latestRuns(entries)].flatMap(([control, run]) =>
    run.controls
      .filter((found) => found.control === control)
      .map((found) => [control, { population: found.population_hash, days: found.days_hash }] as const),
  );
  return { against: 'the ledger', entries, hashes: new Map(hashes) };
}

async function ofBinder(bytes: Uint8Array, { entries }: EvidenceCase['ledger']): Promise<Recorded> {
  const verification = await verifyBinder(bytes);
  const contents = readBinderContents(bytes);
  if (verification.verdict === 'invalid' || !contents)
    return failBinder(verification.checks.find((c) => c.outcome === 'failed')?.detail);
  const { binder_id, controls, ledger } = contents.manifest;
  // What came after the binder cannot change what it says: the case is taken as it was then.
  const isOfCase = entries[ledger.seq - 1]?.hash === ledger.hash;
  return {
    against: `binder ${binder_id}`,
    entries: isOfCase ? entries.slice(0, ledger.seq) : undefined,
    hashes: new Map(controls.map((c) => [c.id, { population: c.population_hash, days: c.days_hash }])),
  };
}

function compare(found: Found['outcomes'], { hashes }: Recorded): Reperformance['controls'] {
  // A control that only one side has is a difference too.
  return [...new Set([...hashes.keys(), ...found.keys()])].sort().map((control) => {
    const population = same(found.get(control)?.populationHash, hashes.get(control)?.population);
    const days = same(found.get(control)?.daysHash, hashes.get(control)?.days);
    return { control, verdict: population === 'same' && days === 'same' ? 'same' : 'differs', population, days };
  });
}

function same(now: string | undefined, then: string | undefined): Comparison {
  return now !== undefined && now === then ? 'same' : 'differs';
}

function failNoRun(): never {
  return fail({
    code: 'not_found',
    message: 'No control was run in this case yet.',
    remedy: 'Run `fieldwork run` first.',
  });
}

function failBinder(detail: string | undefined): never {
  return fail({
    code: 'binder_invalid',
    message: `The binder does not verify, so its results are not compared. ${detail ?? ''}`.trim(),
    remedy: 'See `fieldwork verify` for every check, and ask for the binder again.',
  });
}
