import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildFakeEngine } from '../fake-engine/build.ts';

// The real runtime may not be here; the real, built shell runs on a stand-in that keeps Electron's rules of order.
const FAKE = resolve(import.meta.dirname, '../fake-electron');
const BUILT = resolve(import.meta.dirname, '../../dist/electron');

interface Page {
  readonly status: number;
  readonly text: string;
  readonly policy: string;
}

let dir: string;
let seen: Record<string, unknown> & { readonly pages: Record<string, Page> };
let calls: [name: string, ...given: unknown[]][];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fieldwork-shell-'));
  const engine = await buildFakeEngine();
  await cp(engine.dir, join(dir, 'dist/engine'), { recursive: true });
  await engine.remove();
  await cp(BUILT, join(dir, 'dist/electron'), { recursive: true });
  await cp(join(BUILT, '../chunks'), join(dir, 'dist/chunks'), { recursive: true });
  await mkdir(join(dir, 'dist/renderer/assets'), { recursive: true });
  await writeFile(join(dir, 'dist/renderer/index.html'), '<meta nonce="__NONCE__"><div id="root"></div>');
  await writeFile(join(dir, 'dist/renderer/assets/app.js'), 'export {};');
  await writeFile(join(dir, 'dist/secret.txt'), 'secret');
  await writeFile(join(dir, 'package.json'), '{"type":"module"}');
  await build({
    entryPoints: ['electron.ts', 'utility.ts', 'scenario.ts'].map((name) => join(FAKE, name)),
    outdir: join(dir, 'fake'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    external: ['electron'],
  });
  await cp(join(FAKE, 'hook.mjs'), join(dir, 'fake/hook.mjs'));
  const args = ['--import', './fake/hook.mjs', 'fake/scenario.js', join(dir, 'dist/electron/main.js'), '--case=acme'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: dir });
  ({ seen, calls } = JSON.parse(stdout));
});

afterAll(() => rm(dir, { recursive: true, force: true }));

const given = (name: string) => calls.filter(([call]) => call === name).map(([, ...rest]) => rest);

describe('the window', () => {
  test('has no Node, no webview, no developer tools, and is sandboxed', () => {
    expect(given('window')).toEqual([
      [
        expect.objectContaining({
          contextIsolation: true,
          sandbox: true,
          nodeIntegration: false,
          nodeIntegrationInSubFrames: false,
          nodeIntegrationInWorker: false,
          webSecurity: true,
          webviewTag: false,
          spellcheck: false,
          navigateOnDragDrop: false,
          devTools: false,
        }),
      ],
    ]);
    const [[preferences]] = given('window') as [[Record<string, unknown>]];
    for (const never of ['allowRunningInsecureContent', 'experimentalFeatures', 'enableBlinkFeatures']) {
      expect(preferences).not.toHaveProperty(never);
    }
  });

  test('sandbox and scheme are declared before the application is ready', () => {
    expect(calls.slice(0, 2)).toEqual([
      ['schemes', [{ scheme: 'app', privileges: expect.objectContaining({ standard: true, secure: true }) }]],
      ['enableSandbox'],
    ]);
  });

  test('leads nowhere', () => {
    expect(seen['navigation']).toEqual({
      'will-navigate': true,
      'will-frame-navigate': true,
      'will-redirect': true,
      'will-attach-webview': true,
    });
    expect(given('open another window')).toEqual([[{ action: 'deny' }]]);
    expect(given('load')).toEqual([['app://fieldwork/']]);
  });

  test('has a menu without reload and developer tools', () => {
    const menu = JSON.stringify(given('menu'));
    expect(menu).toContain('editMenu');
    expect(menu).not.toMatch(/reload|toggleDevTools/i);
  });
});

describe('the session', () => {
  test('keeps nothing on disk, fetches no dictionary and is offline', () => {
    expect(given('partition')).toEqual([['fieldwork', { cache: false }]]);
    expect(given('spellChecker')).toEqual([[false]]);
    expect(given('network')).toEqual([[{ offline: true }]]);
  });

  test('gives no permission and no device', () => {
    expect(seen['permissions']).toEqual([]);
    expect(seen['devices']).toBe(false);
  });

  test('loads our own files, our blobs and pictures in place, nothing else', () => {
    expect(seen['loadable']).toEqual({
      'app://fieldwork/assets/app.js': true,
      'blob:app://fieldwork/1': true,
      'data:image/png;base64,AA==': true,
      'app://other/': false,
      'https://example.com/': false,
      'ws://127.0.0.1:1/': false,
      'file:///etc/passwd': false,
      'data:text/html,x': false,
      'devtools://devtools/bundled/inspector.html': false,
    });
  });

  test('saves what our own page made, and only after a dialog', () => {
    expect(seen['downloads']).toEqual({
      binder: { title: 'Save', defaultPath: '/user/downloads/binder.pdf' },
      program: 'prevented',
      foreignBlob: 'prevented',
      web: 'prevented',
    });
  });
});

describe('the pages', () => {
  test('come with the policy, a nonce and no connection', () => {
    const { index, script } = seen.pages;
    expect(index?.status).toBe(200);
    const nonce = /nonce="([^"]+)"/.exec(index?.text ?? '')?.[1];
    expect(index?.policy).toContain(`style-src 'self' 'nonce-${nonce}'`);
    expect(index?.policy).toContain("connect-src 'none'");
    expect(script).toMatchObject({ status: 200, text: 'export {};' });
  });

  test.each([
    ['parent', 404],
    ['encoded', 404],
    ['slash', 404],
    ['otherHost', 403],
    ['post', 403],
  ])('%s: %i', (name, status) => {
    expect(seen.pages[name]?.status).toBe(status);
    expect(seen.pages[name]?.text).not.toContain('secret');
  });
});

describe('the engine', () => {
  test('a port is handed to the top frame of our own page alone', () => {
    expect(seen['port for another frame']).toBe(false);
    expect(seen['port for a foreign page']).toBe(false);
    expect(seen['engines before a page asked']).toBe(0);
    expect(seen['info']).toMatchObject({ host: 'electron' });
  });

  test('knows next to nothing of the environment', () => {
    const known = given('fork').flatMap(([, args, environment]) => [
      ...(args as string[]),
      ...(environment as string[]),
    ]);
    expect(
      known.filter((name) => !['TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'TZ', 'UV_THREADPOOL_SIZE'].includes(name)),
    ).toEqual([]);
    expect(given('fork').map(([name]) => name)).toEqual(['fieldwork-engine', 'fieldwork-queries', 'fieldwork-engine']);
  });

  test('learns of evidence by the dialog of the system and by what is dropped on our own page', () => {
    expect(given('choose')).toEqual([[['openDirectory', 'multiSelections', 'dontAddToRecent']]]);
    expect(seen['chosen']).toMatchObject({ entries: [{ name: '/chosen/by/a/person.log' }] });
    expect(seen['dropped']).toMatchObject({ entries: [{ name: '/dropped/by/a/person' }] });
  });

  test('gets its locked process from the shell, talks to it and ends it', () => {
    expect(seen['locked']).toMatchObject([{ key: '42', location: 'The process for queries ended with 1.' }]);
  });

  test('when it ends, the page is told, and asking again starts a new one', () => {
    expect(seen['call when the engine ended']).toBe('closed');
    expect(seen['told']).toBe(1);
    expect(seen['info again']).toMatchObject({ host: 'electron' });
    expect(given('error')).toEqual([]);
  });

  test('closes its case before the application ends', () => {
    expect(given('quit')).toEqual([[true], [false]]);
  });
});
