/** The real daemon: takes messages over TCP on the loopback and writes them out in several formats. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Why rsyslogd cannot be used here; `undefined` when it can. */
export function rsyslogMissing(): string | undefined {
  try {
    execFileSync('rsyslogd', ['-v'], { stdio: 'pipe' });
    return undefined;
  } catch {
    return 'rsyslogd is not installed, so nothing is compared with it (Debian package rsyslog).';
  }
}

/** What the daemon made of the messages, by output; `framed-*` are streams with octet counting. */
export type Outputs = ReadonlyMap<string, Buffer>;

const FILES: Readonly<Record<string, string>> = {
  traditional: 'RSYSLOG_TraditionalFileFormat',
  iso: 'RSYSLOG_FileFormat',
  rfc5424: 'RSYSLOG_SyslogProtocol23Format',
  received: 'received',
  stamped: 'stamped',
};
const STREAMS: Readonly<Record<string, string>> = {
  'framed-5424': 'RSYSLOG_SyslogProtocol23Format',
  'framed-3164': 'RSYSLOG_TraditionalForwardFormat',
};

/** Sends messages, framed, to a daemon of its own and gives what it wrote. */
export async function throughRsyslog(messages: readonly Buffer[], settings = ''): Promise<Outputs> {
  const folder = mkdtempSync(join(tmpdir(), 'fieldwork-rsyslog-'));
  const sinks = await Promise.all(Object.keys(STREAMS).map(() => openSink()));
  const port = await freePort();
  const ports = sinks.map(({ server }) => portOf(server));
  writeFileSync(join(folder, 'conf'), configuration({ folder, port, ports, settings }));
  const daemon = spawn('rsyslogd', ['-n', '-f', join(folder, 'conf'), '-i', join(folder, 'pid')], {
    env: { ...process.env, TZ: 'UTC' },
    stdio: 'ignore',
  });
  try {
    await send(port, messages);
    const written = () => readIfThere(join(folder, 'traditional')).toString().split('end-of-messages').length > 1;
    await until(() => written() && sinks.every(({ bytes }) => bytes().includes('end-of-messages')));
    await stop(daemon);
    const files = Object.keys(FILES).map((name) => [name, readIfThere(join(folder, name))] as const);
    const streams = Object.keys(STREAMS).map((name, at) => [name, sinks[at]!.bytes()] as const);
    return new Map([...files, ...streams]);
  } finally {
    await stop(daemon);
    for (const { server, close } of sinks) {
      close();
      server.close();
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The last message that is sent; what comes out after it has all come out. */
export const LAST_MESSAGE = Buffer.from('<13>Mar  1 00:10:00 web-1 test: end-of-messages');

interface Configuration {
  readonly folder: string;
  readonly port: number;
  readonly ports: readonly number[];
  readonly settings: string;
}

function configuration({ folder, port, ports, settings }: Configuration): string {
  const files = Object.entries(FILES).map(
    ([name, template]) =>
      `action(type="omfile" file="${join(folder, name)}" template="${template}" asyncWriting="off")`,
  );
  const streams = Object.values(STREAMS).map(
    (template, at) =>
      `action(type="omfwd" target="127.0.0.1" port="${ports[at]}" protocol="tcp" tcp_framing="octet-counted" template="${template}")`,
  );
  return [
    `global(workDirectory="${folder}" preserveFQDN="on" localHostname="collector" net.enableDNS="off" ${settings})`,
    'module(load="imtcp")',
    // As collectors are told to keep the time at which they received a message.
    'template(name="received" type="string" string="<%PRI%>1 %TIMESTAMP:::date-rfc3339% %HOSTNAME% %APP-NAME% %PROCID% %MSGID% [rx@32473 timereceived=\\"%timegenerated:::date-rfc3339%\\"] %msg%\\n")',
    'template(name="stamped" type="string" string="%timegenerated:::date-rfc3339% %fromhost-ip% <%PRI%>1 %TIMESTAMP:::date-rfc3339% %HOSTNAME% %APP-NAME% %PROCID% %MSGID% %STRUCTURED-DATA% %msg%\\n")',
    'ruleset(name="all") {',
    ...files,
    ...streams,
    '}',
    `input(type="imtcp" port="${port}" address="127.0.0.1" ruleset="all")`,
    '',
  ].join('\n');
}

interface Sink {
  readonly server: Server;
  bytes(): Buffer;
  close(): void;
}

async function openSink(): Promise<Sink> {
  const pieces: Buffer[] = [];
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('data', (piece) => pieces.push(piece));
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, bytes: () => Buffer.concat(pieces), close: () => sockets.forEach((socket) => socket.destroy()) };
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

async function freePort(): Promise<number> {
  const { server } = await openSink();
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}

async function send(port: number, messages: readonly Buffer[]): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  for (let tries = 0; ; tries++) {
    try {
      await once(socket, 'connect');
      break;
    } catch (error) {
      if (tries > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
      socket.connect(port, '127.0.0.1');
    }
  }
  for (const message of [...messages, LAST_MESSAGE]) {
    socket.write(`${message.length} `);
    socket.write(message);
  }
  socket.end();
  await once(socket, 'close');
}

function readIfThere(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}

async function until(isDone: () => boolean): Promise<void> {
  for (let tries = 0; !isDone(); tries++) {
    if (tries > 200) throw new Error('rsyslogd did not write all messages within 20 s.');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function stop(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const exited = once(daemon, 'exit');
  daemon.kill('SIGTERM');
  await exited;
}
