/** Verifies a binder from its bytes alone: structure, signature, certificates, manifest, attachments, results. */
import type { Verification } from '../../shared/contract.ts';
import { sha256 } from '../core/hash.ts';
import { readTrusted } from './check-certificates.ts';
import { CheckList } from './check-list.ts';
import { checkManifest } from './check-manifest.ts';
import { checkResults } from './check-results.ts';
import { checkSignature } from './check-signature.ts';
import { readAttachments, type Attachment } from './pdf-attachments.ts';
import { pageCount, readPdfFile, type PdfFile } from './pdf-file.ts';
import { UnreadablePdf } from './pdf-values.ts';
import type { Manifest } from './manifest-format.ts';

export interface VerifyOptions {
  /** Certificates that the caller trusts, as DER or PEM. Without them the question of trust stays open. */
  readonly trust?: readonly Uint8Array[];
  /** Shown in the answer; nothing is opened by it. */
  readonly fileName?: string;
}

/**
 * Gives every check with its outcome. The verdict is `valid` where all were done and none failed; only the question of
 * trust may be left open.
 * Fails (throws) with `bad_request` where something given as trusted is not a certificate; never for what is in the file.
 */
export function verifyBinder(bytes: Uint8Array, options: VerifyOptions = {}): Promise<Verification> {
  const checks = new CheckList();
  const trusted = options.trust && readTrusted(options.trust);
  const file = readable(() => readPdfFile(bytes), checks);
  if (file) checks.passed('pdf.structure', `${file.objects.size} objects in ${file.revisions} revisions.`);
  const signatures = file ? (readable(() => checkSignature(file, trusted, checks), checks) ?? []) : [];
  if (file) checkContents(file, checks);
  return Promise.resolve({
    verdict: checks.isValid() ? 'valid' : 'invalid',
    file: options.fileName ?? '',
    sha256: sha256(bytes),
    bytes: bytes.length,
    checks: checks.list(),
    signatures,
  });
}

function checkContents(file: PdfFile, checks: CheckList): void {
  const attachments = readable(() => readAttachments(file), checks);
  if (!attachments) return;
  const manifest = checkManifest(attachments, checks);
  if (manifest) checkResults(manifest, attachments, checks);
}

/** Runs a reading step; what cannot be read fails the check of structure. */
function readable<T>(read: () => T, checks: CheckList): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UnreadablePdf)) throw error;
    checks.failed('pdf.structure', `${error.message}.`);
    return undefined;
  }
}

/** What a binder holds, for those who compare it with a case. */
export interface BinderContents {
  readonly manifest: Manifest;
  readonly attachments: readonly Attachment[];
}

/**
 * Gives manifest and attachments of a binder without any check of its signature: verify first.
 * `undefined` where the file or its manifest cannot be read.
 */
export function readBinderContents(bytes: Uint8Array): BinderContents | undefined {
  const checks = new CheckList();
  const file = readable(() => readPdfFile(bytes), checks);
  const attachments = file && readable(() => readAttachments(file), checks);
  const manifest = attachments && checkManifest(attachments, checks);
  return manifest && attachments ? { manifest, attachments } : undefined;
}

/** How many pages a binder has. `undefined` where the file cannot be read. */
export function countPages(bytes: Uint8Array): number | undefined {
  return readable(() => pageCount(readPdfFile(bytes)), new CheckList());
}
