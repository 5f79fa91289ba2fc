/**
 * Items of populations on their way from the locked process to the case's database. While the file is lent read-only
 * nothing can be written to it, and a population may be larger than memory: so they wait in a file of their own.
 */
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { deserialize, serialize } from 'node:v8';
import { fail } from '../../shared/problem.ts';
import type { ControlItem } from './control-rows.ts';

const LENGTH_BYTES = 4;

/** Items of one control in one file, written once, then read once. The file is made with the first item. */
export class ItemSpool {
  private file: FileHandle | undefined;

  constructor(private readonly path: string) {}

  /** Adds a piece of items. Fails with `disk_full`. */
  async add(items: readonly ControlItem[]): Promise<void> {
    if (items.length === 0) return;
    const body = serialize(items);
    const head = Buffer.alloc(LENGTH_BYTES);
    head.writeUInt32LE(body.length);
    try {
      this.file ??= await open(this.path, 'wx', 0o600);
      await this.file.writev([head, body]);
    } catch (error) {
      failDisk(error, this.path);
    }
  }

  /** Ends writing. */
  async end(): Promise<void> {
    await this.file?.close();
  }

  /** Gives the pieces in the order in which they were added. Call after `end`. */
  async *pieces(): AsyncGenerator<readonly ControlItem[]> {
    if (!this.file) return;
    let waiting: Uint8Array = new Uint8Array(0);
    for await (const bytes of createReadStream(this.path) as AsyncIterable<Uint8Array>) {
      waiting = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]);
      for (let length = nextLength(waiting); length !== undefined; length = nextLength(waiting)) {
        yield deserialize(waiting.subarray(LENGTH_BYTES, LENGTH_BYTES + length)) as readonly ControlItem[];
        waiting = waiting.subarray(LENGTH_BYTES + length);
      }
    }
  }
}

function nextLength(waiting: Uint8Array): number | undefined {
  if (waiting.length < LENGTH_BYTES) return undefined;
  const length = new DataView(waiting.buffer, waiting.byteOffset).getUint32(0, true);
  return waiting.length >= LENGTH_BYTES + length ? length : undefined;
}

function failDisk(error: unknown, file: string): never {
  if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  return fail({
    code: 'disk_full',
    message: 'The disk of temporary files is full.',
    where: { file },
    remedy: 'Make room there, then run the controls again.',
  });
}
