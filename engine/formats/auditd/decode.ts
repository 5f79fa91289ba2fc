/**
 * Values that the kernel and user space do not trust are written in double quotes when they are plain, else as
 * hexadecimal digits without quotes. See docs/formats/auditd.md, "Encoded values".
 */
import { decodeText } from '../framing/lines.ts';
import type { Field } from './fields.ts';

/** Fields that may be hexadecimal: those the audit library lists as escaped. */
const ENCODED = new Set(
  (
    'acct cgroup cmd comm cwd data device dir exe file grp invalid_context key name new_group ocomm path proctitle ' +
    'root_dir sw vm watch wd new-comm old-comm apparmor operation profile denied_mask info target requested_mask ' +
    'uuid new_name'
  ).split(' '),
);

const ARGUMENT = /^a\d+(?:\[\d+\])?$/;

/** True for the arguments in an EXECVE record: `a0`, and `a2[0]` for a piece of a long one. */
export function isArgument(key: string): boolean {
  return key.charCodeAt(0) === 97 && ARGUMENT.test(key);
}

/** The text a field stands for; `undefined` for `(null)`. `isEncoded` says whether hexadecimal may stand there. */
export function decodeField(field: Field, isEncoded: boolean): string | undefined {
  if (field.isQuoted) return field.value;
  if (field.value === '(null)') return undefined;
  const bytes = isEncoded ? hexBytes(field.value) : undefined;
  return bytes ? decodeText(bytes) : field.value;
}

/** True when a field of this name may be written as hexadecimal. */
export function mayBeEncoded(key: string): boolean {
  return ENCODED.has(key);
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
