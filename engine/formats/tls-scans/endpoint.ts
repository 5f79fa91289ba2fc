/** What scanners of TLS have in common: whom they looked at, and how versions of the protocol are called. */
import type { UtcMicros } from '../../../shared/time.ts';
import { isIpAddress } from '../framing/ip-address.ts';

/** What every row about an endpoint begins with. */
export interface Endpoint {
  readonly scan_id: string;
  readonly time: UtcMicros | undefined;
  readonly system: string | undefined;
  readonly address: string | undefined;
  readonly port: number | undefined;
}

/** Name and address from texts of which each may be either; `fallback` names the system where no text does. */
export function nameAndAddress(
  texts: readonly (string | undefined)[],
  fallback: string | undefined,
): Pick<Endpoint, 'system' | 'address'> {
  const given = texts.flatMap((text) => text?.trim().replace(/^\[(.*)\]$/, '$1') || []);
  return { system: given.find((text) => !isIpAddress(text)) ?? fallback, address: given.find(isIpAddress) };
}

/** A port number; `undefined` for other text. */
export function portNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,5}$/.test(text)) return undefined;
  return Number(text) <= 65535 ? Number(text) : undefined;
}

// SSLv2, TLSv1, TLSv1.0, TLSv1_2, TLS1_2, TLS 1.2, ssl3
const VERSION = /^(ssl|tls)\s?v?\s?(\d)(?:[._]?(\d))?$/i;

/** `SSLv2, SSLv3, TLSv1.0 ... TLSv1.3` whatever a tool calls them; `undefined` for other text. */
export function tlsVersion(text: string | undefined): string | undefined {
  const [, family, major, minor] = VERSION.exec(text?.trim() ?? '') ?? [];
  if (family === undefined) return undefined;
  if (family.toLowerCase() === 'tls') return `TLSv${major}.${minor ?? '0'}`;
  return minor === undefined || minor === '0' ? `SSLv${major}` : undefined;
}

/** `[2001:db8::1]:443`, `www.example.test:443`. */
export function targetName({ system, address, port }: Omit<Endpoint, 'scan_id' | 'time'>): string | undefined {
  const host = system ?? address;
  if (host === undefined) return undefined;
  const written = host.includes(':') ? `[${host}]` : host;
  return port === undefined ? written : `${written}:${port}`;
}
