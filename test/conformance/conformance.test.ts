/** The fixtures through every adapter: what differs is explained, every explanation is needed, and damage is noticed. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Adapter, Comparison, CorpusFolder } from './adapter.ts';
import { adapters } from './adapters/index.ts';
import { corpusFolders } from './corpus-folder.ts';
import { explanationOf, readExplanations, type Explanation } from './differences.ts';

const FIXTURES = 'test/fixtures';
const explanations = readExplanations('test/conformance/differences.yaml');
const folders = corpusFolders(FIXTURES);
const used = new Set<Explanation>();
/** Fields that an adapter compared. */
const fieldsOf = new Map<Adapter, number>();

/** An adapter with the fixtures that it knows; it may know a folder by two names. */
const pairs = adapters.flatMap((adapter) =>
  folders
    .filter(({ name }) => adapter.folders.includes(name))
    .map((folder) => ({ adapter, folder, name: folder.name })),
);

it('has fixtures for every adapter', () => {
  for (const adapter of adapters) expect(pairs.some((pair) => pair.adapter === adapter)).toBe(true);
});

describe.each(pairs)('$name', ({ adapter, folder }) => {
  let compared: readonly Comparison[] = [];

  it('differs from the oracles only where it is explained', async () => {
    compared = await adapter.compare(folder);
    const unexplained = compared.flatMap(({ differences }) =>
      differences.filter((one) => {
        const explanation = explanationOf(folder.name, one, explanations);
        if (explanation) used.add(explanation);
        return explanation === undefined;
      }),
    );
    expect(unexplained).toEqual([]);
    for (const { fields, equal, differences } of compared) {
      expect(equal + differences.length).toBe(fields);
      fieldsOf.set(adapter, (fieldsOf.get(adapter) ?? 0) + fields);
    }
  });

  it('notices one damaged byte', async () => {
    const [whole] = [...compared].sort((a, b) => weight(folder, b) - weight(folder, a));
    // An adapter that knows a folder by two names may have nothing to do in one of them.
    if (!whole) return;
    const before = whole.differences.length;
    await withDamage(folder, whole.file, async (damaged) => {
      const after = (await adapter.compare(damaged)).filter(({ file }) => file === whole.file);
      expect(after.reduce((sum, { differences }) => sum + differences.length, 0)).toBeGreaterThan(before);
    });
  });
});

it('compares something with every adapter', () => {
  expect(adapters.filter((adapter) => (fieldsOf.get(adapter) ?? 0) === 0).map((adapter) => adapter.folders)).toEqual(
    [],
  );
});

it('needs every explanation', () => {
  expect(explanations.filter((one) => !used.has(one))).toEqual([]);
});

/** Evidence that is a file, with an oracle that is one, says most: a tool that is run reads the damage as well. */
function weight(folder: CorpusFolder, { file, oracle, fields }: Comparison): number {
  const isStored = folder.entries.includes(oracle) && statSync(folder.path(file)).isFile();
  return (isStored ? 1e9 : 0) + fields;
}

/** Runs with a copy of a folder in which one byte of a file is another. */
async function withDamage(
  folder: CorpusFolder,
  file: string,
  run: (damaged: CorpusFolder) => Promise<void>,
): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'fieldwork-conformance-'));
  try {
    cpSync(folder.path('.'), join(root, folder.name), { recursive: true });
    // An oracle may lie in a folder beside it.
    for (const { name, path } of folders)
      if (name !== folder.name) symlinkSync(resolve(path('.')), join(root, name), 'dir');
    damage(join(root, folder.name, file));
    await run(corpusFolders(root).find(({ name }) => name === folder.name)!);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** The first byte of a text, so that its first record is lost; of a folder, the middle of its largest file. */
function damage(path: string): void {
  const isFolder = statSync(path).isDirectory();
  const file = isFolder ? largestFile(path) : path;
  const isZipped = file.endsWith('.gz');
  const bytes = isZipped ? gunzipSync(readFileSync(file)) : readFileSync(file);
  const at = isFolder ? Math.floor(bytes.length / 2) : 0;
  bytes[at]! ^= 0x5a;
  writeFileSync(file, isZipped ? gzipSync(bytes) : bytes);
}

function largestFile(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  return paths.reduce((a, b) => (statSync(b).size > statSync(a).size ? b : a));
}
