/** How much may come out of what is compressed: whoever packs a file decides how long it is. */
import { fail } from '../../shared/problem.ts';

/** No archive of evidence shrinks to less than a hundredth; small ones may hold long runs of the same. */
export const MOST_ARCHIVE_GROWTH = 100;
/** A single file of few different lines may shrink more; gzip cannot go beyond this, Zstandard goes thirty times further. */
export const MOST_FILE_GROWTH = 1100;
const ALWAYS_ALLOWED_BYTES = 1024 ** 3;

/** How many bytes may be in something of `bytes` bytes. */
export function roomFor(bytes: number, most: number): number {
  return Math.max(ALWAYS_ALLOWED_BYTES, bytes * most);
}

/** What all compressed contents of one file may hold together. */
export class Growth {
  private given = 0;
  private readonly room: number;

  /** `bytes` is the length of the file on the disk. */
  constructor(
    bytes: number,
    private readonly most: number,
  ) {
    this.room = roomFor(bytes, most);
  }

  /** The same bytes, counted. Fails with `unsafe_archive` when they are too many; `name` is for the message. */
  async *counted(content: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
    for await (const piece of content) {
      this.given += piece.length;
      if (this.given > this.room) failCompressed(name, this.most);
      yield piece;
    }
  }
}

/** Says of an archive that it holds too much. Fails with `unsafe_archive`. */
export function failGrowth(file: string, most: number): never {
  return failUnsafe(`It holds more than ${most} times its own size.`, file);
}

function failCompressed(file: string, most: number): never {
  return failUnsafe(`What is compressed in the file that was given holds more than ${most} times its size.`, file);
}

function failUnsafe(message: string, file: string): never {
  return fail({
    code: 'unsafe_archive',
    message,
    where: { file },
    remedy: 'Unpack it in a safe place, look at its files, and import those.',
  });
}
