/**
 * Opens a PKCS#12 file (RFC 7292) of an auditor: one made here, or one that a firm or a certificate authority gave.
 * RSA and EC keys; PBES2 encryption. The key goes straight into a KeyObject that cannot be exported by what we return.
 */
import { createPrivateKey, sign, webcrypto, X509Certificate, type KeyObject } from 'node:crypto';
import * as pkijs from 'pkijs';
import { certificateNames } from '../core/certificate-names.ts';
import { sha256 } from '../core/hash.ts';
import { fail } from '../../shared/problem.ts';
import type { Identity } from './identity.ts';

const BAG = {
  key: '1.2.840.113549.1.12.10.1.1',
  shroudedKey: '1.2.840.113549.1.12.10.1.2',
  certificate: '1.2.840.113549.1.12.10.1.3',
} as const;
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6';

/** DER of the arc 1.2.840.113549.1.12.1: the password-based encryptions of PKCS#12 version 1.0 (RC2, RC4, 3DES). */
const LEGACY_ARC = Buffer.from('2a864886f70d010c01', 'hex');

const CONVERT =
  'Convert it: openssl pkcs12 -legacy -in OLD.p12 -nodes -out all.pem; ' +
  'openssl pkcs12 -export -in all.pem -out NEW.p12; then delete all.pem.';

/**
 * Gives the key and its certificates, the signing one first.
 * Fails (throws) with `wrong_passphrase`, and with `bad_identity` for a file that is no PKCS#12, is encrypted in a way
 * that is no longer safe, has no key, no certificate for its key, or a key that is neither RSA nor EC.
 */
export async function openIdentity(p12: Uint8Array, passphrase: string): Promise<Identity> {
  const { keys, certificates } = await readPkcs12(p12, passphrase);
  if (keys.length !== 1) {
    bad(`The PKCS#12 file has ${keys.length} private keys; one is needed.`, 'Export the signing key alone.');
  }
  const key = importKey(keys[0]!);
  const signer = certificates.find((certificate) => certificate.checkPrivateKey(key));
  if (!signer) {
    bad(
      `None of the ${certificates.length} certificates in the PKCS#12 file belongs to its private key.`,
      'Export the key together with its certificate.',
    );
  }
  return describeIdentity(key, chainOf(signer, certificates));
}

interface Pkcs12Parts {
  /** Plain PKCS#8, DER. */
  readonly keys: readonly Uint8Array[];
  readonly certificates: readonly X509Certificate[];
}

async function readPkcs12(p12: Uint8Array, passphrase: string): Promise<Pkcs12Parts> {
  const engine = new pkijs.CryptoEngine({ name: 'node', crypto: webcrypto as never });
  const password = arrayBuffer(Buffer.from(passphrase, 'utf8'));
  const pfx = parsePfx(p12);
  if (!pfx.macData) bad('The PKCS#12 file has no integrity check.', 'Export it again, without the option -nomac.');
  await checkMac(pfx, password, engine, p12);
  try {
    return await readBags(pfx, password, engine);
  } catch (error) {
    if (isLegacy(p12)) refuseLegacy();
    return bad(`The PKCS#12 file cannot be decrypted: ${messageOf(error)}.`, CONVERT);
  }
}

function parsePfx(p12: Uint8Array): pkijs.PFX {
  try {
    return pkijs.PFX.fromBER(arrayBuffer(p12));
  } catch {
    return bad(
      `The file has ${p12.length} bytes and is not a PKCS#12 file.`,
      'Choose a .p12 or .pfx file, or make one with: fieldwork identity new FILE.p12 --name NAME.',
    );
  }
}

/** The MAC tells a wrong passphrase from a damaged file: it is made with the passphrase over the whole content. */
async function checkMac(
  pfx: pkijs.PFX,
  password: ArrayBuffer,
  engine: pkijs.CryptoEngine,
  p12: Uint8Array,
): Promise<void> {
  try {
    await pfx.parseInternalValues({ password, checkIntegrity: true }, engine);
  } catch (error) {
    if (/integrity/i.test(messageOf(error))) {
      fail({
        code: 'wrong_passphrase',
        message: 'The passphrase does not open the PKCS#12 file.',
        remedy: 'Enter the passphrase that the file was made with.',
      });
    }
    if (isLegacy(p12)) refuseLegacy();
    bad(`The PKCS#12 file cannot be read: ${messageOf(error)}.`, CONVERT);
  }
}

async function readBags(pfx: pkijs.PFX, password: ArrayBuffer, engine: pkijs.CryptoEngine): Promise<Pkcs12Parts> {
  const safe = pfx.parsedValue?.authenticatedSafe;
  if (!safe) throw new Error('no authenticated safe');
  const perContent = safe.safeContents.map(({ contentType }) => (contentType === ENCRYPTED_DATA ? { password } : {}));
  await safe.parseInternalValues({ safeContents: perContent as never }, engine);
  const contents = safe.parsedValue.safeContents as readonly { value: pkijs.SafeContents }[];
  const keys: Uint8Array[] = [];
  const certificates: X509Certificate[] = [];
  for (const bag of contents.flatMap(({ value }) => value.safeBags)) {
    if (bag.bagId === BAG.certificate) certificates.push(new X509Certificate(certificateDer(bag)));
    else if (bag.bagId === BAG.key) keys.push(der(bag.bagValue as pkijs.PrivateKeyInfo));
    else if (bag.bagId === BAG.shroudedKey) keys.push(await decryptKey(bag, password, engine));
  }
  return { keys, certificates };
}

/** The certificate's own bytes as they stand in the bag: encoding it again could change them. */
function certificateDer(bag: pkijs.SafeBag): Buffer {
  const value = (bag.bagValue as pkijs.CertBag).certValue as { valueBlock: { valueHexView: Uint8Array } };
  return Buffer.from(value.valueBlock.valueHexView);
}

async function decryptKey(bag: pkijs.SafeBag, password: ArrayBuffer, engine: pkijs.CryptoEngine): Promise<Uint8Array> {
  const shrouded = bag.bagValue as pkijs.PKCS8ShroudedKeyBag;
  // The method is `protected` in the types and the only way in.
  await (shrouded as unknown as { parseInternalValues(p: object, e: object): Promise<void> }).parseInternalValues(
    { password },
    engine,
  );
  if (!shrouded.parsedValue) throw new Error('the key bag is empty');
  return der(shrouded.parsedValue);
}

function der(value: { toSchema(): { toBER(sizeOnly: boolean): ArrayBuffer } }): Uint8Array {
  return new Uint8Array(value.toSchema().toBER(false));
}

/** Plain PKCS#8 only: Electron's BoringSSL does not read the encrypted form. */
function importKey(pkcs8: Uint8Array): KeyObject {
  const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  if (key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'ec') return key;
  return bad(`The private key is of type ${key.asymmetricKeyType}; RSA or EC is needed.`, 'Use an RSA or EC key.');
}

/** Signer, its issuer, and so on as far as the file goes; certificates outside the chain are left out. */
function chainOf(signer: X509Certificate, all: readonly X509Certificate[]): readonly X509Certificate[] {
  const chain = [signer];
  for (;;) {
    const last = chain.at(-1)!;
    const next = all.find((candidate) => !chain.includes(candidate) && issued(candidate, last));
    if (!next) return chain;
    chain.push(next);
  }
}

function issued(issuer: X509Certificate, subject: X509Certificate): boolean {
  return subject.checkIssued(issuer) && subject.verify(issuer.publicKey);
}

function describeIdentity(key: KeyObject, chain: readonly X509Certificate[]): Identity {
  const [signer, last] = [chain[0]!, chain.at(-1)!];
  return {
    name: certificateNames(signer.raw)?.subjectName ?? '(no common name)',
    keyKind: key.asymmetricKeyType === 'ec' ? 'ec' : 'rsa',
    certificates: chain.map(({ raw }) => new Uint8Array(raw)),
    certificateSha256: sha256(signer.raw),
    rootSha256: issued(last, last) ? sha256(last.raw) : null,
    notBefore: new Date(signer.validFrom),
    notAfter: new Date(signer.validTo),
    sign: (bytes) => Promise.resolve(new Uint8Array(sign('sha256', bytes, key))),
  };
}

function isLegacy(p12: Uint8Array): boolean {
  return Buffer.from(p12).includes(LEGACY_ARC);
}

function refuseLegacy(): never {
  return bad('The PKCS#12 file is encrypted with RC2, RC4 or 3DES, which are no longer safe.', CONVERT);
}

function bad(message: string, remedy: string): never {
  return fail({ code: 'bad_identity', message, remedy });
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\.$/, '');
}

function arrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
