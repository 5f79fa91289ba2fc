/** What a report says of a host: its name, its addresses, when it was looked at and how. */
import type { UtcMicros } from '../../../shared/time.ts';
import { isIpAddress } from '../framing/ip-address.ts';
import { readEpoch, readScanTime } from './times.ts';

/** Properties that are read; a host may have hundreds more. */
export const propertiesRead: ReadonlySet<string> = new Set([
  'HOST_START',
  'HOST_START_TIMESTAMP',
  'HOST_END',
  'HOST_END_TIMESTAMP',
  'host-ip',
  'host-fqdn',
  'host-rdns',
  'hostname',
  'netbios-name',
  'mac-address',
  'Credentialed_Scan',
  'ping_failed',
]);

export interface HostTimes {
  readonly start: UtcMicros | undefined;
  readonly end: UtcMicros | undefined;
  /** One of them had no offset. */
  readonly wallClock: boolean;
}

export interface HostNames {
  readonly system: string | undefined;
  readonly address: string | undefined;
  /** The application, where what was looked at is one and no host. */
  readonly resource: string | undefined;
}

/** The name that was scanned, else the name that the host has; the address, else what tells hosts apart on a cable. */
export function namesOf(name: string | undefined, properties: ReadonlyMap<string, string>): HostNames {
  const called = (name ?? '').trim();
  const address = properties.get('host-ip') ?? (isIpAddress(called) ? called : undefined);
  const hardware = properties.get('mac-address')?.split(/\s/, 1)[0];
  const url = /^https?:\/\/(?:[^/@]*@)?(\[[^\]]+\]|[^/:?#]+)/i.exec(called);
  const own = ['host-fqdn', 'hostname', 'netbios-name', 'host-rdns'].map((tag) => properties.get(tag));
  const system = url?.[1] ?? (isIpAddress(called) || called === '' ? own.find((each) => each) : called);
  return { system, address: address ?? hardware, resource: url ? called : undefined };
}

/** When a host was looked at. The newer tags are seconds since 1970; the older ones have no zone. */
export function timesOf(properties: ReadonlyMap<string, string>, zone: string): HostTimes {
  const [start, end] = ['HOST_START', 'HOST_END'].map((tag) => {
    const epoch = readEpoch(properties.get(`${tag}_TIMESTAMP`));
    return epoch === undefined ? readScanTime(properties.get(tag), zone) : { time: epoch, wallClock: false };
  });
  return { start: start?.time, end: end?.time, wallClock: (start?.wallClock ?? false) || (end?.wallClock ?? false) };
}

/** What is said of the rights with which a host was looked at; a scan without them sees the outside only. */
export function credentialsSaid(properties: ReadonlyMap<string, string>): string | undefined {
  const said = properties.get('Credentialed_Scan')?.toLowerCase();
  if (said === 'true') return 'authenticated scan';
  return said === 'false' ? 'unauthenticated scan: local checks were not done' : undefined;
}
