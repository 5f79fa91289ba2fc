import {
  contract,
  type CallerInput,
  type CallName,
  type MethodName,
  type Output,
  type ProgressOf,
  type StreamName,
} from './contract.ts';
import { answerFrameSchema, RpcError, type AnswerFrame, type Channel } from './wire.ts';

export interface CallOptions<N extends MethodName> {
  /** Aborting asks the engine to stop; the call then rejects with `cancelled` once it has. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ProgressOf<N>) => void;
}

/** The engine as a window sees it. */
export interface Client {
  /** Calls a method. Rejects with an `RpcError`. */
  call<N extends CallName>(method: N, input: CallerInput<N>, options?: CallOptions<N>): Promise<Output<N>>;
  /** Reads a stream, piece by piece; leaving the loop stops the engine's side. Throws an `RpcError`. */
  stream<N extends StreamName>(
    method: N,
    input: CallerInput<N>,
    options?: Pick<CallOptions<N>, 'signal'>,
  ): AsyncGenerator<Output<N>, void, undefined>;
  /** Called once when the engine can no longer be reached; a late listener is called at once. */
  onClose(listener: () => void): void;
  close(): void;
}

/** What becomes of the answers to one request. */
interface Pending {
  readonly method: MethodName;
  settle(outcome: { readonly value: unknown } | { readonly error: RpcError }): void;
  readonly progress?: (value: unknown) => void;
  readonly chunk?: (value: unknown) => void;
}

const closedError = () =>
  new RpcError('closed', 'The connection to the engine closed.', 'Open the workbench again; nothing sealed is lost.');

/** Gives a client over `channel`. Answers are checked against the contract before anybody sees them. */
export function createClient(channel: Channel): Client {
  const requests = new Requests(channel);
  return {
    call: (method, input, options = {}) =>
      new Promise((resolve, reject) => {
        const { onProgress, signal } = options;
        const pending: Pending = {
          method,
          settle: (outcome) => settleCall(method, outcome, resolve, reject),
          ...(onProgress ? { progress: (value) => onProgress(readProgress(method, value)) } : {}),
        };
        try {
          requests.start(pending, input, signal);
        } catch (error) {
          reject(error);
        }
      }),
    stream: (method, input, options = {}) => readStream(requests, method, input, options.signal),
    onClose: (listener) => requests.onClose(listener),
    close: () => channel.close(),
  };
}

function settleCall<N extends CallName>(
  method: N,
  outcome: Parameters<Pending['settle']>[0],
  resolve: (value: Output<N>) => void,
  reject: (error: unknown) => void,
): void {
  if ('error' in outcome) return reject(outcome.error);
  try {
    resolve(readOutput(method, outcome.value));
  } catch (error) {
    reject(error);
  }
}

/** The requests under way, by number, and the answers handed to them. */
class Requests {
  #next = 1;
  #closed = false;
  readonly #pending = new Map<number, Pending>();
  readonly #closeListeners: (() => void)[] = [];

  constructor(private readonly channel: Channel) {
    channel.onClose(() => this.#close());
    channel.onFrame((raw) => this.#answer(raw));
  }

  /** Sends a request and gives its number. Throws `closed` or `cancelled` where it must not be sent. */
  start(pending: Pending, input: unknown, signal: AbortSignal | undefined): number {
    if (this.#closed) throw closedError();
    if (signal?.aborted) throw new RpcError('cancelled', 'Cancelled before it began.');
    const id = this.#next++;
    const abort = () => this.cancel(id);
    signal?.addEventListener('abort', abort, { once: true });
    this.#pending.set(id, {
      ...pending,
      settle: (outcome) => {
        signal?.removeEventListener('abort', abort);
        pending.settle(outcome);
      },
    });
    this.channel.send({ t: 'req', id, m: pending.method, p: input });
    return id;
  }

  /** Asks the engine to stop; does nothing where the answer has come already. */
  cancel(id: number): void {
    if (this.#pending.has(id)) this.channel.send({ t: 'cancel', id });
  }

  credit(id: number): void {
    if (this.#pending.has(id)) this.channel.send({ t: 'credit', id, n: 1 });
  }

  onClose(listener: () => void): void {
    if (this.#closed) listener();
    else this.#closeListeners.push(listener);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const left = [...this.#pending.values()];
    this.#pending.clear();
    for (const pending of left) pending.settle({ error: closedError() });
    for (const listener of this.#closeListeners) listener();
  }

  #answer(raw: unknown): void {
    const frame = answerFrameSchema.safeParse(raw);
    // An engine that does not speak the protocol cannot be believed in anything else it says.
    if (!frame.success) return this.channel.close();
    const pending = this.#pending.get(frame.data.id);
    if (!pending) return;
    try {
      this.#deliver(frame.data, pending);
    } catch (error) {
      this.cancel(frame.data.id);
      this.#settle(frame.data.id, pending, { error: asRpcError(error) });
    }
  }

  #deliver(frame: AnswerFrame, pending: Pending): void {
    switch (frame.t) {
      case 'prog':
        return pending.progress?.(frame.v);
      case 'chunk':
        return pending.chunk?.(frame.v);
      case 'ok':
        return this.#settle(frame.id, pending, { value: frame.v });
      case 'err':
        return this.#settle(frame.id, pending, { error: new RpcError(frame.code, frame.message, frame.remedy) });
    }
  }

  #settle(id: number, pending: Pending, outcome: Parameters<Pending['settle']>[0]): void {
    this.#pending.delete(id);
    pending.settle(outcome);
  }
}

async function* readStream<N extends StreamName>(
  requests: Requests,
  method: N,
  input: CallerInput<N>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Output<N>, void, undefined> {
  const waiting: unknown[] = [];
  let outcome: Parameters<Pending['settle']>[0] | undefined;
  let wake = () => {};
  const pending: Pending = {
    method,
    settle: (given) => {
      outcome = given;
      wake();
    },
    chunk: (value) => {
      waiting.push(value);
      wake();
    },
  };
  const id = requests.start(pending, input, signal);
  try {
    for (;;) {
      while (waiting.length > 0) {
        yield readOutput(method, waiting.shift());
        requests.credit(id);
      }
      if (outcome && 'error' in outcome) throw outcome.error;
      if (outcome) return;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    requests.cancel(id);
  }
}

function readOutput<N extends MethodName>(method: N, value: unknown): Output<N> {
  const read = contract[method].out.safeParse(value);
  if (read.success) return read.data as Output<N>;
  throw unexpectedAnswer(method, 'answer');
}

function readProgress<N extends MethodName>(method: N, value: unknown): ProgressOf<N> {
  const entry = contract[method];
  const read = 'progress' in entry ? entry.progress.safeParse(value) : undefined;
  if (read?.success) return read.data as ProgressOf<N>;
  throw unexpectedAnswer(method, 'progress');
}

function unexpectedAnswer(method: string, what: string): RpcError {
  return new RpcError('internal', `The ${what} of ${method} is not of the agreed shape.`, 'Report this as a fault.');
}

function asRpcError(error: unknown): RpcError {
  return error instanceof RpcError ? error : new RpcError('internal', String(error), 'Report this as a fault.');
}
