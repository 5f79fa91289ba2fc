import { createHash } from 'node:crypto';

/** SHA-256 as 64 lower-case hex digits: the only form in which Fieldwork writes a hash. */
export type Sha256 = string;

/** SHA-256 of bytes, or of text as UTF-8. */
export function sha256(content: Uint8Array | string): Sha256 {
  return createHash('sha256').update(content).digest('hex');
}

/** SHA-256 of content that comes in pieces. */
export interface RunningHash {
  update(piece: Uint8Array): void;
  /** Ends the hash; call once. */
  digest(): Sha256;
}

export function startSha256(): RunningHash {
  const hash = createHash('sha256');
  return { update: (piece) => void hash.update(piece), digest: () => hash.digest('hex') };
}
