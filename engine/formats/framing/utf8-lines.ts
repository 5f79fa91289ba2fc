/**
 * Lines whose bytes are UTF-8, for readers that hand stretches of them on as text. Nearly every piece of a file is, and
 * is checked as a whole; only a line of one that is not, or one that lies in two pieces, is checked by itself.
 */
import { isUtf8 } from 'node:buffer';
import { decodeText, LineSplitter, type LineHandler } from './lines.ts';

const LF = 10;

export interface Utf8LineHandler extends Pick<LineHandler, 'longLine'> {
  /**
   * A line that is not blank: `bytes[from, to)`, which is UTF-8, without its line end, valid during the call only.
   * `raw` is the line as it stands in the file, where that is not UTF-8 and U+FFFD stands in `bytes` for what is not.
   */
  line(bytes: Buffer, from: number, to: number, place: Place): void;
}

export interface Place {
  /** Offset in the file. */
  readonly byte: number;
  readonly length: number;
  readonly raw: Uint8Array | undefined;
}

/** Splits a file as LineSplitter does. */
export class Utf8LineSplitter {
  private readonly splitter: LineSplitter;
  /** The piece that is being read, where every line that begins and ends in it is UTF-8. */
  private valid: Buffer | undefined;

  constructor(handler: Utf8LineHandler) {
    this.splitter = new LineSplitter({
      line: (bytes, from, to, byte) => {
        const length = to - from;
        if (bytes === this.valid) return handler.line(this.valid, from, to, { byte, length, raw: undefined });
        const raw = bytes.subarray(from, to);
        const line = asUtf8Buffer(raw);
        handler.line(line.bytes, 0, line.bytes.length, { byte, length, raw: line.isChanged ? raw : undefined });
      },
      longLine: (head, byte, length) => handler.longLine(head, byte, length),
    });
  }

  push(piece: Uint8Array): void {
    const bytes = asBuffer(piece);
    // The last line may go on in the next piece, and the first may have begun in the one before.
    this.valid = isUtf8(bytes.subarray(0, bytes.lastIndexOf(LF) + 1)) ? bytes : undefined;
    this.splitter.push(bytes);
    this.valid = undefined;
  }

  /** Hands over the last line when it has no line end. Call once. */
  finish(): void {
    this.splitter.finish();
  }
}

/** The same bytes where they are UTF-8, else a copy with U+FFFD for what is not. */
export function asUtf8Buffer(bytes: Uint8Array): { readonly bytes: Buffer; readonly isChanged: boolean } {
  if (isUtf8(bytes)) return { bytes: asBuffer(bytes), isChanged: false };
  return { bytes: Buffer.from(decodeText(bytes), 'utf8'), isChanged: true };
}

/** One class of arrays, whatever comes: code for one kind of array is twice as fast as code for two. */
function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
