// Puts a downloaded Electron runtime in its place without a network:
//   node scripts/electron-from-zip.mjs electron-v45.4.1-linux-x64.zip
// The zip is checked against the hashes inside the electron package, which package-lock.json pins in turn.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { root } from './steps.mjs';

const [file] = process.argv.slice(2);
if (!file) stop('Give the zip: node scripts/electron-from-zip.mjs electron-v<version>-<platform>-<arch>.zip', 2);
const home = join(root, 'node_modules/electron');
const read = (name) => JSON.parse(readFileSync(join(home, name), 'utf8'));
const { version } = read('package.json');
const expected = read('checksums.json')[basename(file)];
if (!expected) stop(`${basename(file)} is no archive of Electron ${version}; its hash is not known.`, 1);

const hash = createHash('sha256');
await pipeline(createReadStream(resolve(file)), hash);
const found = hash.digest('hex');
if (found !== expected) stop(`SHA-256 is ${found}, but Electron ${version} has ${expected}. Nothing was unpacked.`, 1);

const dist = join(home, 'dist');
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
const unpacked =
  process.platform === 'win32'
    ? ['tar', ['-xf', resolve(file), '-C', dist]]
    : ['unzip', ['-q', resolve(file), '-d', dist]];
const { status, error } = spawnSync(...unpacked, { stdio: 'inherit' });
if (status !== 0) stop(`${unpacked[0]} could not unpack it${error ? `: ${error.message}` : ''}.`, 1);

const programs = { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron', linux: 'electron' };
const program = programs[process.platform] ?? 'electron';
if (!existsSync(join(dist, program))) stop(`The archive is for another system: it holds no ${program}.`, 1);
writeFileSync(join(dist, 'version'), version);
writeFileSync(join(home, 'path.txt'), program);
console.log(`Electron ${version} is in place; its hash is the published one.`);

function stop(message, code) {
  console.error(message);
  process.exit(code);
}
