/** The workbench: every call of the contract, answered from the case that is open. */
import { currentActor } from './actor.ts';
import { readBinder, listBinders, makeBinder, verifyStoredBinder } from './binders.ts';
import { readLedger, readRecord, readRejects, readResults, readSources, readSummary } from './case-reads.ts';
import { createEngine } from './engine.ts';
import { identityFile, listIdentities, newIdentity, newIdentityFile, readIdentity } from './identities.ts';
import { readControl, readControlDay, readCoverage, readMatrix } from './result-reads.ts';
import { runCase } from './run-case.ts';
import type { Workbench, WorkbenchOptions } from './serve-host.ts';
import { databaseVersion } from './store/case-database.ts';
import { importHandlers } from './workbench-import.ts';
import { WorkbenchSession } from './workbench-session.ts';
import { timelineHandlers } from './workbench-timeline.ts';

const PIECE_BYTES = 512 * 1024;

/** Puts a workbench together for a host. Fails with a `ProblemError` when it cannot begin. */
export async function createWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const engine = createEngine(
    {
      now: () => BigInt(Date.now()) * 1000n,
      log: (level, message) => void process.stderr.write(`${level}: ${message}\n`),
      actor: currentActor(),
    },
    { spawnLocked: options.spawnLocked },
  );
  const session = new WorkbenchSession(engine, options);
  const { identitiesDir, host, readOnly } = options;
  return {
    'app.info': async () => ({ host, version: engine.version, runtime: runtimeName(), duckdb: databaseVersion() }),
    'case.list': async () => session.list(),
    'case.open': async ({ key }, job) => readSummary(await session.open(key, job), key, readOnly),
    'case.close': async () => {
      await session.close();
      return {};
    },
    'case.summary': async () => {
      const { current } = session;
      return current ? readSummary(current.target, current.key, readOnly) : null;
    },
    'sources.list': async () => readSources(session.target),
    'rejects.list': async (input) => readRejects(session.target, input),
    'record.get': async (input) => readRecord(session.target, input),
    ...importHandlers(session, options.chooser),
    'run.start': async (_input, job) => session.change(() => runCase(engine, session.target, {}, job)),
    'matrix.get': async () => readMatrix(session.target),
    'control.get': async ({ control }) => readControl(session.target, control),
    'controlDay.get': async (input) => readControlDay(session.target, input),
    'results.page': async (input) => readResults(session.target, input),
    'coverage.get': async () => readCoverage(session.target),
    ...timelineHandlers(session),
    'ledger.page': async (input) => readLedger(session.target, input),
    'identity.list': async () => listIdentities(identitiesDir),
    'identity.create': async ({ name, passphrase }) => {
      session.checkWritable();
      const {
        key,
        name: shown,
        notAfter,
      } = await newIdentity(newIdentityFile(identitiesDir, name), { name, passphrase }, engine.effects);
      return { key, name: shown, notAfter };
    },
    'binder.list': async () => listBinders(session.target),
    'binder.make': async ({ identity, passphrase }, job) =>
      session.change(async () => {
        const key = await readIdentity(await identityFile(identitiesDir, identity), passphrase);
        return makeBinder(engine, session.target, key, job);
      }),
    'binder.verify': async ({ binderId }) => verifyStoredBinder(session.target, binderId),
    'binder.read': async function* ({ binderId }) {
      const bytes = await readBinder(session.target, binderId);
      for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
        yield { base64: Buffer.from(bytes.subarray(at, at + PIECE_BYTES)).toString('base64') };
      }
    },
    close: () => session.close(),
  };
}

function runtimeName(): string {
  const { electron, node } = process.versions;
  return electron === undefined ? `Node ${node}` : `Electron ${electron}`;
}
