/** Binders of a case: made from its last run, signed, verified, kept in data/binders and named in the ledger. */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { BinderEntry, Verification } from '../shared/contract.ts';
import { fail } from '../shared/problem.ts';
import { formatInstant } from '../shared/time.ts';
import { buildAttachments } from './binder/attachments.ts';
import { gatherContent } from './binder/gather-content.ts';
import { gatherResults } from './binder/gather-results.ts';
import { heedSignal } from './binder/heed-signal.ts';
import type { Identity } from './binder/identity.ts';
import { signBinder } from './binder/sign-binder.ts';
import type { JobContext } from './core/effects.ts';
import { sha256 } from './core/hash.ts';
import type { Engine } from './engine.ts';
import type { EvidenceCase } from './intake/evidence-case.ts';
import { entriesOf, latestRuns, ledgerData, type BinderMade } from './intake/ledger-kinds.ts';
import { readCaseTimeline } from './read-timeline.ts';
import { countPages, verifyBinder } from './verify/verify-binder.ts';

export interface MadeBinder {
  readonly binder: BinderEntry;
  readonly verification: Verification;
}

/**
 * Makes the binder of the last run, signs it, verifies it from its bytes and keeps it.
 * Fails with `not_found` when nothing was run, `cancelled`, and `internal` when what was made does not verify: such a
 * binder is not kept.
 */
export async function makeBinder(
  engine: Engine,
  target: EvidenceCase,
  identity: Identity,
  job: JobContext,
): Promise<MadeBinder> {
  const run = entriesOf(target.ledger.entries, 'run-finished').at(-1)?.data ?? failNoRun();
  await checkResults(target);
  const binderId = nextBinderId(target);
  const madeAt = engine.effects.now();
  job.progress({ step: 'Gathering what the binder states', fraction: 0 });
  const generator = { name: 'Fieldwork', version: engine.version };
  const { signal } = job;
  await readCaseTimeline(target, madeAt);
  const content = await gatherContent(target, { binderId, madeAt, generator, identity, signal });
  const attachments = await buildAttachments(content, gatherResults(target.database, content, signal));
  // It takes a quarter of a second to load, and most commands draw nothing.
  const { renderBinder } = await import('./binder/render-binder.ts');
  const unsigned = await renderBinder(content, attachments, inner(job));
  await heedSignal(signal);
  job.progress({ step: 'Signing', fraction: 0.9 });
  const bytes = await signBinder(unsigned, identity, { claimedTime: madeAt });
  await heedSignal(signal);
  job.progress({ step: 'Verifying', fraction: 0.95 });
  const file = `${binderId}.pdf`;
  const verification = await verifyBinder(bytes, { fileName: file });
  if (verification.verdict === 'invalid') failOwnBinder(verification, target);
  const data: BinderMade = {
    binder_id: binderId,
    file,
    sha256: sha256(bytes),
    bytes: bytes.length,
    pages: countPages(bytes) ?? 0,
    signer: identity.name,
    run_id: run.run_id,
  };
  await keep(target, data, { bytes, signal });
  return { binder: binderEntry(data, formatInstant(madeAt)), verification };
}

interface Made {
  readonly bytes: Uint8Array;
  readonly signal: AbortSignal;
}

async function keep(target: EvidenceCase, data: BinderMade, { bytes, signal }: Made): Promise<void> {
  const path = join(target.folder.binders, data.file);
  const beside = join(target.folder.cache, `${data.file}.new`);
  try {
    await writeFile(beside, bytes);
    // The last moment to stop: from here on the case changes.
    await heedSignal(signal);
    await target.step(
      async () => ({ entry: { kind: 'binder-made', data: ledgerData(data) }, result: undefined }),
      () => rename(beside, path),
    );
  } finally {
    await rm(beside, { force: true });
  }
}

/** All binders of the case, in the order in which they were made. */
export function listBinders(target: EvidenceCase): BinderEntry[] {
  return entriesOf(target.ledger.entries, 'binder-made').map(({ entry, data }) => binderEntry(data, entry.at));
}

/** The bytes of a binder of the case. Fails with `not_found`. */
export async function readBinder(target: EvidenceCase, binderId: string): Promise<Uint8Array> {
  const made = entriesOf(target.ledger.entries, 'binder-made').find(({ data }) => data.binder_id === binderId);
  if (!made) return failNoBinder(binderId);
  return readFile(join(target.folder.binders, made.data.file)).catch(() => failNoBinder(binderId));
}

/** Verifies a binder of the case from its bytes. */
export async function verifyStoredBinder(target: EvidenceCase, binderId: string): Promise<Verification> {
  return verifyBinder(await readBinder(target, binderId), { fileName: `${binderId}.pdf` });
}

/** Verifies a binder in a file. `trust` are certificates, PEM or DER. Fails with `not_found` or `unreadable`. */
export async function verifyBinderFile(file: string, trust: readonly Uint8Array[]): Promise<Verification> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) =>
    fail({
      code: error.code === 'ENOENT' ? 'not_found' : 'unreadable',
      message: `The binder cannot be read (${error.code}).`,
      where: { file },
      remedy: 'Check the path and its permissions.',
    }),
  );
  return verifyBinder(bytes, { fileName: basename(file), ...(trust.length > 0 ? { trust } : {}) });
}

/** `ACME-2026-01`: the entity's first letters, the window's year, a number. The same case gives the same name. */
function nextBinderId(target: EvidenceCase): string {
  const { entity, window } = target.engagement;
  const plain =
    entity
      .normalize('NFKD')
      .replace(/[^A-Za-z0-9 ]/g, '')
      .trim()
      .split(/\s+/)[0] ?? '';
  const number = entriesOf(target.ledger.entries, 'binder-made').length + 1;
  return [plain.toUpperCase().slice(0, 16) || 'BINDER', window.from.slice(0, 4), String(number).padStart(2, '0')].join(
    '-',
  );
}

function binderEntry(data: BinderMade, madeAt: string): BinderEntry {
  const { binder_id: binderId, file: fileName, bytes, pages, sha256: hash, signer } = data;
  return { binderId, fileName, madeAt, bytes, pages, sha256: hash, signer };
}

/** Drawing takes the middle of the time. */
function inner(job: JobContext): JobContext {
  return { signal: job.signal, progress: (p) => job.progress({ ...p, fraction: 0.1 + 0.8 * (p.fraction ?? 0) }) };
}

function failNoRun(): never {
  return fail({
    code: 'not_found',
    message: 'No control was run in this case yet, so there is nothing to bind.',
    remedy: 'Run the controls first: `fieldwork run`.',
  });
}

function failNoBinder(binderId: string): never {
  return fail({
    code: 'not_found',
    message: `The case has no binder ${binderId}.`,
    remedy: 'Choose one of its binders, or make one.',
  });
}

/**
 * The results that are printed must be those that the ledger names: the database is only a view, and a file on a disk.
 * Fails with `case_damaged` when it holds others.
 */
async function checkResults(target: EvidenceCase): Promise<void> {
  const rows = await target.database.query('SELECT control, run_id, population_hash, days_hash FROM run_controls');
  const latest = latestRuns(target.ledger.entries);
  const asRecorded = rows.every((row) => {
    const run = latest.get(String(row['control']));
    const found = run?.controls.find(({ control }) => control === row['control']);
    if (!run || !found) return false;
    const { population_hash, days_hash } = found;
    return run.run_id === row['run_id'] && population_hash === row['population_hash'] && days_hash === row['days_hash'];
  });
  if (!asRecorded || rows.length !== latest.size) failOtherResults(target);
}

function failOtherResults(target: EvidenceCase): never {
  return fail({
    code: 'case_damaged',
    message: 'The results in the database are not those that the ledger recorded.',
    where: { file: target.folder.database },
    remedy: 'Delete the folder cache/ of the case and open it again: the database is rebuilt from evidence and ledger.',
  });
}

function failOwnBinder({ checks }: Verification, target: EvidenceCase): never {
  // The attached rows do not have the hashes of the ledger: the rows were changed, not the binder.
  if (checks.some(({ id, outcome }) => id === 'results.match' && outcome === 'failed')) failOtherResults(target);
  const failed = checks.filter((check) => check.outcome === 'failed').map((check) => `${check.title}: ${check.detail}`);
  return fail({
    code: 'internal',
    message: `The binder that was made does not verify and was not kept. ${failed.join(' ')}`,
    remedy: 'Report this as a fault; the case is unchanged.',
  });
}
