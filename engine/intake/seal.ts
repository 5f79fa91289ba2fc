/**
 * Seals a case as a BagIt bag (RFC 8493): every payload file with its SHA-256, and the tag files with theirs. Any tool
 * that knows BagIt can then check that the case is complete and unchanged. The cache is left out.
 */
import { readdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatInstant } from '../../shared/time.ts';
import type { JobContext } from '../core/effects.ts';
import { stopIfCancelled } from '../core/cancelled.ts';
import { sha256, startSha256, type Sha256 } from '../core/hash.ts';
import type { EvidenceCase } from './evidence-case.ts';
import { entriesOf, ledgerData } from './ledger-kinds.ts';
import { fileBytes } from './open-content.ts';
import { checkSealed } from './replay.ts';

export interface SealReport {
  readonly files: number;
  readonly bytes: number;
  /** Hash of the tag manifest: whoever has this can tell that nothing in the bag was changed. */
  readonly tagManifestSha256: Sha256;
}

const BAG_DECLARATION = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';

/**
 * Checks every evidence file against the ledger, notes the sealing in it, and writes the bag's tag files.
 * Fails with `case_damaged` when a file is not the one that was sealed; the bag is not written then.
 */
export async function sealCase(target: EvidenceCase, job: JobContext): Promise<SealReport> {
  await checkEvidence(target, job);
  const before = await measure(target.folder.data);
  await target.step(async () => ({
    entry: { kind: 'sealed', data: ledgerData({ files: before.files, bytes: before.bytes }) },
    result: undefined,
  }));
  const payload = await hashPayload(target, job);
  const bytes = payload.reduce((total, file) => total + file.bytes, 0);
  const manifest = payload.map(({ path, hash }) => `${hash}  ${escapePath(path)}\n`).join('');
  const created = entriesOf(target.ledger.entries, 'case-created')[0]?.data;
  const info = [
    `Source-Organization: ${oneLine(target.engagement.entity)}`,
    `Bagging-Date: ${formatInstant(target.context.effects.now()).slice(0, 10)}`,
    `Payload-Oxum: ${bytes}.${payload.length}`,
    `External-Description: Fieldwork case, audit window ${created?.first_day} to ${created?.last_day} (${created?.zone})`,
    `Bag-Software-Agent: Fieldwork ${target.context.version}`,
  ];
  const tags = {
    'bagit.txt': BAG_DECLARATION,
    'bag-info.txt': `${info.join('\n')}\n`,
    'manifest-sha256.txt': manifest,
  };
  const tagManifest = Object.entries(tags)
    .map(([name, text]) => `${sha256(text)}  ${name}\n`)
    .sort()
    .join('');
  for (const [name, text] of Object.entries({ ...tags, 'tagmanifest-sha256.txt': tagManifest })) {
    await writeWhole(join(target.folder.root, name), text);
  }
  return { files: payload.length, bytes, tagManifestSha256: sha256(tagManifest) };
}

/** Reads every evidence file and compares its hash with the ledger. Fails with `case_damaged`, naming the file. */
export async function checkEvidence(target: EvidenceCase, job: JobContext): Promise<void> {
  const sources = entriesOf(target.ledger.entries, 'source-imported');
  const seen = new Set<Sha256>();
  for (const [index, { data }] of sources.entries()) {
    stopIfCancelled(job.signal);
    job.progress({ step: `Checking ${data.name}`, fraction: index / sources.length });
    if (seen.has(data.sha256)) continue;
    seen.add(data.sha256);
    await checkSealed(target.folder, data);
  }
}

interface PayloadFile {
  /** From the bag's root, with slashes. */
  readonly path: string;
  readonly bytes: number;
  readonly hash: Sha256;
}

async function hashPayload(target: EvidenceCase, job: JobContext): Promise<readonly PayloadFile[]> {
  const files: PayloadFile[] = [];
  for (const path of await listFiles(target.folder.root, 'data')) {
    stopIfCancelled(job.signal);
    job.progress({ step: `Sealing ${path}` });
    const hash = startSha256();
    let bytes = 0;
    for await (const piece of fileBytes(join(target.folder.root, path))) {
      hash.update(piece);
      bytes += piece.length;
    }
    files.push({ path, bytes, hash: hash.digest() });
  }
  return files;
}

async function measure(folder: string): Promise<{ readonly files: number; readonly bytes: number }> {
  let bytes = 0;
  const paths = await listFiles(folder, '');
  for (const path of paths) bytes += (await stat(join(folder, path))).size;
  return { files: paths.length, bytes };
}

async function listFiles(root: string, path: string): Promise<readonly string[]> {
  const entries = await readdir(join(root, path), { withFileTypes: true });
  const lists: (readonly string[])[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const child = path === '' ? entry.name : `${path}/${entry.name}`;
    lists.push(entry.isDirectory() ? await listFiles(root, child) : [child]);
  }
  return lists.flat();
}

/** RFC 8493, 2.1.3: line ends and the percent sign in a path are written as percent codes. */
function escapePath(path: string): string {
  return path.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}
