import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { linesMatching, projectFiles, ROOT } from './project-files.ts';

interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

// What may be passed on with an Apache-2.0 product without asking anybody.
const ALLOWED = [
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  '(MIT AND Zlib)',
  'MIT AND BSD-3-Clause',
];
// Names its licence (MIT) in a file of its own, not in its manifest.
const LICENCE_FILES: Readonly<Record<string, RegExp>> = { 'png-js': /^MIT License|Permission is hereby granted/m };

let manifest: Manifest;
let locked: Readonly<Record<string, Locked>>;

beforeAll(async () => {
  manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  locked = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')).packages;
});

test('every version is exact', () => {
  const given = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  expect(given.length).toBeGreaterThan(20);
  expect(given.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
});

test('the lock file is what the manifest says, and pins every package by its hash', () => {
  expect(locked['']).toMatchObject({ dependencies: manifest.dependencies, devDependencies: manifest.devDependencies });
  const packages = Object.entries(locked).filter(([path]) => path !== '');
  expect(packages.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual([]);
});

test('the database has a binding for every system we build for', () => {
  const bindings = Object.keys(locked).filter((path) => path.includes('@duckdb/node-bindings-'));
  for (const system of ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64', 'win32-arm64']) {
    expect(bindings).toContain(`node_modules/@duckdb/node-bindings-${system}`);
  }
});

test('what users receive has a licence that allows passing it on', async () => {
  const shipped = [...closure([...Object.keys(manifest.dependencies), ...(await bundledPackages())])];
  expect(shipped.length).toBeGreaterThan(40);
  const refused: string[] = [];
  for (const path of shipped) {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const licence = locked[path]?.license ?? (await licenceFromFile(path, name));
    if (!ALLOWED.includes(licence)) refused.push(`${path}: ${licence}`);
  }
  expect(refused).toEqual([]);
});

/** Packages that are bundled into the window: development packages by name, shipped all the same. */
async function bundledPackages(): Promise<string[]> {
  const files = await projectFiles(['renderer'], ['.ts', '.tsx']);
  const imports = linesMatching(files, /from '[^.]/).map((line) => /from '([^']+)'/.exec(line)?.[1] ?? '');
  const names = imports.map((name) =>
    name
      .split('/')
      .slice(0, name.startsWith('@') ? 2 : 1)
      .join('/'),
  );
  return [...new Set(names)].filter((name) => name in manifest.devDependencies);
}

/** Lock file paths of these packages and all they need. */
function closure(names: readonly string[]): Set<string> {
  const found = new Set<string>();
  const add = (name: string, from: string) => {
    const path = place(name, from);
    if (path === undefined || found.has(path)) return;
    found.add(path);
    const { dependencies = {}, optionalDependencies = {} } = locked[path] ?? {};
    for (const needed of Object.keys({ ...dependencies, ...optionalDependencies })) add(needed, path);
  };
  for (const name of names) add(name, '');
  return found;
}

/** Where Node finds `name` from the package at `from`: beside it, or further up. */
function place(name: string, from: string): string | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const path = `${at ? `${at}/` : ''}node_modules/${name}`;
    if (path in locked) return path;
    if (!at.includes('/node_modules/')) return `node_modules/${name}` in locked ? `node_modules/${name}` : undefined;
  }
}

async function licenceFromFile(path: string, name: string): Promise<string> {
  const pattern = LICENCE_FILES[name];
  if (!pattern) return 'none named';
  const text = await readFile(join(ROOT, path, 'LICENSE'), 'utf8').catch(() => '');
  return pattern.test(text) ? 'MIT' : 'none named';
}
