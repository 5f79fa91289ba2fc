/** The real server: serves a folder of blocks on loopback, and answers queries. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const MOST_SECONDS_TO_START = 40;

/** Why a Prometheus cannot be used here; `undefined` when it can. */
export function prometheusMissing(): string | undefined {
  try {
    execFileSync('prometheus', ['--version'], { stdio: 'pipe' });
    execFileSync('promtool', ['--version'], { stdio: 'pipe' });
    return undefined;
  } catch {
    return 'prometheus is not installed, so no running server is asked (Debian package prometheus).';
  }
}

export type Parameters = Readonly<Record<string, string | number>>;

export interface Server {
  readonly url: string;
  /** The bytes of an answer of `/api/v1/<endpoint>`, errors too. */
  ask(endpoint: string, parameters: Parameters): Promise<Uint8Array>;
}

/** Runs with a server over the blocks in `folder`, which it may add to. The server is stopped afterwards. */
export async function withPrometheus<T>(folder: string, run: (server: Server) => Promise<T>): Promise<T> {
  const port = await freePort();
  const config = join(folder, 'prometheus.yml');
  writeFileSync(config, 'global: {}\n');
  const flags = ['config.file', config, 'storage.tsdb.path', folder, 'storage.tsdb.retention.time', '100y'];
  const address = ['web.listen-address', `127.0.0.1:${port}`, 'log.level', 'error'];
  const child = spawn('prometheus', pairs([...flags, ...address]), { stdio: 'ignore' });
  try {
    const url = `http://127.0.0.1:${port}`;
    await ready(url, child);
    return await run({ url, ask: (endpoint, parameters) => ask(`${url}/api/v1/${endpoint}`, parameters) });
  } finally {
    const exit = once(child, 'exit');
    if (child.exitCode === null && child.kill()) await exit;
  }
}

function pairs(flags: readonly string[]): string[] {
  return flags.flatMap((flag, i) => (i % 2 === 0 ? [`--${flag}=${flags[i + 1]!}`] : []));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < MOST_SECONDS_TO_START * 10; tries++) {
    if (child.exitCode !== null) throw new Error(`prometheus ended with ${child.exitCode}`);
    const answer = await fetch(`${url}/-/ready`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error(`prometheus is not ready after ${MOST_SECONDS_TO_START} seconds`);
}

async function ask(url: string, parameters: Parameters): Promise<Uint8Array> {
  const body = new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
  const answer = await fetch(url, { method: 'POST', body });
  return new Uint8Array(await answer.arrayBuffer());
}
