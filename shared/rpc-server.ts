import {
  contract,
  type CallName,
  type Input,
  type MethodName,
  type Output,
  type ProgressOf,
  type StreamName,
} from './contract.ts';
import { describeProblem, ProblemError } from './problem.ts';
import { MAX_OPEN_REQUESTS, requestFrameSchema, STREAM_WINDOW, type Channel, type RpcErrorCode } from './wire.ts';

/** What a handler is given besides its input: how it is told to stop, and how it reports. */
export interface Job<N extends MethodName> {
  /** Aborted when the window cancels or goes away. */
  readonly signal: AbortSignal;
  readonly progress: (progress: ProgressOf<N>) => void;
}

/** The engine's side of the contract: one function a method. A handler throws a `ProblemError` for expected trouble. */
export type Handlers = {
  readonly [N in CallName]: (input: Input<N>, job: Job<N>) => Promise<Output<N>>;
} & {
  readonly [N in StreamName]: (input: Input<N>, job: Job<N>) => AsyncIterable<Output<N>>;
};

/** One request under way. */
interface Open {
  readonly stop: AbortController;
  credit: number;
  wake: () => void;
}

interface Failure {
  readonly code: RpcErrorCode;
  readonly message: string;
  readonly remedy?: string;
}

const LONGEST_MESSAGE = 2000;
const cancelled: Failure = { code: 'cancelled', message: 'Cancelled.' };

/**
 * Serves `handlers` to whoever is at the other end of `channel`. Inputs are checked against the contract first.
 * When the channel closes, all its work is told to stop. A peer that sends anything but frames is cut off.
 */
export function serve(channel: Channel, handlers: Handlers): void {
  const open = new Map<number, Open>();
  channel.onClose(() => {
    for (const request of open.values()) stop(request);
  });
  channel.onFrame((raw) => {
    const frame = requestFrameSchema.safeParse(raw);
    if (!frame.success) return channel.close();
    const { id } = frame.data;
    const request = open.get(id);
    if (frame.data.t === 'cancel') return request && stop(request);
    if (frame.data.t === 'credit') return request && addCredit(request, frame.data.n);
    // A number that is in use again would mix up two answers.
    if (request) return channel.close();
    void begin(channel, handlers, open, frame.data);
  });
}

function stop(request: Open): void {
  request.stop.abort();
  request.wake();
}

function addCredit(request: Open, chunks: number): void {
  request.credit += chunks;
  request.wake();
}

async function begin(
  channel: Channel,
  handlers: Handlers,
  open: Map<number, Open>,
  { id, m: method, p: input }: { readonly id: number; readonly m: string; readonly p: unknown },
): Promise<void> {
  const request: Open = { stop: new AbortController(), credit: STREAM_WINDOW, wake: () => {} };
  const refused = refusal(method, input, open.size);
  if (refused) return channel.send({ t: 'err', id, ...refused });
  open.set(id, request);
  try {
    const value = await run(channel, handlers, { id, method: method as MethodName, input, request });
    channel.send(value === undefined ? { t: 'ok', id } : { t: 'ok', id, v: value });
  } catch (error) {
    channel.send({ t: 'err', id, ...(request.stop.signal.aborted ? cancelled : asFailure(error)) });
  } finally {
    open.delete(id);
  }
}

/** Why a request is not even begun, if it is not. */
function refusal(method: string, input: unknown, openRequests: number): Failure | undefined {
  // `Object.hasOwn`: a method called `__proto__` or `constructor` must not find anything.
  if (!Object.hasOwn(contract, method)) {
    return { code: 'no_method', message: 'The engine has no such method.', remedy: 'Use one version of Fieldwork.' };
  }
  if (openRequests >= MAX_OPEN_REQUESTS) {
    const message = `${openRequests} requests of this window are open; ${MAX_OPEN_REQUESTS} may be.`;
    return { code: 'limit_reached', message, remedy: 'Wait for one of them or cancel it.' };
  }
  const read = contract[method as MethodName].in.safeParse(input);
  if (read.success) return undefined;
  const faults = read.error.issues.map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`).join('; ');
  return { code: 'bad_request', message: short(`${faults}.`), remedy: `Correct the input of ${method}.` };
}

interface Running {
  readonly id: number;
  readonly method: MethodName;
  readonly input: unknown;
  readonly request: Open;
}

// The handlers are typed one by one; here, after the check above, they are used by name.
type AnyCall = (input: unknown, job: Job<MethodName>) => Promise<unknown>;
type AnyStream = (input: unknown, job: Job<MethodName>) => AsyncIterable<unknown>;

async function run(channel: Channel, handlers: Handlers, { id, method, input, request }: Running): Promise<unknown> {
  const job = {
    signal: request.stop.signal,
    progress: (value: unknown) => {
      if (!request.stop.signal.aborted) channel.send({ t: 'prog', id, v: value });
    },
  };
  const value = contract[method].in.parse(input);
  if (contract[method].kind === 'call') return (handlers[method] as AnyCall)(value, job);
  for await (const chunk of (handlers[method] as AnyStream)(value, job)) {
    await creditFor(request);
    channel.send({ t: 'chunk', id, v: chunk });
  }
  return undefined;
}

/** Waits until the reader has room for one more chunk, so that a slow window never makes the engine's memory grow. */
async function creditFor(request: Open): Promise<void> {
  while (request.credit <= 0 && !request.stop.signal.aborted) {
    await new Promise<void>((resolve) => (request.wake = resolve));
  }
  request.stop.signal.throwIfAborted();
  request.credit -= 1;
}

/** A problem travels as itself, the remedy apart; anything else is a fault of ours and says so. */
function asFailure(error: unknown): Failure {
  if (error instanceof ProblemError) {
    const { code, remedy } = error.problem;
    return { code, message: short(describeProblem({ ...error.problem, remedy: '' }).trimEnd()), remedy: short(remedy) };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'internal',
    message: short(message),
    remedy: 'Report this as a fault, with the steps that led to it.',
  };
}

function short(text: string): string {
  return text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text;
}
