/** An auditor's key as the signer uses it. Key bytes never leave the process; only `sign` does its work. */
import type { KeyKind } from '../core/cms-form.ts';
import type { Sha256 } from '../core/hash.ts';

export interface Identity {
  /** Common name of the signing certificate. */
  readonly name: string;
  readonly keyKind: KeyKind;
  /** DER: the signing certificate first, each followed by its issuer, as far as they were given. */
  readonly certificates: readonly Uint8Array[];
  readonly certificateSha256: Sha256;
  /** SHA-256 of the last certificate where it issued itself; `null` where the chain has no root. */
  readonly rootSha256: Sha256 | null;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Signs with SHA-256: RSA PKCS#1 v1.5, or ECDSA as DER. */
  readonly sign: (bytes: Uint8Array) => Promise<Uint8Array>;
}
