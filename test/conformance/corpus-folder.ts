import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { CorpusFolder } from './adapter.ts';

/** The folders of a folder of corpora, sorted by name. */
export function corpusFolders(root: string): readonly CorpusFolder[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => openFolder(name, join(root, name)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function openFolder(name: string, path: string): CorpusFolder {
  const bytes = (entry: string): Uint8Array => {
    const content = readFileSync(join(path, entry));
    return entry.endsWith('.gz') ? gunzipSync(content) : content;
  };
  const text = (entry: string): string => Buffer.from(bytes(entry)).toString('utf8');
  return {
    name,
    entries: readdirSync(path).sort(),
    path: (entry) => join(path, entry),
    bytes,
    text,
    json: (entry) => JSON.parse(text(entry)) as unknown,
  };
}
