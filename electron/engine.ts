import { MessageChannelMain, utilityProcess, type MessagePortMain, type UtilityProcess } from 'electron';
import { childEnvironment } from '../shared/child-environment.ts';
import type { EngineMessage, EngineOptions, HostMessage } from '../shared/engine-link.ts';
import type { Problem } from '../shared/problem.ts';
import { LockedProcesses } from './locked-processes.ts';

const STOP_WITHIN_MILLIS = 5_000;

export interface EngineHostOptions {
  /** The built `engine/process.js` and `engine/locked-process.js`. */
  readonly entry: string;
  readonly lockedEntry: string;
  readonly options: EngineOptions;
  /** The engine ended by itself; the next window that asks for it starts a new one. */
  readonly onGone: () => void;
  /** Lets a person choose files or folders; gives their paths, none when nothing was chosen. */
  readonly chooseEvidence: (what: 'files' | 'folders') => Promise<readonly string[]>;
  /** The engine could not begin. */
  readonly onFailed: (problem: Problem) => void;
}

/**
 * The engine's process as the shell sees it. It is started when a window first asks, and again after it has ended: a
 * fault in native code then costs the requests under way and nothing else.
 */
export class EngineHost {
  #engine: UtilityProcess | undefined;
  #stopping = false;
  readonly #locked: LockedProcesses;

  constructor(private readonly given: EngineHostOptions) {
    this.#locked = new LockedProcesses(given.lockedEntry);
  }

  /** Gives a port to the engine, for a window. */
  openPort(): MessagePortMain {
    const { port1, port2 } = new MessageChannelMain();
    this.#engine ??= this.#start();
    this.#engine.postMessage({ kind: 'window' } satisfies HostMessage, [port1]);
    return port2;
  }

  /** Tells the engine what a person dropped on the window. */
  evidenceDropped(paths: readonly string[]): void {
    this.#engine?.postMessage({ kind: 'evidence-dropped', paths } satisfies HostMessage);
  }

  /** Lets the engine close its case, for at most five seconds. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const engine = this.#engine;
    if (!engine) return;
    const gone = new Promise<void>((resolve) => engine.once('exit', () => resolve()));
    engine.postMessage({ kind: 'stop' } satisfies HostMessage);
    const timer = setTimeout(() => engine.kill(), STOP_WITHIN_MILLIS);
    await gone;
    clearTimeout(timer);
  }

  #start(): UtilityProcess {
    const engine = utilityProcess.fork(this.given.entry, [], {
      serviceName: 'fieldwork-engine',
      stdio: ['ignore', 'ignore', 'inherit'],
      env: childEnvironment(process.env),
    });
    engine.on('message', (message: EngineMessage) => this.#receive(engine, message));
    engine.once('exit', () => {
      this.#engine = undefined;
      this.#locked.killAll();
      if (!this.#stopping) this.given.onGone();
    });
    engine.postMessage({ kind: 'start', options: this.given.options } satisfies HostMessage);
    return engine;
  }

  #receive(engine: UtilityProcess, message: EngineMessage): void {
    if (message.kind === 'failed') this.given.onFailed(message.problem);
    if (message.kind === 'choose-evidence') void this.#choose(engine, message);
    if (message.kind === 'kill-locked') this.#locked.kill(message.id);
    if (message.kind === 'spawn-locked') {
      this.#locked.spawn(message.id, (answer, port) => engine.postMessage(answer, port ? [port] : []));
    }
  }

  async #choose(
    engine: UtilityProcess,
    { id, what }: Extract<EngineMessage, { kind: 'choose-evidence' }>,
  ): Promise<void> {
    // A dialog that cannot be shown is one in which nothing was chosen.
    const paths = await this.given.chooseEvidence(what).catch(() => []);
    if (this.#engine === engine) engine.postMessage({ kind: 'evidence-chosen', id, paths } satisfies HostMessage);
  }
}
