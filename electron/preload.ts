// Built as CommonJS: a sandboxed preload script knows nothing else.
// No Electron API reaches the page. It may ask for a port to the engine, and is given one by `window.postMessage`.
import { ipcRenderer } from 'electron';
import { ENGINE_GONE, ENGINE_PORT, WANT_ENGINE_PORT } from '../shared/channels.ts';

const ORIGIN = 'app://fieldwork';

window.addEventListener('message', (event) => {
  if (event.source === window && event.data === WANT_ENGINE_PORT) ipcRenderer.send(WANT_ENGINE_PORT);
});
ipcRenderer.on(ENGINE_PORT, (event) => window.postMessage(ENGINE_PORT, ORIGIN, [...event.ports]));
ipcRenderer.on(ENGINE_GONE, () => window.postMessage(ENGINE_GONE, ORIGIN));
