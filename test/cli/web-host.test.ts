import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startWebHost, type WebHost } from '../../cli/web-host.ts';
import { webSocket, type SocketLike } from '../../shared/channels.ts';
import type { EngineOptions } from '../../shared/engine-link.ts';
import { createClient, type Client } from '../../shared/rpc.ts';
import { buildFakeEngine } from '../fake-engine/build.ts';

const engineOptions: EngineOptions = {
  host: 'web',
  cases: [],
  sampleDir: 'sample',
  identitiesDir: 'identities',
  evidence: [],
  readOnly: false,
};

let engine: Awaited<ReturnType<typeof buildFakeEngine>>;
let dir: string;
let host: WebHost;
const logged: string[] = [];

async function start(changes: Partial<EngineOptions> = {}, port = 0): Promise<WebHost> {
  return startWebHost({
    port,
    staticDir: join(dir, 'renderer'),
    engineEntry: join(engine.dir, 'process.js'),
    engineOptions: { ...engineOptions, ...changes },
    effects: { log: (_level, message) => void logged.push(message) },
  });
}

beforeAll(async () => {
  engine = await buildFakeEngine();
  dir = await mkdtemp(join(tmpdir(), 'fieldwork-web-host-'));
  await mkdir(join(dir, 'renderer/assets'), { recursive: true });
  await writeFile(join(dir, 'secret.txt'), 'secret');
  await writeFile(join(dir, 'renderer/index.html'), '<meta name="csp-nonce" nonce="__NONCE__"><div id="root"></div>');
  await writeFile(join(dir, 'renderer/assets/app.js'), 'export {};');
  await writeFile(join(dir, 'renderer/.hidden'), 'secret');
  await symlink('..', join(dir, 'renderer/up..'));
  host = await start();
});

afterAll(async () => {
  await host.close();
  await engine.remove();
  await rm(dir, { recursive: true, force: true });
});

/** Sends bytes as they are, as no library would, and gives all that comes back until the host hangs up. */
async function raw(lines: readonly string[], address = '127.0.0.1'): Promise<string> {
  const socket = connectTcp(host.port, address);
  await once(socket, 'connect');
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  let answer = '';
  for await (const piece of socket) {
    answer += String(piece);
    if (/^HTTP\/1\.1 101/.test(answer)) break;
  }
  socket.destroy();
  return answer;
}

const get = (path: string, headers: readonly string[] = []) => [
  `GET ${path} HTTP/1.1`,
  `Host: 127.0.0.1:${host.port}`,
  'Connection: close',
  ...headers,
];

const status = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);

describe('the files', () => {
  test('the page comes with a nonce of its own and a policy that names it', async () => {
    const pages = await Promise.all([fetch(host.origin), fetch(host.origin)]);
    const policies = pages.map((page) => page.headers.get('content-security-policy') ?? '');
    const nonces = policies.map((policy) => /'nonce-([^']+)'/.exec(policy)?.[1]);
    expect(new Set(nonces).size).toBe(2);
    expect(await pages[0]?.text()).toContain(`nonce="${nonces[0]}"`);
    expect(policies[0]?.split('; ')).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "connect-src 'self'", "trusted-types 'none'"]),
    );
    expect(policies[0]).not.toMatch(/unsafe|\*|https?:/);
  });

  test('nothing is cached, sniffed, framed, shared with other origins, or remembered in a cookie', async () => {
    const { headers } = await fetch(`${host.origin}/assets/app.js`);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    expect([...headers.keys()].filter((name) => /access-control|cookie|powered|server/.test(name))).toEqual([]);
  });

  test('HEAD gives the headers alone', async () => {
    const answer = await raw([`HEAD /assets/app.js HTTP/1.1`, `Host: localhost:${host.port}`, 'Connection: close']);
    expect(status(answer)).toBe(200);
    expect(answer).toMatch(/Content-Length: 10\r\n/);
    expect(answer.split('\r\n\r\n')[1]).toBe('');
  });

  test('the token is in no answer', async () => {
    const answers = await Promise.all([raw(get('/')), raw(get('/assets/app.js')), raw(get('/nothing'))]);
    expect(answers.join()).not.toContain(host.token);
    expect(host.url).toBe(`${host.origin}/#k=${host.token}`);
    expect(host.token).toMatch(/^[\w-]{43}$/);
  });
});

describe('a page on the web, or another program, tries', () => {
  test.each([
    ['the parent folder', '/../secret.txt'],
    ['the parent folder, encoded', '/%2e%2e/secret.txt'],
    ['an encoded slash', '/..%2fsecret.txt'],
    ['an encoded slash, twice', '/..%252fsecret.txt'],
    ['a backslash', '/..\\secret.txt'],
    ['an encoded backslash', '/..%5csecret.txt'],
    ['a middle parent', '/assets/../../secret.txt'],
    ['a link out of the folder', '/up../secret.txt/'],
    ['a double slash', '//secret.txt'],
    ['an absolute path', '//etc/passwd'],
    ['a whole address', 'http://127.0.0.1/../secret.txt'],
    ['a hidden file', '/.hidden'],
    ['a null byte', '/index.html%00.js'],
    ['a drive', '/C:/Windows/win.ini'],
    ['a broken escape', '/%'],
    ['a folder', '/assets'],
    ['a folder with its slash', '/assets/'],
    ['a file that is not there', '/assets/none.js'],
  ])('%s: 404', async (_what, path) => {
    const answer = await raw(get(path));
    expect(status(answer)).toBe(404);
    expect(answer).not.toContain('secret');
  });

  test.each([
    ['a name re-bound to this machine', 'evil.example', 421],
    ['that name with the port', 'evil.example:PORT', 421],
    ['the address without its port', '127.0.0.1', 421],
    ['another port', '127.0.0.1:1', 421],
    ['a name that begins well', '127.0.0.1:PORT.evil.example', 421],
    ['another loopback address', '127.0.0.2:PORT', 421],
    ['0.0.0.0', '0.0.0.0:PORT', 421],
    ['localhost', 'LocalHost:PORT', 200],
  ])('Host %s', async (_what, name, expected) => {
    const answer = await raw(['GET / HTTP/1.1', `Host: ${name.replace('PORT', `${host.port}`)}`, 'Connection: close']);
    expect(status(answer)).toBe(expected);
  });

  test('no Host at all', async () => {
    expect(status(await raw(['GET / HTTP/1.1', 'Connection: close']))).toBe(400);
    expect(status(await raw(['GET / HTTP/1.0']))).toBe(421);
  });

  test.each([
    ['Origin: https://evil.example', 403],
    ['Origin: null', 403],
    ['Origin: http://127.0.0.1:1', 403],
    ['Origin: https://127.0.0.1:PORT', 403],
    ['Origin: http://localhost:PORT', 200],
    ['Sec-Fetch-Site: cross-site', 403],
    ['Sec-Fetch-Site: same-site', 403],
    ['Sec-Fetch-Site: same-origin', 200],
    ['Sec-Fetch-Site: none', 200],
  ])('%s: %i', async (header, expected) => {
    expect(status(await raw(get('/', [header.replace('PORT', `${host.port}`)])))).toBe(expected);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH'])('%s: 405', async (method) => {
    const answer = await raw([
      `${method} / HTTP/1.1`,
      `Host: 127.0.0.1:${host.port}`,
      'Connection: close',
      'Content-Length: 0',
    ]);
    expect(status(answer)).toBe(405);
  });

  test.each([
    ['not HTTP at all', 'HELO evil'],
    ['header without end', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(70_000)}`],
  ])('%s: 4xx', async (_what, text) => {
    const answer = await raw([text]);
    expect(status(answer)).toBeGreaterThanOrEqual(400);
    expect(status(answer)).toBeLessThan(500);
  });

  test('another address of this machine: nobody listens', async () => {
    const others = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    const addresses = ['127.0.0.2', '::1', ...others.filter(({ internal }) => !internal).map(({ address }) => address)];
    for (const address of addresses)
      await expect(raw(get('/'), address)).rejects.toThrow(/ECONNREFUSED|EADDRNOTAVAIL|EINVAL|ENETUNREACH|ETIMEDOUT/);
  });
});

describe('the web socket', () => {
  const upgrade = (changes: Partial<Record<'path' | 'origin' | 'host' | 'protocol' | 'site', string>> = {}) =>
    raw([
      `GET ${changes.path ?? '/rpc'} HTTP/1.1`,
      `Host: ${changes.host ?? `127.0.0.1:${host.port}`}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ...(changes.origin === '' ? [] : [`Origin: ${changes.origin ?? host.origin}`]),
      ...(changes.site ? [`Sec-Fetch-Site: ${changes.site}`] : []),
      `Sec-WebSocket-Protocol: ${changes.protocol ?? `fieldwork.v1, token.${host.token}`}`,
    ]);

  test('opens for our own page, and does not repeat the token', async () => {
    const answer = await upgrade();
    expect(status(answer)).toBe(101);
    expect(answer).toMatch(/sec-websocket-protocol: fieldwork\.v1\r\n/i);
    expect(answer).not.toContain(host.token);
  });

  test.each([
    ['no token', () => ({ protocol: 'fieldwork.v1' })],
    ['an empty token', () => ({ protocol: 'fieldwork.v1, token.' })],
    ['a token one letter short', () => ({ protocol: `fieldwork.v1, token.${host.token.slice(0, -1)}` })],
    ['a longer token', () => ({ protocol: `fieldwork.v1, token.${host.token}A` })],
    ['a bad token before the good one', () => ({ protocol: `fieldwork.v1, token.x, token.${host.token}` })],
    ['the token but another protocol', () => ({ protocol: `chat, token.${host.token}` })],
    ['a foreign origin', () => ({ origin: 'https://evil.example' })],
    ['a null origin', () => ({ origin: 'null' })],
    ['no origin', () => ({ origin: '' })],
    ['a re-bound host', () => ({ host: 'evil.example', origin: 'http://evil.example' })],
    ['another site', () => ({ site: 'same-site' })],
    ['another path', () => ({ path: '/rpc/../rpc' })],
    ['the token in the address', () => ({ path: `/rpc?k=${host.token}`, protocol: 'fieldwork.v1' })],
  ])('is refused with %s', async (_what, changes) => {
    expect(status(await upgrade(changes()))).toBe(403);
  });

  const open: WebSocket[] = [];
  afterEach(() => {
    for (const socket of open.splice(0)) socket.terminate();
  });

  async function tab(to: WebHost = host): Promise<{ socket: WebSocket; client: Client; closed: Promise<string> }> {
    const protocols = ['fieldwork.v1', `token.${to.token}`];
    const socket = new WebSocket(`${to.origin.replace('http', 'ws')}/rpc`, protocols, { origin: to.origin });
    open.push(socket);
    const closed = once(socket, 'close').then(([code, reason]) => `${code} ${String(reason)}`);
    await once(socket, 'open');
    return { socket, client: createClient(webSocket(socket as unknown as SocketLike)), closed };
  }

  test.each([
    ['bytes', Buffer.from('{}'), /^1003 /],
    ['text that is not JSON', '{', /^1003 /],
    ['JSON that is no object', '7', /^1003 /],
    ['a frame too long', `{"t":"req","id":1,"m":"app.info","p":"${'x'.repeat(4 << 20)}"}`, /^1009 /],
    ['an object that is no frame', '{"t":"ok","id":1}', /^1008 /],
  ])('closes on %s, and the other tabs stay', async (_what, message, reason) => {
    const [bad, good] = await Promise.all([tab(), tab()]);
    bad.socket.send(message);
    expect(await bad.closed).toMatch(reason);
    expect((await good.client.call('app.info', {})).host).toBe('web');
  });

  test('tabs share one engine and never see each other’s answers', async () => {
    const [first, second] = await Promise.all([tab(), tab()]);
    let pieces = 0;
    for await (const { base64 } of first.client.stream('binder.read', { binderId: 'b' })) pieces += base64.length;
    expect(pieces).toBe(1_000_000);
    const [a, b] = await Promise.all([first, second].map(({ client }) => client.call('app.info', {})));
    expect(a?.runtime).toBe(b?.runtime);
    expect(Number(a?.runtime)).not.toBe(process.pid);
  });

  test('closing a tab stops its work', async () => {
    const [first, second] = await Promise.all([tab(), tab()]);
    await new Promise<void>((resolve) => {
      first.client.call('run.start', {}, { onProgress: () => resolve() }).catch(() => {});
    });
    first.socket.close();
    await expect.poll(async () => (await second.client.call('app.info', {})).duckdb).toBe('run.start');
  });

  test('the engine knows next to nothing of the environment', async () => {
    const { client } = await tab();
    const { version } = await client.call('app.info', {});
    const allowed = [
      'NODE_CHANNEL_FD',
      'NODE_CHANNEL_SERIALIZATION_MODE',
      'TEMP',
      'TMP',
      'TMPDIR',
      'TZ',
      'UV_THREADPOOL_SIZE',
      'SystemRoot',
    ];
    expect((JSON.parse(version) as string[]).filter((name) => !allowed.includes(name))).toEqual([]);
  });

  test('the engine can start the locked process, talk to it and end it', async () => {
    const { client } = await tab();
    expect(await client.call('case.list', {})).toMatchObject([
      { key: '42', location: 'The process for queries was ended by SIGKILL.' },
    ]);
  });

  test('when the engine dies, tabs are told why, and the next tab gets a new one', async () => {
    const own = await start();
    const first = await tab(own);
    const before = (await first.client.call('app.info', {})).runtime;
    const call = first.client.call('case.open', { key: 'crash' });
    await expect(call).rejects.toMatchObject({ code: 'closed' });
    expect(await first.closed).toBe('1011 The engine ended with SIGKILL.');
    expect(logged.at(-1)).toContain('The engine ended with SIGKILL.');
    const second = await tab(own);
    expect((await second.client.call('app.info', {})).runtime).not.toBe(before);
    await own.close();
    expect(await second.closed).toBe('1001 Fieldwork was stopped.');
  });

  test('an engine that cannot begin is reported as its problem', async () => {
    await expect(start({ sampleDir: 'refuse' })).rejects.toMatchObject({ problem: { code: 'case_in_use' } });
  });

  test('a port that is taken is reported, and the engine does not stay behind', async () => {
    await expect(start({}, host.port)).rejects.toMatchObject({ problem: { code: 'already_exists' } });
  });
});
