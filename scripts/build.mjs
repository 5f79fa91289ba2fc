// Builds dist/: the Node side with esbuild (a moment), the renderer with Vite.
import { existsSync } from 'node:fs';
import { chmod, cp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

// Native or large packages stay packages; everything of ours is bundled.
const external = [
  'electron',
  '@duckdb/node-api',
  '@duckdb/node-bindings',
  'pdfmake',
  'ws',
  'pkijs',
  'asn1js',
  '@peculiar/x509',
  'reflect-metadata',
  'yauzl',
  'tar-stream',
  'yaml',
  'commander',
];

const entryPoints = [
  { in: 'cli/main.ts', out: 'cli/main', format: 'esm' },
  { in: 'engine/process.ts', out: 'engine/process', format: 'esm' },
  { in: 'engine/locked-process.ts', out: 'engine/locked-process', format: 'esm' },
  { in: 'electron/main.ts', out: 'electron/main', format: 'esm' },
  { in: 'electron/preload.ts', out: 'electron/preload', format: 'cjs' },
];

/** Bundles every Node entry point that exists; takes well under a second. */
export async function buildNodeSide() {
  for (const { in: input, out, format } of entryPoints) {
    if (!existsSync(join(root, input))) continue;
    await build({
      absWorkingDir: root,
      entryPoints: [input],
      outfile: `dist/${out}${format === 'cjs' ? '.cjs' : '.js'}`,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format,
      external,
      sourcemap: true,
      logLevel: 'warning',
      ...(input === 'cli/main.ts' ? { banner: { js: '#!/usr/bin/env node' } } : {}),
    });
  }
  if (existsSync(join(root, 'dist/cli/main.js'))) await chmod(join(root, 'dist/cli/main.js'), 0o755);
}

async function buildRenderer() {
  const { build: vite } = await import('vite');
  await vite({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
  // The licence of the type goes wherever the type goes.
  await cp(join(root, 'renderer/fonts/OFL.txt'), join(root, 'dist/renderer/assets/OFL.txt'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await rm(join(root, 'dist'), { recursive: true, force: true });
  await buildNodeSide();
  if (existsSync(join(root, 'renderer/index.html'))) await buildRenderer();
}
