import { app, session, type DownloadItem, type Event, type Session } from 'electron';
import { join } from 'node:path';
import { isOurBlob, isOurs, mayLoad, SCHEME } from './origin.ts';
import { answerPage } from './pages.ts';

/** What the workbench hands over for saving. */
const SAVED_KINDS = /^[^/\\]{1,200}\.(pdf|csv|json|sql|txt)$/;

/**
 * Gives the session of the window: in memory, so that nothing of the evidence stays on the disk; no permission, no
 * device, no network, no dictionary download, and our own files alone.
 */
export function confinedSession(rendererDir: string): Session {
  const confined = session.fromPartition('fieldwork', { cache: false });
  // Electron's default is to approve. Both handlers are needed: one is asked, the other is only looked up.
  confined.setPermissionRequestHandler((contents, permission, decide) => {
    decide(permission === 'clipboard-sanitized-write' && isOurs(contents?.getURL() ?? ''));
  });
  confined.setPermissionCheckHandler(
    (_contents, permission, origin) => permission === 'clipboard-sanitized-write' && isOurs(origin),
  );
  confined.setDevicePermissionHandler(() => false);
  confined.setSpellCheckerEnabled(false);
  confined.enableNetworkEmulation({ offline: true });
  confined.webRequest.onBeforeRequest(({ url }, decide) => {
    decide({ cancel: !mayLoad(url, { devTools: !app.isPackaged }) });
  });
  confined.on('will-download', saveOwnWork);
  confined.protocol.handle(SCHEME, (request) => answerPage(request, rendererDir));
  return confined;
}

/** Lets the page save what it made itself, where a person says; every other download is stopped. */
function saveOwnWork(event: Event, item: DownloadItem): void {
  const name = item.getFilename();
  if (!isOurBlob(item.getURL()) || !SAVED_KINDS.test(name)) return event.preventDefault();
  item.setSaveDialogOptions({ title: 'Save', defaultPath: join(app.getPath('downloads'), name) });
}
