/** Reads a source of the ledger again from its sealed evidence: the way back from files and ledger to the database. */
import { join } from 'node:path';
import { fail } from '../../shared/problem.ts';
import { parseInstant, type Interval } from '../../shared/time.ts';
import type { JobContext } from '../core/effects.ts';
import { startSha256 } from '../core/hash.ts';
import type { AnyFormat } from '../formats/format.ts';
import { findSnapshots } from '../formats/prometheus-tsdb/find-snapshots.ts';
import { findFormat } from '../formats/registry.ts';
import type { Transaction } from '../store/case-database.ts';
import { archiveKindOf, memberOf, unpackArchive } from './archives.ts';
import { evidencePath, unpackedFolder, type CaseFolder } from './case-folder.ts';
import type { DatabaseRecipe } from './database-recipe.ts';
import { folderHash, hashFile, identityOf, partsBelow, type PlacedPart } from './folder-source.ts';
import { readFolderSource } from './import-snapshot.ts';
import { readSource, registerSource, type SourceContent, type SourceSpec } from './import-source.ts';
import type { LedgerEntry } from './ledger.ts';
import { entryTime, ledgerInstant, type SourceImported } from './ledger-kinds.ts';
import {
  containerOf,
  fileBytes,
  isCompressed,
  openingOf,
  readHead,
  unwrapped,
  type Container,
} from './open-content.ts';
import { openMember } from './open-member.ts';

export interface Replay {
  readonly transaction: Transaction;
  readonly folder: CaseFolder;
  readonly entry: LedgerEntry;
  readonly data: SourceImported;
  readonly window: Interval;
  readonly dayZone: string;
  readonly recipe: DatabaseRecipe;
  readonly job: JobContext;
}

/**
 * Fills the tables with one source of the ledger.
 * Fails with `case_damaged` when the evidence, or what is read from it, is not what the ledger says.
 */
export async function replaySource({
  transaction,
  folder,
  entry,
  data,
  window,
  dayZone,
  recipe,
  job,
}: Replay): Promise<void> {
  const spec = specOf(data, window, dayZone);
  job.progress({ step: `Reading ${data.name} again` });
  const content = await readAgain(transaction, { spec, folder, data }, job);
  checkSame(content, data, folder);
  const { contentSha256, rows } = content;
  const statements = await recipe.rollUpSource(transaction, { ...spec, contentSha256, rows });
  const assumptions = [...new Set([...content.assumptions, ...statements])].sort();
  await registerSource(
    transaction,
    spec,
    { ...content, assumptions },
    {
      sha256: data.sha256,
      bytes: data.bytes,
      importedAt: entryTime(entry),
    },
  );
}

interface Sealed {
  readonly spec: SourceSpec;
  readonly folder: CaseFolder;
  readonly data: SourceImported;
}

async function readAgain(transaction: Transaction, sealed: Sealed, job: JobContext): Promise<SourceContent> {
  const { spec, folder, data } = sealed;
  const { format } = spec;
  if (format.framing !== 'folder')
    return readSource(transaction, { ...spec, format }, sealedContent(folder, data), job);
  await checkSealed(folder, data);
  const parts = await sealedParts(folder, data);
  const content = { parts, onBytes: () => undefined, identity: () => identityOf(parts) };
  return readFolderSource(transaction, { spec, content }, job);
}

/** The files of a source that is a folder, where they can be read. Those of an archive are unpacked once. */
export async function sealedParts(folder: CaseFolder, data: SourceImported): Promise<readonly PlacedPart[]> {
  const path = evidencePath(folder, data.sha256, data.name);
  if (data.files)
    return data.files.map((part) => ({ path: part.path, place: join(path, part.path), bytes: part.bytes }));
  const kind = archiveKindOf(await openingOf(path));
  const unpacked = unpackedFolder(folder, data.sha256);
  const parts = await unpackArchive(path, kind ?? 'tar', { folder: unpacked, archive: data.name });
  const names = parts.map((part) => part.path);
  const own = data.member === './' ? '' : (data.member ?? '');
  const snapshot = findSnapshots(names).snapshots.find((each) => each.folder === own);
  return partsBelow(parts, own, snapshot?.files ?? []);
}

function specOf(data: SourceImported, window: Interval, dayZone: string): SourceSpec {
  return {
    sourceId: data.source_id,
    name: data.name,
    originalPath: data.original_path,
    member: data.member,
    format: formatOf(data),
    zone: data.time_zone,
    system: data.system,
    window,
    providedBy: data.provided_by,
    obtainedHow: data.obtained_how,
    dayZone,
    series: data.series,
    mapping: data.mapping,
    takenAt: data.taken_at === null ? null : (parseInstant(data.taken_at) ?? null),
    assumptions: data.assumptions,
  };
}

function formatOf(data: SourceImported): AnyFormat {
  const format = findFormat(data.format);
  if (format && format.version === data.importer_version) return format;
  return fail({
    code: 'case_damaged',
    message: `S${data.source_id} was read with version ${data.importer_version} of ${data.format}; this is version ${format?.version ?? 'none'}.`,
    remedy: 'Open the case with the version of Fieldwork that made it, or import the evidence into a new case.',
  });
}

/**
 * The decompressed bytes of a source, from the sealed evidence. The hash of a plain file is known to be right only once
 * it was read to its end; that of a container is checked first.
 */
export async function* sealedContent(folder: CaseFolder, data: SourceImported): AsyncGenerator<Uint8Array> {
  const path = evidencePath(folder, data.sha256, data.name);
  const isPlain = data.member === null && !isCompressed(await containerAt(path));
  if (isPlain) return yield* checkedBytes(path, data);
  await checkHash(path, data);
  yield* contentOf(path, data);
}

/** The same without any check: for a file whose hash was checked just before. */
export async function* contentOf(path: string, data: SourceImported): AsyncGenerator<Uint8Array> {
  const { member, name: archive } = data;
  if (member === null) {
    const container = await containerAt(path);
    return yield* unwrapped(fileBytes(path), container, archive);
  }
  const kind = archiveKindOf(await openingOf(path)) ?? 'tar';
  const opened = await openMember(memberOf(path, kind, { archive, member }), `${archive}!${member}`);
  try {
    yield* opened.all;
  } finally {
    await opened.close();
  }
}

async function containerAt(path: string): Promise<Container> {
  return containerOf(await readHead(path, 8));
}

async function* checkedBytes(path: string, data: SourceImported): AsyncGenerator<Uint8Array> {
  const hash = startSha256();
  for await (const piece of fileBytes(path)) {
    hash.update(piece);
    yield piece;
  }
  if (hash.digest() !== data.sha256) failChanged(path, data);
}

/** Fails with `case_damaged`, naming the file, when the evidence of a source is not what was sealed. */
export async function checkSealed(folder: CaseFolder, data: SourceImported): Promise<void> {
  const path = evidencePath(folder, data.sha256, data.name);
  if (!data.files) return checkHash(path, data);
  for (const part of data.files) {
    const place = join(path, part.path);
    if ((await hashFile(place)).sha256 !== part.sha256) failChanged(place, data, part.sha256);
  }
  if (folderHash(data.files) !== data.sha256) failChanged(path, data);
}

async function checkHash(path: string, data: SourceImported): Promise<void> {
  if ((await hashFile(path)).sha256 !== data.sha256) failChanged(path, data);
}

function checkSame(content: SourceContent, data: SourceImported, folder: CaseFolder): void {
  const now = [
    content.contentSha256,
    content.records,
    content.rejected,
    ledgerInstant(content.firstTime),
    ledgerInstant(content.lastTime),
  ];
  const then = [data.content_sha256, data.records, data.rejected, data.first_time, data.last_time];
  if (now.join() === then.join()) return;
  fail({
    code: 'case_damaged',
    message: `S${data.source_id} gives ${content.records} records and ${content.rejected} rejected; the ledger says ${data.records} and ${data.rejected}.`,
    where: { file: evidencePath(folder, data.sha256, data.name) },
    remedy: 'Restore the case from a sealed copy, or open it with the version of Fieldwork that made it.',
  });
}

function failChanged(file: string, data: SourceImported, hash = data.sha256): never {
  return fail({
    code: 'case_damaged',
    message: `The evidence file of S${data.source_id} (${data.original_path}) is not the one that was sealed: its SHA-256 differs from ${hash}.`,
    where: { file },
    remedy: 'Restore the file from a sealed copy of the case.',
  });
}
