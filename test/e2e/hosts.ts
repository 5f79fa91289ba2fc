/** Starting the workbench under each host, as a user does. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { _electron, chromium, type Page } from '@playwright/test';
import { findChromium } from '../../scripts/find-chromium.mjs';
import { findElectron } from '../../scripts/find-electron.mjs';

/** A started workbench. */
export interface Started {
  /** A page at the beginning: nothing of an earlier test is left in it. */
  readonly freshPage: () => Promise<Page>;
  readonly close: () => Promise<void>;
}

export type Start =
  { readonly kind: 'started'; readonly started: Started } | { readonly kind: 'absent'; readonly why: string };

// What a browser would like to fetch by itself.
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
const VIEWPORT = { width: 1440, height: 900 };

/** Starts `fieldwork serve` with its data in `folder` and what else is given, and a browser. */
export async function startWeb(folder: string, given: readonly string[] = []): Promise<Start> {
  const executablePath = await findChromium();
  if (!executablePath) return { kind: 'absent', why: 'no Chromium was found (FIELDWORK_CHROMIUM names one)' };
  const { host, url } = await serve(folder, given);
  const browser = await chromium.launch({ executablePath, args: QUIET });
  const freshPage = async () => {
    const context = await browser.newContext({ viewport: VIEWPORT, acceptDownloads: true });
    const page = await context.newPage();
    await page.goto(url);
    return page;
  };
  const close = async () => {
    await browser.close();
    const gone = once(host, 'exit');
    host.kill('SIGTERM');
    await gone;
  };
  return { kind: 'started', started: { freshPage, close } };
}

/** Starts the loopback host; its first line on stdout is the address. */
async function serve(
  folder: string,
  given: readonly string[],
): Promise<{ readonly host: ChildProcess; readonly url: string }> {
  const args = [resolve('dist/cli/main.js'), 'serve', ...given, '--data', folder, '--port', '0'];
  const host = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const early = once(host, 'exit').then(([code]) => Promise.reject(new Error(`"fieldwork serve" ended with ${code}`)));
  const first = once(createInterface({ input: host.stdout }), 'line').then(([line]) => String(line));
  const url = await Promise.race([first, early]);
  early.catch(() => {}); // From here on its end is expected.
  return { host, url };
}

/** Starts the desktop window with its data in `folder`. */
export async function startElectron(folder: string): Promise<Start> {
  const executablePath = findElectron();
  if (!executablePath) return { kind: 'absent', why: 'the Electron runtime is not installed (npx install-electron)' };
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const application = await _electron.launch({ executablePath, args: ['.', `--data=${folder}`, ...sandbox] });
  const freshPage = async () => {
    const page = await application.firstWindow();
    await page.reload();
    return page;
  };
  return { kind: 'started', started: { freshPage, close: () => application.close() } };
}
