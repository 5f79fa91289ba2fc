/** What is gathered of one host and one port while their elements are read. */
import type { XmlElement } from '../framing/xml.ts';
import { MICROS_PER_SECOND, type UtcMicros } from '../../../shared/time.ts';
import type { Script } from './script-rows.ts';
import type { ScriptNode } from './scripts.ts';

export interface Host {
  readonly byte: number;
  readonly starttime: UtcMicros | undefined;
  readonly endtime: UtcMicros | undefined;
  state?: string | undefined;
  reason?: string | undefined;
  address?: string | undefined;
  hardwareAddress?: string | undefined;
  /** Given by the person who scanned. */
  userName?: string | undefined;
  /** Found by reverse look-up. */
  pointerName?: string | undefined;
  /** Set once the host has its record. */
  declared: boolean;
}

export interface Port {
  readonly byte: number;
  readonly depth: number;
  readonly portid: string | undefined;
  readonly protocol: string | undefined;
  state?: string | undefined;
  service?: ReadonlyMap<string, string>;
  readonly scripts: ScriptNode[];
  /** Every script, with what it prints. */
  readonly outputs: Script[];
}

/** Seconds since 1970 as nmap writes them; `undefined` for anything else. */
export function epochAttribute(element: XmlElement, name: string): UtcMicros | undefined {
  const text = element.attributes.get(name) ?? '';
  return /^\d{1,11}$/.test(text) ? BigInt(text) * MICROS_PER_SECOND : undefined;
}

export function startHost(element: XmlElement): Host {
  return {
    byte: element.byte,
    starttime: epochAttribute(element, 'starttime'),
    endtime: epochAttribute(element, 'endtime'),
    declared: false,
  };
}

/** Takes what status, address and hostname elements say. Of several addresses or names of a kind the first counts. */
export function describeHost(host: Host, { name, attributes }: XmlElement): void {
  if (name === 'status') {
    host.state ??= attributes.get('state');
    host.reason ??= attributes.get('reason');
  } else if (name === 'address') {
    if (attributes.get('addrtype') === 'mac') host.hardwareAddress ??= attributes.get('addr');
    else host.address ??= attributes.get('addr');
  } else if (name === 'hostname') {
    if (attributes.get('type') === 'user') host.userName ??= attributes.get('name');
    else host.pointerName ??= attributes.get('name');
  }
}

/** The address a host is known by; on a local network without IP that is its hardware address. */
export function hostAddress(host: Host): string | undefined {
  return host.address ?? host.hardwareAddress;
}

/** The name the scan was asked for, else the one from reverse look-up: the first is a statement, the second a hint. */
export function hostSystem(host: Host): string | undefined {
  return host.userName ?? host.pointerName;
}

/** A port number as TCP and UDP have them, 0 included; `undefined` for other text. */
export function portNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,5}$/.test(text)) return undefined;
  return Number(text) <= 65535 ? Number(text) : undefined;
}
