/** Reads a source of the ledger again from its sealed evidence: the way back from files and ledger to the database. */
import { fail } from '../../shared/problem.ts';
import type { Interval } from '../../shared/time.ts';
import type { JobContext } from '../core/effects.ts';
import { startSha256 } from '../core/hash.ts';
import type { Format } from '../formats/format.ts';
import { findFormat } from '../formats/registry.ts';
import type { Transaction } from '../store/case-database.ts';
import { evidencePath, type CaseFolder } from './case-folder.ts';
import type { DatabaseRecipe } from './database-recipe.ts';
import { readSource, registerSource, type SourceContent, type SourceSpec } from './import-source.ts';
import type { LedgerEntry } from './ledger.ts';
import { entryTime, ledgerInstant, type SourceImported } from './ledger-kinds.ts';
import { containerOf, fileBytes, gunzipped, openZip, readHead } from './open-content.ts';

export interface Replay {
  readonly transaction: Transaction;
  readonly folder: CaseFolder;
  readonly entry: LedgerEntry;
  readonly data: SourceImported;
  readonly window: Interval;
  readonly recipe: DatabaseRecipe;
  readonly job: JobContext;
}

/**
 * Fills the tables with one source of the ledger.
 * Fails with `case_damaged` when the evidence, or what is read from it, is not what the ledger says.
 */
export async function replaySource({ transaction, folder, entry, data, window, recipe, job }: Replay): Promise<void> {
  const spec = specOf(data, window);
  job.progress({ step: `Reading ${data.name} again` });
  const content = await readSource(transaction, spec, sealedContent(folder, data), job);
  checkSame(content, data, folder);
  await registerSource(transaction, spec, content, {
    sha256: data.sha256,
    bytes: data.bytes,
    importedAt: entryTime(entry),
  });
  await recipe.rollUpSource(transaction, data.source_id);
}

function specOf(data: SourceImported, window: Interval): SourceSpec {
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
    assumptions: data.assumptions,
  };
}

function formatOf(data: SourceImported): Format {
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
  if ((await wrappingOf(path, data)) === 'plain') return yield* checkedBytes(path, data);
  await checkHash(path, data);
  yield* contentOf(path, data);
}

/** The same without any check: for a file whose hash was checked just before. */
export async function* contentOf(path: string, data: SourceImported): AsyncGenerator<Uint8Array> {
  const wrapping = await wrappingOf(path, data);
  if (wrapping === 'gzip') return yield* gunzipped(fileBytes(path), data.name);
  if (wrapping === 'plain') return yield* fileBytes(path);
  const zip = await openZip(path, data.original_path);
  try {
    const member = zip.members.find((candidate) => candidate.name === data.member);
    if (member) yield* unpacked(member.open(), data);
  } finally {
    zip.close();
  }
}

async function wrappingOf(path: string, { member }: SourceImported): Promise<'plain' | 'gzip' | 'zip'> {
  const container = containerOf(await readHead(path, 8));
  if (container === 'zip' && member !== null) return 'zip';
  return container === 'gzip' ? 'gzip' : 'plain';
}

async function* unpacked(bytes: AsyncGenerator<Uint8Array>, data: SourceImported): AsyncGenerator<Uint8Array> {
  // A member may be compressed once more.
  const first = await bytes.next();
  if (first.done === true) return;
  const all = rejoined(first.value, bytes);
  yield* containerOf(first.value) === 'gzip' ? gunzipped(all, `${data.name}!${data.member}`) : all;
}

/** Puts a first piece that was looked at back in front of the rest. */
export async function* rejoined(first: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

async function* checkedBytes(path: string, data: SourceImported): AsyncGenerator<Uint8Array> {
  const hash = startSha256();
  for await (const piece of fileBytes(path)) {
    hash.update(piece);
    yield piece;
  }
  if (hash.digest() !== data.sha256) failChanged(path, data);
}

/** Fails with `case_damaged`, naming the file, when its bytes are not those that were sealed. */
export async function checkHash(path: string, data: SourceImported): Promise<void> {
  const hash = startSha256();
  for await (const piece of fileBytes(path)) hash.update(piece);
  if (hash.digest() !== data.sha256) failChanged(path, data);
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

function failChanged(file: string, data: SourceImported): never {
  return fail({
    code: 'case_damaged',
    message: `The evidence file of S${data.source_id} (${data.original_path}) is not the one that was sealed: its SHA-256 differs from ${data.sha256}.`,
    where: { file },
    remedy: 'Restore the file from a sealed copy of the case.',
  });
}
