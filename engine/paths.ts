import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the parts of Fieldwork itself are on this machine. */
export interface InstallationPaths {
  readonly root: string;
  /** The packs that ship with this version. */
  readonly packs: string;
  /** The process that runs SQL written by people. */
  readonly lockedProcess: string;
  readonly engineProcess: string;
  readonly renderer: string;
}

/** Finds the installation from this very file, in the source tree as in the bundle: the folder with queries/. */
export function installationPaths(): InstallationPaths {
  let root = dirname(fileURLToPath(import.meta.url));
  while (!(existsSync(join(root, 'package.json')) && existsSync(join(root, 'queries')))) {
    const parent = dirname(root);
    if (parent === root) throw new Error('The folder queries/ was not found above the program');
    root = parent;
  }
  return {
    root,
    packs: join(root, 'queries'),
    lockedProcess: join(root, 'dist', 'engine', 'locked-process.js'),
    engineProcess: join(root, 'dist', 'engine', 'process.js'),
    renderer: join(root, 'dist', 'renderer'),
  };
}
