/**
 * A case: its sealed evidence, its ledger, and the database that is their view. Everything that changes a case goes
 * through here, and is done in the order evidence, ledger, database, so that a crash at any instant leaves a case that
 * opens with every finished step and nothing half done.
 */
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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
import { Ledger, type LedgerEntry, type NewEntry } from './ledger.ts';
import { takeOwnerLock, type OwnerLock } from './owner-lock.ts';
import { replaySource } from './replay.ts';

// Together five seconds.
const ATTEMPTS = 50;
const ATTEMPT_PAUSE_MS = 100;

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
  const isThere = await readdir(root).catch(() => []);
  if (isThere.length > 0) failExists(root);
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
    await rm(root, { recursive: true, force: true });
    await rename(beside, root);
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    throw error;
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
  private sourcesRead: { readonly upTo: number; readonly list: readonly SourceImported[] } = { upTo: 0, list: [] };

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
    await mkdir(folder.cache, { recursive: true });
    const lock = await takeOwnerLock(folder.owner);
    let database: CaseDatabase | undefined;
    try {
      const ledger = await Ledger.open(folder.ledger);
      const engagement = await readEngagement(folder, ledger);
      await checkEvidenceIsThere(folder, ledger.entries);
      await clearIncoming(folder, ledger.entries);
      database = await openDatabase(folder, ledger, context);
      const opened = new EvidenceCase(folder, engagement, ledger, database, context, lock);
      await opened.catchUp(replayRun, job);
      return opened;
    } catch (error) {
      await database?.close();
      await lock.release();
      throw error;
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
    await this.unseal();
    try {
      return await this.database.transaction(async (transaction) => {
        const { entry, result } = await work(transaction);
        await transaction.flush();
        await beforeLedger();
        await noteLedgerHead(transaction, await this.ledger.append(entry, this.context.effects));
        return result;
      });
    } catch (error) {
      if (this.ledger.head.seq > before) await this.ledger.retract(); // the commit failed: the step was not done
      throw asProblem(error, this.folder.root);
    }
  }

  /** A case that changes is no sealed bag any more; its tag files would say what is not so. */
  private async unseal(): Promise<void> {
    for (const name of tagFiles) await rm(join(this.folder.root, name), { force: true });
  }

  /** What the ledger says of every source, in the order of their numbers. */
  get sources(): readonly SourceImported[] {
    if (this.sourcesRead.upTo < this.ledger.head.seq) {
      const added = entriesOf(this.ledger.entries.slice(this.sourcesRead.upTo), 'source-imported');
      this.sourcesRead = {
        upTo: this.ledger.head.seq,
        list: [...this.sourcesRead.list, ...added.map(({ data }) => data)],
      };
    }
    return this.sourcesRead.list;
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
    await replaySource({ transaction, folder: this.folder, entry, data, window, recipe: this.context.recipe, job });
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
  const database = await openOwnDatabase(folder.database);
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
 * Opens the database file of a case whose owner lock we hold. A process for queries whose engine was killed may have it
 * open for a moment longer; it ends by itself, so it is waited for.
 */
async function openOwnDatabase(path: string): Promise<CaseDatabase> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await CaseDatabase.open({ path });
    } catch (error) {
      const inUse = error instanceof ProblemError && error.problem.code === 'case_in_use';
      if (!inUse || attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, ATTEMPT_PAUSE_MS));
    }
  }
}

/** False when the database is missing, unreadable, of another version, or knows a ledger that is not this one. */
async function isUsable(folder: CaseFolder, ledger: Ledger): Promise<boolean> {
  const exists = await stat(folder.database).then(
    () => true,
    () => false,
  );
  if (!exists) return false;
  let database: CaseDatabase;
  try {
    database = await openOwnDatabase(folder.database);
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === 'case_in_use') throw error;
    return false; // a damaged cache is no loss: it is made again
  }
  try {
    const [state] = await database.query('SELECT schema_version, ledger_seq, ledger_hash FROM cache_state');
    if (!state || state['schema_version'] !== SCHEMA_VERSION) return false;
    const seq = Number(state['ledger_seq']);
    return seq === 0 || ledger.entries[seq - 1]?.hash === state['ledger_hash'];
  } catch {
    return false;
  } finally {
    await database.close();
  }
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
    const size = await stat(path).then(
      (info) => info.size,
      () => undefined,
    );
    if (size !== data.bytes) {
      fail({
        code: 'case_damaged',
        message:
          size === undefined
            ? `The evidence file of S${data.source_id} is missing.`
            : `The evidence file of S${data.source_id} has ${size} bytes; it had ${data.bytes}.`,
        where: { file: path },
        remedy: 'Restore the file from a sealed copy of the case.',
      });
    }
  }
}

/** Removes what a crash left behind: half copies, and evidence that no ledger entry names. */
async function clearIncoming(folder: CaseFolder, entries: readonly LedgerEntry[]): Promise<void> {
  await rm(folder.incoming, { recursive: true, force: true });
  const known = new Set(entriesOf(entries, 'source-imported').map(({ data }) => data.sha256));
  for (const group of await readdir(folder.evidence).catch(() => [])) {
    for (const hash of await readdir(join(folder.evidence, group))) {
      if (!known.has(hash)) await removeReadOnly(join(folder.evidence, group, hash));
    }
  }
}

async function removeReadOnly(path: string): Promise<void> {
  await chmod(path, 0o755).catch(() => undefined);
  await rm(path, { recursive: true, force: true });
}

/** Moves a finished copy to its place among the evidence, read-only. Does nothing when it is there already. */
export async function sealEvidence(folder: CaseFolder, copy: string, hash: string, name: string): Promise<void> {
  const place = evidencePath(folder, hash, name);
  await mkdir(dirname(place), { recursive: true });
  await chmod(copy, 0o444);
  await rename(copy, place);
}

/** A plain error of the system as a problem that says what to do; problems stay as they are. */
export function asProblem(error: unknown, file: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  const full =
    code === 'ENOSPC' ||
    code === 'EDQUOT' ||
    /No space left on device|Disk quota exceeded|out of disk space/i.test(message ?? '');
  if (!full) return error;
  return new ProblemError({
    code: 'disk_full',
    message: 'The disk is full; the step was not done and the case is as it was before.',
    where: { file },
    remedy: 'Make room on the disk of the case, or move the case to a larger one, and do the step again.',
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
