/**
 * What a window may choose evidence from. It never names a path: each file and folder that it is shown has a key, given
 * out here and good for nothing else.
 */
import { opendir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fail } from '../shared/problem.ts';
import type { EvidenceEntry, Input, Output } from '../shared/contract.ts';
import { formatInstant } from '../shared/time.ts';

/** A file or folder that a key stands for. */
interface Placed {
  readonly key: string;
  readonly path: string;
  readonly name: string;
  /** The place it was found below; of what a person chose at the host, itself. */
  readonly root: string;
}

/** Names of a folder that are looked at: more are not listed, and the list says so. */
const MOST_NAMES = 20_000;
/** Keys in memory; the oldest go first. */
const MOST_KEYS = 100_000;

interface Listing {
  readonly names: readonly { readonly name: string; readonly isFolder: boolean }[];
  readonly notOffered: number;
  readonly isCut: boolean;
}

/** The keys of a workbench and what they stand for. */
export class EvidencePlaces {
  private readonly byKey = new Map<string, Placed>();
  private readonly byPath = new Map<string, Placed>();
  private readonly roots: readonly Placed[];
  private next = 1;

  constructor(roots: readonly { readonly path: string; readonly title: string }[]) {
    this.roots = roots.map(({ path, title }, index) => {
      const root = resolve(path);
      return { key: `place-${index + 1}`, path: root, name: title, root };
    });
  }

  /** The places that the host offers for browsing. */
  async places(): Promise<EvidenceEntry[]> {
    return Promise.all(this.roots.map(describe));
  }

  /** What a person chose at the host, as entries with keys of their own. What is not there any more is left out. */
  async add(paths: readonly string[]): Promise<EvidenceEntry[]> {
    const placed = paths.map((path) => this.place(resolve(path), basename(resolve(path)) || path, resolve(path)));
    const entries = await Promise.all(placed.map((each) => describe(each).catch(() => undefined)));
    return entries.filter((entry) => entry !== undefined);
  }

  /** A page of a folder. Fails with `not_found` and `unreadable`. */
  async list({ key, after, limit }: Input<'evidence.list'>): Promise<Output<'evidence.list'>> {
    const folder = await this.find(key);
    const { names, notOffered, isCut } = await readNames(folder.path);
    const page = names.slice(after, after + limit).map(({ name }) => this.below(folder, name));
    const rows = await Promise.all(page.map((each) => describe(each).catch(() => undefined)));
    const trail = this.trail(folder).map(({ key: at, name }) => ({ key: at, name }));
    return { trail, total: names.length, rows: rows.filter((row) => row !== undefined), notOffered, isCut };
  }

  /**
   * The path that a key stands for, still below its place and reached without links.
   * Fails with `not_found` for a key that was not given out, or whose file is gone or was replaced by a link.
   */
  async pathOf(key: string): Promise<string> {
    return (await this.find(key)).path;
  }

  private async find(key: string): Promise<Placed> {
    const placed = this.roots.find((root) => root.key === key) ?? this.byKey.get(key) ?? failNoKey();
    const [root, place] = await Promise.all([realpath(placed.root), realpath(placed.path)]).catch(() =>
      failGone(placed.path),
    );
    // A link on the way would lead to what nobody offered.
    if (place !== join(root, relative(placed.root, placed.path))) failGone(placed.path);
    return placed;
  }

  private below(folder: Placed, name: string): Placed {
    return this.place(join(folder.path, name), name, folder.root);
  }

  private place(path: string, name: string, root: string): Placed {
    const known = this.byPath.get(path);
    if (known) return known;
    const placed = { key: `e-${this.next++}`, path, name, root };
    this.byKey.set(placed.key, placed);
    this.byPath.set(path, placed);
    if (this.byKey.size > MOST_KEYS) this.forgetOldest();
    return placed;
  }

  private forgetOldest(): void {
    const [oldest] = this.byKey.values();
    if (!oldest) return;
    this.byKey.delete(oldest.key);
    this.byPath.delete(oldest.path);
  }

  private trail(folder: Placed): readonly Placed[] {
    const root = this.roots.find(({ path }) => path === folder.root);
    if (!root || folder.path === root.path) return [root ?? folder];
    const parts = relative(root.path, folder.path).split(sep);
    return parts.reduce<Placed[]>((way, part) => [...way, this.below(way.at(-1)!, part)], [root]);
  }
}

async function describe({ key, path, name }: Placed): Promise<EvidenceEntry> {
  const info = await stat(path).catch(() => failGone(path));
  const isFolder = info.isDirectory();
  const modifiedAt = formatInstant(BigInt(Math.trunc(info.mtimeMs)) * 1000n);
  return { key, name, kind: isFolder ? 'folder' : 'file', bytes: isFolder ? null : info.size, modifiedAt };
}

/** The names in a folder: folders first, then files. */
async function readNames(path: string): Promise<Listing> {
  const names: { name: string; isFolder: boolean }[] = [];
  let notOffered = 0;
  let isCut = false;
  try {
    for await (const entry of await opendir(path)) {
      isCut = names.length >= MOST_NAMES;
      if (isCut) break;
      const isOffered = (entry.isFile() || entry.isDirectory()) && !entry.name.includes('\ufffd');
      if (isOffered) names.push({ name: entry.name, isFolder: entry.isDirectory() });
      else notOffered++;
    }
  } catch (error) {
    failUnreadable(path, error as NodeJS.ErrnoException);
  }
  const order = (entry: { name: string; isFolder: boolean }): string => `${entry.isFolder ? 0 : 1}${entry.name}`;
  names.sort((a, b) => (order(a) < order(b) ? -1 : 1));
  return { names, notOffered, isCut };
}

function failNoKey(): never {
  return fail({
    code: 'not_found',
    message: 'This workbench has no such file or folder, or has forgotten it.',
    remedy: 'Open the folder again and choose from what it lists.',
  });
}

function failGone(path: string): never {
  return fail({
    code: 'not_found',
    message: 'It is not there any more, or a link leads to it.',
    where: { file: join(basename(dirname(path)), basename(path)) },
    remedy: 'Open the folder again and choose from what it lists.',
  });
}

function failUnreadable(path: string, { code, message }: NodeJS.ErrnoException): never {
  return fail({
    code: 'unreadable',
    message: `The folder cannot be read (${code ?? message}).`,
    where: { file: path },
    remedy: 'Check its permissions and whether it is a folder.',
  });
}
