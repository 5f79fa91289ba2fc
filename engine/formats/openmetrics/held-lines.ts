/**
 * The first lines of a file, held back until there are enough of them to say in which unit most of its times are: one
 * damaged line at the beginning must not decide for all.
 */
import { skipSpaces } from './scan.ts';
import { splitSample } from './sample-line.ts';
import { decodeLine } from './utf8.ts';

const MOST_HELD_BYTES = 64 * 1024;

export interface HeldLine {
  readonly bytes: Uint8Array;
  /** Its offset in the file. */
  readonly byte: number;
}

export class HeldLines {
  readonly lines: HeldLine[] = [];
  #size = 0;

  /** Holds a copy of a line. */
  hold(bytes: Uint8Array, from: number, to: number, byte: number): void {
    this.lines.push({ bytes: bytes.slice(from, to), byte });
    this.#size += to - from;
  }

  get isFull(): boolean {
    return this.#size >= MOST_HELD_BYTES;
  }

  /** The times of the samples among them, as written. */
  times(): readonly string[] {
    return this.lines.flatMap(({ bytes }) => {
      const text = decodeLine(bytes, 0, bytes.length);
      if (text === undefined || text[skipSpaces(text, 0)] === '#') return [];
      const line = splitSample(text);
      return line.kind === 'sample' && line.time !== '' ? [line.time] : [];
    });
  }
}
