import { execFile } from 'node:child_process';
import { appendFile, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { startEngineChild } from '../../cli/engine-child.ts';
import type { EngineMessage } from '../../shared/engine-link.ts';

// The packager runs offline on a stand-in for the runtime: a small program that carries the mark of Electron's fuses.
const ROOT = resolve(import.meta.dirname, '../..');
const FUSE_MARK = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const FUSE_VERSION = '\x01';
const FUSE_COUNT = 9;
const isLinux = process.platform === 'linux';

const run = promisify(execFile);
let dir: string;
let unpacked: string;

async function standIn(folder: string): Promise<void> {
  await mkdir(join(folder, 'locales'), { recursive: true });
  await mkdir(join(folder, 'resources'));
  await copyFile('/bin/true', join(folder, 'electron'));
  const wire = `${FUSE_MARK}${FUSE_VERSION}${String.fromCharCode(FUSE_COUNT)}${'1'.repeat(FUSE_COUNT)}`;
  await appendFile(join(folder, 'electron'), Buffer.from(wire, 'latin1'));
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'locales/en-US.pak'])
    await writeFile(join(folder, name), '');
}

beforeAll(async () => {
  if (!isLinux) return;
  dir = await mkdtemp(join(tmpdir(), 'fieldwork-package-'));
  await standIn(join(dir, 'electron'));
  const tool = join(ROOT, 'node_modules/electron-builder/cli.js');
  const settings = { electronDist: join(dir, 'electron'), 'directories.output': join(dir, 'release') };
  const given = Object.entries(settings).map(([name, value]) => `-c.${name}=${value}`);
  await run(process.execPath, [tool, '--linux', '--x64', '--dir', ...given], { cwd: ROOT });
  unpacked = join(dir, 'release/linux-unpacked');
  const archive = join(unpacked, 'resources/app.asar');
  const asar = join(ROOT, 'node_modules/@electron/asar/bin/asar.js'); // comes with the packager
  await run(process.execPath, [asar, 'extract', archive, join(dir, 'app')]);
}, 180_000);

afterAll(async () => {
  if (dir) await rm(dir, { recursive: true, force: true });
});

function onLinux(context: TestContext): void {
  context.skip(!isLinux, 'the stand-in for the runtime is a Linux program');
}

describe('the packaged application', () => {
  test('cannot be run as Node, debugged, or given other code', async (context) => {
    onLinux(context);
    const program = await readFile(join(unpacked, 'fieldwork'), 'latin1');
    const wire = program.slice(program.indexOf(FUSE_MARK) + FUSE_MARK.length + 2).slice(0, FUSE_COUNT);
    // runAsNode, cookieEncryption, nodeOptions, nodeCliInspect, asarIntegrity, onlyLoadAppFromAsar, browser snapshot,
    // fileProtocolPrivileges; the ninth is none of ours and stays as it was.
    expect(wire.slice(0, 8)).toBe('01001100');
  });

  test('has one database binding, in real files beside its library', async (context) => {
    onLinux(context);
    const bindings = join(unpacked, 'resources/app.asar.unpacked/node_modules/@duckdb');
    expect(await readdir(bindings)).toEqual(['node-bindings-linux-x64']);
    expect((await readdir(join(bindings, 'node-bindings-linux-x64'))).sort()).toEqual(
      expect.arrayContaining(['duckdb.node', 'libduckdb.so']),
    );
  });

  test('holds no sources, no maps, no tests', async (context) => {
    onLinux(context);
    const files = await readdir(join(dir, 'app'), { recursive: true });
    expect(files.filter((name) => /\.(map|tsx?)$|^(test|scripts|renderer|docs)\b/.test(name))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'dist/electron/preload.cjs', 'dist/renderer/index.html']));
  });

  test('has all that its command line needs', async (context) => {
    onLinux(context);
    const { stdout } = await run(process.execPath, [join(dir, 'app/dist/cli/main.js'), 'formats', '--json'], {
      cwd: dir,
    });
    expect((JSON.parse(stdout) as unknown[]).length).toBeGreaterThan(0);
  });

  test('has all that its engine needs', async (context) => {
    onLinux(context);
    const answers: EngineMessage[] = [];
    const engine = await startEngineChild({
      entry: join(dir, 'app/dist/engine/process.js'),
      options: { host: 'web', cases: [], sampleDir: dir, identitiesDir: dir, evidence: [], readOnly: true },
      onMessage: (message) => void answers.push(message),
      onExit: () => {},
    });
    engine.send({ kind: 'frame', tab: 1, frame: { t: 'req', id: 1, m: 'app.info', p: {} } });
    await expect.poll(() => answers.at(-1)).toMatchObject({ kind: 'frame', frame: { t: 'ok', v: { host: 'web' } } });
    await engine.stop();
  });
});
