/**
 * Makes an auditor's key: a local root, and a signing certificate issued by it, in one PKCS#12 file.
 *
 * Two tiers, because PDF readers and NSS never trust a bare self-signed signing certificate; the root is what a
 * recipient imports. The root's key is forgotten when this function ends: it never issues a second certificate, and a
 * key that does not exist cannot be stolen.
 */
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  AuthorityKeyIdentifierExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from '@peculiar/x509';
import { BmpString, OctetString } from 'asn1js';
import * as pkijs from 'pkijs';
import type { Effects } from '../core/effects.ts';

const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 3072,
  publicExponent: new Uint8Array([1, 0, 1]),
} as const;

/** WebCrypto's types as the certificate package names them: they differ between Node's and the browser's library. */
type PlatformCrypto = NonNullable<Parameters<typeof X509CertificateGenerator.create>[1]>;
type CertificateParameters = Extract<Parameters<typeof X509CertificateGenerator.create>[0], { signingKey: unknown }>;
interface KeyPair {
  readonly publicKey: CertificateParameters['publicKey'];
  readonly privateKey: CertificateParameters['signingKey'];
}

/** emailProtection (without it NSS does not accept the certificate) and documentSigning (RFC 9336). */
const SIGNING_USAGES = ['1.3.6.1.5.5.7.3.4', '1.3.6.1.5.5.7.3.36'];

const SIGNER_YEARS = 3;
const ROOT_YEARS = 10;

/** PBKDF2 rounds: 600,000 for the key, as OWASP advises for HMAC-SHA-256. */
const KEY_ROUNDS = 600_000;
const MAC_ROUNDS = 100_000;

export interface NewIdentity {
  /** Name in the certificate: a person, and the firm where it helps. */
  readonly name: string;
  readonly passphrase: string;
}

/** Gives a PKCS#12 file: AES-256-CBC, PBKDF2-HMAC-SHA-256, SHA-256 MAC. Takes about a second. */
export async function createIdentity(identity: NewIdentity, effects: Pick<Effects, 'now'>): Promise<Uint8Array> {
  // WebCrypto as a value: pkijs and @peculiar/x509 take the platform's, Electron's BoringSSL has the same interface.
  const crypto = webcrypto as unknown as PlatformCrypto;
  const now = new Date(Number(effects.now() / 1000n));
  const rootKeys = await crypto.subtle.generateKey(RSA, false, ['sign', 'verify']);
  const signerKeys = await crypto.subtle.generateKey(RSA, true, ['sign', 'verify']);
  const root = await makeRoot(identity.name, rootKeys, now, crypto);
  const signer = await makeSigner(identity.name, signerKeys, { root, key: rootKeys.privateKey }, now, crypto);
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', signerKeys.privateKey);
  return encodePkcs12({ pkcs8, certificates: [signer, root], ...identity }, crypto);
}

async function makeRoot(name: string, keys: KeyPair, now: Date, crypto: PlatformCrypto): Promise<X509Certificate> {
  const subject = distinguishedName(`${name} (root)`);
  return X509CertificateGenerator.create(
    {
      serialNumber: serial(),
      subject,
      issuer: subject,
      notBefore: now,
      notAfter: yearsAfter(now, ROOT_YEARS),
      publicKey: keys.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: RSA,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
      ],
    },
    crypto,
  );
}

async function makeSigner(
  name: string,
  keys: KeyPair,
  issuer: { readonly root: X509Certificate; readonly key: KeyPair['privateKey'] },
  now: Date,
  crypto: PlatformCrypto,
): Promise<X509Certificate> {
  return X509CertificateGenerator.create(
    {
      serialNumber: serial(),
      subject: distinguishedName(name),
      issuer: issuer.root.subject,
      notBefore: now,
      notAfter: yearsAfter(now, SIGNER_YEARS),
      publicKey: keys.publicKey,
      signingKey: issuer.key,
      signingAlgorithm: RSA,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation, true),
        new ExtendedKeyUsageExtension(SIGNING_USAGES, false),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
        await AuthorityKeyIdentifierExtension.create(issuer.root.publicKey, false, crypto),
      ],
    },
    crypto,
  );
}

/** The name as a typed value (which the package's types do not list), so that commas and quotes are not syntax. */
function distinguishedName(name: string): { CN: string[] }[] {
  return [{ CN: [{ utf8String: name } as unknown as string] }];
}

/** 16 random bytes, positive and without leading zeros. */
function serial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes.toString('hex');
}

function yearsAfter(date: Date, years: number): Date {
  const later = new Date(date);
  later.setUTCFullYear(later.getUTCFullYear() + years);
  return later;
}

interface Pkcs12Content extends NewIdentity {
  readonly pkcs8: ArrayBuffer;
  readonly certificates: readonly X509Certificate[];
}

async function encodePkcs12(content: Pkcs12Content, crypto: PlatformCrypto): Promise<Uint8Array> {
  const engine = new pkijs.CryptoEngine({ name: 'node', crypto });
  const password = arrayBuffer(Buffer.from(content.passphrase, 'utf8'));
  const attributes = keyAttributes(content.name);
  const key = new pkijs.PKCS8ShroudedKeyBag({ parsedValue: pkijs.PrivateKeyInfo.fromBER(content.pkcs8) });
  const cipher = { contentEncryptionAlgorithm: { name: 'AES-CBC', length: 256 }, hmacHashAlgorithm: 'SHA-256' };
  await key.makeInternalValues({ password, iterationCount: KEY_ROUNDS, ...cipher } as never, engine);
  const bags = [
    new pkijs.SafeBag({ bagId: '1.2.840.113549.1.12.10.1.2', bagValue: key, bagAttributes: attributes }),
    ...content.certificates.map((certificate, place) => certificateBag(certificate, place === 0 ? attributes : [])),
  ];
  const safe = new pkijs.AuthenticatedSafe({
    parsedValue: {
      // Certificates are public, keys are encrypted in their own bag: a second layer would hide nothing.
      safeContents: [{ privacyMode: 0, value: new pkijs.SafeContents({ safeBags: bags }) }],
    },
  });
  await safe.makeInternalValues({ safeContents: [{}] }, engine);
  const pfx = new pkijs.PFX({ parsedValue: { integrityMode: 0, authenticatedSafe: safe } });
  const mac = { password, iterations: MAC_ROUNDS, pbkdf2HashAlgorithm: 'SHA-256', hmacHashAlgorithm: 'SHA-256' };
  await pfx.makeInternalValues(mac as never, engine);
  return new Uint8Array(pfx.toSchema().toBER(false));
}

function certificateBag(certificate: X509Certificate, attributes: pkijs.Attribute[]): pkijs.SafeBag {
  const bag = new pkijs.CertBag({ parsedValue: pkijs.Certificate.fromBER(certificate.rawData) });
  return new pkijs.SafeBag({ bagId: '1.2.840.113549.1.12.10.1.3', bagValue: bag, bagAttributes: attributes });
}

/** friendlyName and localKeyID: other programs pair key and certificate by them. */
function keyAttributes(name: string): pkijs.Attribute[] {
  return [
    new pkijs.Attribute({ type: '1.2.840.113549.1.9.20', values: [new BmpString({ value: name })] }),
    new pkijs.Attribute({
      type: '1.2.840.113549.1.9.21',
      values: [new OctetString({ valueHex: new Uint8Array([1]) })],
    }),
  ];
}

function arrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
