import { join } from 'node:path';
import type { Sha256 } from '../core/hash.ts';

/** Where things are in a case: a folder that is a BagIt bag whenever it is sealed (RFC 8493). */
export interface CaseFolder {
  readonly root: string;
  readonly data: string;
  readonly evidence: string;
  readonly ledger: string;
  readonly engagement: string;
  readonly packs: string;
  readonly binders: string;
  /** Rebuilt at will and left out of the bag. */
  readonly cache: string;
  readonly database: string;
  readonly owner: string;
  readonly incoming: string;
  readonly unpacked: string;
}

/** The paths of the case in `root`. */
export function caseFolder(root: string): CaseFolder {
  const data = join(root, 'data');
  const cache = join(root, 'cache');
  return {
    root,
    data,
    evidence: join(data, 'evidence'),
    ledger: join(data, 'ledger.jsonl'),
    engagement: join(data, 'engagement.yaml'),
    packs: join(data, 'packs'),
    binders: join(data, 'binders'),
    cache,
    database: join(cache, 'case.duckdb'),
    owner: join(cache, 'owner.json'),
    incoming: join(cache, 'incoming'),
    unpacked: join(cache, 'unpacked'),
  };
}

/** Where an evidence file is kept: under its hash, with its own name for people. */
export function evidencePath(folder: CaseFolder, hash: Sha256, name: string): string {
  return join(folder.evidence, hash.slice(0, 2), hash, safeFileName(name));
}

/** Where the files of an archive are kept unpacked, for readers that jump about in them. */
export function unpackedFolder(folder: CaseFolder, hash: Sha256): string {
  return join(folder.unpacked, hash);
}

/**
 * A file name that no system trips over, for names that come from evidence: no separators, no control characters,
 * no leading dot, at most 120 characters. The name as delivered stays in the ledger.
 */
export function safeFileName(name: string): string {
  const last = name.split(/[/\\]/).pop() ?? '';
  const plain = last.replace(/[\u0000-\u001f\u007f<>:"|?*]/g, '_').replace(/^\.+/, '_');
  return plain.slice(-120) || 'evidence';
}
