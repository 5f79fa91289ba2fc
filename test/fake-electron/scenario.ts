/** Starts the built shell on the stand-in, plays a session with it, and prints what was seen as JSON. */
import { once, type EventEmitter } from 'node:events';
import { emitterPort } from '../../shared/channels.ts';
import { createClient, type Client } from '../../shared/rpc.ts';
import type * as FakeElectron from './electron.ts';
import type { FakePort } from './ports.ts';

// The same module object that the shell gets, by the same name.
const name = 'electron';
const { app, calls, fake, fakeSession } = (await import(name)) as typeof FakeElectron;
const main = process.argv[2] ?? '';

const loaded = once(app, 'loaded');
await import(main);
await loaded;

const window = fake.windows[0];
if (!window) throw new Error('No window was opened.');
const { webContents } = window;
const seen: Record<string, unknown> = {};

/** Emits an event and says whether the shell prevented it. */
function prevented(emitter: EventEmitter, event: string, ...rest: unknown[]): boolean {
  let was = false;
  emitter.emit(event, { preventDefault: () => (was = true) }, ...rest);
  return was;
}

function download(url: string, filename: string): unknown {
  let dialog: unknown;
  const item = { getURL: () => url, getFilename: () => filename, setSaveDialogOptions: (to: unknown) => (dialog = to) };
  return prevented(fakeSession, 'will-download', item) ? 'prevented' : dialog;
}

const loadable = (url: string) =>
  new Promise((resolve) => fake.beforeRequest?.({ url }, (answer) => resolve(!(answer as { cancel: boolean }).cancel)));

async function page(
  address: string,
  method = 'GET',
): Promise<{ status: number | undefined; text: string; policy: string }> {
  const answer = await fake.handlers.get('app')?.(new Request(address, { method }));
  const policy = answer?.headers.get('content-security-policy') ?? '';
  return { status: answer?.status, text: (await answer?.text()) ?? '', policy };
}

/** Asks for a port as the page does. `undefined`: none came. */
async function askForPort(senderFrame: unknown = webContents.mainFrame): Promise<FakePort | undefined> {
  let port: FakePort | undefined;
  fake.onPort = (given) => (port = given);
  webContents.ipc.emit('want-engine-port', { senderFrame });
  await new Promise((resolve) => setTimeout(resolve, 20));
  return port;
}

async function connect(): Promise<Client> {
  const port = await askForPort();
  if (!port) throw new Error('The page got no port.');
  return createClient(emitterPort(port, { wrapped: true }));
}

seen['navigation'] = Object.fromEntries(
  ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'].map((event) => [
    event,
    prevented(webContents, event),
  ]),
);
seen['downloads'] = {
  binder: download('blob:app://fieldwork/1', 'binder.pdf'),
  program: download('blob:app://fieldwork/1', 'binder.pdf.exe'),
  foreignBlob: download('blob:https://evil.example/1', 'binder.pdf'),
  web: download('https://evil.example/a.pdf', 'a.pdf'),
};
seen['loadable'] = Object.fromEntries(
  await Promise.all(
    [
      'app://fieldwork/assets/app.js',
      'blob:app://fieldwork/1',
      'data:image/png;base64,AA==',
      'app://other/',
      'https://example.com/',
      'ws://127.0.0.1:1/',
      'file:///etc/passwd',
      'data:text/html,x',
      'devtools://devtools/bundled/inspector.html',
    ].map(async (url) => [url, await loadable(url)]),
  ),
);
const asked: string[] = [];
for (const permission of ['media', 'geolocation', 'notifications', 'openExternal', 'clipboard-read']) {
  fake.permissionRequest?.({ getURL: () => 'app://fieldwork/' }, permission, (yes) => yes && asked.push(permission));
  if (fake.permissionCheck?.(null, permission, 'app://fieldwork')) asked.push(permission);
}
fake.permissionRequest?.({ getURL: () => 'https://evil.example/' }, 'clipboard-sanitized-write', (yes) => {
  if (yes) asked.push('foreign clipboard');
});
seen['permissions'] = asked;
seen['devices'] = fake.devicePermission?.();
seen['pages'] = {
  index: await page('app://fieldwork/'),
  script: await page('app://fieldwork/assets/app.js'),
  parent: await page('app://fieldwork/../secret.txt'),
  encoded: await page('app://fieldwork/%2e%2e%2fsecret.txt'),
  slash: await page('app://fieldwork/..%2fsecret.txt'),
  otherHost: await page('app://other/'),
  post: await page('app://fieldwork/', 'POST'),
};
seen['port for another frame'] = (await askForPort({ url: 'app://fieldwork/' })) !== undefined;
webContents.mainFrame.url = 'https://evil.example/';
seen['port for a foreign page'] = (await askForPort()) !== undefined;
webContents.mainFrame.url = 'app://fieldwork/';
seen['engines before a page asked'] = fake.utilities.length;

const client = await connect();
seen['info'] = await client.call('app.info', {});
seen['chosen'] = await client.call('evidence.choose', { what: 'folders' });
const dropped = (paths: unknown, senderFrame: unknown = webContents.mainFrame) =>
  webContents.ipc.emit('dropped-evidence', { senderFrame }, paths);
dropped(['/from/another/frame'], { url: 'app://fieldwork/' });
dropped('/no/list');
dropped([{ path: '/no/text' }]);
dropped(['/dropped/by/a/person']);
seen['dropped'] = await client.call('evidence.dropped', {});
seen['locked'] = await client.call('case.list', {});
const crash = await client.call('case.open', { key: 'exit' }).catch((error: { code: string }) => error.code);
seen['call when the engine ended'] = crash;
await new Promise((resolve) => setTimeout(resolve, 50));
seen['told'] = calls.filter(([what, channel]) => what === 'to page' && channel === 'engine-gone').length;
const again = await connect();
seen['info again'] = await again.call('app.info', {});
app.quit();
while (calls.filter(([what]) => what === 'quit').length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
process.stdout.write(JSON.stringify({ seen, calls }), () => process.exit(0));
