import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { nmap } from '../../../../engine/formats/nmap/nmap.ts';
import { collectRows } from '../collect-rows.ts';

const tool = '/usr/bin/nmap';

async function listen(): Promise<Server> {
  // A connect scan resets the connection as soon as it stands.
  const server = createServer((socket) => socket.on('error', () => undefined).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

it('reads what nmap writes about a port that is open, and the same port once it is closed', async ({ skip }) => {
  if (!existsSync(tool)) skip(`${tool} is not installed, so no real scan can be read`);
  const server = await listen();
  const { port } = server.address() as AddressInfo;
  const scan = async (): Promise<string> =>
    (await promisify(execFile)(tool, ['-sT', '-n', '--unprivileged', '-oX', '-', '-p', String(port), '127.0.0.1']))
      .stdout;
  const before = Date.now();
  const open = collectRows(nmap, await scan());
  await new Promise((resolve) => server.close(resolve));
  const closed = collectRows(nmap, await scan());

  for (const [read, state] of [
    [open, 'open'],
    [closed, 'closed'],
  ] as const) {
    const [row] = read.rows('scans');
    expect(row).toMatchObject({ tool: 'nmap', completed: true, scope: `tcp/connect ${port}`, targets: ['127.0.0.1'] });
    // nmap writes whole seconds.
    const started = Number(row?.['started']) / 1000;
    expect(started).toBeGreaterThanOrEqual(before - 1000);
    expect(started).toBeLessThanOrEqual(Date.now());
    expect(read.rows('open_ports').map((each) => [each['address'], each['port'], each['state']])).toEqual([
      ['127.0.0.1', port, state],
    ]);
  }
  expect(open.rows('scans')[0]?.['version']).toBe(/Nmap version (\S+)/.exec(execFileSync(tool, ['-V']).toString())![1]);
});

it('keeps what a killed nmap had written', async ({ skip }) => {
  if (!existsSync(tool)) skip(`${tool} is not installed, so no real scan can be read`);
  const folder = mkdtempSync(join(tmpdir(), 'nmap-'));
  const file = join(folder, 'scan.xml');
  // One probe in ten seconds: this scan can not end by itself before it is stopped.
  const child = execFile(tool, [
    '-sT',
    '-n',
    '-Pn',
    '--unprivileged',
    '--scan-delay',
    '10s',
    '-p1-9',
    '-oX',
    file,
    '127.0.0.1',
  ]);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline && !(existsSync(file) && readFileSync(file, 'utf8').includes('<scaninfo')))
    await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill('SIGKILL');
  await ended;
  const read = collectRows(nmap, readFileSync(file));
  rmSync(folder, { recursive: true });
  expect(read.problem).toBeUndefined();
  expect(read.rows('scans')[0]).toMatchObject({ completed: false, scope: 'tcp/connect 1-9' });
  expect(read.rows('scans')[0]?.['finished']).toBeUndefined();
  expect(read.assumptions.join()).toContain('ends before its scan does');
});
