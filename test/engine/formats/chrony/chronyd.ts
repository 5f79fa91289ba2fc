/** The real daemon, which never touches the clock here (`-x`), and time servers whose clocks are wrong by a known amount. */
import { execFileSync, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { answerOf } from '../clocks/time-server.ts';

/** Why chronyd cannot be used here; `undefined` when it can. */
export function chronydMissing(): string | undefined {
  try {
    execFileSync('chronyd', ['--version'], { stdio: 'pipe' });
    execFileSync('chronyc', ['--version'], { stdio: 'pipe' });
    return undefined;
  } catch {
    return 'chronyd is not installed, so no clock is measured with it (Debian package chrony).';
  }
}

export interface WrongServer {
  readonly address: string;
  /** Seconds that its clock is ahead of the one of this machine. */
  readonly ahead: number;
  /** It is only measured, never followed. */
  readonly isIgnored: boolean;
}

/** What chronyd logged and chronyc printed, by the names of the files. */
export type Measured = Readonly<Record<string, string>>;

const REPORTS = ['tracking', 'sources', 'sourcestats', 'ntpdata'];
const LOGS = ['tracking.log', 'measurements.log', 'statistics.log'];
const LONGEST_WAIT_MS = 25_000;
/** Lines of tracking.log to wait for: a heading of three, one without a reference, then updates. */
const ENOUGH_LINES = 8;

/** Lets chronyd measure the clock of this machine against these servers for some seconds. */
export async function measureWithChronyd(servers: readonly WrongServer[]): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'fieldwork-chrony-'));
  const running = await Promise.all(servers.map(serveWrongTime));
  writeFileSync(join(folder, 'chrony.conf'), configuration(folder, servers, running));
  // -x: the clock is never controlled; -U: no need to be root; -d: in the foreground.
  const daemon = spawn('chronyd', ['-x', '-U', '-d', '-u', userInfo().username, '-f', join(folder, 'chrony.conf')], {
    stdio: 'ignore',
  });
  try {
    await enoughWasLogged(join(folder, 'tracking.log'));
    return { ...reports(folder), ...logs(folder) };
  } finally {
    const ended = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill();
    await ended;
    for (const { socket } of running) socket.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface RunningServer {
  readonly socket: Socket;
  readonly port: number;
}

function configuration(folder: string, servers: readonly WrongServer[], running: readonly RunningServer[]): string {
  const sources = servers.map(
    ({ address, isIgnored }, at) =>
      `server ${address} port ${running[at]?.port} iburst minpoll 0 maxpoll 0${isIgnored ? ' noselect' : ''}`,
  );
  const settings = [
    ...sources,
    'port 0',
    'cmdport 0',
    `bindcmdaddress ${folder}/sock`,
    `pidfile ${folder}/pid`,
    `logdir ${folder}`,
    'log rawmeasurements statistics tracking',
  ];
  return `${settings.join('\n')}\n`;
}

async function enoughWasLogged(log: string): Promise<void> {
  for (let waited = 0; waited < LONGEST_WAIT_MS; waited += 250) {
    await wait(250);
    if (readIfThere(log).split('\n').length > ENOUGH_LINES) return;
  }
  throw new Error(`chronyd logged too little in ${LONGEST_WAIT_MS} ms: ${readIfThere(log)}`);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function reports(folder: string): Measured {
  const ask = (...words: string[]): string =>
    execFileSync('chronyc', ['-h', join(folder, 'sock'), '-n', ...words], { encoding: 'utf8' });
  return Object.fromEntries(
    REPORTS.flatMap((report) => [
      [`${report}.txt`, ask(report)],
      [`${report}.csv`, ask('-c', report)],
    ]),
  );
}

function logs(folder: string): Measured {
  return Object.fromEntries(LOGS.map((name) => [name, readIfThere(join(folder, name))]));
}

/** A time server (RFC 5905) of stratum 2 on a free port. */
async function serveWrongTime({ address, ahead }: WrongServer): Promise<RunningServer> {
  const socket = createSocket('udp4');
  socket.on('message', (request, from) => {
    socket.send(answerOf(request, ahead), from.port, from.address);
  });
  await new Promise<void>((resolve) => {
    socket.bind(0, address, resolve);
  });
  return { socket, port: socket.address().port };
}
