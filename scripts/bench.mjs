// npm run bench: lists the benchmarks. npm run bench NAME [-- OPTIONS]: bundles test/bench/NAME.bench.ts and runs it.
// Never part of `npm test`: figures depend on the machine and on what else it does.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { buildIfStale } from './setup.mjs';
import { root, run } from './steps.mjs';

const ENDING = '.bench.ts';
const folder = join(root, 'test/bench');
const out = join(root, 'out/bench');

function names() {
  return readdirSync(folder)
    .filter((file) => file.endsWith(ENDING))
    .map((file) => file.slice(0, -ENDING.length))
    .sort();
}

/** The first sentence of the comment that a benchmark begins with. */
function purpose(name) {
  const text = readFileSync(join(folder, `${name}${ENDING}`), 'utf8');
  return /^\/\*\*\s*(?:\* )?(.*)/.exec(text)?.[1].replace(/ *\*\/$/, '') ?? '';
}

function list() {
  console.log('npm run bench NAME [-- OPTIONS]; `-- --help` says which options there are.\n');
  for (const name of names()) console.log(`${name.padEnd(14)} ${purpose(name)}`);
}

/** Bundles a benchmark and runs it with a product that is built of the same sources. */
async function bench(name, options) {
  if ((await buildIfStale()) !== 0) return 1;
  mkdirSync(out, { recursive: true });
  const outfile = join(out, `${name}.mjs`);
  await build({
    entryPoints: [join(folder, `${name}${ENDING}`)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    sourcemap: true,
    logLevel: 'warning',
  });
  return run(process.execPath, ['--enable-source-maps', outfile, ...options]);
}

const [name, ...options] = process.argv.slice(2);
if (name === undefined) list();
else if (names().includes(name)) process.exitCode = await bench(name, options);
else {
  console.error(`There is no benchmark "${name}"; there are: ${names().join(', ')}.`);
  process.exitCode = 2;
}
