/**
 * Values that the kernel and user space do not trust are written in double quotes when they are plain, else as
 * hexadecimal digits without quotes. See docs/formats/auditd.md, "Encoded values".
 */
import { isUtf8 } from 'node:buffer';
import { decodeText } from '../framing/lines.ts';

/** The value of a hexadecimal digit; 255 for any other byte. */
const DIGITS = Uint8Array.from({ length: 256 }, (_, code) => {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 65 && code <= 70) return code - 55;
  return code >= 97 && code <= 102 ? code - 87 : 255;
});
const NO_DIGIT = 255;

/**
 * Puts what the hexadecimal text `bytes[from, to)` says into `target` from `into` on, where there is room for it, and gives
 * how many bytes that is; -1 when it is no such text or empty.
 */
export function decodeHex(bytes: Uint8Array, from: number, to: number, target: Uint8Array, into = 0): number {
  if (to === from || (to - from) % 2 !== 0) return -1;
  let length = into;
  for (let at = from; at < to; at += 2) {
    const high = DIGITS[bytes[at]!]!;
    const low = DIGITS[bytes[at + 1]!]!;
    if (high === NO_DIGIT || low === NO_DIGIT) return -1;
    target[length++] = high * 16 + low;
  }
  return length - into;
}

/** The bytes of hexadecimal text; `undefined` when it is no such text or empty. */
export function hexBytes(bytes: Uint8Array, from = 0, to = bytes.length): Uint8Array | undefined {
  const target = Buffer.alloc((to - from) >> 1);
  return decodeHex(bytes, from, to, target) < 0 ? undefined : target;
}

const encoder = new TextEncoder();

/** The same bytes where they are UTF-8, else a copy with U+FFFD for what is not. */
export function asUtf8(bytes: Uint8Array): Uint8Array {
  return isUtf8(bytes) ? bytes : encoder.encode(decodeText(bytes));
}
