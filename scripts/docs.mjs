// npm run docs: writes the pages of docs/ that are made from the program itself.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { root } from './steps.mjs';

/** The pages by their paths, as the program gives them now. */
async function generatedPages() {
  // Bundled to a file inside the project, so that what stays a package is found from there.
  mkdirSync(join(root, 'out'), { recursive: true });
  const outfile = join(root, 'out', 'generate-docs.mjs');
  const entryPoints = [join(root, 'engine/generate-docs.ts')];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm', packages: 'external' });
  const { evidenceTablesPage, controlsPage } = await import(outfile);
  return {
    'docs/evidence-tables.md': evidenceTablesPage(),
    'docs/controls.md': await controlsPage(join(root, 'queries')),
  };
}

function textOf(page) {
  try {
    return readFileSync(join(root, page), 'utf8');
  } catch {
    return undefined; // not made yet
  }
}

/** The pages that say something else than the program. */
export async function pagesThatDiffer() {
  return Object.entries(await generatedPages())
    .filter(([page, text]) => textOf(page) !== text)
    .map(([page]) => page);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [page, text] of Object.entries(await generatedPages())) writeFileSync(join(root, page), text);
}
