/** The auditors' keys on this machine: a folder of PKCS#12 files, each with the certificates that others are given. */
import { X509Certificate } from 'node:crypto';
import { lstat, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fail } from '../shared/problem.ts';
import { formatInstant } from '../shared/time.ts';
import type { Identity } from './binder/identity.ts';
import type { Effects } from './core/effects.ts';
import { safeFileName } from './intake/case-folder.ts';

export interface IdentityEntry {
  /** File name without its ending. */
  readonly key: string;
  readonly name: string;
  readonly notAfter: string | null;
}

export interface NewIdentityFiles extends IdentityEntry {
  /** The key, encrypted with the passphrase. */
  readonly file: string;
  /** The root certificate, to be given to whoever verifies. */
  readonly rootCertificate: string;
  readonly certificateSha256: string;
  readonly rootSha256: string | null;
}

const ENDING = '.p12';

/**
 * Makes a key and writes it to `file`, with its root certificate and its own as PEM beside it.
 * Fails with `already_exists` when any of the three is there, before the key is made, and with `unreadable`.
 */
export async function newIdentity(
  file: string,
  { name, passphrase }: { readonly name: string; readonly passphrase: string },
  effects: Effects,
): Promise<NewIdentityFiles> {
  if (passphrase.length < 8) failShortPassphrase();
  const rootCertificate = certificatePath(file);
  const signingCertificate = signingCertificatePath(file);
  for (const path of [file, rootCertificate, signingCertificate]) await checkIsNew(path);
  const { createIdentity } = await import('./binder/create-identity.ts');
  const p12 = await createIdentity({ name, passphrase }, effects);
  const identity = await openKey(p12, passphrase);
  const [signer, root = signer] = identity.certificates;
  await writeNew([
    { path: file, content: p12, mode: 0o600 },
    { path: rootCertificate, content: pem(root!), mode: 0o644 },
    { path: signingCertificate, content: pem(signer!), mode: 0o644 },
  ]);
  const { certificateSha256, rootSha256 } = identity;
  return { ...entry(file, identity.name, identity.notAfter), file, rootCertificate, certificateSha256, rootSha256 };
}

/** Reads the key in `file`. Fails with `not_found`, `wrong_passphrase` or `bad_identity`. */
export async function readIdentity(file: string, passphrase: string): Promise<Identity> {
  const p12 = await readFile(file).catch((error: NodeJS.ErrnoException) =>
    fail({
      code: error.code === 'ENOENT' ? 'not_found' : 'unreadable',
      message: `The identity cannot be read (${error.code}).`,
      where: { file },
      remedy: 'Check the path, or make one with `fieldwork identity new`.',
    }),
  );
  return openKey(p12, passphrase);
}

/** The keys in a folder, by name. What is known without the passphrase comes from the certificate beside each. */
export async function listIdentities(folder: string): Promise<IdentityEntry[]> {
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(ENDING)).sort();
  return Promise.all(
    files.map(async (name) => {
      const certificate = await readCertificate(signingCertificatePath(join(folder, name)));
      const people = certificate?.subject.match(/^CN=(.*)$/m)?.[1];
      return entry(join(folder, name), people ?? basename(name, ENDING), certificate && new Date(certificate.validTo));
    }),
  );
}

/** The file of the key that a window named. Fails with `not_found`; a key is a plain name and never a path. */
export async function identityFile(folder: string, key: string): Promise<string> {
  const known = (await listIdentities(folder)).some((identity) => identity.key === key);
  if (known) return join(folder, `${key}${ENDING}`);
  return fail({
    code: 'not_found',
    message: `There is no identity ${key}.`,
    remedy: 'Make one first, then sign with it.',
  });
}

/** A file for a new key, named for the person. */
export function newIdentityFile(folder: string, name: string): string {
  return join(folder, `${safeFileName(name.trim().replace(/\s+/g, '-')).toLowerCase()}${ENDING}`);
}

function entry(file: string, name: string, notAfter: Date | undefined): IdentityEntry {
  return {
    key: basename(file, ENDING),
    name,
    notAfter: notAfter ? formatInstant(BigInt(notAfter.getTime()) * 1000n) : null,
  };
}

function certificatePath(file: string): string {
  return file.endsWith(ENDING) ? `${file.slice(0, -ENDING.length)}.pem` : `${file}.pem`;
}

/** The certificate that goes with the key itself: for listing identities without a passphrase. */
function signingCertificatePath(file: string): string {
  return certificatePath(file).replace(/\.pem$/, '.signing.pem');
}

function pem(certificate: Uint8Array): string {
  return new X509Certificate(Buffer.from(certificate)).toString();
}

async function readCertificate(path: string): Promise<X509Certificate | undefined> {
  try {
    return new X509Certificate(await readFile(path));
  } catch {
    return undefined;
  }
}

interface NewFile {
  readonly path: string;
  readonly content: string | Uint8Array;
  readonly mode: number;
}

/** Writes all of the files, or leaves none. None of them is written over: another process may have been faster. */
async function writeNew(files: readonly NewFile[]): Promise<void> {
  const written: string[] = [];
  for (const { path, content, mode } of files) {
    try {
      await mkdir(dirname(path), { recursive: true });
      const handle = await open(path, 'wx', mode);
      written.push(path);
      await handle.writeFile(content).finally(() => handle.close());
    } catch (error) {
      for (const made of written) await rm(made, { force: true });
      failToWrite(path, error as NodeJS.ErrnoException);
    }
  }
}

async function checkIsNew(path: string): Promise<void> {
  const isThere = await lstat(path).then(
    () => true,
    () => false,
  );
  if (isThere) failExists(path);
}

function failToWrite(file: string, { code }: NodeJS.ErrnoException): never {
  if (code === 'EEXIST') return failExists(file);
  return fail({
    code: code === 'ENOSPC' ? 'disk_full' : 'unreadable',
    message: `The identity cannot be written (${code}).`,
    where: { file },
    remedy: 'Check the folder, its permissions and the space on its disk.',
  });
}

function failExists(file: string): never {
  return fail({
    code: 'already_exists',
    message: 'There is a file of this name already, and a new identity would take its place.',
    where: { file },
    remedy: 'Choose another name for the identity; its certificates are named after it.',
  });
}

function failShortPassphrase(): never {
  return fail({
    code: 'bad_request',
    message: 'The passphrase has fewer than 8 characters.',
    remedy: 'Choose a longer one; it is never stored and cannot be recovered.',
  });
}

/** The cryptography of PKCS#12 is loaded when it is needed: most commands touch no key. */
async function openKey(p12: Uint8Array, passphrase: string): Promise<Identity> {
  const { openIdentity } = await import('./binder/open-identity.ts');
  return openIdentity(p12, passphrase);
}
