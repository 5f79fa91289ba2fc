import { MessageChannelMain, utilityProcess, type MessagePortMain, type UtilityProcess } from 'electron';
import { childEnvironment } from '../shared/child-environment.ts';
import type { HostMessage } from '../shared/engine-link.ts';

const KILL_AFTER_MILLIS = 1_000;
const HEAP_MEGABYTES = 512;

type Answer = (message: HostMessage, port?: MessagePortMain) => void;

/**
 * Starts and ends the processes that run SQL written by people. The engine asks for them, because a packaged
 * application cannot fork itself: its fuses forbid running as Node.
 */
export class LockedProcesses {
  readonly #running = new Map<number, UtilityProcess>();

  constructor(private readonly entry: string) {}

  /** Starts one and answers with a port to it; later with its end. */
  spawn(id: number, answer: Answer): void {
    const child = utilityProcess.fork(this.entry, [], {
      serviceName: 'fieldwork-queries',
      stdio: ['ignore', 'ignore', 'inherit'],
      execArgv: [`--max-old-space-size=${HEAP_MEGABYTES}`],
      env: childEnvironment(process.env),
    });
    this.#running.set(id, child);
    let spawned = false;
    child.once('spawn', () => {
      spawned = true;
      const { port1, port2 } = new MessageChannelMain();
      child.postMessage({ kind: 'line' }, [port1]);
      answer({ kind: 'locked', id }, port2);
    });
    child.once('exit', (code) => {
      this.#running.delete(id);
      const reason = `The process for queries ended with ${code}.`;
      answer({ kind: spawned ? 'locked-exit' : 'locked-failed', id, reason });
    });
  }

  /** Ends one, politely at first: a busy one may not hear it. */
  kill(id: number): void {
    const child = this.#running.get(id);
    if (!child) return;
    child.kill();
    const timer = setTimeout(() => {
      if (this.#running.get(id) === child && child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
    }, KILL_AFTER_MILLIS);
    child.once('exit', () => clearTimeout(timer));
  }

  killAll(): void {
    for (const id of [...this.#running.keys()]) this.kill(id);
  }
}
