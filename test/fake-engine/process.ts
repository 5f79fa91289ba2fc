/** The real engine process around a workbench that only pretends: for tests of the hosts. Bundled by build.ts. */
import { openHostLine } from '../../engine/host-line.ts';
import { serveHost, type Workbench, type WorkbenchOptions } from '../../engine/serve-host.ts';
import { ProblemError } from '../../shared/problem.ts';
import { fakeHandlers } from '../shared/fake-handlers.ts';

function entriesOf(paths: readonly string[]) {
  return paths.map((name, index) => ({ key: `e-${index}`, name, kind: 'file' as const, bytes: 0, modifiedAt: null }));
}

async function createFakeWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  if (options.sampleDir === 'refuse') {
    throw new ProblemError({ code: 'case_in_use', message: 'It is in use.', remedy: 'Close the other one.' });
  }
  const stopped: string[] = [];
  const handlers = fakeHandlers({
    'app.info': async () => ({
      host: options.host,
      version: JSON.stringify(Object.keys(process.env).sort()),
      runtime: String(process.pid),
      duckdb: stopped.join(),
    }),
    'case.list': async () => {
      const child = await options.spawnLocked();
      const answer = await new Promise<unknown>((resolve) => {
        child.onMessage(resolve);
        child.send({ twice: 21n });
      });
      const ended = new Promise<string>((resolve) => child.onExit(resolve));
      child.kill();
      const location = await ended;
      return [{ key: String((answer as { answer: bigint }).answer), title: '', location, kind: 'case', exists: true }];
    },
    'case.open': async ({ key }) => {
      if (key === 'crash') process.kill(process.pid, 'SIGKILL');
      if (key === 'exit') process.exit(7);
      return new Promise(() => {});
    },
    // The paths come back as names, so that a test sees what the host handed over.
    'evidence.choose': async ({ what }, { signal }) => ({
      entries: entriesOf(await options.chooser.choose(what, signal)),
    }),
    'evidence.dropped': async (_input, { signal }) => ({ entries: entriesOf(await options.chooser.dropped(signal)) }),
    'run.start': (_input, { signal, progress }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          stopped.push('run.start');
          reject(new Error('interrupted'));
        });
        progress({ step: 'Running' });
      }),
    'binder.read': async function* () {
      for (let piece = 0; piece < 100; piece += 1) yield { base64: 'x'.repeat(10_000) };
    },
  });
  return { ...handlers, close: async () => {} };
}

serveHost({
  line: openHostLine(),
  createWorkbench: createFakeWorkbench,
  lockedEntry: new URL('./locked-process.js', import.meta.url).pathname,
  exit: (code) => process.exit(code),
});
