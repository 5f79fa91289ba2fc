import type { JobContext } from './core/effects.ts';
import type { Engine } from './engine.ts';
import { EvidenceCase } from './intake/evidence-case.ts';

/** Opens a case. Fails as `EvidenceCase.open` does. */
export async function openCase(engine: Engine, path: string, job: JobContext): Promise<EvidenceCase> {
  return EvidenceCase.open(path, engine.caseContext, job);
}
