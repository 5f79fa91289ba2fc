/**
 * Text in UTF-16 for readers of UTF-8: what `>` of Windows PowerShell and editors of Windows write. Citations stay those
 * of the file: offsets and lengths count its own bytes, and rejects hold them.
 */
import { TextDecoder } from 'node:util';
import type { Problem } from '../../../shared/problem.ts';
import type { Format, ReadContext, RowSink, SourceReader } from '../format.ts';
import { looksLikeUtf16 } from './byte-window.ts';

type Order = 'utf-16le' | 'utf-16be';

/** Places are looked for in as many bytes; few, because text that is not ASCII is walked through for each record. */
const PIECE_BYTES = 4 * 1024;

/** The same format, read from UTF-16 as well. Its records must be spans: lines are not found again in such a file. */
export function alsoInUtf16(format: Format & { readonly framing: 'spans' }): Format {
  return {
    ...format,
    recognise: (head) => {
      const order = orderOf(head);
      return format.recognise(order === undefined ? head : decodeHead(head, order));
    },
    open: (sink, context) => new EitherReader(format, sink, context),
  };
}

/** Nothing for text that is not UTF-16; UTF-32, which begins alike, is left to the reader, which refuses it. */
function orderOf(head: Uint8Array): Order | undefined {
  if (!looksLikeUtf16(head)) return undefined;
  const [a, b, c, d] = head;
  if ((c === 0 && d === 0) || (a === 0 && b === 0)) return undefined;
  return a === 0xff || b === 0 ? 'utf-16le' : 'utf-16be';
}

function decodeHead(head: Uint8Array, order: Order): Uint8Array {
  // Half a character at the end of the head is no damage.
  const text = new TextDecoder(order).decode(head.subarray(0, head.length & ~1), { stream: true });
  return Buffer.from(text, 'utf8');
}

/** Waits for the bytes that tell the encoding, then hands everything on. */
class EitherReader implements SourceReader {
  #waiting = Buffer.alloc(0);
  #reader: SourceReader | undefined;

  constructor(
    private readonly format: Format,
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {}

  push(piece: Uint8Array): void {
    if (this.#reader) return this.#reader.push(piece);
    this.#waiting = Buffer.concat([this.#waiting, piece]);
    if (this.#waiting.length >= 4) this.#choose();
  }

  finish(): Problem | undefined {
    return this.#choose().finish();
  }

  #choose(): SourceReader {
    if (this.#reader) return this.#reader;
    const order = orderOf(this.#waiting);
    const { format, sink, context } = this;
    this.#reader = order === undefined ? format.open(sink, context) : new Utf16Reader({ format, order, sink, context });
    if (this.#waiting.length > 0) this.#reader.push(new Uint8Array(this.#waiting));
    this.#waiting = Buffer.alloc(0);
    return this.#reader;
  }
}

interface Utf16Options {
  readonly format: Format;
  readonly order: Order;
  readonly sink: RowSink;
  readonly context: ReadContext;
}

class Utf16Reader implements SourceReader {
  readonly #decoder: TextDecoder;
  readonly #places: Utf16Places;
  readonly #reader: SourceReader;
  #bytes = 0;
  /** Half a character, whose other byte comes with the next piece. */
  #half: Uint8Array = new Uint8Array(0);

  constructor(private readonly options: Utf16Options) {
    const { format, order, sink, context } = options;
    this.#decoder = new TextDecoder(order, { ignoreBOM: true });
    this.#places = new Utf16Places();
    this.#reader = format.open(sinkOf(sink, order, this.#places), context);
    sink.assume('The file is UTF-16 text; it is read as the same text in UTF-8.');
  }

  push(piece: Uint8Array): void {
    this.#bytes += piece.length;
    const bytes = this.#half.length === 0 ? piece : Buffer.concat([this.#half, piece]);
    const whole = bytes.length & ~1;
    this.#half = new Uint8Array(bytes.subarray(whole));
    let text = '';
    for (let at = 0; at < whole; at += PIECE_BYTES) {
      const part = this.#decoder.decode(bytes.subarray(at, Math.min(at + PIECE_BYTES, whole)), { stream: true });
      this.#places.add(part);
      text += part;
    }
    this.#give(text);
  }

  finish(): Problem | undefined {
    const rest = this.#decoder.decode();
    this.#places.add(rest);
    this.#give(rest);
    const problem = this.#reader.finish();
    if (problem === undefined && this.#half.length > 0) {
      this.options.sink.record(this.#bytes - 1, 1);
      this.options.sink.reject('The file ends in the middle of a character of UTF-16.', this.#half);
    }
    return problem;
  }

  #give(text: string): void {
    if (text !== '') this.#reader.push(new Uint8Array(Buffer.from(text, 'utf8')));
  }
}

/** What a reader of UTF-8 says of places is said of the file; the bytes of rejects are put back as they were. */
function sinkOf(sink: RowSink, order: Order, places: Utf16Places): RowSink {
  return {
    record: (byte, length) => {
      const { from, to } = places.spanOf(byte, length);
      return sink.record(from, to - from);
    },
    recordsAreLines: () => undefined, // lines of UTF-16 are not found by their bytes: every place is kept
    row: (table, row, record) => sink.row(table, row, record),
    columns: (table) => sink.columns(table),
    seriesId: (record) => sink.seriesId(record),
    reject: (reason, raw) => {
      const bytes = Buffer.from(Buffer.from(raw).toString('utf8'), 'utf16le');
      sink.reject(reason, new Uint8Array(order === 'utf-16be' ? bytes.swap16() : bytes));
    },
    assume: (statement) => sink.assume(statement),
    sawTime: (micros) => sink.sawTime(micros),
  };
}

interface TextPiece {
  text: string;
  utf8Bytes: number;
}

/** A piece grows to this many units where text comes in smaller ones. */
const PIECE_UNITS = PIECE_BYTES / 2;
const MOST_LET_GO = 1024;

/** Where text stands in UTF-8 and in UTF-16. Only text from the last record on is held. */
class Utf16Places {
  #pieces: TextPiece[] = [];
  /** The first piece that is held; those before it are let go together. */
  #first = 0;
  /** Offsets of that piece, in both encodings. */
  #utf8 = 0;
  #utf16 = 0;

  add(text: string): void {
    if (text === '') return;
    const utf8Bytes = Buffer.byteLength(text, 'utf8');
    const last = this.#pieces.at(-1);
    if (last === undefined || last.text.length + text.length > PIECE_UNITS) this.#pieces.push({ text, utf8Bytes });
    else {
      last.text += text;
      last.utf8Bytes += utf8Bytes;
    }
  }

  /** The bytes of the file for a stretch of its text in UTF-8. Stretches must be asked for in their order. */
  spanOf(byte: number, length: number): { readonly from: number; readonly to: number } {
    if (byte < this.#utf8) throw new Error(`Byte ${byte} was let go; text from ${this.#utf8} on is held.`);
    while (this.#first < this.#pieces.length - 1 && this.#endOfFirst <= byte) this.#letGoFirst();
    if (this.#first > MOST_LET_GO) this.#compact();
    return { from: this.#find(byte), to: this.#find(byte + length) };
  }

  #compact(): void {
    this.#pieces = this.#pieces.slice(this.#first);
    this.#first = 0;
  }

  get #endOfFirst(): number {
    return this.#utf8 + this.#pieces[this.#first]!.utf8Bytes;
  }

  #letGoFirst(): void {
    const { text, utf8Bytes } = this.#pieces[this.#first++]!;
    this.#utf8 += utf8Bytes;
    this.#utf16 += text.length * 2;
  }

  #find(byte: number): number {
    let utf8 = this.#utf8;
    let utf16 = this.#utf16;
    for (let i = this.#first; i < this.#pieces.length; i++) {
      const { text, utf8Bytes } = this.#pieces[i]!;
      if (utf8 + utf8Bytes > byte) return utf16 + 2 * unitsIn(text, utf8Bytes, byte - utf8);
      utf8 += utf8Bytes;
      utf16 += text.length * 2;
    }
    return utf16;
  }
}

/** How many units of UTF-16 the first `bytes` bytes of this text are. */
function unitsIn(text: string, utf8Bytes: number, bytes: number): number {
  if (utf8Bytes === text.length) return bytes;
  let units = 0;
  for (let seen = 0; seen < bytes && units < text.length;) {
    const code = text.codePointAt(units)!;
    seen += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    units += code < 0x10000 ? 1 : 2;
  }
  return units;
}
