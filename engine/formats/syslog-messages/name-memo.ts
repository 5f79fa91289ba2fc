/** Names that come again and again in a log, as one string each. */

/** Names that are remembered at one time; a power of two. */
const PLACES = 1024;
const LONGEST = 255;

interface Known {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** Gives the text of a stretch of bytes (UTF-8), the same string for the same bytes as long as it is remembered. */
export class NameMemo {
  private readonly known: (Known | undefined)[] = Array.from({ length: PLACES }, () => undefined);

  textOf(bytes: Buffer, from: number, to: number): string {
    if (to - from > LONGEST) return bytes.toString('utf8', from, to);
    let hash = to - from;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
    const place = (hash ^ (hash >>> 15)) & (PLACES - 1);
    const known = this.known[place];
    if (known && isSame(known.bytes, bytes, from, to)) return known.text;
    const text = bytes.toString('utf8', from, to);
    this.known[place] = { bytes: Uint8Array.prototype.slice.call(bytes, from, to), text };
    return text;
  }
}

function isSame(known: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (known.length !== to - from) return false;
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[from + i]) return false;
  return true;
}
