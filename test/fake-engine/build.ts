import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { tmpdir } from 'node:os';
import { build } from 'esbuild';

/** Bundles the fake engine as the real one is bundled. Gives the folder; `remove` when done. */
export async function buildFakeEngine(): Promise<{ readonly dir: string; readonly remove: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'fieldwork-fake-engine-'));
  await build({
    entryPoints: [resolve(import.meta.dirname, 'process.ts'), resolve(import.meta.dirname, 'locked-process.ts')],
    outdir: dir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
  });
  await writeFile(join(dir, 'package.json'), '{"type":"module"}');
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}
