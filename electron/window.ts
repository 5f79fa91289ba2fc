import { app, BrowserWindow, type IpcMainEvent, type Session, type WebContents } from 'electron';
import { DROPPED_EVIDENCE, ENGINE_GONE, ENGINE_PORT, WANT_ENGINE_PORT } from '../shared/channels.ts';
import type { EngineHost } from './engine.ts';
import { isOurs, ORIGIN } from './origin.ts';

/** Nothing leads out of the workbench: no other page, no frame, no new window, no embedded guest. */
export function keepInside(contents: WebContents): void {
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

export interface WindowOptions {
  readonly session: Session;
  /** The built preload script. */
  readonly preload: string;
  readonly engine: EngineHost;
}

/** Opens the window and gives its page a port to the engine whenever it asks. */
export async function openWindow({ session, preload, engine }: WindowOptions): Promise<BrowserWindow> {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 800,
    minHeight: 600,
    show: false,
    title: 'Fieldwork',
    webPreferences: {
      session,
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false,
      devTools: !app.isPackaged,
    },
  });
  const { webContents } = window;
  webContents.ipc.on(WANT_ENGINE_PORT, (event) => handPort(event, webContents, engine));
  webContents.ipc.on(DROPPED_EVIDENCE, (event, paths) => {
    if (isOurPage(event, webContents) && arePaths(paths)) engine.evidenceDropped(paths);
  });
  window.once('ready-to-show', () => window.show());
  await window.loadURL(`${ORIGIN}/`);
  return window;
}

function handPort(event: IpcMainEvent, webContents: WebContents, engine: EngineHost): void {
  if (isOurPage(event, webContents)) webContents.mainFrame.postMessage(ENGINE_PORT, null, [engine.openPort()]);
}

/** Every sender is checked: only the top frame of our window, and only while it shows a page of ours. */
function isOurPage({ senderFrame }: IpcMainEvent, webContents: WebContents): boolean {
  return senderFrame !== null && senderFrame === webContents.mainFrame && isOurs(senderFrame.url);
}

const MOST_DROPPED = 1000;

function arePaths(given: unknown): given is readonly string[] {
  return Array.isArray(given) && given.length <= MOST_DROPPED && given.every((path) => typeof path === 'string');
}

/** Tells the page that its engine has ended. */
export function tellEngineGone(window: BrowserWindow): void {
  if (!window.isDestroyed()) window.webContents.send(ENGINE_GONE);
}
