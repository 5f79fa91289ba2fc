/** The lines a frame may travel on. They differ only in names; each becomes a `Channel` here. */
import type { Channel, Frame } from './wire.ts';

/** The message a page sends its preload script to ask for a port to the engine, and the one that brings it. */
export const WANT_ENGINE_PORT = 'want-engine-port';
export const ENGINE_PORT = 'engine-port';
/** Said to a page when its engine has ended. Asking for a port again starts a new one. */
export const ENGINE_GONE = 'engine-gone';
/** By which a preload script tells the shell where the files lie that a person dropped on the window. */
export const DROPPED_EVIDENCE = 'dropped-evidence';

/** The sub-protocol of the web socket; the token stands beside it as `token.<token>`. */
export const WEB_SOCKET_PROTOCOL = 'fieldwork.v1';
export const WEB_SOCKET_PATH = '/rpc';

/** What is used of a browser's `MessagePort`. */
export interface DomPort {
  postMessage(message: unknown): void;
  addEventListener(event: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(event: 'close', listener: () => void): void;
  start(): void;
  close(): void;
}

/** A browser's end of a message channel. */
export function domPort(port: DomPort): Channel {
  const closing = once();
  port.addEventListener('close', closing.happen);
  return {
    send: (frame) => {
      if (!closing.happened()) port.postMessage(frame);
    },
    onFrame: (listener) => {
      port.addEventListener('message', ({ data }) => listener(data));
      port.start();
    },
    onClose: closing.then,
    close: () => {
      port.close();
      closing.happen();
    },
  };
}

/** What is used of `MessagePortMain` (Electron) and of `MessagePort` (node:worker_threads). */
export interface EmitterPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
}

/** An emitting port. Electron wraps a message as `{ data, ports }`; worker threads give it bare. */
export function emitterPort(port: EmitterPort, { wrapped }: { readonly wrapped: boolean }): Channel {
  const closing = once();
  port.on('close', closing.happen);
  return {
    send: (frame) => {
      if (!closing.happened()) port.postMessage(frame);
    },
    onFrame: (listener) => {
      port.on('message', (message) => listener(wrapped ? (message as { data: unknown }).data : message));
      port.start();
    },
    onClose: closing.then,
    close: () => {
      port.close();
      closing.happen();
    },
  };
}

/** What is used of a `WebSocket`, a browser's or that of the `ws` package. It must be open. */
export interface SocketLike {
  readonly readyState: number;
  send(text: string): void;
  addEventListener(event: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(event: 'close', listener: () => void): void;
  close(): void;
}

const SOCKET_OPEN = 1;

/** A web socket carrying JSON text. A message that is not JSON closes it. */
export function webSocket(socket: SocketLike): Channel {
  const closing = once();
  socket.addEventListener('close', closing.happen);
  return {
    send: (frame: Frame) => {
      if (socket.readyState === SOCKET_OPEN) socket.send(JSON.stringify(frame));
    },
    onFrame: (listener) =>
      socket.addEventListener('message', ({ data }) => {
        const read = readJson(data);
        if (read) listener(read.value);
        else socket.close();
      }),
    onClose: closing.then,
    close: () => socket.close(),
  };
}

function readJson(data: unknown): { readonly value: unknown } | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    return { value: JSON.parse(data) };
  } catch {
    return undefined; // The caller closes the socket: that is the report.
  }
}

/** Something that happens at most once, and is told to all who asked, also afterwards. */
function once(): { happen: () => void; happened: () => boolean; then: (listener: () => void) => void } {
  const listeners: (() => void)[] = [];
  let happened = false;
  return {
    happen: () => {
      if (happened) return;
      happened = true;
      for (const listener of listeners) listener();
    },
    happened: () => happened,
    then: (listener) => {
      if (happened) listener();
      else listeners.push(listener);
    },
  };
}
