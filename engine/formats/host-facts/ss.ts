import { fact, heading, rejected, wordsOf, type Fact, type LineKind, type LineReading } from './kind.ts';
import { readEndpoint, socketFact, type Owner } from './socket.ts';

/**
 * `ss`: [Netid] State Recv-Q Send-Q Local Peer [what -p, -e, -o and -Z add]. The heading has Netid where sockets of
 * several kinds were asked for; in the heading of old versions the last columns touch each other.
 */
const STATES =
  'LISTEN|UNCONN|ESTAB|SYN-SENT|SYN-RECV|FIN-WAIT-1|FIN-WAIT-2|TIME-WAIT|CLOSE-WAIT|LAST-ACK|CLOSING|CLOSED?|UNKNOWN|BOUND';
const NETIDS = 'tcp|udp|raw|sctp|dccp|mptcp|icmp6|u_str|u_dgr|u_seq|nl|p_raw|p_dgr|v_str|v_dgr|ti_\\w+|xdp|\\?\\?\\?';
const SOCKET = new RegExp(String.raw`^\s*(?:(${NETIDS})\s+)?(${STATES})\s+(\d+)\s+(\d+)\s+(\S.*)$`);
const HEADING = /^(?:Netid\s+)?State\s+Recv-Q\s+Send-Q\s+Local Address:Port\s+Peer Address:Port/;
const INTERNET = /^(?:tcp|udp|raw|sctp|dccp|mptcp|icmp6)$/;

export const ss: LineKind = {
  id: 'ss',
  hasLongLines: true,
  as: 'as ss prints them',
  framing: 'lines',
  signOf: (line) => (HEADING.test(line) || SOCKET.test(line) ? 'sure' : 'other'),
  open: ({ head, assume }) => {
    const asTcp = !head.some((line) => SOCKET.exec(line)?.[1] !== undefined || /^Netid\s/.test(line));
    // UNCONN is no state of TCP.
    const udp = asTcp && head.some((line) => SOCKET.exec(line)?.[2] === 'UNCONN');
    if (asTcp)
      assume(
        `The output of ss has no column Netid: only sockets of one kind were asked for, taken as ${udp ? 'udp' : 'tcp'}.`,
      );
    return (line) => (HEADING.test(line) ? heading : readSocket(line, udp ? 'udp' : 'tcp'));
  },
};

function readSocket(line: string, only: string): LineReading {
  const [, netid = only, state = '', recv = '', send = '', rest = ''] = SOCKET.exec(line) ?? [];
  if (state === '') return rejected('The line is none of the sockets that ss lists.');
  const queues = { recv_q: Number(recv), send_q: Number(send) };
  if (!INTERNET.test(netid)) return fact(otherSocket(netid, state, rest, queues));
  const [local = '', peer = ''] = wordsOf(rest);
  const [from, to] = [readEndpoint(local), readEndpoint(peer)];
  if (!from) return rejected('The local address has no port behind a colon: the line is cut off or damaged.');
  if (!to) return rejected('The address of the peer has no port behind a colon: the line is cut off or damaged.');
  const more = rest.slice(rest.indexOf(peer, local.length) + peer.length).trim();
  const extra = readExtra(more);
  if (extra === undefined) return rejected('The list of the processes (users) is not closed: the line is cut off.');
  const { owners, fields, user } = extra;
  return fact(
    socketFact({ protocol: netid, state, local: from, peer: to, owners, user, fields: { ...queues, ...fields } }),
  );
}

/** Sockets of the system itself have a path, or a number, and their peer's. */
function otherSocket(protocol: string, state: string, rest: string, queues: Fact['fields']): Fact {
  const extra = readExtra(/\susers:\(.*$/.exec(rest)?.[0].trim() ?? '');
  const [path = ''] = wordsOf(rest);
  const fields = { protocol, state, listening: state === 'LISTEN', path, ...queues, ...extra?.owners[0] };
  return { type: 'socket', id: `${protocol} ${path}`, fields };
}

const USER = /\("((?:[^"\\]|\\.)*)",(?:pid=)?(\d+)[^()]*?,(?:fd=)?(\d+)\)/g;

interface Extra {
  readonly owners: readonly Owner[];
  readonly user: string | undefined;
  readonly fields: Fact['fields'];
}

/** `users:(("nginx",pid=12,fd=6)) timer:(keepalive,...) uid:101 ino:5 sk:2 cgroup:/x v6only:1 <->`. */
function readExtra(text: string): Extra | undefined {
  const users = /users:\((.*?)\)(?=\)|\s|$)\)?/.exec(text)?.[0];
  if (/users:/.test(text) && (users === undefined || !users.endsWith('))'))) return undefined;
  const owners = [...(users ?? '').matchAll(USER)].map(([, process = '', pid, fd]) => ({
    process,
    pid: Number(pid),
    fd: Number(fd),
  }));
  const rest = text.replace(users ?? '', '');
  const of = (name: string): string | undefined => new RegExp(String.raw`(?:^|\s)${name}:(\S+)`).exec(rest)?.[1];
  const inode = of('ino');
  const fields = {
    inode: inode === undefined ? undefined : Number(inode),
    cgroup: of('cgroup'),
    context: of('proc_ctx'),
  };
  return { owners, user: of('uid'), fields };
}
