// Built as CommonJS: a sandboxed preload script knows nothing else.
// No Electron API reaches the page. It may ask for a port to the engine, and is given one by `window.postMessage`.
import { ipcRenderer, webUtils } from 'electron';
import { DROPPED_EVIDENCE, ENGINE_GONE, ENGINE_PORT, WANT_ENGINE_PORT } from '../shared/channels.ts';

const ORIGIN = 'app://fieldwork';

window.addEventListener('message', (event) => {
  if (event.source === window && event.data === WANT_ENGINE_PORT) ipcRenderer.send(WANT_ENGINE_PORT);
});
ipcRenderer.on(ENGINE_PORT, (event) => window.postMessage(ENGINE_PORT, ORIGIN, [...event.ports]));
ipcRenderer.on(ENGINE_GONE, () => window.postMessage(ENGINE_GONE, ORIGIN));

// Where a dropped file lies is told to the shell alone. An event that the page made itself is not a person's.
window.addEventListener(
  'drop',
  (event) => {
    if (!event.isTrusted) return;
    const paths = [...(event.dataTransfer?.files ?? [])].map((file) => webUtils.getPathForFile(file));
    ipcRenderer.send(
      DROPPED_EVIDENCE,
      paths.filter((path) => path !== ''),
    );
  },
  { capture: true },
);
