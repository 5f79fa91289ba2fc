import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readPacks } from './read-pack.ts';

/** The selectors of metric series that the controls of all packs in a folder name, each once, sorted. */
export async function seriesOfPacks(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const packs = await readPacks(entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name)));
  const selectors = packs.flatMap(({ controls }) => controls.flatMap(({ metrics }) => metrics));
  return [...new Set(selectors)].sort();
}
