// npm start: makes the sample engagement through the command line, as an auditor would, then opens the workbench.
// `npm start -- --web` serves it to a browser even where Electron is here; `--port N` chooses the port;
// `--prepare` only makes the sample.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findElectron } from './find-electron.mjs';
import { buildIfStale } from './setup.mjs';
import { printSteps, root, run, runTool, step } from './steps.mjs';

const { values: options } = parseArgs({
  options: { web: { type: 'boolean' }, prepare: { type: 'boolean' }, port: { type: 'string', default: '0' } },
});

// In the clone and not in the home folder: it goes when the clone goes.
const data = join(root, '.sample', 'data');
const making = join(root, '.sample', 'making');
// Where the workbench looks for its sample, and beside it what belongs to it.
const DELIVERY = 'sample/delivery';
const CASE = 'sample/case.fieldwork';
const BINDER = 'sample/binder.pdf';
const IDENTITY = 'identities/sample-auditor.p12';
const PASSPHRASE = 'identities/sample-auditor.passphrase';

/** What the sample depends on: another program or other packs may give another sample. */
function programHash() {
  const hash = createHash('sha256');
  const add = (path) => {
    for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const at = join(path, entry.name);
      if (entry.isDirectory()) add(at);
      else hash.update(entry.name).update(readFileSync(at));
    }
  };
  for (const name of ['engine', 'shared', 'samples', 'queries']) add(join(root, name));
  return hash.digest('hex');
}

/**
 * Makes the sample whole or not at all: in a folder beside, which then takes the place of the old one. The commands run
 * in that folder, so that what they write down of paths is the same on every machine.
 */
async function prepare(wanted) {
  rmSync(making, { recursive: true, force: true });
  mkdirSync(join(making, 'sample'), { recursive: true });
  mkdirSync(join(making, 'identities'), { recursive: true });
  writeFileSync(join(making, PASSPHRASE), 'a sample passphrase\n', { mode: 0o600 });
  const secret = ['--passphrase-file', PASSPHRASE];
  const provenance = ['--provided-by', 'Fieldwork samples', '--obtained-how', 'Made by a seeded generator.'];
  const commands = [
    ['sample', DELIVERY],
    ['new', CASE, '--engagement', `${DELIVERY}/engagement.yaml`],
    ['import', CASE, `${DELIVERY}/evidence`, ...provenance],
    ['run', CASE],
    ['identity', 'new', IDENTITY, '--name', 'Sample Auditor', ...secret],
    ['binder', CASE, '--out', BINDER, '--identity', IDENTITY, ...secret],
    ['verify', BINDER, '--trust', IDENTITY.replace(/p12$/, 'pem')],
  ];
  const steps = [];
  for (const args of commands) {
    const shown = args.map((arg) => (/\s/.test(arg) ? `'${arg}'` : arg)).join(' ');
    steps.push(await step(`fieldwork ${shown}`, () => runTool('fieldwork', args, { cwd: making })));
    if (!steps.at(-1).ok) {
      printSteps(steps);
      console.error('\nThe sample could not be made; what was made of it is in .sample/making.');
      process.exit(1);
    }
  }
  printSteps(steps);
  writeFileSync(join(making, 'stamp'), wanted);
  rmSync(data, { recursive: true, force: true });
  renameSync(making, data);
}

if ((await buildIfStale()) !== 0) process.exit(1);
const wanted = programHash();
const stamp = join(data, 'stamp');
const isThere = existsSync(stamp);
if (isThere && readFileSync(stamp, 'utf8') === wanted) console.log('The sample engagement is in .sample/data.');
else {
  if (isThere) console.log('The program has changed since the sample was made; it is made again.');
  await prepare(wanted);
}
console.log(
  `Its binder is .sample/data/${BINDER}; the passphrase of its auditor's key is in .sample/data/${PASSPHRASE}.`,
);
if (options.prepare) process.exit(0);

const electron = options.web ? undefined : findElectron();
if (electron) {
  console.log('Opening the desktop window.');
  process.exit(await run(electron, ['.', `--data=${data}`]));
}
if (!options.web) console.log('The Electron runtime is not installed (npx install-electron); serving to a browser.');
process.on('SIGINT', () => {}); // Ctrl+C reaches the host below too, which closes the case and ends.
// What may be imported from: the sample's own evidence, where it was kept, else what lies here.
const delivery = join(data, DELIVERY, 'evidence');
const evidence = existsSync(delivery) ? delivery : process.cwd();
process.exit(await runTool('fieldwork', ['serve', '--data', data, '--port', options.port, '--evidence', evidence]));
