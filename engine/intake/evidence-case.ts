/**
 * A case: its sealed evidence, its ledger, and the database that is their view. Everything that changes a case goes
 * through here, and is done in the order evidence, ledger, database, so that a crash at any instant leaves a case that
 * opens with every finished step and nothing half done.
 */
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fail, ProblemError } from '../../shared/problem.ts';
import { windowInterval } from '../../shared/time.ts';
import type { Effects, JobContext } from '../core/effects.ts';
import { sha256 } from '../core/hash.ts';
import { CaseDatabase, type Transaction } from '../store/case-database.ts';
import { SCHEMA_VERSION } from '../store/schema.ts';
import { caseFolder, evidencePath, type CaseFolder } from './case-folder.ts';
import type { DatabaseRecipe } from './database-recipe.ts';
import { auditWindow, checkedEngagement, engagementText, parseEngagement, type Engagement } from './engagement.ts';
import { entriesOf, entryData, latestRuns, ledgerData, type RunFinished, type SourceImported } from './ledger-kinds.ts';
import { makeReadOnly } from './folder-source.ts';
import { Ledger, type LedgerEntry, type NewEntry } from './ledger.ts';
import { takeOwnerLock, type OwnerLock } from './owner-lock.ts';
import { replaySource } from './replay.ts';

/** The tag files of a sealed case (RFC 8493). */
export const tagFiles = ['bagit.txt', 'bag-info.txt', 'manifest-sha256.txt', 'tagmanifest-sha256.txt'] as const;

export interface CaseContext {
  readonly effects: Effects;
  readonly recipe: DatabaseRecipe;
  /** Version of Fieldwork, for the ledger. */
  readonly version: string;
}

/** Does a run of the ledger again, on the evidence that is in the database by then. */
export type ReplayRun = (target: EvidenceCase, run: RunFinished, job: JobContext) => Promise<void>;

/**
 * Makes a new case in `root`, which must not exist or be empty, and leaves it closed.
 * Fails with `bad_request` for an engagement that cannot be, and `already_exists`.
 */
export async function createCase(root: string, engagement: Engagement, context: CaseContext): Promise<void> {
  checkedEngagement(engagement);
  await checkIsFree(root);
  // Made beside and renamed, so that no half case is ever seen.
  const beside = `${root.replace(/[/\\]+$/, '')}.new-${randomUUID()}`;
  const folder = caseFolder(beside);
  try {
    for (const path of [folder.evidence, folder.packs, folder.binders, folder.cache])
      await mkdir(path, { recursive: true });
    const text = engagementText(engagement);
    await writeFile(folder.engagement, text);
    const ledger = await Ledger.create(folder.ledger);
    await ledger.append(createdEntry(engagement, text, context.version), context.effects);
    // An empty folder makes room; one that was filled meanwhile does not.
    await rmdir(root).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? undefined : failExists(root)));
    await rename(beside, root);
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    throw asProblem(error, root);
  }
}

/** Nothing is there, or an empty folder. Whatever else is there stays. */
async function checkIsFree(root: string): Promise<void> {
  try {
    if ((await readdir(root)).length > 0) failExists(root);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') failExists(root);
    if (code !== 'ENOENT') throw asProblem(error, root);
  }
}

function createdEntry({ entity, window }: Engagement, text: string, version: string): NewEntry {
  const { from, to, zone } = window;
  const data = { entity, first_day: from, last_day: to, zone, engagement_sha256: sha256(text), fieldwork: version };
  return { kind: 'case-created', data };
}

export class EvidenceCase {
  /** True when sources had to be read again to bring the database up to the ledger. */
  wasRebuilt = false;
  // Entries are never taken back once a step has returned, so what was read of them stays true.
  private readonly sourcesRead: SourceImported[] = [];
  private sourcesReadUpTo = 0;

  private constructor(
    readonly folder: CaseFolder,
    readonly engagement: Engagement,
    readonly ledger: Ledger,
    readonly database: CaseDatabase,
    readonly context: CaseContext,
    private readonly lock: OwnerLock,
  ) {}

  /**
   * Opens a case; rebuilds its database where that is missing, older than the ledger, or of another version.
   * Fails with `not_a_case`, `case_in_use`, or `case_damaged` naming what does not fit.
   */
  static async open(
    root: string,
    context: CaseContext,
    job: JobContext,
    replayRun: ReplayRun = async () => undefined,
  ): Promise<EvidenceCase> {
    const folder = caseFolder(root);
    await checkIsCase(folder);
    const lock = await lockCase(folder);
    let database: CaseDatabase | undefined;
    try {
      const ledger = await Ledger.open(folder.ledger);
      const engagement = await readEngagement(folder, ledger);
      await checkEvidenceIsThere(folder, ledger.entries);
      await clearLeftovers(folder);
      database = await openDatabase(folder, ledger, context);
      // Only now is it known that the ledger has lost nothing that would have named the file.
      await setOrphansAside(folder, ledger.entries, context.effects);
      const opened = new EvidenceCase(folder, engagement, ledger, database, context, lock);
      await opened.catchUp(replayRun, job);
      return opened;
    } catch (error) {
      await database?.close();
      await lock.release();
      throw asProblem(error, root);
    }
  }

  /**
   * Does a step: `work` fills the tables and says what the ledger is to hold; `beforeLedger` makes files permanent.
   * All of it is done, or nothing.
   */
  async step<T>(
    work: (transaction: Transaction) => Promise<{ readonly entry: NewEntry; readonly result: T }>,
    beforeLedger: () => Promise<void> = async () => undefined,
  ): Promise<T> {
    const before = this.ledger.head.seq;
    try {
      return await this.database.transaction(async (transaction) => {
        const { entry, result } = await work(transaction);
        await transaction.flush();
        await this.unseal();
        await beforeLedger();
        await noteLedgerHead(transaction, await this.ledger.append(entry, this.context.effects));
        return result;
      });
    } catch (error) {
      if (this.ledger.head.seq > before) await this.ledger.retractAfter(before); // the commit failed: it was not done
      throw asProblem(error, this.folder.root);
    }
  }

  /** Writes into the ledger what changes no table: thousands of entries cost about what one does. */
  async note(entries: readonly NewEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const before = this.ledger.head.seq;
    try {
      await this.database.transaction(async (transaction) => {
        await this.unseal();
        const noted = await this.ledger.appendAll(entries, this.context.effects);
        await noteLedgerHead(transaction, noted.at(-1)!);
      });
    } catch (error) {
      if (this.ledger.head.seq > before) await this.ledger.retractAfter(before);
      throw asProblem(error, this.folder.root);
    }
  }

  /** A case that changes is no sealed bag any more; its tag files would say what is not so. */
  private async unseal(): Promise<void> {
    for (const name of tagFiles) await rm(join(this.folder.root, name), { force: true });
  }

  /** What the ledger says of every source, in the order of their numbers. */
  get sources(): readonly SourceImported[] {
    for (const { data } of entriesOf(this.ledger.entries.slice(this.sourcesReadUpTo), 'source-imported')) {
      this.sourcesRead.push(data);
    }
    this.sourcesReadUpTo = this.ledger.head.seq;
    return this.sourcesRead;
  }

  async close(): Promise<void> {
    await this.database.close();
    await this.lock.release();
  }

  /**
   * Brings the database up to the ledger, entry by entry: sources that it does not have are read again from the sealed
   * evidence, runs are done again over the evidence that they had.
   */
  private async catchUp(replayRun: ReplayRun, job: JobContext): Promise<void> {
    const [state] = await this.database.query('SELECT ledger_seq FROM cache_state');
    const missing = this.ledger.entries.slice(Number(state?.['ledger_seq'] ?? 0));
    const latest = new Set(latestRuns(this.ledger.entries).values());
    const current = new Set([...latest].map((run) => run.run_id));
    for (const entry of missing) {
      if (entry.kind === 'run-finished') {
        const run = entryData(entry, 'run-finished');
        if (current.has(run.run_id)) await replayRun(this, run, job);
      }
      await this.database.transaction(async (transaction) => {
        if (entry.kind === 'source-imported') await this.readAgain(transaction, entry, job);
        await noteLedgerHead(transaction, entry);
      });
    }
  }

  private async readAgain(transaction: Transaction, entry: LedgerEntry, job: JobContext): Promise<void> {
    this.wasRebuilt = true;
    const window = windowInterval(auditWindow(this.engagement));
    const data = entryData(entry, 'source-imported');
    const dayZone = this.engagement.window.zone;
    const { recipe } = this.context;
    await replaySource({ transaction, folder: this.folder, entry, data, window, dayZone, recipe, job });
  }
}

async function noteLedgerHead(transaction: Transaction, entry: LedgerEntry): Promise<void> {
  await transaction.query('UPDATE cache_state SET ledger_seq = $seq::BIGINT, ledger_hash = $hash', {
    seq: entry.seq,
    hash: entry.hash,
  });
}

async function openDatabase(folder: CaseFolder, ledger: Ledger, context: CaseContext): Promise<CaseDatabase> {
  if (!(await isUsable(folder, ledger))) {
    for (const suffix of ['', '.wal']) await rm(`${folder.database}${suffix}`, { force: true });
  }
  const database = await CaseDatabase.open({ path: folder.database, isOwner: true });
  const [made] = await database.query(`SELECT count(*) AS n FROM duckdb_tables() WHERE table_name = 'cache_state'`);
  if (made?.['n'] === 0) await makeTables(database, context.recipe);
  return database;
}

/** Makes the tables and views of an empty database, in one transaction. */
export async function makeTables(database: CaseDatabase, recipe: DatabaseRecipe): Promise<void> {
  await database.transaction(async (transaction) => {
    for (const statement of recipe.statements) await transaction.query(statement);
    await transaction.query(`INSERT INTO cache_state VALUES (${SCHEMA_VERSION}, 0, '')`);
  });
}

/**
 * False when the database is missing, unreadable or of another version: it is made again then.
 * Fails with `case_damaged` when it has seen entries that the ledger does not have: those were lost or replaced.
 */
async function isUsable(folder: CaseFolder, ledger: Ledger): Promise<boolean> {
  const exists = await stat(folder.database).then(
    () => true,
    () => false,
  );
  if (!exists) return false;
  let database: CaseDatabase;
  try {
    database = await CaseDatabase.open({ path: folder.database, isOwner: true });
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === 'case_in_use') throw error;
    return false; // a damaged cache is no loss: it is made again
  }
  try {
    const [state] = await database.query('SELECT schema_version, ledger_seq, ledger_hash FROM cache_state');
    if (!state) return false;
    checkKnowsLedger(Number(state['ledger_seq']), state['ledger_hash'], ledger, folder);
    return state['schema_version'] === SCHEMA_VERSION;
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    return false;
  } finally {
    await database.close();
  }
}

function checkKnowsLedger(seq: number, hash: unknown, ledger: Ledger, folder: CaseFolder): void {
  if (seq === 0 || ledger.entries[seq - 1]?.hash === hash) return;
  const last = ledger.head.seq;
  fail({
    code: 'case_damaged',
    message:
      seq > last
        ? `The ledger ends at entry ${last}; the database of the case has seen entry ${seq}.`
        : `Entry ${seq} of the ledger is not the one that the database of the case has seen.`,
    where: { file: folder.ledger },
    remedy:
      'Put the whole ledger back. If the case was restored from a copy on purpose, delete its folder cache/ first.',
  });
}

async function checkIsCase(folder: CaseFolder): Promise<void> {
  for (const path of [folder.ledger, folder.engagement]) {
    await stat(path).catch(() => failNotACase(folder.root, path));
  }
}

async function readEngagement(folder: CaseFolder, ledger: Ledger): Promise<Engagement> {
  const text = await readFile(folder.engagement, 'utf8');
  const created = entriesOf(ledger.entries, 'case-created')[0]?.data;
  if (created?.engagement_sha256 !== sha256(text)) {
    return fail({
      code: 'case_damaged',
      message: 'engagement.yaml is not the one that the ledger names: it was changed outside Fieldwork.',
      where: { file: folder.engagement },
      remedy: 'Put the original back, or begin a new case with the changed engagement and import the evidence again.',
    });
  }
  return parseEngagement(text, folder.engagement);
}

/** Presence and size only; the hashes are checked by re-performance and sealing, which read every byte. */
async function checkEvidenceIsThere(folder: CaseFolder, entries: readonly LedgerEntry[]): Promise<void> {
  for (const { data } of entriesOf(entries, 'source-imported')) {
    const path = evidencePath(folder, data.sha256, data.name);
    const files = data.files?.map((part) => ({ file: join(path, part.path), bytes: part.bytes }));
    for (const each of files ?? [{ file: path, bytes: data.bytes }]) await checkIsThere(each, data);
  }
}

async function checkIsThere(
  { file: path, bytes }: { file: string; bytes: number },
  data: SourceImported,
): Promise<void> {
  const size = await stat(path).then(
    (info) => info.size,
    () => undefined,
  );
  if (size !== bytes) {
    fail({
      code: 'case_damaged',
      message:
        size === undefined
          ? `The evidence file of S${data.source_id} is missing.`
          : `The evidence file of S${data.source_id} has ${size} bytes; it had ${bytes}.`,
      where: { file: path },
      remedy: 'Restore the file from a sealed copy of the case.',
    });
  }
}

/** Removes half copies and scratch files that a crash left behind. */
async function clearLeftovers(folder: CaseFolder): Promise<void> {
  await rm(folder.incoming, { recursive: true, force: true });
  for (const name of await readdir(folder.cache)) {
    if (name.startsWith('scratch-')) await rm(join(folder.cache, name), { recursive: true, force: true });
  }
}

/** Moves evidence files that no ledger entry names to cache/orphans. They are never deleted. */
async function setOrphansAside(folder: CaseFolder, entries: readonly LedgerEntry[], effects: Effects): Promise<void> {
  const known = new Set(entriesOf(entries, 'source-imported').map(({ data }) => data.sha256));
  for (const group of await readdir(folder.evidence).catch(() => [])) {
    for (const hash of await readdir(join(folder.evidence, group)).catch(() => [])) {
      if (!known.has(hash)) await moveToOrphans(folder, join(group, hash), effects);
    }
  }
}

async function moveToOrphans(folder: CaseFolder, place: string, effects: Effects): Promise<void> {
  const orphans = join(folder.cache, 'orphans');
  await mkdir(orphans, { recursive: true });
  await rename(join(folder.evidence, place), join(orphans, `${basename(place)}-${randomUUID()}`));
  effects.log('warning', `No ledger entry names the evidence file ${basename(place)}; it was moved to ${orphans}.`);
}

/** Takes the case. Fails with `unreadable` where the case cannot be written. */
async function lockCase(folder: CaseFolder): Promise<OwnerLock> {
  try {
    await mkdir(folder.cache, { recursive: true });
    return await takeOwnerLock(folder.owner);
  } catch (error) {
    throw asProblem(error, folder.root);
  }
}

/** Moves a finished copy, of a file or of a folder, to its place among the evidence, read-only. Does nothing when it is there already. */
export async function sealEvidence(folder: CaseFolder, copy: string, hash: string, name: string): Promise<void> {
  const place = evidencePath(folder, hash, name);
  await mkdir(dirname(place), { recursive: true });
  if ((await stat(copy)).isDirectory()) await makeReadOnly(copy);
  else await chmod(copy, 0o444);
  await rename(copy, place);
}

/** Moves an evidence file back to where it was copied to. */
export async function unsealEvidence(folder: CaseFolder, copy: string, hash: string, name: string): Promise<void> {
  const place = evidencePath(folder, hash, name);
  await rename(place, copy);
  await rmdir(dirname(place)).catch(() => undefined); // another file of the same content may lie in it
}

/** A plain error of the system as a problem that says what to do; problems stay as they are. */
export function asProblem(error: unknown, file: string): unknown {
  if (error instanceof ProblemError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const full =
    code === 'ENOSPC' ||
    code === 'EDQUOT' ||
    /No space left on device|Disk quota exceeded|out of disk space/i.test(message ?? '');
  if (full) {
    return new ProblemError({
      code: 'disk_full',
      message: 'The disk is full; the step was not done and the case is as it was before.',
      where: { file },
      remedy: 'Make room on the disk of the case, or move the case to a larger one, and do the step again.',
    });
  }
  if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') return error;
  return new ProblemError({
    code: 'unreadable',
    message: `The folder cannot be written (${code}).`,
    where: { file },
    remedy: 'Check its permissions, or copy the case to a disk that can be written.',
  });
}

function failExists(file: string): never {
  return fail({
    code: 'already_exists',
    message: 'The folder is there already and is not empty.',
    where: { file },
    remedy: 'Choose another folder for the new case.',
  });
}

function failNotACase(file: string, missing: string): never {
  return fail({
    code: 'not_a_case',
    message: `This is not a Fieldwork case: ${missing.slice(file.length + 1)} is missing.`,
    where: { file },
    remedy: 'Give the folder that `fieldwork new` made, the one that holds data/.',
  });
}

/** The data of a ledger entry that records a refused file. */
export function refusedEntry(path: string, code: string, message: string): NewEntry {
  return { kind: 'source-refused', data: ledgerData({ original_path: path, code, message }) };
}
