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

// What they share, and what is only loaded when it is needed, goes into files of its own.
const modules = ['cli/main.ts', 'engine/process.ts', 'engine/locked-process.ts', 'electron/main.ts'];
// A sandboxed preload script cannot be a module.
const scripts = ['electron/preload.ts'];

/** Bundles every Node entry point that exists; takes well under a second. */
export async function buildNodeSide() {
  await bundle(modules, { format: 'esm', splitting: true, chunkNames: 'chunks/[name]-[hash]' });
  await bundle(scripts, { format: 'cjs', outExtension: { '.js': '.cjs' } });
  if (existsSync(join(root, 'dist/cli/main.js'))) await chmod(join(root, 'dist/cli/main.js'), 0o755);
}

async function bundle(entries, options) {
  await build({
    absWorkingDir: root,
    entryPoints: entries.filter((entry) => existsSync(join(root, entry))),
    outdir: 'dist',
    outbase: '.',
    bundle: true,
    platform: 'node',
    target: 'node20',
    external,
    sourcemap: true,
    logLevel: 'warning',
    ...options,
  });
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
