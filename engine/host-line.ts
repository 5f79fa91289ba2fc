import type { EmitterPort } from '../shared/channels.ts';
import type { HostMessage } from '../shared/engine-link.ts';
import type { HostLine } from './serve-host.ts';

/** Electron's `process.parentPort`; the types of Node do not know it. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown; ports: EmitterPort[] }) => void): unknown;
}

/** Opens the line to whoever started this process. */
export function openHostLine(): HostLine {
  const parentPort = (process as unknown as { parentPort?: ParentPort }).parentPort;
  return parentPort ? overParentPort(parentPort) : overIpc();
}

function overParentPort(parentPort: ParentPort): HostLine {
  return {
    send: (message) => parentPort.postMessage(message),
    onMessage: (listener) => void parentPort.on('message', ({ data, ports }) => listener(data as HostMessage, ports)),
    // Electron ends its utility processes itself.
    onGone: () => {},
  };
}

function overIpc(): HostLine {
  return {
    send: (message) => {
      if (process.connected) process.send?.(message);
    },
    onMessage: (listener) => void process.on('message', (message) => listener(message as HostMessage, [])),
    onGone: (listener) => {
      process.on('disconnect', listener);
      // Ctrl+C reaches the whole group; the host hears it too and says stop, so that the case is closed in order.
      process.on('SIGINT', () => {});
    },
  };
}
