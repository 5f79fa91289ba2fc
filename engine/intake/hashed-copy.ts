import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { ImportProgress } from './import-progress.ts';
import type { SealedFile } from './import-source.ts';
import { fileBytes } from './open-content.ts';

/** Copies a file into the case while its bytes are read, and takes its hash on the way. */
export class HashedCopy {
  private readonly hash = createHash('sha256');
  private count = 0;

  constructor(
    private readonly from: string,
    private readonly to: string,
    private readonly progress: ImportProgress,
  ) {}

  async *bytes(): AsyncGenerator<Uint8Array> {
    const copy = await open(this.to, 'w');
    try {
      for await (const piece of fileBytes(this.from)) {
        this.hash.update(piece);
        await copy.writeFile(piece);
        this.count += piece.length;
        this.progress.bytes(piece.length);
        yield piece;
      }
      await copy.datasync();
    } finally {
      await copy.close();
    }
  }

  async finish(): Promise<SealedFile> {
    return { sha256: this.hash.digest('hex'), bytes: this.count, files: null };
  }
}
