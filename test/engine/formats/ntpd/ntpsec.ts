/**
 * The real daemon, which cannot set a clock here, and a time server whose clock is wrong by a known amount. ntpd asks and
 * answers at port 123 only, so each of the two has a network of its own, and a cable between them.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { buildSync } from 'esbuild';

const PROGRAMS = ['ntpd', 'ntpq', 'ip', 'unshare', 'nsenter', 'setpriv'];
const DAEMON = '10.9.0.1';
/** The address of the server. */
export const SERVER = '10.9.0.2';
const PORT = '123';

/** Why ntpd cannot be used here; `undefined` when it can. */
export function ntpsecMissing(): string | undefined {
  const missing = PROGRAMS.find((program) => !succeeds('which', [program]));
  if (missing !== undefined)
    return `${missing} is not installed, so no clock is measured with ntpd (Debian packages ntpsec, iproute2, util-linux).`;
  if (!execFileSync('ntpd', ['--version'], { encoding: 'utf8' }).includes('ntpsec'))
    return 'The ntpd that is installed is not that of ntpsec, so no clock is measured with it (Debian package ntpsec).';
  return succeeds('unshare', ['-n', 'ip', 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1'])
    ? undefined
    : 'No network can be made of its own (it needs root), so no clock is measured with ntpd.';
}

function succeeds(program: string, words: readonly string[]): boolean {
  try {
    execFileSync(program, words, { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}

/** What ntpd wrote and ntpq printed, by the names of the files. */
export type Measured = Readonly<Record<string, string>>;

const LONGEST_WAIT_MS = 60_000;
/** Updates of the clock to wait for. */
const ENOUGH_LINES = 3;

/** Lets ntpd measure the clock of this machine against a server that is `ahead` seconds ahead of it. */
export async function measureWithNtpsec(ahead: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'fieldwork-ntpsec-'));
  const running: ChildProcess[] = [];
  try {
    const server = await startServer(folder, ahead);
    running.push(server);
    writeFileSync(join(folder, 'ntp.conf'), configuration(folder));
    const daemon = startDaemon(folder, server);
    running.push(daemon);
    await enoughWasWritten(folder);
    return {
      ...reportsOf(daemon),
      loopstats: textOf(folder, 'loopstats'),
      peerstats: textOf(folder, 'peerstats'),
    };
  } finally {
    await Promise.all(running.map(end));
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startServer(folder: string, ahead: number): Promise<ChildProcess> {
  const program = join(folder, 'server.mjs');
  const entry = join(import.meta.dirname, '../clocks/time-server-process.ts');
  buildSync({
    entryPoints: [entry],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  const words = ['-n', process.execPath, program, PORT, String(ahead)];
  const server = spawn('unshare', words, { stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise<void>((resolve, reject) => {
    server.stdout.once('data', () => resolve());
    server.once('exit', (code) => reject(new Error(`The time server ended with ${code}.`)));
  });
  return server;
}

function startDaemon(folder: string, server: ChildProcess): ChildProcess {
  const inServer = `nsenter -n -t ${server.pid} ip`;
  const cable = [
    `ip link add v0 type veth peer name v1 netns ${server.pid}`,
    `ip addr add ${DAEMON}/24 dev v0`,
    'ip link set lo up',
    'ip link set v0 up',
    `${inServer} addr add ${SERVER}/24 dev v1`,
    `${inServer} link set v1 up`,
  ];
  // Without CAP_SYS_TIME the kernel refuses to move the clock, whatever the daemon wants.
  const withoutTime = 'exec setpriv --bounding-set=-sys_time --inh-caps=-sys_time';
  const ntpd = `${withoutTime} ntpd -n -c ${folder}/ntp.conf -p ${folder}/pid -l ${folder}/log`;
  return spawn('unshare', ['-n', 'sh', '-c', [...cable, ntpd].join(' && ')], { stdio: 'ignore' });
}

function configuration(folder: string): string {
  const lines = [
    'disable ntp',
    ...['default', '127.0.0.1', '::1'].map((whom) => `restrict ${whom}`),
    `server ${SERVER} iburst minpoll 1 maxpoll 1`,
    `statsdir ${folder}/`,
    'filegen loopstats file loopstats type none enable',
    'filegen peerstats file peerstats type none enable',
    'statistics loopstats peerstats',
  ];
  return `${lines.join('\n')}\n`;
}

async function enoughWasWritten(folder: string): Promise<void> {
  for (let waited = 0; waited < LONGEST_WAIT_MS; waited += 250) {
    await wait(250);
    if (textOf(folder, 'loopstats').split('\n').length > ENOUGH_LINES) return;
  }
  throw new Error(`ntpd wrote too little in ${LONGEST_WAIT_MS} ms: ${textOf(folder, 'log')}`);
}

function textOf(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch {
    return '';
  }
}

function reportsOf(daemon: ChildProcess): Measured {
  const ask = (...words: string[]): string =>
    execFileSync('nsenter', ['-n', '-t', String(daemon.pid), 'ntpq', ...words, '127.0.0.1'], { encoding: 'utf8' });
  return {
    'rv.txt': ask('-n', '-c', 'rv'),
    'rv-peer.txt': ask('-n', '-c', 'as', '-c', 'rv &1'),
    'pn.txt': ask('-pn'),
    'pnu.txt': ask('-pnu'),
    'as.txt': ask('-c', 'as'),
    'sysinfo.txt': ask('-n', '-c', 'sysinfo'),
    'sysstats.txt': ask('-c', 'sysstats'),
  };
}

async function end(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  const ended = new Promise((resolve) => process.once('exit', resolve));
  process.kill();
  await ended;
}
