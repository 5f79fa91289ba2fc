import { fork, type ChildProcess } from 'node:child_process';
import { childEnvironment } from '../../shared/child-environment.ts';
import { ProblemError } from '../../shared/problem.ts';
import type { LockedChild, SpawnLocked } from './locked-child.ts';

/** Rows stay in DuckDB's own memory, which has its own limit; the JavaScript side only passes messages on. */
export const LOCKED_HEAP_MEGABYTES = 512;

/**
 * Gives a way to start the locked process as a forked Node child: for the command line and the loopback host.
 * `entry` is the built `locked-process.js`.
 */
export function spawnLockedWithNode(entry: string): SpawnLocked {
  return async () => {
    const child = fork(entry, [], {
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${LOCKED_HEAP_MEGABYTES}`],
      env: childEnvironment(process.env),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    await started(child);
    return asLockedChild(child);
  };
}

function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve());
    child.once('error', (error) =>
      reject(
        new ProblemError({
          code: 'internal',
          message: `The process for queries could not be started: ${error.message}.`,
          remedy: 'Check that the installation is complete and that the system allows more processes.',
        }),
      ),
    );
  });
}

function asLockedChild(child: ChildProcess): LockedChild {
  let reason: string | undefined;
  child.once('exit', (code, signal) => {
    reason = signal ? `The process for queries was ended by ${signal}.` : `The process for queries ended with ${code}.`;
  });
  // A message that meets a dying child is an error event; what matters then is the exit.
  child.on('error', () => {});
  return {
    send: (message) => {
      if (child.connected) child.send(message as object);
    },
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => {
      if (reason !== undefined) listener(reason);
      else child.once('exit', () => listener(reason ?? 'The process for queries ended.'));
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
