// npm run conformance [-- --corpora DIR]: compares our readers with other parsers over a folder of real evidence.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root, run } from './steps.mjs';

const out = join(root, 'out/conformance');
mkdirSync(out, { recursive: true });
const outfile = join(out, 'main.mjs');
await build({
  entryPoints: [join(root, 'test/conformance/main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  logLevel: 'warning',
});
process.exitCode = await run(process.execPath, [outfile, ...process.argv.slice(2)]);
