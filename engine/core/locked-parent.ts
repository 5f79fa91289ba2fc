import type { LockedParent } from './locked-child.ts';

interface Port {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
}

/** Electron's `process.parentPort`; the types of Node do not know it. */
interface ParentPort {
  once(event: 'message', listener: (event: { ports: readonly Port[] }) => void): unknown;
}

/**
 * Opens the locked process's own end of the line: the IPC channel of a forked child, or the port that Electron's main
 * process hands to a utility process first. Messages that came earlier are not lost.
 */
export async function openLockedParent(): Promise<LockedParent> {
  const parentPort = (process as unknown as { parentPort?: ParentPort }).parentPort;
  if (!parentPort) return overIpc();
  const port = await new Promise<Port>((resolve, reject) => {
    parentPort.once('message', ({ ports: [first] }) =>
      first ? resolve(first) : reject(new Error('The first message of the main process carried no port.')),
    );
  });
  return overPort(port);
}

function overIpc(): LockedParent {
  return {
    send: (message) => void process.send?.(message),
    onMessage: (listener) => void process.on('message', listener),
    onClose: (listener) => void process.on('disconnect', listener),
  };
}

function overPort(port: Port): LockedParent {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => {
      port.on('message', ({ data }) => listener(data));
      // Electron keeps messages back until the port is started.
      port.start();
    },
    onClose: (listener) => void port.on('close', listener),
  };
}
