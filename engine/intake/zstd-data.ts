/**
 * Zstandard data as a stream, by the reference decoder compiled to WebAssembly. Only that, also where Node has a decoder
 * of its own: the same file must give the same answer on every machine. Source: RFC 8878.
 */
import { ZSTDDecoder } from 'zstddec/stream';
import { fail, type Problem } from '../../shared/problem.ts';

/** What the decoder of zstddec exports. Sizes and addresses are unsigned; an error is a small number below zero. */
interface Decoder {
  readonly memory: { readonly buffer: ArrayBuffer };
  malloc(bytes: number): number;
  free(address: number): void;
  ZSTD_createDCtx(): number;
  ZSTD_freeDCtx(context: number): void;
  ZSTD_decompressStream(context: number, output: number, input: number): number;
}

/** One block of data, its header and that of the next: more is never asked for at once. */
const INPUT_BYTES = 256 * 1024;
const OUTPUT_BYTES = 1 << 20;
/** A buffer is told of by its address, its size, and how much of it is done. */
const BUFFER_BYTES = 12;
/** What every frame begins with and is asked for first: the magic number and the byte that says how long its header is. */
const FRAME_START_BYTES = 5;
/** Data that needs more memory than this is refused; the decoder's own limit, too. */
const MOST_WINDOW_MIB = 128;

/** ZSTD_ErrorCode of zstd_errors.h; these are stable. */
const MOST_ERRORS = 120;
const PREFIX_UNKNOWN = 10;
const WINDOW_TOO_LARGE = 16;
const CHECKSUM_WRONG = 22;
const DICTIONARY_WRONG = 32;
const NO_MEMORY = 64;

let loaded: Promise<Decoder> | undefined;

function loadDecoder(): Promise<Decoder> {
  return (loaded ??= startDecoder());
}

// The class of the library reads arrays that are all there already, and goes round for ever at an error. Its module is
// what is needed; the class hands it over when it is ready.
async function startDecoder(): Promise<Decoder> {
  const library = new ZSTDDecoder();
  const keep = library._init;
  let decoder: Decoder | undefined;
  library._init = (result) => {
    keep(result);
    decoder = (result as { readonly instance: { readonly exports: unknown } }).instance.exports as Decoder;
  };
  await library.init();
  if (!decoder) throw new Error('The Zstandard decoder was started by somebody else');
  return decoder;
}

/**
 * The bytes inside Zstandard data, all frames of it, in pieces of at most 1 MiB. Checksums are compared where the data
 * has them. Fails with `damaged_file` when it is cut off or corrupt, and with `unknown_format` when it needs a
 * dictionary or a window of more than 128 MiB; `byte` is the place in the compressed data. `name` is for messages.
 */
export async function* zstdContent(compressed: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const stream = new ZstdStream(await loadDecoder(), name);
  try {
    for await (const piece of compressed) yield* stream.push(piece);
    stream.finish();
  } finally {
    stream.close();
  }
}

class ZstdStream {
  private readonly context: number;
  private readonly output: number;
  private readonly input: number;
  private readonly outputBytes: number;
  private readonly inputBytes: number;
  /** Compressed bytes taken so far. */
  private taken = 0;
  /** So many bytes the decoder wants next: fed like that, each call takes one block, and its place is known. */
  private wanted = FRAME_START_BYTES;
  private frameStart = 0;
  private isInFrame = false;

  constructor(
    private readonly decoder: Decoder,
    private readonly name: string,
  ) {
    this.context = decoder.ZSTD_createDCtx();
    const start = decoder.malloc(2 * BUFFER_BYTES + OUTPUT_BYTES + INPUT_BYTES);
    if (this.context === 0 || start === 0) this.fail(NO_MEMORY);
    this.output = start;
    this.input = start + BUFFER_BYTES;
    this.outputBytes = start + 2 * BUFFER_BYTES;
    this.inputBytes = this.outputBytes + OUTPUT_BYTES;
  }

  /** Takes compressed bytes, and gives what comes of them. */
  *push(piece: Uint8Array): Generator<Uint8Array> {
    for (let at = 0; at < piece.length;) {
      const length = Math.min(this.wanted, INPUT_BYTES, piece.length - at);
      this.memory().set(piece.subarray(at, at + length), this.inputBytes);
      yield* this.decode(length);
      at += length;
      this.taken += length;
    }
  }

  /** Fails when the data ends within a frame. */
  finish(): void {
    if (this.taken > 0 && !this.isInFrame) return;
    this.failDamaged(`ends after ${this.taken} bytes, before the end of a frame: the file was cut off`, this.taken);
  }

  close(): void {
    this.decoder.ZSTD_freeDCtx(this.context);
    this.decoder.free(this.output);
  }

  private *decode(length: number): Generator<Uint8Array> {
    if (!this.isInFrame) this.frameStart = this.taken;
    for (let done = 0, isFull = true; isFull || done < length;) {
      this.setBuffers(length, done);
      const result = this.decoder.ZSTD_decompressStream(this.context, this.output, this.input) | 0;
      if (result < 0 && result > -MOST_ERRORS) this.fail(-result);
      const view = new DataView(this.decoder.memory.buffer);
      done = view.getUint32(this.input + 8, true);
      const given = view.getUint32(this.output + 8, true);
      if (given > 0) yield this.memory().slice(this.outputBytes, this.outputBytes + given);
      this.isInFrame = result !== 0;
      this.wanted = result === 0 ? FRAME_START_BYTES : result;
      isFull = given === OUTPUT_BYTES && this.isInFrame;
    }
  }

  private setBuffers(length: number, done: number): void {
    const view = new DataView(this.decoder.memory.buffer);
    view.setUint32(this.output, this.outputBytes, true);
    view.setUint32(this.output + 4, OUTPUT_BYTES, true);
    view.setUint32(this.output + 8, 0, true);
    view.setUint32(this.input, this.inputBytes, true);
    view.setUint32(this.input + 4, length, true);
    view.setUint32(this.input + 8, done, true);
  }

  // Not kept: its buffer is another one after the memory grew.
  private memory(): Uint8Array {
    return new Uint8Array(this.decoder.memory.buffer);
  }

  private fail(code: number): never {
    switch (code) {
      case WINDOW_TOO_LARGE:
      case NO_MEMORY:
        return this.failUnopened(
          `needs a window of more than ${MOST_WINDOW_MIB} MiB to be decompressed`,
          'zstd -d --long=31',
        );
      case DICTIONARY_WRONG:
        return this.failUnopened('was compressed with a dictionary, which is not in it', 'zstd -d -D DICTIONARY');
      case CHECKSUM_WRONG:
        return this.failDamaged(
          `is damaged: the content of the frame from byte ${this.frameStart} has not the checksum that it should`,
          this.frameStart,
        );
      case PREFIX_UNKNOWN:
        return this.failDamaged(
          `is damaged: no frame begins at byte ${this.frameStart}, where one should`,
          this.frameStart,
        );
      default:
        return this.failDamaged(
          `is damaged at byte ${this.taken}, in the frame from byte ${this.frameStart} (error ${code} of the decoder)`,
          this.taken,
        );
    }
  }

  private failUnopened(what: string, command: string): never {
    const remedy = `Decompress it with \`${command}\` and import the result.`;
    return this.failWith({ code: 'unknown_format', message: `The Zstandard data ${what}.`, remedy }, this.frameStart);
  }

  private failDamaged(what: string, byte: number): never {
    const remedy = 'Copy the file again from its origin and compare its size and hash with the original.';
    return this.failWith({ code: 'damaged_file', message: `The Zstandard data ${what}.`, remedy }, byte);
  }

  private failWith(problem: Omit<Problem, 'where'>, byte: number): never {
    return fail({ ...problem, where: { file: this.name, byte } });
  }
}
