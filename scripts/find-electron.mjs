// Where the Electron runtime is. Its package is never imported: from version 42 on, that begins a download.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './steps.mjs';

const inFolder = { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' };

/** Gives its path: in ELECTRON_OVERRIDE_DIST_PATH, or where `npx install-electron` puts it. `undefined`: none is there. */
export function findElectron() {
  const given = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const path = given ? join(given, inFolder[process.platform] ?? 'electron') : installed();
  return path && existsSync(path) ? path : undefined;
}

function installed() {
  const folder = join(root, 'node_modules/electron');
  const name = join(folder, 'path.txt');
  return existsSync(name) ? join(folder, 'dist', readFileSync(name, 'utf8').trim()) : undefined;
}
