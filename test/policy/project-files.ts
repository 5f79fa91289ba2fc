import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

const NOT_OURS = new Set(['node_modules', '.git', 'dist', 'out', 'release', '.sample', 'fixtures']);

export interface ProjectFile {
  /** From the root of the project, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Reads every file of ours below `folders` whose name ends in one of `endings`. Fixtures are evidence, not ours. */
export async function projectFiles(folders: readonly string[], endings: readonly string[]): Promise<ProjectFile[]> {
  const lists = await Promise.all(folders.map((folder) => filesBelow(join(ROOT, folder))));
  const paths = lists.flat().filter((path) => endings.some((ending) => path.endsWith(ending)));
  return Promise.all(
    paths.map(async (path) => ({
      path: relative(ROOT, path).replaceAll('\\', '/'),
      text: await readFile(path, 'utf8'),
    })),
  );
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const lists = entries
    .filter(({ name }) => !NOT_OURS.has(name))
    .map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : Promise.resolve(entry.isFile() ? [path] : []);
    });
  return (await Promise.all(lists)).flat();
}

/** Every line of `files` that `pattern` matches, as `path:line: text`. */
export function linesMatching(files: readonly ProjectFile[], pattern: RegExp): string[] {
  return files.flatMap(({ path, text }) =>
    text
      .split('\n')
      .map((line, index) => ({ line, at: `${path}:${index + 1}: ${line.trim()}` }))
      .filter(({ line }) => pattern.test(line))
      .map(({ at }) => at),
  );
}
