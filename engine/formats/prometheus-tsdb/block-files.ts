/** The files of a snapshot, as the reader sees them. It opens nothing itself. */
import { damaged } from './damage.ts';
import { fail } from '../../../shared/problem.ts';

export interface BlockFile {
  /** Path inside the snapshot, with `/`: `01M7…/chunks/000001`. */
  readonly name: string;
  readonly sizeBytes: number;
}

/** A folder, an archive or stored evidence: whatever can list files and give ranges of them. */
export interface BlockFiles {
  list(): readonly BlockFile[];
  /** Bytes `[from, to)` of a file; never asked for beyond its listed size. */
  read(name: string, from: number, to: number): Promise<Uint8Array>;
}

/** Bytes after the held range that may be looked at (they are not from the file), so that decoders need not ask. */
export const SLACK_BYTES = 32;

/** A stretch of one file in memory. It moves as the file is read, so that memory does not follow the size of the file. */
export class FileWindow {
  bytes = new Uint8Array(SLACK_BYTES);
  /** Offset in the file of `bytes[0]`. */
  base = 0;
  #held = 0;

  constructor(
    private readonly files: BlockFiles,
    readonly name: string,
    readonly sizeBytes: number,
    private readonly sliceBytes: number,
  ) {}

  /** True when `[from, to)` is in memory, at `bytes[from - base]`. */
  holds(from: number, to: number): boolean {
    return from >= this.base && to <= this.base + this.#held;
  }

  /**
   * Brings `[from, to)` into memory, and more after it when reading goes forwards. Fails when the file is shorter; what
   * is read at once is never more than the file has.
   */
  async load(from: number, to: number, what: string): Promise<void> {
    if (this.holds(from, to)) return;
    if (!(from >= 0 && to >= from && to <= this.sizeBytes))
      damaged(this.name, from, `${what} would end at byte ${to}, but the file has ${this.sizeBytes} bytes.`);
    // Jumping about gets small slices: reading a whole slice for each jump would take for ever.
    const forwards = from >= this.base && from <= this.base + this.#held + this.sliceBytes;
    const ahead = forwards ? this.sliceBytes : Math.min(this.sliceBytes, 16 * 1024);
    await this.#read(from, Math.min(Math.max(to, from + ahead), this.sizeBytes));
  }

  async #read(from: number, to: number): Promise<void> {
    const piece = await this.files.read(this.name, from, to);
    if (piece.length !== to - from) this.#short(from, to, piece.length);
    if (this.bytes.length < piece.length + SLACK_BYTES) this.bytes = new Uint8Array(piece.length + SLACK_BYTES);
    this.bytes.set(piece);
    this.bytes.fill(0, piece.length, piece.length + SLACK_BYTES);
    this.base = from;
    this.#held = piece.length;
  }

  #short(from: number, to: number, got: number): never {
    fail({
      code: 'unreadable',
      message: `Reading bytes ${from} to ${to} gave ${got} bytes instead of ${to - from}.`,
      where: { file: this.name, byte: from },
      remedy: 'Check that the file is not being changed, and import it again.',
    });
  }
}
