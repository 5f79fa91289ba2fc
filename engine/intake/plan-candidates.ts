import { recogniseFormat, type Candidate } from '../formats/registry.ts';
import { archiveKindOf } from './archives.ts';
import { openingOf } from './open-content.ts';

/**
 * Every format that a file could be, surest first, by its first bytes after decompression. Empty for an archive, whose
 * members are files of their own. Fails with `unreadable` and `not_found`.
 */
export async function candidatesOf(path: string): Promise<readonly Candidate[]> {
  const opening = await openingOf(path);
  return archiveKindOf(opening) === undefined ? recogniseFormat(opening.head) : [];
}
