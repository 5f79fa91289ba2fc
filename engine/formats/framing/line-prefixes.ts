/**
 * Lines of JSON behind what a collector put before them: the time of CloudWatch or of a container runtime, the head of
 * a syslog line.
 *
 *   2026-03-01T10:00:00.000Z {"kind":"Event",...}
 *   2026-03-01T10:00:00.000000000Z stdout F {"msg":...}
 *   Mar  1 10:00:00 vault-1 vault[812]: {"time":...}
 *
 * What stands before the JSON becomes spaces and a line end, so that offsets stay those of the file, and a record begins a
 * line, where it is looked for after damage.
 */
import type { Problem } from '../../../shared/problem.ts';
import type { Format, ReadContext, RowSink, SourceReader } from '../format.ts';
import { bomLength } from './byte-window.ts';

/** No head of a syslog line or time comes near this. */
const LONGEST_PREFIX_BYTES = 512;
const HEAD_BYTES = 64 * 1024;
const LINES_LOOKED_AT = 50;
/** Between lines of JSON a program may write others. */
const LEAST_SHARE = 0.2;
const MAX_SHOWN = 80;

const LF = 0x0a;
const SPACE = 0x20;
const OPEN_OBJECT = 0x7b;
/** What no prefix has: quotes stand in CSV, brackets of objects in JSON. */
const NO_PREFIX = [0x22, 0x7d];

/** A prefix holds a digit (a time, a process) and ends in a space, a colon or a bar. */
const PREFIXED = /^([^"{}\n]*\d[^"{}\n]*[\s:|])\{\s*"/;

/** The same format, its JSON also read behind prefixes. */
export function alsoAfterPrefixes<F extends Format>(format: F): F {
  return {
    ...format,
    recognise: (head: Uint8Array) => {
      if (examplePrefix(head) === undefined) return format.recognise(head);
      const blanked = new PrefixBlanker();
      return format.recognise(Buffer.concat([blanked.push(head), blanked.finish()]));
    },
    open: (sink: RowSink, context: ReadContext) => new EitherReader(format, sink, context),
  };
}

/** The first prefix, where enough of the first lines have one; `undefined` where they have none. */
function examplePrefix(head: Uint8Array): string | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset + bomLength(head), head.length - bomLength(head));
  const lines = text
    .toString('latin1')
    .split('\n', LINES_LOOKED_AT)
    .filter((line) => line.trim() !== '');
  const found = lines.map((line) => PREFIXED.exec(line.slice(0, LONGEST_PREFIX_BYTES))?.[1]);
  const prefixes = found.filter((prefix) => prefix !== undefined);
  return prefixes.length > 0 && prefixes.length >= LEAST_SHARE * lines.length ? prefixes[0] : undefined;
}

class EitherReader implements SourceReader {
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #reader: SourceReader | undefined;
  #blanker: PrefixBlanker | undefined;

  constructor(
    private readonly format: Format,
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {}

  push(piece: Uint8Array): void {
    if (this.#reader) return this.#give(this.#reader, piece);
    this.#waiting.push(new Uint8Array(piece));
    this.#waitingBytes += piece.length;
    if (this.#waitingBytes >= HEAD_BYTES) this.#choose();
  }

  finish(): Problem | undefined {
    const reader = this.#choose();
    const rest = this.#blanker?.finish() ?? new Uint8Array(0);
    if (rest.length > 0) reader.push(rest);
    return reader.finish();
  }

  #choose(): SourceReader {
    if (this.#reader) return this.#reader;
    const prefix = examplePrefix(Buffer.concat(this.#waiting).subarray(0, HEAD_BYTES));
    if (prefix !== undefined) {
      this.#blanker = new PrefixBlanker();
      const shown = JSON.stringify(Buffer.from(prefix.trim(), 'latin1').toString('utf8').slice(0, MAX_SHOWN));
      this.sink.assume(`What stands before the JSON of a line, such as ${shown.toWellFormed()}, is not read.`);
    }
    this.#reader = this.format.open(this.sink, this.context);
    for (const piece of this.#waiting.splice(0)) this.#give(this.#reader, piece);
    return this.#reader;
  }

  #give(reader: SourceReader, piece: Uint8Array): void {
    const given = this.#blanker === undefined ? piece : this.#blanker.push(piece);
    if (given.length > 0) reader.push(given);
  }
}

/** Makes prefixes spaces. Bytes of a line that may be a prefix wait for the `{` that shows it. */
class PrefixBlanker {
  #held: number[] = [];
  /** Whether what comes may still be a prefix. */
  #inPrefix = true;

  push(piece: Uint8Array): Uint8Array {
    const given: Uint8Array[] = [];
    for (let at = 0; at < piece.length;) {
      const end = this.#inPrefix ? at + 1 : endOfLine(piece, at);
      if (!this.#inPrefix) given.push(piece.subarray(at, end));
      else given.push(this.#take(piece[at]!));
      if (piece[end - 1] === LF) this.#inPrefix = true;
      at = end;
    }
    return Buffer.concat(given);
  }

  /** What was held of a last line that has no JSON. */
  finish(): Uint8Array {
    return Uint8Array.from(this.#held.splice(0));
  }

  /** What can be given once this byte is known. */
  #take(byte: number): Uint8Array {
    if (byte === OPEN_OBJECT) return this.#leave(this.#held.map((_, i) => (i === 0 ? LF : SPACE)).reverse(), byte);
    if (NO_PREFIX.includes(byte) || this.#held.length >= LONGEST_PREFIX_BYTES) return this.#leave(this.#held, byte);
    this.#held.push(byte);
    return byte === LF ? this.finish() : NOTHING;
  }

  #leave(before: readonly number[], byte: number): Uint8Array {
    this.#inPrefix = false;
    this.#held = [];
    return Uint8Array.from([...before, byte]);
  }
}

const NOTHING = new Uint8Array(0);

/** After the line end that comes next, or the end of the piece. */
function endOfLine(piece: Uint8Array, from: number): number {
  const end = piece.indexOf(LF, from);
  return end < 0 ? piece.length : end + 1;
}
