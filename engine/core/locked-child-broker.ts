import { ProblemError } from '../../shared/problem.ts';
import type { LockedChild, SpawnLocked } from './locked-child.ts';

/** What is used of the port to a locked process. Electron wraps a message as `{ data }`. */
export interface LockedPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: unknown) => void): unknown;
  start(): void;
  close(): void;
}

/** What the engine asks of a host that forks for it. */
export type LockedRequest = { readonly kind: 'spawn-locked' | 'kill-locked'; readonly id: number };

/** What the host answers. */
export type LockedAnswer =
  | { readonly kind: 'locked'; readonly id: number }
  | { readonly kind: 'locked-failed' | 'locked-exit'; readonly id: number; readonly reason: string };

export interface LockedBroker {
  readonly spawn: SpawnLocked;
  /** Takes an answer of the host; `port` comes with `locked`. */
  receive(answer: LockedAnswer, port: LockedPort | undefined): void;
}

interface Waiting {
  readonly resolve: (child: LockedChild) => void;
  readonly reject: (error: ProblemError) => void;
}

/**
 * Gives a way to start the locked process where the engine may not fork: under Electron a packaged application cannot
 * run as Node, so the engine asks the main process for another utility process and is handed a port to it.
 */
export function createLockedBroker(ask: (request: LockedRequest) => void): LockedBroker {
  let next = 1;
  const waiting = new Map<number, Waiting>();
  const running = new Map<number, (reason: string) => void>();
  return {
    spawn: () =>
      new Promise((resolve, reject) => {
        const id = next++;
        waiting.set(id, { resolve, reject });
        ask({ kind: 'spawn-locked', id });
      }),
    receive: (answer, port) => {
      const { id } = answer;
      if (answer.kind === 'locked-exit') running.get(id)?.(answer.reason);
      const waiter = waiting.get(id);
      waiting.delete(id);
      if (!waiter) return;
      if (answer.kind !== 'locked' || !port) return waiter.reject(notStarted(answer));
      const { child, ended } = overPort(port, () => ask({ kind: 'kill-locked', id }));
      running.set(id, (reason) => {
        running.delete(id);
        ended(reason);
      });
      waiter.resolve(child);
    },
  };
}

function notStarted(answer: LockedAnswer): ProblemError {
  const reason = answer.kind === 'locked' ? 'no port came with it' : answer.reason;
  return new ProblemError({
    code: 'internal',
    message: `The process for queries could not be started: ${reason}`,
    remedy: 'Check that the installation is complete and that the system allows more processes.',
  });
}

function overPort(port: LockedPort, kill: () => void): { child: LockedChild; ended: (reason: string) => void } {
  let endedBecause: string | undefined;
  const exitListeners: ((reason: string) => void)[] = [];
  const child: LockedChild = {
    send: (message) => {
      if (endedBecause === undefined) port.postMessage(message);
    },
    onMessage: (listener) => {
      port.on('message', (event) => listener((event as { data: unknown }).data));
      port.start();
    },
    onExit: (listener) => {
      if (endedBecause === undefined) exitListeners.push(listener);
      else listener(endedBecause);
    },
    kill: () => {
      if (endedBecause === undefined) kill();
    },
  };
  const ended = (reason: string) => {
    endedBecause = reason;
    port.close();
    for (const listener of exitListeners) listener(reason);
  };
  return { child, ended };
}
