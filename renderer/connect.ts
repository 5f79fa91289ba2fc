import {
  domPort,
  ENGINE_GONE,
  ENGINE_PORT,
  WANT_ENGINE_PORT,
  WEB_SOCKET_PATH,
  WEB_SOCKET_PROTOCOL,
  webSocket,
} from '../shared/channels.ts';
import { createClient, RpcError, type Client } from '../shared/rpc.ts';

const TOKEN_KEY = 'fieldwork-token';

/**
 * Connects this page to the engine: by a message port in the desktop window, by a web socket in a browser.
 * Rejects with an `RpcError` that says what to do.
 */
export async function connect(): Promise<Client> {
  if (location.protocol !== 'app:') return createClient(webSocket(await openSocket()));
  const client = createClient(domPort(await askForPort()));
  closeWhenEngineIsGone(client);
  return client;
}

/** A port does not always tell that its other end has died; the shell does. */
function closeWhenEngineIsGone(client: Client): void {
  const onMessage = (event: MessageEvent) => {
    if (event.source === window && event.data === ENGINE_GONE) client.close();
  };
  addEventListener('message', onMessage);
  client.onClose(() => removeEventListener('message', onMessage));
}

/** The preload script hands over a port and nothing else. */
function askForPort(): Promise<MessagePort> {
  return new Promise((resolve) => {
    const onMessage = (event: MessageEvent) => {
      const port = event.ports[0];
      if (event.source !== window || event.data !== ENGINE_PORT || !port) return;
      removeEventListener('message', onMessage);
      resolve(port);
    };
    addEventListener('message', onMessage);
    postMessage(WANT_ENGINE_PORT, location.origin);
  });
}

function openSocket(): Promise<WebSocket> {
  const token = takeToken();
  const secure = location.protocol === 'https:' ? 'wss' : 'ws';
  return new Promise((resolve, reject) => {
    const protocols = [WEB_SOCKET_PROTOCOL, `token.${token}`];
    const socket = new WebSocket(`${secure}://${location.host}${WEB_SOCKET_PATH}`, protocols);
    socket.addEventListener('open', () => resolve(socket));
    socket.addEventListener('error', () => reject(refused(token)));
  });
}

/** The token comes in the address's fragment, which no server sees, and is kept for this tab only. */
function takeToken(): string {
  const given = new URLSearchParams(location.hash.slice(1)).get('k');
  if (given) {
    sessionStorage.setItem(TOKEN_KEY, given);
    history.replaceState(null, '', location.pathname);
  }
  return given ?? sessionStorage.getItem(TOKEN_KEY) ?? '';
}

function refused(token: string): RpcError {
  const why = token
    ? 'The engine at this address did not accept the connection.'
    : 'This address came without the key that the engine gives out when it starts.';
  return new RpcError(
    'closed',
    why,
    'Open the address that "fieldwork serve" prints, including what stands after the #.',
  );
}
