/** Archives of many files: which files they hold, and those files on the disk where a reader has to jump about in them. */
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, type Headers } from 'tar-stream';
import { z } from 'zod';
import { fail, ProblemError } from '../../shared/problem.ts';
import { fileBytes, gunzipped, openZip } from './open-content.ts';
import type { PlacedPart } from './folder-source.ts';

export type ArchiveKind = 'zip' | 'tar' | 'tar.gz';

const MOST_MEMBERS = 200_000;
/** No evidence shrinks to less than a hundredth; small archives may hold long runs of the same. */
const MOST_GROWTH = 100;
const ALWAYS_ALLOWED_BYTES = 1024 ** 3;

/** A member of an archive while it is being read in order: its content must be read, or passed over, before the next. */
export interface StreamedMember {
  readonly name: string;
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * The files of an archive in the order in which they lie in it (a zip: of their names). Fails with `unsafe_archive` and
 * `damaged_file`. `name` is for messages.
 */
export async function* membersOf(path: string, kind: ArchiveKind, name: string): AsyncGenerator<StreamedMember> {
  if (kind === 'zip') yield* zipMembers(path, name);
  else yield* tarMembers(kind === 'tar' ? fileBytes(path) : gunzipped(fileBytes(path), name), name);
}

async function* zipMembers(path: string, name: string): AsyncGenerator<StreamedMember> {
  const zip = await openZip(path, name);
  try {
    for (const member of zip.members) yield { name: member.name, content: member.open() };
  } finally {
    zip.close();
  }
}

async function* tarMembers(bytes: AsyncIterable<Uint8Array>, archive: string): AsyncGenerator<StreamedMember> {
  const entries = extract();
  const source = Readable.from(bytes);
  source.on('error', (error) => entries.destroy(error));
  source.pipe(entries);
  const seen = new Set<string>();
  try {
    for await (const entry of entries) {
      const name = safeName(entry.header, seen, archive);
      if (name === undefined) entry.resume();
      else yield { name, content: entry as AsyncIterable<Uint8Array> };
    }
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    failDamagedTar(error as Error, archive);
  } finally {
    source.destroy();
    entries.destroy();
  }
}

/** The name of a file; `undefined` for a folder. Fails for links, devices and names that lead out of the archive. */
function safeName({ name, type }: Headers, seen: Set<string>, archive: string): string | undefined {
  const plain = name.replace(/^(\.\/)+/, '');
  const parts = plain.split('/');
  if (/^[/\\]|^[a-zA-Z]:|\\|\0/.test(plain) || parts.includes('..'))
    failUnsafe(`The name ${JSON.stringify(name)} leads out of the archive.`, archive);
  if (type === 'directory') return undefined;
  if (type !== 'file' && type !== 'contiguous-file')
    failUnsafe(`The member ${name} is a ${type}, not a file.`, archive);
  if (seen.has(plain)) failUnsafe(`The archive has two members named ${name}.`, archive);
  if (seen.size >= MOST_MEMBERS) failUnsafe(`The archive has more than ${MOST_MEMBERS} files.`, archive);
  seen.add(plain);
  return plain;
}

/** The content of one member. Fails with `damaged_file` when it is not there. */
export async function* memberOf(
  path: string,
  kind: ArchiveKind,
  { archive, member }: { readonly archive: string; readonly member: string },
): AsyncGenerator<Uint8Array> {
  for await (const each of membersOf(path, kind, archive)) {
    if (each.name !== member) {
      if (kind !== 'zip') for await (const piece of each.content) void piece;
      continue;
    }
    yield* each.content;
    return;
  }
  failDamagedTar(new Error(`there is no member ${member}`), archive);
}

const unpackedSchema = z.array(z.object({ path: z.string(), file: z.string(), bytes: z.int().min(0) }));

/**
 * Unpacks an archive into `folder`, under names of our own, unless that was done before. Gives its files in the order in
 * which they lie in it. Fails with `unsafe_archive` when it holds far more than its size.
 */
export async function unpackArchive(
  path: string,
  kind: ArchiveKind,
  { folder, archive }: { readonly folder: string; readonly archive: string },
): Promise<readonly PlacedPart[]> {
  // Written last, so that it is only there when everything is.
  const list = join(folder, 'files.json');
  const known = await readFile(list, 'utf8').catch(() => undefined);
  if (known !== undefined) {
    const files = unpackedSchema.parse(JSON.parse(known));
    return files.map(({ path: name, file, bytes }) => ({ path: name, place: join(folder, file), bytes }));
  }
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const room = { left: Math.max(ALWAYS_ALLOWED_BYTES, (await stat(path)).size * MOST_GROWTH), archive };
  const files: { path: string; file: string; bytes: number }[] = [];
  for await (const { name, content } of membersOf(path, kind, archive)) {
    const file = String(files.length + 1).padStart(6, '0');
    files.push({ path: name, file, bytes: await writeMember(content, join(folder, file), room) });
  }
  await writeFile(list, JSON.stringify(files));
  return files.map(({ path: name, file, bytes }) => ({ path: name, place: join(folder, file), bytes }));
}

async function writeMember(
  content: AsyncIterable<Uint8Array>,
  to: string,
  room: { left: number; readonly archive: string },
): Promise<number> {
  let bytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const piece of content) {
      bytes += piece.length;
      room.left -= piece.length;
      if (room.left < 0) failUnsafe(`It holds more than ${MOST_GROWTH} times its own size.`, room.archive);
      yield piece;
    }
  }
  await pipeline(counted, createWriteStream(to));
  return bytes;
}

function failUnsafe(message: string, file: string): never {
  return fail({
    code: 'unsafe_archive',
    message,
    where: { file },
    remedy: 'Unpack it in a safe place, look at its files, and import those.',
  });
}

function failDamagedTar({ message }: Error, file: string): never {
  return fail({
    code: 'damaged_file',
    message: `The archive is damaged (${message.replace(/\.$/, '')}).`,
    where: { file },
    remedy: 'Copy the archive again from its origin and compare its size and hash with the original.',
  });
}
