import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { generateSample } from '../samples/index.ts';
import type { JobContext } from './core/effects.ts';
import type { Engine } from './engine.ts';
import { parseEngagement } from './intake/engagement.ts';
import { createCase } from './intake/evidence-case.ts';
import { importFiles } from './intake/import-files.ts';
import { openCase } from './open-case.ts';
import { runCase } from './run-case.ts';

/**
 * Makes the sample engagement and its case in `folder`: evidence, import, run. It appears whole, or (when cancelled)
 * not at all.
 */
export async function makeSampleCase(engine: Engine, folder: string, job: JobContext): Promise<void> {
  const making = join(folder, 'case.making');
  await rm(making, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const files = join(folder, 'delivery');
  await rm(files, { recursive: true, force: true });
  job.progress({ step: 'Making the evidence of the sample engagement', fraction: 0 });
  await generateSample({ folder: files, seed: 1, scale: 'small', job: part(job, 0, 0.15) });
  const path = join(files, 'engagement.yaml');
  await createCase(making, parseEngagement(await readFile(path, 'utf8'), path), engine.caseContext);
  try {
    const target = await openCase(engine, making, job);
    try {
      const provenance = {
        providedBy: 'Fieldwork samples',
        obtainedHow: 'Made by a seeded generator; see ground-truth.json.',
      };
      await importFiles(target, [join(files, 'evidence')], provenance, part(job, 0.15, 0.85));
      await runCase(engine, target, {}, part(job, 0.85, 1));
    } finally {
      await target.close();
    }
    await rename(making, join(folder, 'case.fieldwork'));
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    throw error;
  }
}

/** Progress of a part of a job, as a part of the whole. */
function part(job: JobContext, from: number, to: number): JobContext {
  return {
    signal: job.signal,
    progress: ({ fraction, secondsLeft: _ofThePart, ...rest }) =>
      job.progress({ ...rest, fraction: from + (fraction ?? 0) * (to - from) }),
  };
}
