import type { WebSocket } from 'ws';
import type { EngineMessage, EngineOptions } from '../shared/engine-link.ts';
import { startEngineChild, type EngineChild } from './engine-child.ts';

export interface TabsOptions {
  readonly entry: string;
  readonly options: EngineOptions;
  readonly log: (level: 'info' | 'warning', message: string) => void;
}

/** The open tabs and the one engine behind them all. */
export interface Tabs {
  /** Takes an accepted socket. An engine that has ended is started anew first. */
  open(socket: WebSocket): Promise<void>;
  close(): Promise<void>;
}

// Codes of RFC 6455, section 7.4.1.
const GOING_AWAY = 1001;
const UNSUPPORTED_DATA = 1003;
const POLICY_VIOLATION = 1008;
const INTERNAL_ERROR = 1011;

/** Starts the engine. Rejects with the `ProblemError` of an engine that could not begin. */
export async function startTabs(options: TabsOptions): Promise<Tabs> {
  const tabs = new EngineTabs(options);
  await tabs.engine();
  return tabs;
}

class EngineTabs implements Tabs {
  readonly #sockets = new Map<number, WebSocket>();
  #next = 1;
  #engine: Promise<EngineChild> | undefined;
  #closing = false;

  constructor(private readonly given: TabsOptions) {}

  /** The engine that runs, or one that is being started. */
  engine(): Promise<EngineChild> {
    this.#engine ??= startEngineChild({
      entry: this.given.entry,
      options: this.given.options,
      onMessage: (message) => this.#receive(message),
      onExit: (reason) => this.#engineEnded(reason),
    });
    return this.#engine;
  }

  async open(socket: WebSocket): Promise<void> {
    const tab = this.#next++;
    this.#sockets.set(tab, socket);
    const engine = this.engine();
    socket.on('message', (data, isBinary) => void this.#forward(tab, isBinary ? undefined : String(data), engine));
    // Too long a frame, bad UTF-8: ws closes the socket with the fitting code.
    socket.on('error', (error) => this.given.log('warning', `A tab broke the protocol: ${error.message}.`));
    socket.on('close', () => {
      this.#sockets.delete(tab);
      void engine.then(({ send }) => send({ kind: 'tab-gone', tab })).catch(() => {});
    });
    await engine.catch((error: Error) => {
      this.given.log('warning', error.message);
      socket.close(INTERNAL_ERROR, 'The engine could not be started.');
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    for (const socket of this.#sockets.values()) socket.close(GOING_AWAY, 'Fieldwork was stopped.');
    const engine = await this.#engine?.catch(() => undefined);
    await engine?.stop();
    for (const socket of this.#sockets.values()) socket.terminate();
  }

  async #forward(tab: number, text: string | undefined, engine: Promise<EngineChild>): Promise<void> {
    const frame = text === undefined ? undefined : parseObject(text);
    const socket = this.#sockets.get(tab);
    if (!frame) return socket?.close(UNSUPPORTED_DATA, 'A frame is a JSON object.');
    const started = await engine.catch(() => undefined);
    started?.send({ kind: 'frame', tab, frame });
  }

  #receive(message: EngineMessage): void {
    if (message.kind === 'frame') this.#sockets.get(message.tab)?.send(JSON.stringify(message.frame));
    if (message.kind === 'tab-close') {
      this.#sockets.get(message.tab)?.close(POLICY_VIOLATION, 'The tab broke the protocol.');
    }
  }

  #engineEnded(reason: string): void {
    this.#engine = undefined;
    if (this.#closing) return;
    this.given.log('warning', `${reason} The next tab that connects starts it again.`);
    for (const socket of this.#sockets.values()) socket.close(INTERNAL_ERROR, reason);
  }
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined; // The caller closes the socket: that is the report.
  }
}
