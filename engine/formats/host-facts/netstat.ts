import { fact, heading, numberOrText, rejected, type LineKind, type LineReading } from './kind.ts';
import { readEndpoint, socketFact } from './socket.ts';

/**
 * `netstat` of net-tools: tables under "Active Internet connections" and "Active UNIX domain sockets". The columns
 * behind the state depend on the options: -e adds User and Inode, -p the process, -o the timer.
 */
const SECTION = /^Active (?:Internet|UNIX domain|Bluetooth|IPX|AX\.25|NET\/ROM|X\.25) (?:connections|sockets)/;
const COLUMNS = /^Proto\s+(?:Recv-Q\s+Send-Q\s+Local Address|RefCnt\s+Flags)/;
const INTERNET = /^(tcp6?|udp6?|udpl6?|udplite6?|raw6?|sctp6?|icmp6?)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+)(?:\s+(.*))?$/;
/** Both addresses have a colon; a state of connection tracking has neither. */
const ADDRESSED = /^\w+\s+\d+\s+\d+\s+\S*:\S+\s+\S*:\S+(?:\s|$)/;
const UNIX = /^(unix)\s+(\d+)\s+\[([^\]]*)\]\s+(\w+)\s+(?:([A-Z][A-Z ]*[A-Z])\s+)?(\d+)(?:\s+(.*))?$/;
const STATE =
  /^(LISTEN|ESTABLISHED|SYN_SENT|SYN_RECV|FIN_WAIT1|FIN_WAIT2|TIME_WAIT|CLOSE|CLOSE_WAIT|LAST_ACK|CLOSING|UNKNOWN)(?:\s+(.*))?$/;
/** Raw sockets have the number of their state. */
const RAW_STATE = /^(\d{1,2})(?:\s+(.*))?$/;
const TIMER = /\s*(?:off|on|keepalive|timewait|probe|unkn-\d+) \(.*$/;
const UNNAMED = 'The output of netstat has no heading: its columns are taken by what stands in them.';

export const netstat: LineKind = {
  id: 'netstat',
  as: 'as netstat prints them',
  framing: 'lines',
  signOf: (line) => {
    if ([SECTION, COLUMNS, UNIX].some((form) => form.test(line))) return 'sure';
    return INTERNET.test(line) && ADDRESSED.test(line) ? 'sure' : 'other';
  },
  open: ({ assume }) => {
    let columns = '';
    return (line) => {
      if (COLUMNS.test(line)) columns = line;
      if (COLUMNS.test(line) || SECTION.test(line)) return heading;
      if (columns === '') assume(UNNAMED);
      return line.startsWith('unix') ? readUnix(line, columns) : readInternet(line, columns);
    };
  },
};

function readInternet(line: string, columns: string): LineReading {
  const [, protocol = '', recv, send, local = '', peer = '', after = ''] = INTERNET.exec(line) ?? [];
  if (protocol === '') return rejected('The line is none of the sockets that netstat lists.');
  const [from, to] = [readEndpoint(local), readEndpoint(peer)];
  if (!from) return rejected('The local address has no port behind a colon.');
  if (!to) return rejected('The foreign address has no port behind a colon.');
  const [, state, rest = ''] = STATE.exec(after) ?? (protocol.startsWith('raw') ? RAW_STATE.exec(after) : null) ?? [];
  const { user, inode, owner, timer } = readRest((state === undefined ? after : rest).trim(), columns);
  const fields = { recv_q: Number(recv), send_q: Number(send), inode, timer };
  const owners = owner === undefined ? [] : [owner];
  return fact(socketFact({ protocol, state, local: from, peer: to, owners, user, fields }));
}

/** User, inode, process, timer: each there when its column is. */
function readRest(text: string, columns: string) {
  const isNamed = columns !== '';
  const timer = !isNamed || columns.includes('Timer') ? TIMER.exec(text)?.[0].trim() : undefined;
  const plain = timer === undefined ? text : text.slice(0, text.length - timer.length).trim();
  const extended = isNamed ? columns.includes('Inode') : /^\S+\s+\d+(?:\s|$)/.test(plain);
  const [, user, inode, program = extended ? '' : plain] =
    (extended ? /^(\S+)\s+(\d+)\s*(.*)$/.exec(plain) : undefined) ?? [];
  const owner = readProgram(program.trim());
  return { user, inode: inode === undefined ? undefined : Number(inode), owner, timer };
}

/** `1279/qpidd`; `-` where the process is not known. What has no slash is no process that one can be sure of. */
function readProgram(text: string): { readonly process?: string; readonly pid?: number } | undefined {
  const [, pid, process] = /^(\d+)\/(.*)$/.exec(text) ?? [];
  if (pid !== undefined) return { process: process ?? '', pid: Number(pid) };
  return undefined;
}

function readUnix(line: string, columns: string): LineReading {
  const [, protocol, references, flags = '', kind, state, inode, rest = ''] = UNIX.exec(line) ?? [];
  if (protocol === undefined) return rejected('The line is none of the sockets that netstat lists.');
  const withProgram = columns.includes('PID/Program');
  const [, pid, process, path = ''] =
    (withProgram ? /^(?:(\d+)\/(.*?)|-)(?:\s{2,}(.*))?$/.exec(rest.trim()) : ['', undefined, undefined, rest.trim()]) ??
    [];
  const listening = state === 'LISTENING';
  const owner = pid === undefined ? {} : { process, pid: Number(pid) };
  const fields = {
    protocol,
    references: numberOrText(references ?? ''),
    flags: flags.trim(),
    kind,
    state,
    listening,
    ...owner,
    inode: Number(inode),
    path,
  };
  return fact({ type: 'socket', id: `unix ${path === '' ? (kind ?? '') : path}`, fields });
}
