// npm run packs: checks and tests every pack in queries/, as an audit firm does with its own.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { printSteps, root, runTool, step } from './steps.mjs';

/** Runs `pack check` and `pack test` on every pack; gives the steps. A pack is a folder with a pack.yaml. */
export async function packs() {
  const folder = join(root, 'queries');
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'pack.yaml')));
  // No pack at all is no success: the product ships with some.
  if (names.length === 0) return [{ title: 'packs: none was found in queries/', ok: false, seconds: 0 }];
  const steps = [];
  for (const name of names.sort()) {
    for (const action of ['check', 'test']) {
      steps.push(
        await step(`pack ${action} ${name}`, () => runTool('fieldwork', ['pack', action, join('queries', name)])),
      );
    }
  }
  return steps;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const steps = await packs();
  printSteps(steps);
  process.exit(steps.every(({ ok }) => ok) ? 0 : 1);
}
