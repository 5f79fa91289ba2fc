/** Whether a file is lines, or a JSON document that goes over several: decided by its first line that is not blank. */
import { bomLength } from '../framing/byte-window.ts';
import { decodeText, isBlank } from '../framing/lines.ts';
import { readJsonLine } from './json-line.ts';

/** A first line that is longer is not waited for: what begins as JSON is a document then. */
const MOST_HELD = 64 * 1024;
const LF = 10;

export class ContentKind {
  #held: Uint8Array | undefined = new Uint8Array(0);
  #isDocument = false;

  get isDocument(): boolean {
    return this.#isDocument;
  }

  /** Takes a piece and gives those that can go on: none while the first line has not ended. */
  push(piece: Uint8Array): readonly Uint8Array[] {
    if (this.#held === undefined) return [piece];
    this.#held = Buffer.concat([this.#held, piece]);
    const line = firstLine(this.#held);
    return line === undefined && this.#held.length < MOST_HELD ? [] : this.#decide(line);
  }

  finish(): readonly Uint8Array[] {
    return this.#held === undefined ? [] : this.#decide(firstLine(this.#held) ?? this.#held);
  }

  #decide(line: Uint8Array | undefined): readonly Uint8Array[] {
    const held = this.#held ?? new Uint8Array(0);
    this.#held = undefined;
    const start = decodeText(line ?? held.subarray(0, 256)).replace(/^\ufeff/, '');
    const looksLikeJson = /^\s*(?:\{|\[\s*(?:[[{]|$|\d+(?:\.\d+)?\s*(?:,|$)))/.test(start);
    this.#isDocument = looksLikeJson && (line === undefined || isOpenJson(line));
    return [held];
  }
}

/** JSON that does not end in the line. What ends in it, or is damaged in it, is a line of a file of lines. */
function isOpenJson(line: Uint8Array): boolean {
  const records = readJsonLine(line.subarray(bomLength(line)), 0);
  return typeof records === 'string' && /cut off/.test(records);
}

/** The first line that is not blank, without its end; `undefined` when no line has ended. */
function firstLine(bytes: Uint8Array): Uint8Array | undefined {
  let from = 0;
  for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, from)) {
    if (!isBlank(bytes, from, end)) return bytes.subarray(from, end);
    from = end + 1;
  }
  return undefined;
}
