/** The real daemon, which never touches the clock here (`-x`), and time servers whose clocks are wrong by a known amount. */
import { execFileSync, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

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

const REPORTS = ['tracking', 'sources', 'sourcestats'];
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

/** Seconds from 1900 to 1970. */
const NTP_OFFSET = 2_208_988_800n;

/** NTP timestamp of the clock of this machine, moved by `ahead` seconds. */
function ntpNow(ahead: number): bigint {
  const micros = BigInt(Math.round((performance.timeOrigin + performance.now() + ahead * 1000) * 1000));
  return ((micros / 1_000_000n + NTP_OFFSET) << 32n) | (((micros % 1_000_000n) << 32n) / 1_000_000n);
}

/** A time server (RFC 5905) of stratum 2 on a free port. */
async function serveWrongTime({ address, ahead }: WrongServer): Promise<RunningServer> {
  const socket = createSocket('udp4');
  socket.on('message', (request, from) => {
    const received = ntpNow(ahead);
    const answer = Buffer.alloc(48);
    answer[0] = ((request[0] ?? 0) & 0b00111000) | 4;
    answer[1] = 2;
    answer[2] = request[2] ?? 0;
    answer[3] = 0xec;
    answer.writeUInt32BE(0x10, 8);
    answer.write('TEST', 12, 'latin1');
    answer.writeBigUInt64BE(received - (1n << 32n), 16);
    request.copy(answer, 24, 40, 48);
    answer.writeBigUInt64BE(received, 32);
    answer.writeBigUInt64BE(ntpNow(ahead), 40);
    socket.send(answer, from.port, from.address);
  });
  await new Promise<void>((resolve) => {
    socket.bind(0, address, resolve);
  });
  return { socket, port: socket.address().port };
}
