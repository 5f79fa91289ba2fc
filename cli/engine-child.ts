import { fork, type ChildProcess } from 'node:child_process';
import { childEnvironment } from '../shared/child-environment.ts';
import type { EngineMessage, EngineOptions, HostMessage } from '../shared/engine-link.ts';
import { ProblemError } from '../shared/problem.ts';

const STOP_WITHIN_MILLIS = 5_000;

export interface EngineChildOptions {
  /** The built `engine/process.js`. */
  readonly entry: string;
  readonly options: EngineOptions;
  readonly onMessage: (message: EngineMessage) => void;
  /** Called once, however it ended. `reason` is a sentence for a person. */
  readonly onExit: (reason: string) => void;
}

/** The engine in a process of its own, so that a fault in native code cannot take the host down. */
export interface EngineChild {
  readonly alive: () => boolean;
  /** Does nothing once the engine has ended. */
  readonly send: (message: HostMessage) => void;
  /** Lets it close its case, for at most five seconds. */
  readonly stop: () => Promise<void>;
}

/** Starts an engine. Rejects with the `ProblemError` of an engine that could not begin. */
export async function startEngineChild({
  entry,
  options,
  onMessage,
  onExit,
}: EngineChildOptions): Promise<EngineChild> {
  const child = fork(entry, [], {
    serialization: 'advanced',
    env: childEnvironment(process.env),
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let ended: string | undefined;
  const gone = new Promise<void>((resolve) => {
    const end = (reason: string) => {
      if (ended !== undefined) return;
      ended = reason;
      onExit(reason);
      resolve();
    };
    child.once('exit', (code, signal) => end(`The engine ended with ${signal ?? `code ${code}`}.`));
    child.on('error', (error) => !child.pid && end(`The engine could not be started: ${error.message}.`));
  });
  child.on('message', (message) => onMessage(message as EngineMessage));
  const engine: EngineChild = {
    alive: () => ended === undefined,
    send: (message) => {
      if (ended === undefined && child.connected) child.send(message);
    },
    stop: () => stop(child, gone),
  };
  engine.send({ kind: 'start', options });
  await ready(child, gone, () => ended);
  return engine;
}

function ready(child: ChildProcess, gone: Promise<void>, reason: () => string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: EngineMessage) => {
      if (message.kind === 'ready') resolve();
      if (message.kind === 'failed') reject(new ProblemError(message.problem));
    });
    void gone.then(() => reject(endedEarly(reason() ?? 'The engine ended.')));
  });
}

function endedEarly(message: string): ProblemError {
  return new ProblemError({ code: 'internal', message, remedy: 'Check that the installation is complete.' });
}

async function stop(child: ChildProcess, gone: Promise<void>): Promise<void> {
  if (child.connected) child.send({ kind: 'stop' } satisfies HostMessage);
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MILLIS);
  await gone;
  clearTimeout(timer);
}
