/** Archives of many files: which files they hold, and those files on the disk where a reader has to jump about in them. */
import { mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { extract, type Entry, type Headers } from 'tar-stream';
import { z } from 'zod';
import { fail, ProblemError } from '../../shared/problem.ts';
import { stopIfCancelled } from '../core/cancelled.ts';
import type { PlacedPart } from './folder-source.ts';
import { failGrowth, MOST_ARCHIVE_GROWTH, roomFor } from './growth.ts';
import { containerOf, fileBytes, isCompressed, unwrapped, type Container, type Opening } from './open-content.ts';
import { openZip } from './zip-archive.ts';

export type ArchiveKind = 'zip' | 'tar' | 'tar.gz' | 'tar.zst';

/** What the tar itself lies in. */
const wrappings: Readonly<Record<Exclude<ArchiveKind, 'zip'>, Container>> = {
  tar: 'plain',
  'tar.gz': 'gzip',
  'tar.zst': 'zstd',
};

/** Which archive a file is; `undefined` for what holds one content only. */
export function archiveKindOf({ outer, head }: Opening): ArchiveKind | undefined {
  if (outer === 'zip' || outer === 'tar') return outer;
  if (!isCompressed(outer) || containerOf(head) !== 'tar') return undefined;
  return outer === 'gzip' ? 'tar.gz' : 'tar.zst';
}

const MOST_MEMBERS = 200_000;
/** What Linux allows a path to have. */
const LONGEST_NAME = 4096;
const DEEPEST_NAME = 100;
/** Characters of all names together: they are in memory at once. */
const MOST_NAMES = 64 * 1024 ** 2;

/** A member of an archive while it is being read in order: its content is there until the next is asked for. */
export interface StreamedMember {
  /** Without `.` and doubled separators. */
  readonly name: string;
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * The files of an archive in the order in which they lie in it (a zip: of their names). Fails with `unsafe_archive` and
 * `damaged_file`. `name` is for messages.
 */
export async function* membersOf(path: string, kind: ArchiveKind, name: string): AsyncGenerator<StreamedMember> {
  // An archive that is not there is told of by whoever reads it.
  const size = (await stat(path).catch(() => undefined))?.size ?? 0;
  const room = roomFor(size, MOST_ARCHIVE_GROWTH);
  if (kind === 'zip') yield* zipMembers(path, name, room);
  else yield* tarMembers(unwrapped(fileBytes(path), wrappings[kind], name), name, room);
}

async function* zipMembers(path: string, archive: string, room: number): AsyncGenerator<StreamedMember> {
  const zip = await openZip(path, archive);
  try {
    // What a member is said to hold is what it gives, or reading it fails.
    if (zip.members.reduce((sum, { bytes }) => sum + bytes, 0) > room) failGrowth(archive, MOST_ARCHIVE_GROWTH);
    const names = new MemberNames(archive);
    const members = zip.members.map((member) => ({ name: names.add(member.name), member }));
    for (const { name, member } of members) yield { name, content: member.open() };
  } finally {
    zip.close();
  }
}

async function* tarMembers(
  bytes: AsyncIterable<Uint8Array>,
  archive: string,
  room: number,
): AsyncGenerator<StreamedMember> {
  const tar = new TarBytes(archive, room);
  // Without the mark of POSIX, as the oldest programs write it; checksums are compared all the same.
  const entries = extract({ allowUnknownFormat: true });
  const source = Readable.from(tar.pass(bytes));
  source.on('error', (error) => entries.destroy(error));
  source.pipe(entries);
  const names = new MemberNames(archive);
  try {
    for await (const entry of entries) {
      tar.header(entry);
      const name = fileName(entry.header, names, archive);
      const pieces = entry[Symbol.asyncIterator]();
      if (name !== undefined) yield { name, content: tar.content(pieces) };
      // The next member comes only when all of this one has gone by, wanted or not.
      while ((await tar.next(pieces)).done !== true);
    }
    tar.finish();
  } catch (error) {
    failDamagedTar(error, archive);
  } finally {
    source.destroy();
    entries.destroy();
  }
}

// These are there, but not declared: the records of a pax header, and where the header of an entry begins.
type TarHeaders = Headers & { readonly pax?: Readonly<Record<string, string>> | null };
type TarEntry = Entry & { readonly offset?: number };

/** The name of a file; `undefined` for a folder. Fails for links, devices, sparse files and names that lead out of it. */
function fileName({ name, type, pax }: TarHeaders, names: MemberNames, archive: string): string | undefined {
  if (type === 'directory') return void names.check(name);
  const shown = shortName(name);
  if (Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.sparse.')))
    failUnsafe(`The member ${shown} is a sparse file, whose content is not in it as it was.`, archive);
  // Types that are not known are null here, whatever the declarations say.
  const kind = (type as string | null) ?? undefined;
  if (kind === undefined) failUnsafe(`The member ${shown} is of a kind that is not read.`, archive);
  if (kind !== 'file' && kind !== 'contiguous-file')
    failUnsafe(`The member ${shown} is a ${kind}, not a file.`, archive);
  return names.add(name);
}

/** The names of the files of one archive. */
class MemberNames {
  private readonly seen = new Set<string>();
  private characters = 0;

  constructor(private readonly archive: string) {}

  /** The name in its plainest form. Fails when it leads out of the archive, is there already, or is one too many. */
  add(name: string): string {
    const plain = this.check(name);
    if (plain === '') this.fail(`A file has the name ${JSON.stringify(name)}, which is none.`);
    if (this.seen.has(plain)) this.fail(`The archive has two members named ${shortName(plain)}.`);
    if (this.seen.size >= MOST_MEMBERS) this.fail(`The archive has more than ${MOST_MEMBERS} files.`);
    this.characters += plain.length;
    if (this.characters > MOST_NAMES) this.fail(`The names in it have more than ${MOST_NAMES} characters together.`);
    this.seen.add(plain);
    return plain;
  }

  check(name: string): string {
    const parts = name.split('/');
    const shown = shortName(name);
    if (/^[/\\]|^(\.\/)*[a-zA-Z]:|\\|\0/.test(name) || parts.includes('..'))
      this.fail(`The name ${JSON.stringify(shown)} leads out of the archive.`);
    if (name.length > LONGEST_NAME)
      this.fail(`The name ${shown} has ${name.length} characters; at most ${LONGEST_NAME} are read.`);
    if (parts.length > DEEPEST_NAME)
      this.fail(`The name ${shown} has ${parts.length} parts; at most ${DEEPEST_NAME} are read.`);
    return plainName(name);
  }

  private fail(message: string): never {
    failUnsafe(message, this.archive);
  }
}

function plainName(name: string): string {
  return name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

function shortName(name: string): string {
  return name.length > 200 ? `${name.slice(0, 200)}…`.toWellFormed() : name;
}

/** The content of one member. Fails with `damaged_file` when it is not there. */
export async function* memberOf(
  path: string,
  kind: ArchiveKind,
  { archive, member }: { readonly archive: string; readonly member: string },
): AsyncGenerator<Uint8Array> {
  for await (const { name, content } of membersOf(path, kind, archive)) {
    if (name === plainName(member)) return yield* content;
  }
  failDamagedTar(new Error(`there is no member ${member}`), archive);
}

const unpackedSchema = z.array(
  z.object({ path: z.string(), file: z.string().regex(/^\d{6,}$/), bytes: z.int().min(0) }),
);
type Unpacked = z.infer<typeof unpackedSchema>;

/**
 * Unpacks an archive into `folder`, under names of our own, unless that was done before. Gives its files in the order in
 * which they lie in it. Fails as `membersOf` does, and leaves nothing in `folder` then.
 */
export async function unpackArchive(
  path: string,
  kind: ArchiveKind,
  { folder, archive, signal }: UnpackOptions,
): Promise<readonly PlacedPart[]> {
  // Written last, so that it is only there when everything is.
  const list = join(folder, 'files.json');
  let files = await unpackedBefore(folder, list);
  if (!files) {
    try {
      files = await unpackInto(folder, stoppable(membersOf(path, kind, archive), signal));
      await writeFile(list, JSON.stringify(files));
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }
  return files.map(({ path: name, file, bytes }) => ({ path: name, place: join(folder, file), bytes }));
}

export interface UnpackOptions {
  /** Where the files go. */
  readonly folder: string;
  /** Name of the archive, for messages. */
  readonly archive: string;
  readonly signal?: AbortSignal;
}

/** The same members, until somebody says stop: then it fails with `cancelled`. */
export async function* stoppable(
  members: AsyncGenerator<StreamedMember>,
  signal: AbortSignal | undefined,
): AsyncGenerator<StreamedMember> {
  async function* watched(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of content) {
      if (signal) stopIfCancelled(signal, CANCELLED);
      yield piece;
    }
  }
  for await (const { name, content } of members) {
    if (signal) stopIfCancelled(signal, CANCELLED);
    yield { name, content: watched(content) };
  }
}

const CANCELLED =
  'The import was cancelled; nothing of the archive under way was kept, and sources that were finished before stay.';

/** The files of the list, when all are there still: a cache may be cleared by anybody. */
async function unpackedBefore(folder: string, list: string): Promise<Unpacked | undefined> {
  try {
    const files = unpackedSchema.parse(JSON.parse(await readFile(list, 'utf8')));
    for (const { file, bytes } of files) if ((await stat(join(folder, file))).size !== bytes) return undefined;
    return files;
  } catch {
    return undefined;
  }
}

async function unpackInto(folder: string, members: AsyncGenerator<StreamedMember>): Promise<Unpacked> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const files: Unpacked = [];
  for await (const { name, content } of members) {
    const file = String(files.length + 1).padStart(6, '0');
    files.push({ path: name, file, bytes: await writeMember(content, join(folder, file)) });
  }
  return files;
}

async function writeMember(content: AsyncIterable<Uint8Array>, to: string): Promise<number> {
  let bytes = 0;
  const file = await open(to, 'w');
  try {
    for await (const piece of content) {
      await file.writeFile(piece);
      bytes += piece.length;
    }
  } finally {
    await file.close();
  }
  return bytes;
}

const BLOCK_BYTES = 512;
/** What may lie between two files, or after the last one: long names, and what tapes are filled up with. */
const MOST_BETWEEN_BYTES = 16 * 1024 ** 2;

/**
 * Looks at the bytes of a tar on their way to the library that takes it apart, for what that does not: how much there is,
 * sizes that are none (it would wait for ever), and whether the end is there.
 */
class TarBytes {
  private given = 0;
  private givenSinceFile = 0;
  /** Zeros that the bytes given so far end in. */
  private zeros = 0;
  private lastFileEnds = 0;

  constructor(
    private readonly archive: string,
    private readonly room: number,
  ) {}

  async *pass(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of bytes) {
      this.given += piece.length;
      this.givenSinceFile += piece.length;
      if (this.given > this.room) failGrowth(this.archive, MOST_ARCHIVE_GROWTH);
      if (this.givenSinceFile > MOST_BETWEEN_BYTES)
        failUnsafe(
          `More than ${MOST_BETWEEN_BYTES} bytes of it lie between two files or after the last: names have no such length.`,
          this.archive,
        );
      this.countZeros(piece);
      yield piece;
    }
  }

  /** Hears of the header of a member. */
  header({ header: { name, size = NaN, type }, offset = 0 }: TarEntry): void {
    if (!Number.isSafeInteger(size) || size < 0)
      throw new Error(`the size of ${shortName(name)} is no number of bytes`);
    const blocks = type === 'directory' ? 0 : Math.ceil(size / BLOCK_BYTES);
    this.givenSinceFile = 0;
    this.lastFileEnds = offset + (1 + blocks) * BLOCK_BYTES;
  }

  /** What is in a member, from where it was left off. */
  async *content(pieces: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      for (let next = await this.next(pieces); next.done !== true; next = await this.next(pieces)) yield next.value;
    } catch (error) {
      failDamagedTar(error, this.archive);
    }
  }

  async next(pieces: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
    this.givenSinceFile = 0;
    return pieces.next();
  }

  /** Fails when the empty blocks at the end are missing: whole files may have been cut off with them. */
  finish(): void {
    if (Math.min(this.zeros, this.given - this.lastFileEnds) < BLOCK_BYTES)
      throw new Error('it ends without its end mark, so it was cut off');
  }

  private countZeros(piece: Uint8Array): void {
    let at = piece.length;
    while (at > 0 && piece[at - 1] === 0) at--;
    this.zeros = at === 0 ? this.zeros + piece.length : piece.length - at;
  }
}

function failUnsafe(message: string, file: string): never {
  return fail({
    code: 'unsafe_archive',
    message,
    where: { file },
    remedy: 'Unpack it in a safe place, look at its files, and import those.',
  });
}

function failDamagedTar(error: unknown, file: string): never {
  if (error instanceof ProblemError) throw error;
  return fail({
    code: 'damaged_file',
    message: `The archive is damaged (${(error as Error).message.replace(/\.$/, '')}).`,
    where: { file },
    remedy: 'Copy the archive again from its origin and compare its size and hash with the original.',
  });
}
