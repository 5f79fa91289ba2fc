/**
 * Values that the kernel and user space do not trust are written in double quotes when they are plain, else as
 * hexadecimal digits without quotes. See docs/formats/auditd.md, "Encoded values".
 */
import { decodeText } from '../framing/lines.ts';
import type { Field } from './fields.ts';

/** The text a field stands for; `undefined` for `(null)`. `isEncoded` says whether hexadecimal may stand there. */
export function decodeField(field: Field, isEncoded: boolean): string | undefined {
  if (field.isQuoted) return field.value;
  if (field.value === '(null)') return undefined;
  const bytes = isEncoded ? hexBytes(field.value) : undefined;
  return bytes ? decodeText(bytes) : field.value;
}

/** Text without the NULs at its end. Not a pattern: `/\0+$/` takes the square of the time on many NULs before an x. */
export function withoutFinalNuls(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0) end--;
  return end === text.length ? text : text.slice(0, end);
}

/** The bytes of hexadecimal text; `undefined` when it is no such text or empty. */
export function hexBytes(text: string): Uint8Array | undefined {
  const { length } = text;
  if (length === 0 || length % 2 !== 0) return undefined;
  const bytes = new Uint8Array(length / 2);
  for (let at = 0; at < length; at += 2) {
    const high = hexDigit(text.charCodeAt(at));
    const low = hexDigit(text.charCodeAt(at + 1));
    if (high < 0 || low < 0) return undefined;
    bytes[at >> 1] = high * 16 + low;
  }
  return bytes;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 65 && code <= 70) return code - 55;
  return code >= 97 && code <= 102 ? code - 87 : -1;
}
