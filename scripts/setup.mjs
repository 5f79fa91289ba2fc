// Makes a fresh clone ready: packages, build, the `fieldwork` command. Run before `npm start` and `npm test`; does only
// what is missing. Plain Node, no packages.
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium } from './find-chromium.mjs';
import { root, run, runTool } from './steps.mjs';

const OLDEST_NODE = [20, 19];
const at = (...names) => join(root, ...names);

/** Installs the packages of the lock file, unless these very ones are there. */
async function installPackages() {
  const stamp = at('node_modules', '.fieldwork-setup');
  const wanted = createHash('sha256')
    .update(readFileSync(at('package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  if (!isInstalled()) {
    console.log('Installing the packages of package-lock.json …');
    const npm = process.env.npm_execpath;
    const args = ['ci', '--no-audit', '--no-fund'];
    const code = npm ? await run(process.execPath, [npm, ...args]) : await run('npm', args);
    if (code !== 0) stop(`"npm ci" ended with ${code}. Its own messages above say why.`);
  }
  writeFileSync(stamp, wanted);
}

/** True where npm's own list of what it installed is what the lock file asks for on this system. */
function isInstalled() {
  const list = at('node_modules', '.package-lock.json');
  if (!existsSync(list)) return false;
  const has = JSON.parse(readFileSync(list, 'utf8')).packages;
  const wants = JSON.parse(readFileSync(at('package-lock.json'), 'utf8')).packages;
  return Object.entries(wants).every(
    ([path, { version, optional }]) => path === '' || has[path]?.version === version || (optional && !has[path]),
  );
}

const sources = ['engine', 'shared', 'cli', 'electron', 'renderer', 'samples', 'scripts/build.mjs', 'package.json'];

/** Builds dist/, unless it is newer than everything it is made of. */
export async function buildIfStale() {
  const stamp = at('dist', '.built');
  const newest = Math.max(...sources.map((name) => newestIn(at(name))));
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= newest) return 0;
  console.log('Building dist/ …');
  const begun = new Date();
  const code = await runTool('build');
  if (code === 0) {
    writeFileSync(stamp, `${begun.toISOString()}\n`);
    linkCommand();
  }
  return code;
}

function newestIn(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))));
}

/** Makes `npx fieldwork` work in the clone: npm links a package's commands only where it is installed elsewhere. */
function linkCommand() {
  const bin = at('node_modules', '.bin');
  mkdirSync(bin, { recursive: true });
  if (process.platform === 'win32') {
    writeFileSync(join(bin, 'fieldwork.cmd'), '@node "%~dp0\\..\\..\\dist\\cli\\main.js" %*\r\n');
    return;
  }
  const link = join(bin, 'fieldwork');
  if (lstatSync(link, { throwIfNoEntry: false })) rmSync(link);
  symlinkSync('../../dist/cli/main.js', link);
}

/** Finds a Chromium for the tests in a browser, or tries to get one. Without one they are skipped, and say so. */
async function findBrowser() {
  if (await findChromium()) return;
  console.log('No Chromium is here. Trying to install one …');
  await runTool('playwright', ['install', 'chromium'], { timeout: 180_000 });
  if (await findChromium()) return;
  const isDebianRoot = existsSync('/usr/bin/apt-get') && process.getuid?.() === 0;
  if (isDebianRoot) {
    await run('apt-get', ['update']);
    await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium']);
  }
  if (await findChromium()) return;
  console.log(
    'The tests in a browser will be skipped: no Chromium was found, Playwright could not download one' +
      `${isDebianRoot ? ', and neither could apt-get' : ''}. Set FIELDWORK_CHROMIUM to the path of one.`,
  );
}

function stop(message) {
  console.error(message);
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    stop(`Fieldwork needs Node ${OLDEST_NODE.join('.')} or later; this is ${process.versions.node}.`);
  }
  await installPackages();
  if ((await buildIfStale()) !== 0) stop('The build failed. Its own messages above say why.');
  linkCommand();
  if (process.argv.includes('--with-browser')) await findBrowser();
}
