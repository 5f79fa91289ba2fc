/** A socket, whichever command shows it. */
import { isIpAddress } from '../framing/ip-address.ts';
import type { Fact, Fields } from './kind.ts';

export interface Endpoint {
  /** Without brackets; `*` where it is every address. */
  readonly address: string;
  /** Undefined for `*` and for a service that is named. */
  readonly port: number | undefined;
  /** The port as it is written, where it is no number. */
  readonly service?: string;
  readonly interface?: string;
}

/** `0.0.0.0:22`, `[::]:22`, `:::22`, `*:ssh`, `127.0.0.53%lo:53`, `[fe80::1]%eth0:546`, `10.0.0.1.22` never. */
export function readEndpoint(text: string): Endpoint | undefined {
  const colon = text.lastIndexOf(':');
  if (colon < 0) return undefined;
  const [, address = '', zone] = /^\[?([^\]%]*?)(?:%([^\]]+))?\]?(?:%.*)?$/.exec(text.slice(0, colon)) ?? [];
  const after = /\]%([^:]+):/.exec(text)?.[1] ?? zone;
  const port = readPort(text.slice(colon + 1));
  // A name may stand for an address where the command was run without -n, also one that was cut.
  if (port === undefined || (address !== '*' && address !== '' && !isIpAddress(address) && !/^[\w.-]+$/.test(address)))
    return undefined;
  const where = after === undefined ? {} : { interface: after };
  return { address: address === '' ? '*' : address, ...port, ...where };
}

function readPort(text: string): Pick<Endpoint, 'port' | 'service'> | undefined {
  if (text === '*') return { port: undefined };
  if (/^\d{1,5}$/.test(text)) return Number(text) <= 65_535 ? { port: Number(text) } : undefined;
  return /^[\w.+-]+$/.test(text) ? { port: undefined, service: text } : undefined;
}

export interface Owner {
  readonly process?: string | undefined;
  readonly pid?: number | undefined;
  readonly fd?: number | undefined;
}

export interface SocketFacts {
  /** tcp, udp, ...; tcp6 becomes tcp with family 6. */
  readonly protocol: string;
  readonly state: string | undefined;
  readonly local: Endpoint;
  readonly peer: Endpoint | undefined;
  readonly owners: readonly Owner[];
  readonly user?: string | undefined;
  readonly fields: Fields;
}

const ANY = ['*', '0.0.0.0', '::'];

/** A socket of an internet protocol. It listens in state LISTEN, or, where the protocol has no states, with no peer. */
export function socketFact({ protocol, state, local, peer, owners, user, fields }: SocketFacts): Fact {
  const plain = protocol.replace(/6$|4$/, '');
  const listens = state === 'LISTEN' || (plain !== 'tcp' && !isConnected(peer, state));
  const id = `${protocol} ${shown(local)}${listens ? '' : `-${peer ? shown(peer) : ''}`}`;
  const [first] = owners;
  const names = [...new Set(owners.map((owner) => owner.process))];
  const more = owners.length < 2 ? {} : { processes: names, pids: owners.map((owner) => owner.pid) };
  return {
    type: 'socket',
    id,
    name: id,
    fields: {
      protocol: plain,
      state,
      listening: listens,
      local_address: local.address,
      local_port: local.port,
      local_service: local.service,
      interface: local.interface,
      peer_address: peer?.address,
      peer_port: peer?.port,
      ...first,
      ...more,
      user,
      ...fields,
    },
  };
}

function isConnected(peer: Endpoint | undefined, state: string | undefined): boolean {
  if (state === 'ESTAB' || state === 'ESTABLISHED') return true;
  return peer !== undefined && !(ANY.includes(peer.address) && (peer.port ?? 0) === 0);
}

function shown({ address, port, service, interface: zone }: Endpoint): string {
  const of = zone === undefined ? address : `${address}%${zone}`;
  return `${of.includes(':') ? `[${of}]` : of}:${port ?? service ?? '*'}`;
}
