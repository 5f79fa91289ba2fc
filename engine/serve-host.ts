/**
 * The engine as a process: the other half of `shared/engine-link.ts`. It waits for its options, makes the workbench and
 * serves it to every window or tab of its host, until the host says stop or is gone.
 */
import { assertNever } from '../shared/states.ts';
import { ProblemError, type Problem } from '../shared/problem.ts';
import type { EngineMessage, EngineOptions, HostMessage } from '../shared/engine-link.ts';
import { emitterPort, type EmitterPort } from '../shared/channels.ts';
import { serve, type Channel, type Handlers } from '../shared/rpc.ts';
import type { SpawnLocked } from './core/locked-child.ts';
import { spawnLockedWithNode } from './core/locked-child-node.ts';
import { createLockedBroker, type LockedBroker } from './core/locked-child-broker.ts';
import { createHostChooser, type HostChooser } from './host-chooser.ts';

export interface WorkbenchOptions extends EngineOptions {
  readonly spawnLocked: SpawnLocked;
  readonly chooser: HostChooser;
}

export type Workbench = Handlers & { close(): Promise<void> };
export type CreateWorkbench = (options: WorkbenchOptions) => Promise<Workbench>;

/** The line to the host: Electron's parent port, or the IPC channel of a forked child. */
export interface HostLine {
  send(message: EngineMessage): void;
  onMessage(listener: (message: HostMessage, ports: readonly EmitterPort[]) => void): void;
  /** The host ended without a word. */
  onGone(listener: () => void): void;
}

export interface ServeHostOptions {
  readonly line: HostLine;
  readonly createWorkbench: CreateWorkbench;
  /** The built `locked-process.js`, for hosts that let the engine fork. */
  readonly lockedEntry: string;
  /** Ends the process. */
  readonly exit: (code: number) => void;
}

/** Serves the host until it says stop or is gone; then closes the case and exits. */
export function serveHost({ line, createWorkbench, lockedEntry, exit }: ServeHostOptions): void {
  const broker = createLockedBroker((message) => line.send(message));
  const chooser = createHostChooser((message) => line.send(message));
  const tabs = new Tabs(line);
  let workbench: Promise<Workbench | undefined> = Promise.resolve(undefined);
  let stopping = false;

  const start = async (options: EngineOptions): Promise<Workbench | undefined> => {
    const spawnLocked = options.host === 'electron' ? broker.spawn : spawnLockedWithNode(lockedEntry);
    try {
      const made = await createWorkbench({ ...options, spawnLocked, chooser });
      line.send({ kind: 'ready' });
      return made;
    } catch (error) {
      line.send({ kind: 'failed', problem: asProblem(error) });
      exit(1);
      return undefined;
    }
  };

  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    tabs.closeAll();
    let code = 0;
    try {
      await (await workbench)?.close();
    } catch {
      code = 1; // The host logs the exit code; the ledger is complete up to the last finished step either way.
    }
    exit(code);
  };

  line.onGone(() => void stop());
  line.onMessage((message, ports) => {
    if (message.kind === 'start') workbench = start(message.options);
    else if (message.kind === 'stop') void stop();
    else if (message.kind === 'evidence-chosen' || message.kind === 'evidence-dropped') chooser.receive(message);
    else if (isForBroker(message)) broker.receive(message, ports[0]);
    // The order of messages is the order of these callbacks, also while the workbench is still being made.
    else void workbench.then((made) => made && !stopping && deliver(made, tabs, message, ports));
  });
}

type BrokerMessage = Parameters<LockedBroker['receive']>[0];

function isForBroker(message: HostMessage): message is BrokerMessage {
  return message.kind === 'locked' || message.kind === 'locked-failed' || message.kind === 'locked-exit';
}

type WindowMessage = Extract<HostMessage, { kind: 'window' | 'frame' | 'tab-gone' }>;

function deliver(workbench: Workbench, tabs: Tabs, message: WindowMessage, ports: readonly EmitterPort[]): void {
  switch (message.kind) {
    case 'window':
      for (const port of ports) serve(emitterPort(port, { wrapped: true }), workbench);
      return;
    case 'frame':
      return tabs.deliver(workbench, message.tab, message.frame);
    case 'tab-gone':
      return tabs.close(message.tab);
    default:
      assertNever(message);
  }
}

interface Tab {
  frame: (frame: unknown) => void;
  gone: () => void;
}

/** The tabs behind one line, each with a channel of its own. */
class Tabs {
  readonly #tabs = new Map<number, Tab>();

  constructor(private readonly line: HostLine) {}

  deliver(workbench: Workbench, number: number, frame: unknown): void {
    (this.#tabs.get(number) ?? this.#open(workbench, number)).frame(frame);
  }

  close(number: number): void {
    this.#tabs.get(number)?.gone();
    this.#tabs.delete(number);
  }

  closeAll(): void {
    for (const number of [...this.#tabs.keys()]) this.close(number);
  }

  #open(workbench: Workbench, number: number): Tab {
    const tab: Tab = { frame: () => {}, gone: () => {} };
    const channel: Channel = {
      send: (frame) => this.line.send({ kind: 'frame', tab: number, frame }),
      onFrame: (listener) => void (tab.frame = listener),
      onClose: (listener) => void (tab.gone = listener),
      close: () => {
        this.line.send({ kind: 'tab-close', tab: number });
        this.close(number);
      },
    };
    this.#tabs.set(number, tab);
    serve(channel, workbench);
    return tab;
  }
}

function asProblem(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  const message = `The engine could not begin: ${error instanceof Error ? error.message : String(error)}`;
  return { code: 'internal', message, remedy: 'Report this as a fault, with the steps that led to it.' };
}
