import type { JobContext } from './core/effects.ts';
import type { Engine } from './engine.ts';
import { EvidenceCase } from './intake/evidence-case.ts';
import { runAgain } from './run-case.ts';

/**
 * Opens a case; what its database lacks is read again from the evidence, and run again with the packs it keeps.
 * Fails as `EvidenceCase.open` does.
 */
export async function openCase(engine: Engine, path: string, job: JobContext): Promise<EvidenceCase> {
  return EvidenceCase.open(path, engine.caseContext, job, async (target, run) => {
    await runAgain(engine, target, { database: target.database, run, job });
  });
}
