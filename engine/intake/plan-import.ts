/** Decides, before anything is written, which files an import takes, as what, and in which order. */
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { fail, ProblemError, type Problem } from '../../shared/problem.ts';
import { stopIfCancelled } from '../core/cancelled.ts';
import type { JobContext } from '../core/effects.ts';
import type { AnyFormat, Format } from '../formats/format.ts';
import { findSnapshots, type FoundSnapshot } from '../formats/prometheus-tsdb/find-snapshots.ts';
import { prometheusSnapshot } from '../formats/prometheus-tsdb/prometheus-snapshot.ts';
import { findFormat, formats, mappedFormat, recogniseFormat } from '../formats/registry.ts';
import { archiveKindOf, type ArchiveKind } from './archives.ts';
import type { PlacedPart } from './folder-source.ts';
import { failNested } from './import-account.ts';
import { containerOf, isCompressed, openingOf } from './open-content.ts';
import { inRotationOrder } from './rotation-order.ts';
import { refuseUnopened } from './unopened-compression.ts';

/** Two formats that are both this sure of a file cannot be told apart by content. */
const TOO_CLOSE = 0.05;
const SURE_ENOUGH = 0.5;

/** How the content of a planned file is come by. */
export type Wrapping = 'plain' | 'gzip' | 'zstd' | 'folder' | ArchiveKind;

export interface PlannedFile {
  /** Of the file, or of the folder. */
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  readonly container: Wrapping;
  /** Not set for an archive: its members are decided each on their own. */
  readonly decision: Decision | undefined;
  /** The files of a folder that is one source. */
  readonly parts: readonly PlacedPart[];
}

export interface Decision<F extends AnyFormat = AnyFormat> {
  readonly format: F;
  /** Why, as a sentence. */
  readonly reason: string;
}

/** What a person says about the format of files. */
export interface FormatChoice {
  /** Id of the format that every file is read as. */
  readonly as: string | undefined;
  /** A mapping was given, for files that no format is sure of. */
  readonly hasMapping: boolean;
}

/** A file that cannot be taken, and why. */
export interface Refusal {
  readonly path: string;
  readonly problem: Problem;
}

export interface ImportPlan {
  readonly files: readonly PlannedFile[];
  readonly refused: readonly Refusal[];
  /** Paths of all that was found, in the order in which they are taken where nothing else decides. */
  readonly order: readonly string[];
}

/**
 * Lists the files under `paths` (folders with all they hold, links not followed) and recognises each by content. Files
 * that belong together, as those of a snapshot do, are one.
 * Inventories come first, since other files are read with them; then folders that are one source, then files, each by
 * path, the same on every machine, rotated logs from the oldest to the newest.
 * Fails with `not_found` when a path that was named is not there, and with `cancelled`.
 */
export async function planImport(paths: readonly string[], how: FormatChoice, job?: JobContext): Promise<ImportPlan> {
  const { as } = how;
  if (as !== undefined && !findFormat(as)) failNoSuchFormat(as);
  if (as !== undefined && how.hasMapping && findFormat(as)?.usesMapping !== true) failMappingUnused(as);
  const refused: Refusal[] = [];
  const files: PlannedFile[] = [];
  const { folders, single } = await listFiles(paths, refused, as === undefined || as === prometheusSnapshot.id);
  files.push(...folders);
  for (const [done, path] of single.entries()) {
    if (job) stopIfCancelled(job.signal, 'The plan was cancelled; nothing was imported.');
    job?.progress({ step: `Looking at file ${done + 1} of ${single.length}`, fraction: done / single.length });
    try {
      files.push(await planFile(path, how));
    } catch (error) {
      const problem =
        error instanceof ProblemError ? error.problem : cannotLookAt(path, error as NodeJS.ErrnoException);
      refused.push({ path, problem });
    }
  }
  const order = [...folders.map(({ path }) => path), ...single];
  return { files: files.sort((a, b) => rank(a) - rank(b)), refused, order };
}

/** Files that were decided one by one, in the order in which an import of them all takes them. */
export function inImportOrder<T extends { readonly file: PlannedFile }>(
  decided: readonly T[],
  { order }: Pick<ImportPlan, 'order'>,
): readonly T[] {
  const places = new Map(order.map((path, place) => [path, place]));
  const place = ({ file }: T): number => places.get(file.path) ?? order.length;
  return [...decided].sort((a, b) => rank(a.file) - rank(b.file) || place(a) - place(b));
}

function rank({ decision }: PlannedFile): number {
  return decision && decision.format.streams.length === 0 ? 0 : 1;
}

interface Listed {
  readonly folders: readonly PlannedFile[];
  /** Files that are a source each. */
  readonly single: readonly string[];
}

/** The files under the paths, named as the person named them; a file that two paths lead to is taken once. */
async function listFiles(paths: readonly string[], refused: Refusal[], withFolders: boolean): Promise<Listed> {
  const folders: PlannedFile[] = [];
  const single: string[] = [];
  const places = new Set<string>();
  for (const path of paths) {
    const found = new Set<string>();
    await walk(path, await stat(path).catch((error) => failNamed(path, error)), found, refused);
    const news: string[] = [];
    for (const file of found) {
      const place = await realpath(file);
      if (!places.has(place)) news.push(file);
      places.add(place);
    }
    const top = basename(resolve(path)) || 'evidence';
    const inside = news.map((file): readonly [string, string] => [
      `${top}/${relative(path, file).split(sep).join('/')}`,
      file,
    ]);
    const { snapshots, others } = withFolders ? findSnapshots(inside.map(([name]) => name)) : noSnapshots(inside);
    const fileOf = new Map(inside);
    for (const snapshot of snapshots) folders.push(await planFolder(path, snapshot, fileOf));
    single.push(...others.map((name) => fileOf.get(name)!));
  }
  return { folders, single: inRotationOrder(single) };
}

function noSnapshots(inside: readonly (readonly [string, string])[]): ReturnType<typeof findSnapshots> {
  return { snapshots: [], others: inside.map(([name]) => name) };
}

/** A snapshot below `path`. Names in it begin with the last part of `path`; a block that was named itself has no folder. */
async function planFolder(
  path: string,
  { folder, blocks, files }: FoundSnapshot,
  fileOf: ReadonlyMap<string, string>,
): Promise<PlannedFile> {
  const parts: PlacedPart[] = [];
  for (const name of files) {
    const place = fileOf.get(name)!;
    parts.push({ path: name.slice(folder.length), place, bytes: (await stat(place)).size });
  }
  const own = folder === '' ? path : join(path, ...folder.split('/').slice(1));
  return {
    path: own,
    name: basename(resolve(own)) || 'snapshot',
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    container: 'folder',
    decision: { format: prometheusSnapshot, reason: snapshotReason(blocks) },
    parts,
  };
}

/** Why files are taken for a snapshot, as a sentence. */
export function snapshotReason(blocks: number): string {
  return blocks === 1 ? 'One folder in it is a block of a TSDB.' : `${blocks} folders in it are blocks of a TSDB.`;
}

async function walk(
  path: string,
  info: Awaited<ReturnType<typeof lstat>>,
  found: Set<string>,
  refused: Refusal[],
): Promise<void> {
  if (info.isFile()) return void found.add(path);
  if (!info.isDirectory()) return void refused.push({ path, problem: notAFile(path, info.isSymbolicLink()) });
  const names = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    refused.push({ path, problem: unreadableFolder(path, error) });
    return [];
  });
  for (const name of names.sort()) {
    const child = join(path, name);
    try {
      await walk(child, await lstat(child), found, refused);
    } catch (error) {
      refused.push({ path: child, problem: cannotLookAt(child, error as NodeJS.ErrnoException) });
    }
  }
}

/**
 * Says what a single file is, or what a person says it is.
 * Fails with `unreadable`, `unknown_format`, `ambiguous_format`, and `damaged_file` or `unsafe_archive` for what is
 * compressed.
 */
export async function planFile(path: string, how: FormatChoice): Promise<PlannedFile> {
  const { size } = await stat(path);
  const opening = await openingOf(path);
  const { outer, head } = opening;
  const archive = archiveKindOf(opening);
  if (archive === undefined && isCompressed(outer) && containerOf(head) !== 'plain') failNested(path);
  const container = archive ?? outer;
  const decision = isArchive(container) ? undefined : decideFormat(head, how, path);
  return { path, name: basename(path), bytes: size, container, decision, parts: [] };
}

/** True for a file that holds others. */
export function isArchive(container: Wrapping): container is ArchiveKind {
  return ['zip', 'tar', 'tar.gz', 'tar.zst'].includes(container);
}

/**
 * Says which format a file is, by its first bytes, or takes the one a person named.
 * Fails with `unknown_format` or `ambiguous_format`, naming the candidates.
 */
export function decideFormat(head: Uint8Array, { as, hasMapping }: FormatChoice, file: string): Decision<Format> {
  refuseUnopened(head, file);
  const named = as === undefined ? undefined : findFormat(as);
  if (named?.framing === 'folder') return failNoFolder(named.title, file);
  if (named) return { format: named, reason: `Read as ${named.id} because that was asked for.` };
  const [best, second] = recogniseFormat(head);
  if (hasMapping && (!best || best.confidence < SURE_ENOUGH))
    return { format: mappedFormat(head), reason: 'No format is sure of it, so it is read with the mapping.' };
  if (!best || best.confidence < SURE_ENOUGH)
    return failUnknown(head, file, best && `${best.format.id} is nearest: ${best.reason}`);
  if (second && second.confidence >= SURE_ENOUGH && best.confidence - second.confidence < TOO_CLOSE) {
    return fail({
      code: 'ambiguous_format',
      message: `The file could be ${best.format.id} (${best.reason}) or ${second.format.id} (${second.reason}).`,
      where: { file },
      remedy: `Import it with --as ${best.format.id} or --as ${second.format.id}.`,
    });
  }
  return { format: best.format, reason: best.reason };
}

function failUnknown(head: Uint8Array, file: string, nearest: string | undefined): never {
  const what =
    head.length === 0 ? 'The file holds nothing that can be read.' : 'No importer recognises the file by its content.';
  return fail({
    code: 'unknown_format',
    message: nearest === undefined ? what : `${what} ${nearest}`,
    where: { file },
    remedy:
      head.length === 0
        ? 'Ask for it again if it should hold something.'
        : 'See `fieldwork formats` for what can be read, and name the format with --as if this is one of them.',
  });
}

function failNoFolder(title: string, file: string): never {
  return fail({
    code: 'unknown_format',
    message: 'This file is not part of a folder of that format.',
    where: { file },
    remedy: `Name the folder or the archive. The format is: ${title}.`,
  });
}

function failMappingUnused(as: string): never {
  const mapped = formats.filter(({ usesMapping }) => usesMapping === true).map(({ id }) => id);
  return fail({
    code: 'bad_request',
    message: `${as} has its own fields and takes no mapping.`,
    remedy: `Leave out --mapping, or read the files as ${mapped.join(' or ')}.`,
  });
}

function failNoSuchFormat(as: string): never {
  return fail({
    code: 'bad_request',
    message: `There is no format ${as}.`,
    remedy: `Use one of: ${formats.map((format) => format.id).join(', ')}.`,
  });
}

/** A path that the person named: one that is not there is a mistake in the command. */
function failNamed(file: string, error: NodeJS.ErrnoException): never {
  if (error.code !== 'ENOENT') throw new ProblemError(cannotLookAt(file, error));
  return fail({
    code: 'not_found',
    message: 'There is no such file or folder.',
    where: { file },
    remedy: 'Check the path.',
  });
}

function cannotLookAt(file: string, { code, message }: NodeJS.ErrnoException): Problem {
  const isOdd = file.includes('\ufffd');
  return {
    code: 'unreadable',
    message: isOdd ? 'The name of the file is not UTF-8.' : `The file cannot be looked at (${code ?? message}).`,
    where: { file },
    remedy: isOdd ? 'Give the file another name and import it again.' : 'Check its permissions and its disk.',
  };
}

function notAFile(file: string, isLink: boolean): Problem {
  return {
    code: 'unreadable',
    message: isLink ? 'This is a symbolic link; links in a folder are not followed.' : 'This is not a regular file.',
    where: { file },
    remedy: isLink ? 'Import the file it points to by its own path.' : 'Copy its content to a file and import that.',
  };
}

function unreadableFolder(file: string, error: NodeJS.ErrnoException): Problem {
  return {
    code: 'unreadable',
    message: `The folder cannot be read (${error.code}).`,
    where: { file },
    remedy: 'Check its permissions.',
  };
}
