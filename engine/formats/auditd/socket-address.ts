/** The socket address in a SOCKADDR record: a sockaddr structure as hexadecimal, in the machine's byte order. */
import { decodeText } from '../framing/lines.ts';
import { hexBytes } from './decode.ts';

export interface SocketAddress {
  /** local, inet, inet6, netlink, or the number of another family. */
  readonly family: string;
  readonly address?: string;
  readonly port?: number;
  /** Of a local socket; `@` stands for the NUL that begins an abstract one. */
  readonly path?: string;
}

/** Reads `saddr=`; `undefined` when it is not hexadecimal or shorter than its family needs. */
export function readSocketAddress(hex: string): SocketAddress | undefined {
  const bytes = hexBytes(new TextEncoder().encode(hex));
  if (!bytes || bytes.length < 2) return undefined;
  const [first = 0, second = 0] = bytes;
  // A little-endian machine puts the low byte first; families are below 256, so the other byte is 0.
  const family = first !== 0 ? first : second;
  if (family === 1) return { family: 'local', path: localPath(bytes) };
  const port = (bytes[2] ?? 0) * 256 + (bytes[3] ?? 0);
  if (family === 2 && bytes.length >= 8) return { family: 'inet', address: bytes.subarray(4, 8).join('.'), port };
  if (family === 10 && bytes.length >= 24) return { family: 'inet6', address: ipv6(bytes.subarray(8, 24)), port };
  return { family: family === 16 ? 'netlink' : String(family) };
}

function localPath(bytes: Uint8Array): string {
  const isAbstract = bytes[2] === 0 && bytes.length > 3;
  const from = isAbstract ? 3 : 2;
  const end = bytes.indexOf(0, from);
  return (isAbstract ? '@' : '') + decodeText(bytes, from, end < 0 ? bytes.length : end);
}

/** The text of RFC 5952: no leading zeros, the longest run of two or more zero groups as `::`. */
function ipv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, group) => (bytes[group * 2] ?? 0) * 256 + (bytes[group * 2 + 1] ?? 0));
  let best = { from: -1, length: 1 };
  for (let from = 0; from < 8; from++) {
    let length = 0;
    while (groups[from + length] === 0) length++;
    if (length > best.length) best = { from, length };
  }
  const hex = groups.map((group) => group.toString(16));
  if (best.from < 0) return hex.join(':');
  return `${hex.slice(0, best.from).join(':')}::${hex.slice(best.from + best.length).join(':')}`;
}
