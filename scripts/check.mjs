// npm run check: types, lint, import rules, format. All are run, also after one has failed.
import { fileURLToPath } from 'node:url';
import { printSteps, runTool, step } from './steps.mjs';

const faces = ['engine', 'renderer', 'electron', 'test'];
const rooms = ['electron', 'renderer', 'shared', 'engine', 'cli', 'samples'];

const checks = [
  ...faces.map((face) => [`types of ${face}`, 'tsc', ['-p', `tsconfig.${face}.json`]]),
  ['lint', 'eslint', ['.']],
  ['import rules', 'depcruise', ['--config', 'dependency-cruiser.config.mjs', ...rooms]],
  ['format', 'prettier', ['--check', '--log-level', 'warn', '.']],
];

/** Gives the exit code: 1 when a page says something else than the program. */
async function staleDocs() {
  const { pagesThatDiffer } = await import('./docs.mjs');
  const stale = await pagesThatDiffer();
  for (const page of stale) console.log(`${page} is not what the program gives; run \`npm run docs\`.`);
  return stale.length === 0 ? 0 : 1;
}

/** Runs every check; gives its steps. */
export async function check() {
  const steps = [];
  for (const [title, tool, args] of checks) steps.push(await step(title, () => runTool(tool, args)));
  steps.push(await step('generated pages of docs/', () => staleDocs()));
  return steps;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const steps = await check();
  printSteps(steps);
  process.exit(steps.every(({ ok }) => ok) ? 0 : 1);
}
