/** A file in an archive, which may be compressed once more, and no archive itself. */
import type { Growth } from './growth.ts';
import { failNested } from './import-account.ts';
import { containerOf, isCompressed, unwrapped, withHead, type Looked } from './open-content.ts';

/**
 * Opens a member of an archive: what it gives is after decompression, and must be closed. `path` is for messages. Where
 * `growth` is given, what comes of compressed members counts there. Fails with `unsafe_archive` for an archive or what is
 * compressed twice, and as reading compressed data does.
 */
export async function openMember(member: AsyncIterable<Uint8Array>, path: string, growth?: Growth): Promise<Looked> {
  const whole = await withHead(member);
  const container = containerOf(whole.head);
  if (container === 'plain') return whole;
  if (!isCompressed(container)) failNested(path);
  const bytes = unwrapped(whole.all, container, path);
  const inner = await withHead(growth ? growth.counted(bytes, path) : bytes);
  if (containerOf(inner.head) === 'plain') return inner;
  await inner.close();
  return failNested(path);
}
