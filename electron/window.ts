import { app, BrowserWindow, type IpcMainEvent, type Session, type WebContents } from 'electron';
import { ENGINE_GONE, ENGINE_PORT, WANT_ENGINE_PORT } from '../shared/channels.ts';
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
  window.once('ready-to-show', () => window.show());
  await window.loadURL(`${ORIGIN}/`);
  return window;
}

/** Every sender is checked: only the top frame of our window, and only while it shows a page of ours. */
function handPort(event: IpcMainEvent, webContents: WebContents, engine: EngineHost): void {
  const frame = event.senderFrame;
  if (!frame || frame !== webContents.mainFrame || !isOurs(frame.url)) return;
  frame.postMessage(ENGINE_PORT, null, [engine.openPort()]);
}

/** Tells the page that its engine has ended. */
export function tellEngineGone(window: BrowserWindow): void {
  if (!window.isDestroyed()) window.webContents.send(ENGINE_GONE);
}
