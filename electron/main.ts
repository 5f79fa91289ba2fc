/**
 * The desktop shell: one window, one engine process, nothing else. What may be done is decided in the files beside it;
 * docs/decisions/hosts.md has the reasons.
 */
import { app, BrowserWindow, dialog, protocol } from 'electron';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeProblem, type Problem } from '../shared/problem.ts';
import { chooseEvidence } from './choose-evidence.ts';
import { confinedSession } from './confined-session.ts';
import { EngineHost } from './engine.ts';
import { launchOptions } from './launch-options.ts';
import { setMenu } from './menu.ts';
import { SCHEME } from './origin.ts';
import { keepInside, openWindow, tellEngineGone } from './window.ts';

const dist = dirname(dirname(fileURLToPath(import.meta.url)));

protocol.registerSchemesAsPrivileged([
  { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
]);
app.enableSandbox();
// One process owns a case at a time: a second start brings the first to the front.
if (app.requestSingleInstanceLock()) {
  app.on('web-contents-created', (_event, contents) => keepInside(contents));
  app.on('window-all-closed', () => app.quit());
  // Never awaited at the top level: Electron is not ready before this module has been evaluated.
  void app.whenReady().then(start).catch(giveUp);
} else {
  app.quit();
}

async function start(): Promise<void> {
  setMenu({ packaged: app.isPackaged, platform: process.platform });
  const engine = new EngineHost({
    entry: join(dist, 'engine/process.js'),
    lockedEntry: join(dist, 'engine/locked-process.js'),
    options: launchOptions(process.argv, app.getPath('userData')),
    onGone: () => BrowserWindow.getAllWindows().forEach(tellEngineGone),
    chooseEvidence,
    onFailed: showProblem,
  });
  stopBeforeQuit(engine);
  app.on('second-instance', () => BrowserWindow.getAllWindows().forEach((window) => window.focus()));
  const session = confinedSession(join(dist, 'renderer'));
  await openWindow({ session, preload: join(dist, 'electron/preload.cjs'), engine });
}

/** Holds the end back until the engine has closed its case. */
function stopBeforeQuit(engine: EngineHost): void {
  let stopped = false;
  app.on('before-quit', (event) => {
    if (stopped) return;
    event.preventDefault();
    void engine.stop().then(() => {
      stopped = true;
      app.quit();
    });
  });
}

function showProblem(problem: Problem): void {
  dialog.showErrorBox('The engine could not begin', describeProblem(problem));
}

function giveUp(error: unknown): void {
  dialog.showErrorBox('Fieldwork could not start', error instanceof Error ? error.message : String(error));
  app.exit(1);
}
