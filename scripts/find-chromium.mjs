// Where a Chromium is that the tests can drive.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './steps.mjs';

const usual = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Gives its path: FIELDWORK_CHROMIUM, one of the usual places, or Playwright's own. `undefined`: there is none. */
export async function findChromium() {
  const given = process.env.FIELDWORK_CHROMIUM;
  if (given) return existsSync(given) ? given : undefined;
  return usual.find((path) => existsSync(path)) ?? (await playwrightsOwn());
}

async function playwrightsOwn() {
  const entry = join(root, 'node_modules/@playwright/test/index.mjs');
  if (!existsSync(entry)) return undefined;
  const { chromium } = await import(pathToFileURL(entry).href);
  const path = chromium.executablePath();
  return existsSync(path) ? path : undefined;
}
