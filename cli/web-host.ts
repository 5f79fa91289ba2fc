/**
 * The loopback host: serves the workbench to a browser on this machine. The files it serves carry no data and need no
 * token; all data goes over one web socket a tab, which does. docs/decisions/hosts.md has the reasons.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { WEB_SOCKET_PROTOCOL } from '../shared/channels.ts';
import type { EngineOptions } from '../shared/engine-link.ts';
import { mimeType, securityHeaders, withNonce } from '../shared/headers.ts';
import { ProblemError } from '../shared/problem.ts';
import { staticPath } from '../shared/static-path.ts';
import { createGuard, type Guard } from './request-guard.ts';
import { startTabs, type Tabs } from './web-tabs.ts';

const TOKEN_BYTES = 32;
const NONCE_BYTES = 16;
/** A frame from a window is a request of a few hundred bytes; this leaves room for a long query. */
const MAX_FRAME_BYTES = 4 << 20;
const MAX_CONNECTIONS = 64;

export interface WebHostOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** The built renderer. */
  readonly staticDir: string;
  /** The built `engine/process.js`. */
  readonly engineEntry: string;
  readonly engineOptions: EngineOptions;
  readonly effects: { readonly log: (level: 'info' | 'warning', message: string) => void };
}

export interface WebHost {
  /** What to open. The token stands in the fragment, which a browser sends to nobody; say it to the user only. */
  readonly url: string;
  readonly origin: string;
  readonly port: number;
  readonly token: string;
  /** Closes all tabs, lets the engine close its case, and stops listening. */
  close(): Promise<void>;
}

/**
 * Starts the engine, then listens on 127.0.0.1 alone. Rejects with a `ProblemError` where the engine cannot begin or
 * the port is taken.
 */
export async function startWebHost(options: WebHostOptions): Promise<WebHost> {
  const { engineEntry, engineOptions, effects } = options;
  const tabs = await startTabs({ entry: engineEntry, options: engineOptions, log: effects.log });
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const server = createServer({ connectionsCheckingInterval: 1_000 });
  try {
    const port = await listen(server, options.port);
    const guard = createGuard(port, token);
    const sockets = acceptSockets(server, guard, tabs);
    server.on('request', (request, response) => void answer(request, response, guard, options.staticDir));
    const origin = `http://127.0.0.1:${port}`;
    const close = () => closeAll(server, sockets, tabs);
    return { url: `${origin}/#k=${token}`, origin, port, token, close };
  } catch (error) {
    await tabs.close();
    throw error;
  }
}

function listen(server: Server, port: number): Promise<number> {
  server.headersTimeout = 5_000;
  server.requestTimeout = 15_000;
  server.keepAliveTimeout = 5_000;
  server.maxConnections = MAX_CONNECTIONS;
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, port)));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

function cannotListen(error: NodeJS.ErrnoException, port: number): ProblemError {
  const taken = error.code === 'EADDRINUSE';
  return new ProblemError({
    code: taken ? 'already_exists' : 'unreadable',
    message: taken ? `Port ${port} of 127.0.0.1 is in use.` : `Listening on port ${port} failed: ${error.message}.`,
    remedy: 'Choose another port with --port, or leave it out to take any free one.',
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, guard: Guard, dir: string): Promise<void> {
  const refused = guard.refuse(request);
  if (refused !== undefined) return end(response, refused);
  if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405);
  const names = staticPath((request.url ?? '').split(/[?#]/, 1)[0] ?? '');
  if (!names) return end(response, 404);
  const content = await readFile(join(dir, ...names)).catch(() => undefined);
  if (!content) return end(response, 404);
  const nonce = randomBytes(NONCE_BYTES).toString('base64');
  const isPage = names.at(-1) === 'index.html';
  const body = isPage ? Buffer.from(withNonce(content.toString('utf8'), nonce)) : content;
  response.writeHead(200, {
    ...securityHeaders({ connect: "'self'", ...(isPage ? { nonce } : {}) }),
    'Content-Type': mimeType(names.at(-1) ?? ''),
    'Content-Length': body.length,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

const reasons: Readonly<Record<number, string>> = {
  403: 'This page may not talk to Fieldwork.',
  404: 'There is no such file.',
  405: 'Only GET and HEAD are answered.',
  421: 'Fieldwork answers to 127.0.0.1 and localhost alone.',
};

function end(response: ServerResponse, status: number): void {
  const headers = { ...securityHeaders({ connect: "'none'" }), 'Content-Type': 'text/plain; charset=utf-8' };
  response.writeHead(status, status === 405 ? { ...headers, Allow: 'GET, HEAD' } : headers);
  response.end(`${reasons[status] ?? 'Refused.'}\n`);
}

function acceptSockets(server: Server, guard: Guard, tabs: Tabs): WebSocketServer {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    // Never the token: the chosen protocol is echoed in the answer.
    handleProtocols: (offered) => offered.has(WEB_SOCKET_PROTOCOL) && WEB_SOCKET_PROTOCOL,
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!guard.mayConnect(request)) return refuseSocket(socket);
    sockets.handleUpgrade(request, socket, head, (accepted: WebSocket) => void tabs.open(accepted));
  });
  return sockets;
}

function refuseSocket(socket: Duplex): void {
  socket.on('error', () => {}); // The peer may be gone already; it is being refused anyway.
  socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}

async function closeAll(server: Server, sockets: WebSocketServer, tabs: Tabs): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  await tabs.close();
  sockets.close();
  server.closeAllConnections();
  await closed;
}
