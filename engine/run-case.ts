/** Runs packs over a case: the packs are kept as they were, the results and the ledger entry become one step. */
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../shared/problem.ts';
import { formatInstant, type UtcMicros } from '../shared/time.ts';
import { canonicalJson } from './core/canonical-json.ts';
import type { JobContext } from './core/effects.ts';
import { sha256, type Sha256 } from './core/hash.ts';
import type { Pack } from './controls/pack.ts';
import { checkOverrides } from './controls/parameters.ts';
import { readPack, readPacks } from './controls/read-pack.ts';
import type { ControlOutcome } from './controls/run-control.ts';
import { runControls } from './controls/run-controls.ts';
import type { Engine } from './engine.ts';
import { auditWindow } from './intake/engagement.ts';
import type { EvidenceCase } from './intake/evidence-case.ts';
import { entriesOf, ledgerData, type RunFinished, type SourceImported } from './intake/ledger-kinds.ts';
import type { CaseDatabase } from './store/case-database.ts';
import { momentOfRun, timelineRequestOf } from './timeline-request.ts';

export interface RunOptions {
  /** Ids of packs that ship with Fieldwork, or folders; all that ship where left out. */
  readonly packs?: readonly string[];
  /** Only these controls. */
  readonly controls?: readonly string[];
}

export interface RunSummary {
  readonly runId: string;
  readonly controls: number;
  readonly seconds: number;
  /** Systems whose clocks nobody measured and nobody asked for, by name: their times were taken as they are. */
  readonly unmeasuredClocks: readonly string[];
}

/** Runs the controls and keeps what they found. Fails as `readPack` and `runControls` do. */
export async function runCase(
  engine: Engine,
  target: EvidenceCase,
  options: RunOptions,
  job: JobContext,
): Promise<RunSummary> {
  const started = performance.now();
  const packs = await choosePacks(engine, options.packs ?? []);
  const ours = await shippedPacks(engine);
  const known = [...packs, ...ours].flatMap(({ controls }) => controls);
  checkOverrides(known, target.engagement.parameters);
  const shipped = new Set(ours.map((pack) => pack.hash));
  const run = {
    runId: `R${entriesOf(target.ledger.entries, 'run-finished').length + 1}`,
    now: engine.effects.now,
    asOf: engine.effects.now(),
    ledgerSeq: target.ledger.head.seq,
    evidenceHash: hashEvidence(target.sources),
  };
  const only = options.controls ?? [];
  const { controls, unmeasuredClocks } = await runControls({
    database: target.database,
    spawn: engine.spawnLocked,
    packs,
    only,
    window: auditWindow(target.engagement),
    parameters: target.engagement.parameters,
    run,
    timeline: await timelineRequestOf(target, { upToSeq: target.ledger.head.seq, asOf: run.asOf }),
    job,
    keep: (write, outcomes) =>
      keepingPacks(target, packs, (movePacks) =>
        target.step(async (transaction) => {
          await write(transaction);
          return {
            entry: { kind: 'run-finished', data: ledgerData(runEntry(run, packs, { only, outcomes, shipped })) },
            result: undefined,
          };
        }, movePacks),
      ),
  });
  const seconds = (performance.now() - started) / 1000;
  return { runId: run.runId, controls: controls.length, seconds, unmeasuredClocks };
}

function runEntry(
  run: { readonly runId: string; readonly evidenceHash: Sha256; readonly asOf: UtcMicros },
  packs: readonly Pack[],
  found: {
    readonly only: readonly string[];
    readonly outcomes: readonly ControlOutcome[];
    readonly shipped: ReadonlySet<string>;
  },
): RunFinished {
  return {
    run_id: run.runId,
    evidence_hash: run.evidenceHash,
    as_of: formatInstant(run.asOf),
    packs: packs.map(({ id, version, hash }) => ({ id, version, hash, shipped: found.shipped.has(hash) })),
    only: [...found.only],
    controls: found.outcomes.map(({ control, populationHash, daysHash, error }) => ({
      control: control.id,
      population_hash: populationHash,
      days_hash: daysHash,
      error,
    })),
  };
}

/** One hash for all evidence of a case: what was read, and by which version of which importer. */
export function hashEvidence(sources: readonly SourceImported[]): Sha256 {
  return sha256(
    canonicalJson(
      sources.map((s) => [
        s.source_id,
        s.sha256,
        s.member,
        s.content_sha256,
        s.format,
        s.importer_version,
        s.time_zone,
        s.system,
        s.series,
        s.taken_at,
        s.mapping,
      ]),
    ),
  );
}

async function choosePacks(engine: Engine, named: readonly string[]): Promise<readonly Pack[]> {
  if (named.length === 0) return shippedPacks(engine);
  const shipped = await readdir(engine.paths.packs);
  return readPacks(named.map((name) => (shipped.includes(name) ? join(engine.paths.packs, name) : name)));
}

async function shippedPacks({ paths }: Engine): Promise<readonly Pack[]> {
  const names = (await readdir(paths.packs, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  return readPacks(names.map(({ name }) => join(paths.packs, name)).sort());
}

/**
 * Does a step that keeps the packs in the case as they are now, under their hashes: for re-performance by people who
 * have only the case. They are written beside and moved in by the step; one that fails leaves none of them.
 */
async function keepingPacks(
  { folder }: EvidenceCase,
  packs: readonly Pack[],
  step: (movePacks: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const kept = await readdir(folder.packs).catch((): string[] => []);
  const added = [...new Map(packs.map((pack) => [pack.hash, pack])).values()].filter(
    ({ hash }) => !kept.includes(hash),
  );
  const beside = await mkdtemp(join(folder.cache, 'packs-'));
  const moved: string[] = [];
  try {
    for (const pack of added) await writePack(join(beside, pack.hash), pack);
    await step(async () => {
      await mkdir(folder.packs, { recursive: true });
      for (const { hash } of added) {
        await rename(join(beside, hash), join(folder.packs, hash));
        moved.push(join(folder.packs, hash));
      }
    });
  } catch (error) {
    for (const path of moved) await rm(path, { recursive: true });
    throw error;
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

async function writePack(folder: string, { files }: Pack): Promise<void> {
  await mkdir(folder);
  for (const { name, content } of files) await writeFile(join(folder, name), content);
}

/** Runs the controls of a recorded run on a database that was built again; nothing is written into the ledger. */
export async function runAgain(
  engine: Engine,
  target: EvidenceCase,
  { database, run, job }: { readonly database: CaseDatabase; readonly run: RunFinished; readonly job: JobContext },
): Promise<readonly ControlOutcome[]> {
  const { controls } = await runControls({
    database,
    spawn: engine.spawnLocked,
    packs: await keptPacks(target, run),
    only: run.only,
    window: auditWindow(target.engagement),
    parameters: target.engagement.parameters,
    run: {
      runId: run.run_id,
      now: engine.effects.now,
      ledgerSeq: target.ledger.head.seq,
      evidenceHash: hashEvidence(target.sources),
    },
    timeline: await timelineRequestOf(target, { ...momentOfRun(target.ledger.entries, run), database }),
    job,
  });
  return controls;
}

/** Reads the packs of a run back from the case. Fails when one is missing or was changed. */
export async function keptPacks(target: EvidenceCase, run: RunFinished): Promise<readonly Pack[]> {
  const packs: Pack[] = [];
  for (const { hash, id } of run.packs) {
    const folder = join(target.folder.packs, hash);
    const pack = await readPack(folder);
    if (pack.hash !== hash) failChangedPack(id, folder);
    packs.push(pack);
  }
  return packs;
}

function failChangedPack(id: string, file: string): never {
  return fail({
    code: 'case_damaged',
    message: `The pack ${id} that the case keeps is not the one that was run.`,
    where: { file },
    remedy: 'Restore the folder from a sealed copy of the case.',
  });
}
