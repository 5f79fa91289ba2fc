// Running one program after another, and saying how it went. Plain Node: also runs before anything is installed.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The tools, by the file Node runs: no shell and no .cmd in between, the same on every system. */
export const tools = {
  tsc: 'node_modules/typescript/bin/tsc',
  eslint: 'node_modules/eslint/bin/eslint.js',
  depcruise: 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
  prettier: 'node_modules/prettier/bin/prettier.cjs',
  vitest: 'node_modules/vitest/vitest.mjs',
  playwright: 'node_modules/@playwright/test/cli.js',
  build: 'scripts/build.mjs',
  fieldwork: 'dist/cli/main.js',
};

/** Runs a program and gives its exit code; 127 where it could not be started. Its output goes to this terminal. */
export function run(command, args, { env = {}, timeout, cwd = root } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, stdio: 'inherit', env: { ...process.env, ...env }, timeout });
    child.once('error', () => resolve(127));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** Runs a tool of the list above with Node. */
export function runTool(tool, args = [], options = {}) {
  return run(process.execPath, [join(root, tools[tool]), ...args], options);
}

/** Does a piece of work under a title and gives `{ title, ok, seconds }`. `work` gives an exit code. */
export async function step(title, work) {
  console.log(`\n── ${title}`);
  const begin = performance.now();
  const ok = (await work()) === 0;
  return { title, ok, seconds: (performance.now() - begin) / 1000 };
}

/** One line for each step: how it went and how long it took. */
export function printSteps(steps) {
  console.log('');
  for (const { title, ok, seconds } of steps) {
    console.log(`${ok ? 'ok    ' : 'FAILED'}  ${`${seconds.toFixed(1)} s`.padStart(8)}  ${title}`);
  }
}
