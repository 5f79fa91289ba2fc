import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import type { Sha256 } from '../core/hash.ts';
import type { ImportProgress } from './import-progress.ts';
import type { SealedFile } from './import-source.ts';
import { fileBytes, fileBytesInTurns } from './open-content.ts';

/** What is written is sent to the disk after so many bytes, so that little is left to wait for at the end. */
const BYTES_A_SYNC = 64 * 1024 * 1024;

/** Copies a file into the case while its bytes are read, and takes its hash on the way. */
export class HashedCopy {
  private readonly hash = createHash('sha256');
  private digest: Sha256 | undefined;
  private count = 0;

  constructor(
    private readonly from: string,
    private readonly to: string,
    private readonly progress: ImportProgress,
    private readonly expectedBytes?: number,
  ) {}

  /** The bytes, for whoever reads them; `isLetGo` says that nothing of a piece is held when the next is asked for. */
  async *bytes(isLetGo = false): AsyncGenerator<Uint8Array> {
    const copy = await open(this.to, 'w');
    const writing = new WritesBehind(copy);
    try {
      const pieces = isLetGo ? fileBytesInTurns(this.from) : fileBytes(this.from, this.expectedBytes);
      for await (const piece of pieces) {
        this.hash.update(piece);
        await writing.add(piece);
        this.count += piece.length;
        this.progress.bytes(piece.length);
        yield piece;
      }
      await writing.finish();
    } finally {
      await writing.settled();
      await copy.close();
    }
  }

  /** SHA-256 of the file, when it was read to its end. */
  sha256(): Sha256 {
    return (this.digest ??= this.hash.digest('hex'));
  }

  async finish(): Promise<SealedFile> {
    return { sha256: this.sha256(), bytes: this.count, files: null };
  }
}

/** Writes pieces one after the other while the next is read: at most one waits. Nobody may change a piece meanwhile. */
class WritesBehind {
  private last: Promise<void> = Promise.resolve();
  private syncing: Promise<void> = Promise.resolve();
  private unsynced = 0;

  constructor(private readonly file: FileHandle) {}

  /** Fails when the piece before could not be written. */
  async add(piece: Uint8Array): Promise<void> {
    await this.last;
    this.last = this.file.writeFile(piece);
    this.last.catch(() => undefined); // told by the next call
    this.unsynced += piece.length;
    if (this.unsynced < BYTES_A_SYNC) return;
    this.unsynced = 0;
    await this.syncing;
    this.syncing = this.file.datasync();
    this.syncing.catch(() => undefined);
  }

  /** Resolves when everything is on the disk. */
  async finish(): Promise<void> {
    await this.last;
    await this.syncing;
    await this.file.datasync();
  }

  /** Resolves when nothing is under way any more, whatever came of it. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.last, this.syncing]);
  }
}
