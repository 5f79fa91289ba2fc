/**
 * Addresses as numbers of one line: those of IPv4 first, from 0, those of IPv6 behind them. A set of such numbers says
 * the family too.
 */
import { isIpAddress } from '../framing/ip-address.ts';
import type { Range } from './range-sets.ts';

const V4_END = (1n << 32n) - 1n;
const V6_BASE = 1n << 32n;
const V6_END = V6_BASE + (1n << 128n) - 1n;

export const ALL_V4: Range = [0n, V4_END];
export const ALL_V6: Range = [V6_BASE, V6_END];

/** The number of an address; `undefined` when the text is none. */
export function addressNumber(text: string): bigint | undefined {
  if (!isIpAddress(text) || text.includes('%')) return undefined;
  if (!text.includes(':')) return text.split('.').reduce((sum, part) => sum * 256n + BigInt(Number(part)), 0n);
  return V6_BASE + groupsOf(text).reduce((sum, group) => sum * 65536n + BigInt(group), 0n);
}

function groupsOf(text: string): readonly number[] {
  const [head = '', tail] = text.split('::');
  const before = halfGroups(head);
  if (tail === undefined) return before;
  const after = halfGroups(tail);
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function halfGroups(text: string): readonly number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

/** `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, `fe80::/10`, or an address alone; `undefined` for anything else. */
export function readPrefix(text: string): Range | undefined {
  const slash = text.indexOf('/');
  const address = addressNumber(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const isV6 = address >= V6_BASE;
  const length = slash < 0 ? (isV6 ? 128 : 32) : prefixLength(text.slice(slash + 1), isV6);
  if (length === undefined) return undefined;
  const base = isV6 ? V6_BASE : 0n;
  const hostBits = BigInt((isV6 ? 128 : 32) - length);
  const from = (((address - base) >> hostBits) << hostBits) + base;
  return [from, from + (1n << hostBits) - 1n];
}

function prefixLength(text: string, isV6: boolean): number | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text) <= (isV6 ? 128 : 32) ? Number(text) : undefined;
  const mask = addressNumber(text);
  if (mask === undefined || mask >= V6_BASE !== isV6) return undefined;
  const bits = (isV6 ? mask - V6_BASE : mask).toString(2).padStart(isV6 ? 128 : 32, '0');
  // A mask with holes is no prefix.
  return /^1*0*$/.test(bits) ? bits.lastIndexOf('1') + 1 : undefined;
}

/** `10.0.0.1-10.0.0.9`, a prefix or an address. */
export function readAddresses(text: string): Range | undefined {
  const dash = text.indexOf('-');
  if (dash < 0) return readPrefix(text);
  const [from, to] = [addressNumber(text.slice(0, dash)), addressNumber(text.slice(dash + 1))];
  if (from === undefined || to === undefined || from > to || from >= V6_BASE !== to >= V6_BASE) return undefined;
  return [from, to];
}

/** A range as people write it: an address, a prefix where it is one, else `from-to`. A range of both families is two. */
export function showAddresses([from, to]: Range): readonly string[] {
  if (from < V6_BASE && to >= V6_BASE) return [...showAddresses([from, V4_END]), ...showAddresses([V6_BASE, to])];
  if (from === to) return [showAddress(from)];
  const size = to - from + 1n;
  const hostBits = size.toString(2).length - 1;
  const isV6 = from >= V6_BASE;
  const isPrefix = size === 1n << BigInt(hostBits) && (isV6 ? from - V6_BASE : from) % size === 0n;
  if (isPrefix) return [`${showAddress(from)}/${(isV6 ? 128 : 32) - hostBits}`];
  return [`${showAddress(from)}-${showAddress(to)}`];
}

function showAddress(number: bigint): string {
  if (number < V6_BASE) return [24n, 16n, 8n, 0n].map((shift) => String((number >> shift) & 255n)).join('.');
  const digits = (number - V6_BASE).toString(16).padStart(32, '0');
  const groups = (digits.match(/.{4}/g) ?? []).map((group) => group.replace(/^0{1,3}/, ''));
  return shortened(groups);
}

/** The longest run of zero groups, of two at least, becomes `::` (RFC 5952). */
function shortened(groups: readonly string[]): string {
  let [best, length] = [-1, 1];
  for (let at = 0; at < groups.length; at++) {
    let end = at;
    while (groups[end] === '0') end++;
    if (end - at > length) [best, length] = [at, end - at];
  }
  if (best < 0) return groups.join(':');
  return `${groups.slice(0, best).join(':')}::${groups.slice(best + length).join(':')}`;
}

/** Addresses of the public internet: those that are not set aside (RFC 6890), and the global unicast of IPv6. */
export const PUBLIC_V4_EXCEPT: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/3',
];
export const PUBLIC_V6 = '2000::/3';
