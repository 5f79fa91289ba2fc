/**
 * What `nmap -oG` and `masscan -oG` write, a line a host:
 *
 *   # Nmap 7.93 scan initiated Sat Nov 21 06:36:26 2026 as: nmap -oG ...
 *   # Ports scanned: TCP(3;22,80,443) UDP(0;) SCTP(0;) PROTOCOLS(0;)            with -v
 *   Host: <address> (<name>) TAB Status: Up
 *   Host: <address> (<name>) TAB Ports: <port>/<state>/<protocol>/<owner>/<service>/<rpc>/<version>/, ... TAB ...
 *   Timestamp: <seconds> TAB Host: ...                                           masscan
 *   # Nmap done at Sat Nov 21 06:36:28 2026 -- 1 IP address (1 host up) scanned in 2.02 seconds
 */
import { portNumber } from './host.ts';

export interface HostLine {
  readonly seconds: string | undefined;
  readonly address: string;
  readonly name: string | undefined;
  /** Fields after the host: `Status`, `Ports`, `Ignored State`, `OS`, ... */
  readonly fields: ReadonlyMap<string, string>;
}

export interface PortEntry {
  readonly port: number;
  readonly state: string;
  readonly protocol: string;
  readonly service: string | undefined;
  readonly product: string | undefined;
}

const HOST = /^(?:Timestamp: (\d{1,11})\t)?Host: (\S{1,255}) \(([^)\t]{0,1000})\)(?:\t|$)/;

export function hostLine(line: string): HostLine | undefined {
  const [head, seconds, address, name] = HOST.exec(line) ?? [];
  if (head === undefined) return undefined;
  const parts = line.slice(head.length).split('\t');
  const fields = parts.flatMap((part) => {
    const colon = part.indexOf(': ');
    return colon < 0 ? [] : [[part.slice(0, colon), part.slice(colon + 2).trim()] as const];
  });
  return { seconds, address: address!, name: name || undefined, fields: new Map(fields) };
}

/** The ports of a line; the sentence what is wrong with one of them. */
export function portEntries(list: string): readonly PortEntry[] | string {
  const entries: PortEntry[] = [];
  for (const entry of list === '' ? [] : list.split(/, (?=\d{1,5}\/)/)) {
    // A slash in a field is written as a bar.
    const [number, state = '', protocol = '', , service = '', , version = ''] = entry.split('/');
    const port = portNumber(number);
    if (port === undefined) return `The port number ${JSON.stringify(number!.slice(0, 60))} is not 0 to 65535.`;
    if (state === '' || protocol === '') return `Port ${port} has no state or no protocol.`;
    // TLS stands before the service that was found in it, and a question mark behind one that was guessed.
    const name = service.replace(/^ssl\|/, '').replace(/\?$/, '');
    entries.push({
      port,
      state,
      protocol,
      service: name || undefined,
      product: version.replaceAll('|', '/') || undefined,
    });
  }
  return entries;
}

export interface CommentFacts {
  readonly tool?: string;
  readonly version?: string;
  readonly started?: string;
  readonly arguments?: string;
  readonly scope?: string;
  readonly finished?: string;
}

const INITIATED = /^# (Nmap|Masscan) (\S{1,60}) scan initiated (.{10,40}?)(?: as: (.*))?$/;
const DONE = /^# (?:Nmap|Masscan) done at (.{10,40}?)(?: -- .*)?$/;
const PORTS = /^# Ports scanned: (.*)$/;

export function commentFacts(line: string): CommentFacts {
  const [, tool, version, started, called] = INITIATED.exec(line) ?? [];
  if (tool !== undefined)
    return { tool: tool.toLowerCase(), version: version!, started: started!, ...(called ? { arguments: called } : {}) };
  const finished = DONE.exec(line)?.[1];
  if (finished !== undefined) return { finished };
  const scope = PORTS.exec(line)?.[1];
  return scope === undefined ? {} : { scope: scope.slice(0, 1_000_000) };
}
