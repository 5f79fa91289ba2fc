import { fact, heading, rejected, type LineKind, type LineReading } from './kind.ts';
import { socketFact, type Endpoint } from './socket.ts';

/**
 * /proc/net/tcp, tcp6, udp, udp6 (also raw, udplite): addresses and ports in hexadecimal.
 *
 *   sl: local:port remote:port st tx:rx tr:when retrnsmt uid timeout inode ref pointer ...
 *
 * An address is the memory of the kernel as 32-bit words of the machine: 0100007F is 127.0.0.1 on a little-endian one.
 * proc_pid_net(5), https://docs.kernel.org/networking/proc_net_tcp.html
 */
const HEADING = /^\s*sl\s+local_address\s+(?:rem_address|remote_address)\s+st\s/;
const SOCKET =
  /^\s*(\d+): ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) ([0-9A-F]{2}) ([0-9A-F]{8}):([0-9A-F]{8}) (\S+) ([0-9A-F]{8})\s+(\d+)\s+(\d+)\s+(\d+)(?:\s.*)?$/;
/** include/net/tcp_states.h */
const STATES = [
  '',
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT1',
  'FIN_WAIT2',
  'TIME_WAIT',
  'CLOSE',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'CLOSING',
  'NEW_SYN_RECV',
  'BOUND_INACTIVE',
];

export const procNet: LineKind = {
  id: 'proc-net',
  as: 'as in /proc/net/tcp or udp',
  framing: 'lines',
  signOf: (line) => (HEADING.test(line) || SOCKET.test(line) ? 'sure' : 'other'),
  open: ({ head, assume }) => {
    // Only the files of protocols without connections count what was dropped.
    const first = head.find((line) => HEADING.test(line));
    const named = first === undefined ? undefined : /\bdrops\b/.test(first) ? 'udp' : 'tcp';
    if (first === undefined)
      assume('The table of sockets has no heading; that with a socket in state LISTEN (0A) is taken as tcp.');
    const protocol = named ?? (head.some((line) => SOCKET.exec(line)?.[6] === '0A') ? 'tcp' : 'udp');
    assume('Addresses in /proc/net are read as those of a little-endian machine (x86, ARM).');
    return (line) => (HEADING.test(line) ? heading : readSocket(line, protocol));
  },
};

function readSocket(line: string, protocol: string): LineReading {
  const [, , local = '', localPort = '', remote = '', remotePort = '', st = '', tx = '', rx = '', , , uid, , inode] =
    SOCKET.exec(line) ?? [];
  if (local === '') return rejected('The line is no socket as /proc/net lists them: it is cut off or damaged.');
  const number = parseInt(st, 16);
  const state = STATES[number];
  if (state === undefined || state === '') return rejected(`The state ${st} is none of the kernel's.`);
  const is6 = local.length === 32;
  const fields = { family: is6 ? 6 : 4, recv_q: parseInt(rx, 16), send_q: parseInt(tx, 16), inode: Number(inode) };
  const socket = {
    protocol: is6 ? `${protocol}6` : protocol,
    // CLOSE is what every socket without a connection is in.
    state: protocol === 'udp' && state === 'CLOSE' ? 'UNCONN' : state,
    local: endpoint(local, localPort),
    peer: endpoint(remote, remotePort),
    owners: [],
    user: uid,
    fields,
  };
  return fact(socketFact(socket));
}

function endpoint(hex: string, port: string): Endpoint {
  const bytes = [...hex.matchAll(/.{8}/g)].flatMap(([word]) =>
    [6, 4, 2, 0].map((at) => parseInt(word.slice(at, at + 2), 16)),
  );
  return { address: bytes.length === 4 ? bytes.join('.') : ipv6Text(bytes), port: parseInt(port, 16) };
}

/** RFC 5952: the longest run of zero groups is left out, an IPv4 address that is mapped keeps its dots. */
export function ipv6Text(bytes: readonly number[]): string {
  const groups = Array.from({ length: 8 }, (_, at) => (bytes[at * 2]! << 8) | bytes[at * 2 + 1]!);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return `::ffff:${bytes.slice(12).join('.')}`;
  const text = groups.map((group) => group.toString(16)).join(':');
  const runs = [...text.matchAll(/(?:^|(?<=:))0(?::0)+(?=:|$)/g)].sort(
    (a, b) => b[0].length - a[0].length || a.index - b.index,
  );
  const [longest] = runs;
  if (!longest) return text;
  return `${text.slice(0, longest.index).replace(/:$/, '')}::${text.slice(longest.index + longest[0].length).replace(/^:/, '')}`;
}
