/**
 * Splits bytes into lines. A line ends at LF; one CR before it belongs to the line end. A lone CR, a NUL or any other
 * byte is content. The last line counts without its LF. A byte order mark at the start of the file is no content.
 *
 * Whoever finds a record again by its number must split and skip blank lines with this same code.
 */

/** Longer lines are not handed over whole: memory stays bounded whatever a file holds. */
export const LONGEST_LINE_BYTES = 16 * 1024 * 1024;
/** What is kept of a line that is too long. */
export const KEPT_OF_LONG_LINE_BYTES = 64 * 1024;

const LF = 10;
const CR = 13;
/** A line of the longest length, with a byte order mark before it and a CR after it. */
const LONGEST_KEPT = LONGEST_LINE_BYTES + 4;

export interface LineHandler {
  /**
   * A line that is not blank: `bytes[from, to)` without its line end, valid during the call only.
   * `byte` is its offset in the file.
   */
  line(bytes: Uint8Array, from: number, to: number, byte: number): void;
  /** A line over LONGEST_LINE_BYTES: its first KEPT_OF_LONG_LINE_BYTES, its offset, its true length. */
  longLine(head: Uint8Array, byte: number, length: number): void;
}

/** True when `bytes[from, to)` holds nothing but spaces, tabs and carriage returns. Such a line is no record. */
export function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    if (byte !== 32 && byte !== 9 && byte !== CR) return false;
  }
  return true;
}

/** Splits a file that comes in pieces of any size, in order. Lines that lie in one piece are not copied. */
export class LineSplitter {
  /** The beginning of a line whose end has not come yet. */
  private rest = new Uint8Array(0);
  private restLength = 0;
  /** Bytes of that line so far; more than `restLength` when it is too long to keep. */
  private lineLength = 0;
  private lineByte = 0;
  private lastByte = 0;

  constructor(private readonly handler: LineHandler) {}

  push(piece: Uint8Array): void {
    let from = 0;
    for (let end = piece.indexOf(LF); end >= 0; end = piece.indexOf(LF, from)) {
      if (this.lineLength === 0) {
        this.emit(piece, from, end);
        this.lineByte += end - from + 1;
      } else {
        this.keep(piece, from, end);
        this.emitRest();
        this.lineByte += this.lineLength + 1;
        this.lineLength = 0;
        this.restLength = 0;
      }
      from = end + 1;
    }
    if (from < piece.length) this.keep(piece, from, piece.length);
  }

  /** Hands over the last line when it has no line end. Call once. */
  finish(): void {
    if (this.lineLength > 0) this.emitRest();
    this.rest = new Uint8Array(0);
  }

  private keep(piece: Uint8Array, from: number, to: number): void {
    if (to === from) return;
    this.lineLength += to - from;
    this.lastByte = piece[to - 1] ?? 0;
    const room = (this.lineLength > LONGEST_KEPT ? KEPT_OF_LONG_LINE_BYTES + 4 : LONGEST_KEPT) - this.restLength;
    const taken = Math.min(room, to - from);
    if (taken <= 0) return;
    this.grow(this.restLength + taken);
    this.rest.set(piece.subarray(from, from + taken), this.restLength);
    this.restLength += taken;
  }

  private grow(needed: number): void {
    if (needed <= this.rest.length) return;
    const larger = new Uint8Array(Math.min(Math.max(needed, this.rest.length * 2, 4096), LONGEST_KEPT));
    larger.set(this.rest.subarray(0, this.restLength));
    this.rest = larger;
  }

  private emitRest(): void {
    if (this.lineLength <= LONGEST_KEPT) return this.emit(this.rest, 0, this.restLength);
    const mark = this.markLength(this.rest, 0, this.restLength);
    const length = this.lineLength - mark - (this.lastByte === CR ? 1 : 0);
    this.handler.longLine(this.rest.subarray(mark, mark + KEPT_OF_LONG_LINE_BYTES), this.lineByte + mark, length);
  }

  private emit(bytes: Uint8Array, start: number, end: number): void {
    const mark = this.markLength(bytes, start, end);
    const from = start + mark;
    const to = end > from && bytes[end - 1] === CR ? end - 1 : end;
    if (to - from > LONGEST_LINE_BYTES) {
      const head = bytes.subarray(from, from + KEPT_OF_LONG_LINE_BYTES);
      this.handler.longLine(head, this.lineByte + mark, to - from);
    } else if (!isBlank(bytes, from, to)) this.handler.line(bytes, from, to, this.lineByte + mark);
  }

  /** 3 where the file begins with a UTF-8 byte order mark, else 0. */
  private markLength(bytes: Uint8Array, from: number, to: number): number {
    if (this.lineByte > 0 || to - from < 3) return 0;
    return bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf ? 3 : 0;
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Text of `bytes[from, to)`, U+FFFD for what is not UTF-8. The bytes themselves stay in the evidence. */
export function decodeText(bytes: Uint8Array, from = 0, to = bytes.length): string {
  return decoder.decode(bytes.subarray(from, to));
}

/** The sentence for the rejects about a line that is too long. */
export function longLineReason(length: number): string {
  return `The line is ${length} bytes long, over the limit of ${LONGEST_LINE_BYTES}; its first ${KEPT_OF_LONG_LINE_BYTES} bytes are kept here.`;
}

/** The first whole lines of the head of a file, decoded, blank ones left out: at most `most`. */
export function firstLines(head: Uint8Array, most: number): readonly string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter({
    line: (bytes, from, to) => void (lines.length < most && lines.push(decodeText(bytes, from, to))),
    longLine: () => undefined,
  });
  // A head of 64 KiB ends in mid-line; unless that is its only line, it is left out.
  const lastEnd = head.lastIndexOf(LF);
  const isWhole = head.length < 64 * 1024 || lastEnd < 0;
  splitter.push(isWhole ? head : head.subarray(0, lastEnd + 1));
  splitter.finish();
  return lines;
}
