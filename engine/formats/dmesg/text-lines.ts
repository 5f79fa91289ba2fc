/**
 * dmesg's text: a line a message, and lines after it that are indented where a message holds line ends. Lines of
 * /dev/kmsg that begin with one space name the device that a message is about: ` DEVICE=+pci:0000:00:1f.2`.
 */
import { decodeText, LineSplitter, longLineReason, type LineHandler } from '../framing/lines.ts';
import type { Listing, Place } from './listing.ts';
import { readKernelLine, type KernelLine } from './stamp.ts';

const NO_STAMP = 'The line has none of the times that dmesg puts before a message.';
const CONTINUED = /^(?: {2,}|\t)\s*\S/;
const DICTIONARY = /^ [A-Z][A-Z0-9_]*=/;
/** What a message may have in lines after its first; a file that has more is no listing. */
const MOST_CONTINUED_BYTES = 64 * 1024;

interface Pending {
  readonly line: KernelLine;
  readonly continued: string[];
  readonly dictionary: string[];
  readonly place: Place;
  readonly rawLines: Buffer[];
  isKmsg: boolean;
  end: number;
}

export class TextLines implements LineHandler {
  private readonly splitter = new LineSplitter(this);
  private pending: Pending | undefined;

  constructor(private readonly listing: Listing) {}

  push(piece: Uint8Array): void {
    this.splitter.push(piece);
  }

  finish(): undefined {
    this.splitter.finish();
    this.givePending();
  }

  line(bytes: Uint8Array, from: number, to: number, byte: number): void {
    const text = decodeText(bytes, from, to);
    const line = readKernelLine(text);
    if (!line && this.continues(text, byte + to - from, bytes.subarray(from, to))) return;
    this.givePending();
    const place = { byte, length: to - from, raw: bytes.subarray(from, to) };
    if (!line) return this.listing.reject(place, NO_STAMP);
    const raw = Buffer.from(place.raw);
    this.pending = {
      line,
      continued: [],
      dictionary: [],
      place: { ...place, raw },
      rawLines: [raw],
      isKmsg: line.sequence !== undefined,
      end: byte + to - from,
    };
  }

  longLine(head: Uint8Array, byte: number, length: number): void {
    this.givePending();
    this.listing.reject({ byte, length, raw: head }, longLineReason(length));
  }

  /** Takes a line into the message before it, where it belongs there. */
  private continues(text: string, end: number, raw: Uint8Array): boolean {
    const { pending } = this;
    if (!pending || end - pending.place.byte > MOST_CONTINUED_BYTES + pending.place.length) return false;
    if (pending.isKmsg && DICTIONARY.test(text)) pending.dictionary.push(text.slice(1));
    else if (CONTINUED.test(text)) pending.continued.push(text.trim());
    else return false;
    pending.rawLines.push(Buffer.from('\n'), Buffer.from(raw));
    pending.end = end;
    return true;
  }

  private givePending(): void {
    const { pending } = this;
    this.pending = undefined;
    if (!pending) return;
    const { line, continued, dictionary, place } = pending;
    const whole = { byte: place.byte, length: pending.end - place.byte, raw: Buffer.concat(pending.rawLines) };
    const message = [line.message, ...continued].join('\n');
    this.listing.add({ ...line, message }, whole, dictionary);
  }
}
