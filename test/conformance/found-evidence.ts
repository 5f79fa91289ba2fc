/** Every file below a folder as an import comes by it: decompressed, out of its archive, recognised or not. */
import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { findSnapshots } from '../../engine/formats/prometheus-tsdb/find-snapshots.ts';
import type { Format } from '../../engine/formats/format.ts';
import { archiveKindOf, membersOf } from '../../engine/intake/archives.ts';
import { fileBytes, openingOf, unwrapped } from '../../engine/intake/open-content.ts';
import { openMember } from '../../engine/intake/open-member.ts';
import { decideFormat } from '../../engine/intake/plan-import.ts';
import { ProblemError } from '../../shared/problem.ts';

/** Larger contents are left out: all of one is in memory at once. */
const MOST_BYTES = 32 * 1024 * 1024;
const HEAD_BYTES = 64 * 1024;

/** One content: a file, or a member of an archive. Paths are relative to the folder. */
export type FoundEvidence =
  | { readonly kind: 'recognised'; readonly path: string; readonly format: Format; readonly bytes: Uint8Array }
  | { readonly kind: 'left out'; readonly path: string; readonly because: string };

/** Gives every file below `root`, by path; archives with what is in them. */
export async function* evidenceBelow(root: string): AsyncGenerator<FoundEvidence> {
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
  const ofSnapshots = new Set(findSnapshots(paths).snapshots.flatMap(({ files }) => files));
  for (const path of paths) {
    if (ofSnapshots.has(path)) yield leftOut(path, 'It is part of a snapshot, which is read as a folder.');
    else yield* contentsOf(join(root, path), path);
  }
}

async function* contentsOf(place: string, path: string): AsyncGenerator<FoundEvidence> {
  try {
    const opening = await openingOf(place);
    const kind = archiveKindOf(opening);
    if (kind === undefined) return yield await recognised(unwrapped(fileBytes(place), opening.outer, path), path);
    if (statSync(place).size > MOST_BYTES) return yield leftOut(path, `The archive has more than ${MOST_BYTES} bytes.`);
    const names: string[] = [];
    for await (const { name } of membersOf(place, kind, path)) names.push(name);
    const ofSnapshots = new Set(findSnapshots(names).snapshots.flatMap(({ files }) => files));
    for await (const member of membersOf(place, kind, path)) {
      if (!ofSnapshots.has(member.name)) yield await memberOf(member.content, `${path}!${member.name}`);
    }
  } catch (error) {
    yield leftOut(path, reasonOf(error));
  }
}

async function memberOf(content: AsyncIterable<Uint8Array>, path: string): Promise<FoundEvidence> {
  try {
    const opened = await openMember(content, path);
    try {
      return await recognised(opened.all, path);
    } finally {
      await opened.close();
    }
  } catch (error) {
    return leftOut(path, reasonOf(error));
  }
}

async function recognised(content: AsyncIterable<Uint8Array>, path: string): Promise<FoundEvidence> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of content) {
      pieces.push(piece);
      length += piece.length;
      if (length > MOST_BYTES) return leftOut(path, `It has more than ${MOST_BYTES} bytes.`);
    }
    const bytes = Buffer.concat(pieces);
    const { format } = decideFormat(bytes.subarray(0, HEAD_BYTES), { as: undefined, hasMapping: false }, path);
    return { kind: 'recognised', path, format, bytes };
  } catch (error) {
    return leftOut(path, reasonOf(error));
  }
}

function leftOut(path: string, because: string): FoundEvidence {
  return { kind: 'left out', path, because };
}

function reasonOf(error: unknown): string {
  if (error instanceof ProblemError) return error.problem.message;
  throw error;
}
