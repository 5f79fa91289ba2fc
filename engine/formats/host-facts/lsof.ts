import { fact, heading, numberOrText, rejected, wordsOf, type LineKind, type LineReading } from './kind.ts';
import { readEndpoint, socketFact } from './socket.ts';

/** `lsof -i -P -n`: COMMAND PID [TID [TASKCMD]] USER FD TYPE DEVICE SIZE/OFF NODE NAME. */
const HEADING =
  /^COMMAND\s+PID\s+(?:TID\s+(?:TASKCMD\s+)?)?(?:PPID\s+|PGID\s+)?USER\s+FD\s+TYPE\s+DEVICE\s+SIZE\/OFF\s+NODE\s+NAME$/;
const SOCKET =
  /^(\S+)\s+(\d+)\s+(?:(?:\d+\s+)?\S*\s+)??(\S+)\s+(\d+)([rwu]?)[rRwWuUN]?\s+(IPv[46])\s+(\S+)\s+(\S+)\s+(TCP|UDP|UDPLITE|SCTP|RAW)\s+(\S+)(?:\s+\((\w+)\))?$/;
const OTHER_FILE =
  /^\S+\s+\d+\s.*\s(?:cwd|rtd|txt|mem|DEL|\d+[rwu]?\w?|NOFD)\s+(?:DIR|REG|CHR|FIFO|unix|sock|a_inode|BLK|netlink|unknown|LINK|pack)\s/;

export const lsof: LineKind = {
  id: 'lsof',
  as: 'as lsof -i prints them',
  framing: 'lines',
  signOf: (line) => (HEADING.test(line) || SOCKET.test(line) ? 'sure' : OTHER_FILE.test(line) ? 'fits' : 'other'),
  open: () => (line) => (HEADING.test(line) ? heading : readSocket(line)),
};

function readSocket(line: string): LineReading {
  const [, command = '', pid, user, fd, , type, , , protocol = '', name = '', state] = SOCKET.exec(line) ?? [];
  if (command === '')
    return OTHER_FILE.test(line) ? openFile(line) : rejected('The line is none of the files that lsof lists.');
  const [local = '', peer] = name.split('->');
  const [from, to] = [readEndpoint(local), peer === undefined ? undefined : readEndpoint(peer)];
  if (!from || (peer !== undefined && !to))
    return rejected('The name of the socket is no address with a port behind a colon.');
  // Bytes that are not printed stand as \x20.
  const process = command.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  const owner = { process, pid: Number(pid), fd: Number(fd) };
  const fields = { family: type === 'IPv6' ? 6 : 4 };
  return fact(
    socketFact({ protocol: protocol.toLowerCase(), state, local: from, peer: to, owners: [owner], user, fields }),
  );
}

/** Without -i lsof lists all open files; their columns vary, so that only the first two are taken apart. */
function openFile(line: string): LineReading {
  const [command = '', pid = ''] = wordsOf(line);
  return fact({
    type: 'open_file',
    id: `${command} ${wordsOf(line).at(-1)}`,
    fields: { process: command, pid: numberOrText(pid) },
  });
}
