import { describe, expect, test } from 'vitest';
import { serveHost, type CreateWorkbench, type HostLine, type Workbench } from '../../engine/serve-host.ts';
import type { EngineMessage, EngineOptions, HostMessage } from '../../shared/engine-link.ts';
import { ProblemError } from '../../shared/problem.ts';
import { fakeHandlers } from '../shared/fake-handlers.ts';

const options: EngineOptions = {
  host: 'web',
  cases: [],
  sampleDir: 's',
  identitiesDir: 'i',
  evidence: [],
  readOnly: false,
};

interface Engine {
  readonly sent: EngineMessage[];
  readonly say: (message: HostMessage) => void;
  readonly hostEnds: () => void;
  /** The exit code, once there is one. */
  readonly exited: Promise<number>;
}

function startEngine(createWorkbench: CreateWorkbench): Engine {
  const sent: EngineMessage[] = [];
  let hear: (message: HostMessage) => void = () => {};
  let hostEnds = () => {};
  let exit: (code: number) => void = () => {};
  const exited = new Promise<number>((resolve) => (exit = resolve));
  const line: HostLine = {
    send: (message) => void sent.push(message),
    onMessage: (listener) => void (hear = (message) => listener(message, [])),
    onGone: (listener) => void (hostEnds = listener),
  };
  serveHost({ line, createWorkbench, lockedEntry: 'none', exit });
  return { sent, say: (message) => hear(message), hostEnds: () => hostEnds(), exited };
}

function workbench(close: () => Promise<void> = async () => {}): Workbench {
  return { ...fakeHandlers({ 'case.list': async () => [], 'sources.list': async () => [] }), close };
}

const request = (id: number, m: string): HostMessage => ({ kind: 'frame', tab: 1, frame: { t: 'req', id, m, p: {} } });

describe('the engine process', () => {
  test('keeps what tabs ask while it begins, and answers in order', async () => {
    let begin: (made: Workbench) => void = () => {};
    const engine = startEngine(() => new Promise((resolve) => (begin = resolve)));
    engine.say({ kind: 'start', options });
    engine.say(request(1, 'case.list'));
    engine.say(request(2, 'sources.list'));
    expect(engine.sent).toEqual([]);
    begin(workbench());
    await expect.poll(() => engine.sent.length).toBe(3);
    expect(engine.sent).toEqual([
      { kind: 'ready' },
      { kind: 'frame', tab: 1, frame: { t: 'ok', id: 1, v: [] } },
      { kind: 'frame', tab: 1, frame: { t: 'ok', id: 2, v: [] } },
    ]);
  });

  test.each([
    ['is told to stop', (engine: Engine) => engine.say({ kind: 'stop' })],
    ['loses its host', (engine: Engine) => engine.hostEnds()],
    ['is told twice', (engine: Engine) => [engine.say({ kind: 'stop' }), engine.hostEnds()]],
  ])('closes its case once when it %s, then ends', async (_what, end) => {
    let closed = 0;
    const engine = startEngine(async () => workbench(async () => void (closed += 1)));
    engine.say({ kind: 'start', options });
    end(engine);
    expect(await engine.exited).toBe(0);
    expect(closed).toBe(1);
  });

  test('ends with 1 when its case cannot be closed in order', async () => {
    const engine = startEngine(async () => workbench(() => Promise.reject(new Error('disk full'))));
    engine.say({ kind: 'start', options });
    engine.say({ kind: 'stop' });
    expect(await engine.exited).toBe(1);
  });

  test('says why it cannot begin, then ends with 1', async () => {
    const problem = { code: 'case_in_use', message: 'It is in use.', remedy: 'Close the other.' } as const;
    const engine = startEngine(() => Promise.reject(new ProblemError(problem)));
    engine.say({ kind: 'start', options });
    expect(await engine.exited).toBe(1);
    expect(engine.sent).toEqual([{ kind: 'failed', problem }]);
  });

  test('cuts off a tab that breaks the protocol, and serves the next one', async () => {
    const engine = startEngine(async () => workbench());
    engine.say({ kind: 'start', options });
    engine.say({ kind: 'frame', tab: 7, frame: { t: 'nonsense' } });
    engine.say(request(1, 'case.list'));
    await expect.poll(() => engine.sent.length).toBe(3);
    expect(engine.sent[1]).toEqual({ kind: 'tab-close', tab: 7 });
    expect(engine.sent[2]).toMatchObject({ kind: 'frame', tab: 1 });
  });
});
