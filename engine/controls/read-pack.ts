import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../../shared/problem.ts';
import { sha256 } from '../core/hash.ts';
import { frontMatterSchema, packFileSchema, type Control, type Pack } from './pack.ts';
import { readPlainYaml } from './plain-yaml.ts';

const MOST_FILES = 1000;
const LARGEST_FILE_BYTES = 1 << 20;
const FRONT_MATTER = /^\s*\/\*---\r?\n([\s\S]*?)\r?\n---\*\//;

type NamedContent = Pack['files'][number];

/** Reads packs, each a folder. Fails like `readPack`, and on two controls with the same id. */
export async function readPacks(folders: readonly string[]): Promise<readonly Pack[]> {
  const packs: Pack[] = [];
  for (const folder of folders) packs.push(await readPack(folder));
  const ids = packs.flatMap(({ controls }) => controls.map(({ id }) => id));
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) failPack(`Two packs have a control ${twice}.`, twice);
  return packs;
}

/**
 * Reads a pack: `pack.yaml`, and for each control `<id>.sql` and `<id>.cases.yaml`. Runs nothing of it.
 * Fails with `not_found` where there is no `pack.yaml`, and with `pack_invalid` on a file that has another shape, is a
 * link, is larger than a mebibyte, or is none of the pack's.
 */
export async function readPack(folder: string): Promise<Pack> {
  const files = await readFiles(folder);
  const contents = new Map(files.map(({ name, content }) => [name, text(content, join(folder, name))]));
  const header = contents.get('pack.yaml');
  if (header === undefined) {
    return fail({
      code: 'not_found',
      message: 'The folder has no pack.yaml, so it is no pack.',
      where: { file: folder },
      remedy: 'Name the folder of a pack.',
    });
  }
  const pack = readPlainYaml(header, packFileSchema, join(folder, 'pack.yaml'));
  const controls = [...contents]
    .filter(([name]) => name.endsWith('.sql'))
    .map(([file, sql]) => readControl({ folder, file, sql, pack: pack.id, contents }));
  return { ...pack, hash: hashFiles(files), files, controls };
}

interface ControlFiles {
  readonly folder: string;
  readonly file: string;
  readonly sql: string;
  readonly pack: string;
  readonly contents: ReadonlyMap<string, string>;
}

function readControl({ folder, file, sql, pack, contents }: ControlFiles): Control {
  const [, matter] = FRONT_MATTER.exec(sql) ?? [];
  if (matter === undefined) return failPack('The file does not begin with /*--- ... ---*/.', join(folder, file));
  const front = readPlainYaml(matter, frontMatterSchema, join(folder, file));
  return { ...front, pack, file, sql, cases: contents.get(file.replace(/\.sql$/, '.cases.yaml')) ?? null };
}

async function readFiles(folder: string): Promise<readonly NamedContent[]> {
  const names = await namesIn(folder);
  if (names.length > MOST_FILES)
    failPack(`The folder holds ${names.length} files; at most ${MOST_FILES} are read.`, folder);
  const files: NamedContent[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const facts = await lstat(path);
    if (!facts.isFile()) failPack('It is no plain file; a pack has no folders and no links.', path);
    if (!/^(pack\.yaml|README\.md|[^/]+\.sql|[^/]+\.cases\.yaml)$/.test(name)) {
      failPack('A pack holds pack.yaml, README.md, <id>.sql and <id>.cases.yaml, and nothing else.', path);
    }
    if (facts.size > LARGEST_FILE_BYTES)
      failPack(`It has ${facts.size} bytes; at most ${LARGEST_FILE_BYTES} are read.`, path);
    files.push({ name, content: new Uint8Array(await readFile(path)) });
  }
  return files;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return fail({
      code: code === 'ENOENT' ? 'not_found' : 'unreadable',
      message: `The folder of the pack cannot be read: ${message}.`,
      where: { file: folder },
      remedy: 'Name a folder that is there and readable.',
    });
  }
}

function text(content: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return failPack('It is not UTF-8 text.', path);
  }
}

/** The hash of a pack, from its files. */
export function hashFiles(files: readonly NamedContent[]): string {
  return sha256(files.map(({ name, content }) => `${sha256(content)}  ${name}\n`).join(''));
}

function failPack(message: string, file: string): never {
  return fail({
    code: 'pack_invalid',
    message,
    where: { file },
    remedy: 'Correct the pack; docs/recipes/write-a-control.md shows its shape.',
  });
}
