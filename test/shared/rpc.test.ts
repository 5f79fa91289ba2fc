import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { emitterPort, webSocket, type SocketLike } from '../../shared/channels.ts';
import type { Output, StreamName } from '../../shared/contract.ts';
import { ProblemError } from '../../shared/problem.ts';
import { createClient, RpcError, serve, type Client, type Handlers } from '../../shared/rpc.ts';
import { MAX_OPEN_REQUESTS, STREAM_WINDOW, type Channel } from '../../shared/wire.ts';
import { fakeHandlers } from './fake-handlers.ts';

const info: Output<'app.info'> = { host: 'web', version: '1', runtime: 'node', duckdb: '1' };

interface Line {
  readonly window: Channel;
  readonly engine: Channel;
  /** Sends the engine something that is no frame of the client's making. */
  readonly raw: (message: unknown) => void;
  readonly end: () => Promise<void>;
}

async function messageChannel(): Promise<Line> {
  const { port1, port2 } = new MessageChannel();
  const window = emitterPort(port1, { wrapped: false });
  const engine = emitterPort(port2, { wrapped: false });
  return { window, engine, raw: (message) => port1.postMessage(message), end: async () => port1.close() };
}

async function socketPair(): Promise<Line> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[WebSocket, unknown]>;
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as { port: number }).port}`);
  const [[other]] = await Promise.all([accepted, once(socket, 'open')]);
  return {
    window: webSocket(socket as unknown as SocketLike),
    engine: webSocket(other as unknown as SocketLike),
    raw: (message) => socket.send(JSON.stringify(message)),
    end: async () => {
      socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Settles a promise into what can be compared. */
async function failure(promise: Promise<unknown>): Promise<Pick<RpcError, 'code' | 'message' | 'remedy'>> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(RpcError);
  const { code, message, remedy } = error as RpcError;
  return { code, message, ...(remedy === undefined ? {} : { remedy }) };
}

async function collect<N extends StreamName>(stream: AsyncIterable<Output<N>>): Promise<Output<N>[]> {
  const chunks: Output<N>[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

const lines: Line[] = [];
afterEach(async () => {
  for (const line of lines.splice(0)) await line.end();
});

describe.each([
  ['a message port', messageChannel],
  ['a web socket', socketPair],
])('over %s', (_name, open) => {
  async function connect(given: Partial<Handlers>): Promise<{ client: Client; line: Line }> {
    const line = await open();
    lines.push(line);
    serve(line.engine, fakeHandlers(given));
    return { client: createClient(line.window), line };
  }

  test('a call brings back its answer, with its defaults filled in on the way', async () => {
    const seen: unknown[] = [];
    const { client } = await connect({
      'ledger.page': async (input) => {
        seen.push(input);
        return { total: 0, rows: [] };
      },
    });
    expect(await client.call('ledger.page', {})).toEqual({ total: 0, rows: [] });
    expect(seen).toEqual([{ after: 0, limit: 200 }]);
  });

  test('progress comes before the answer and in order', async () => {
    const { client } = await connect({
      'run.start': async (_input, { progress }) => {
        for (const fraction of [0, 0.5, 1]) progress({ step: 'Running', fraction });
        return { runId: 'r1', controls: 3, seconds: 1 };
      },
    });
    const fractions: (number | undefined)[] = [];
    await client.call('run.start', {}, { onProgress: ({ fraction }) => fractions.push(fraction) });
    expect(fractions).toEqual([0, 0.5, 1]);
  });

  test('a problem keeps its code, its place and its remedy', async () => {
    const { client } = await connect({
      'case.open': async () => {
        throw new ProblemError({
          code: 'case_damaged',
          message: 'Entry 7 does not follow entry 6.',
          where: { file: 'ledger.jsonl', line: 7 },
          remedy: 'Restore the case from a copy.',
        });
      },
    });
    expect(await failure(client.call('case.open', { key: 'a' }))).toEqual({
      code: 'case_damaged',
      message: 'ledger.jsonl, line 7: Entry 7 does not follow entry 6.',
      remedy: 'Restore the case from a copy.',
    });
  });

  test('a fault of ours is "internal", and a long message is cut', async () => {
    const { client } = await connect({ 'app.info': () => Promise.reject(new Error('x'.repeat(5000))) });
    const { code, message } = await failure(client.call('app.info', {}));
    expect(code).toBe('internal');
    expect(message).toHaveLength(2001);
  });

  test('an input that breaks the contract is refused before the handler, without repeating what was typed', async () => {
    let begun = false;
    const { client } = await connect({
      'identity.create': async () => {
        begun = true;
        return { key: 'k', name: 'n', notAfter: null };
      },
    });
    const refused = await failure(client.call('identity.create', { name: 'A', passphrase: 'tiny' }));
    expect(refused.code).toBe('bad_request');
    expect(refused.message).toContain('passphrase');
    expect(refused.message).not.toContain('tiny');
    expect(begun).toBe(false);
  });

  test('an answer that breaks the contract never reaches the caller', async () => {
    const { client } = await connect({ 'app.info': async () => ({ ...info, host: 'moon' }) as never });
    expect((await failure(client.call('app.info', {}))).code).toBe('internal');
  });

  test.each(['__proto__', 'constructor', 'toString', 'case.burn'])('the method %s does not exist', async (method) => {
    const { client } = await connect({});
    expect((await failure(client.call(method as 'app.info', {}))).code).toBe('no_method');
  });

  test('cancelling reaches the handler and ends the call with "cancelled"', async () => {
    let stopped = false;
    const { client } = await connect({
      'run.start': (_input, { signal, progress }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            stopped = true;
            reject(new Error('INTERRUPT Error: Interrupted!'));
          });
          progress({ step: 'Running' });
        }),
    });
    const abort = new AbortController();
    const call = client.call('run.start', {}, { signal: abort.signal, onProgress: () => abort.abort() });
    expect(await failure(call)).toEqual({ code: 'cancelled', message: 'Cancelled.' });
    expect(stopped).toBe(true);
  });

  test('work that was done before the cancel came says so', async () => {
    const { client } = await connect({ 'app.info': async () => info });
    const abort = new AbortController();
    const call = client.call('app.info', {}, { signal: abort.signal });
    abort.abort();
    expect(await call).toEqual(info);
    expect((await failure(client.call('app.info', {}, { signal: abort.signal }))).code).toBe('cancelled');
  });

  test('a stream arrives whole and in order', async () => {
    const pieces = Array.from({ length: 50 }, (_, index) => ({ base64: `piece ${index}` }));
    const { client } = await connect({ 'binder.read': () => streamOf(pieces) });
    expect(await collect(client.stream('binder.read', { binderId: 'b' }))).toEqual(pieces);
  });

  test('a slow reader holds the engine back', async () => {
    let made = 0;
    const { client } = await connect({
      'binder.read': async function* () {
        for (; made < 100; made += 1) yield { base64: '' };
      },
    });
    const stream = client.stream('binder.read', { binderId: 'b' });
    await stream.next();
    await new Promise((resolve) => setTimeout(resolve, 50));
    // The window's worth is out and one more is made, waiting for room.
    expect(made).toBe(STREAM_WINDOW);
    expect(await collect(stream)).toHaveLength(99);
  });

  test('leaving a stream early stops the engine', async () => {
    let finished: () => void;
    const ended = new Promise<void>((resolve) => (finished = resolve));
    const { client } = await connect({
      'binder.read': async function* () {
        try {
          for (;;) yield { base64: '' };
        } finally {
          finished();
        }
      },
    });
    let read = 0;
    for await (const { base64 } of client.stream('binder.read', { binderId: 'b' })) {
      expect(base64).toBe('');
      if ((read += 1) === 3) break;
    }
    await ended;
    expect(read).toBe(3);
  });

  test('when the line breaks, calls end with "closed", the engine stops, and later calls do not wait', async () => {
    let stopped: () => void;
    const aborted = new Promise<void>((resolve) => (stopped = resolve));
    const { client, line } = await connect({
      'run.start': (_input, { signal, progress }) =>
        new Promise(() => {
          signal.addEventListener('abort', () => stopped());
          progress({ step: 'Running' });
        }),
    });
    let told = 0;
    client.onClose(() => (told += 1));
    const call = client.call('run.start', {}, { onProgress: () => void line.end() });
    expect((await failure(call)).code).toBe('closed');
    await aborted;
    expect((await failure(client.call('app.info', {}))).code).toBe('closed');
    client.onClose(() => (told += 1));
    expect(told).toBe(2);
  });

  test.each([
    ['text', 'hello'],
    ['nothing', null],
    ['a frame for windows', { t: 'ok', id: 1 }],
    ['a number that is no number', { t: 'req', id: '1', m: 'app.info', p: {} }],
    ['more credit than there is', { t: 'credit', id: 1, n: 1e9 }],
    ['a frame with more in it', { t: 'cancel', id: 1, also: true }],
  ])('a peer that sends %s is cut off', async (_what, message) => {
    const { client, line } = await connect({});
    const closed = new Promise<void>((resolve) => client.onClose(resolve));
    line.raw(message);
    await closed;
  });

  test('one window cannot open requests without end', async () => {
    const { client } = await connect({ 'case.list': () => new Promise(() => {}), 'app.info': async () => info });
    const waiting = Array.from({ length: MAX_OPEN_REQUESTS }, () => client.call('case.list', {}));
    for (const call of waiting) call.catch(() => {});
    expect((await failure(client.call('app.info', {}))).code).toBe('limit_reached');
  });
});

async function* streamOf<T>(pieces: readonly T[]): AsyncGenerator<T> {
  yield* pieces;
}
