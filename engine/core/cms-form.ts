/**
 * The one form of a CMS signature (RFC 5652, RFC 5035) that a binder has: PAdES-B-B, detached, one signer. The signer
 * writes it; the verifier takes a signature apart, writes it again from its parts, and asks for the same bytes. So no
 * byte of the container is without meaning, not even those that no signature covers.
 *
 *   ContentInfo { signedData, [0] SignedData {
 *     version 1, digestAlgorithms { SHA-256 }, encapContentInfo { data },
 *     certificates [0] { signer, its issuer, ... root },
 *     signerInfos { SignerInfo { version 1, issuerAndSerialNumber, SHA-256,
 *       signedAttrs [0] { content-type, message-digest, signing-certificate-v2 of every certificate },
 *       signatureAlgorithm, signature } } } }
 */
import { createHash } from 'node:crypto';
import { certificateNames, type CertificateNames } from './certificate-names.ts';
import { contextTag, derObjectIdentifier, derSetOf, derTags, derValue, readDer, readDerValues } from './der.ts';

export const oids = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha256WithRsa: '1.2.840.113549.1.1.11',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
} as const;

export type KeyKind = 'rsa' | 'ec';

/** What a binder's signature is made of. `certificates` are DER: the signer first, each followed by its issuer. */
export interface CmsParts {
  readonly keyKind: KeyKind;
  readonly certificates: readonly Uint8Array[];
  /** SHA-256 of the signed bytes. */
  readonly messageDigest: Uint8Array;
  readonly signature: Uint8Array;
}

const sequence = (...pieces: readonly Uint8Array[]): Uint8Array => derValue(derTags.sequence, ...pieces);
const ONE = derValue(derTags.integer, Buffer.from([1]));
const SHA256 = sequence(derObjectIdentifier(oids.sha256));

/** The whole signature. Fails (throws) on a certificate that is not one. */
export function encodeCms(parts: CmsParts): Uint8Array {
  const attributes = signedAttributes(parts);
  const signerInfo = sequence(
    ONE,
    issuerAndSerial(parts.certificates[0]!),
    SHA256,
    retagged(attributes, contextTag(0)),
    signatureAlgorithm(parts.keyKind),
    derValue(derTags.octetString, parts.signature),
  );
  const signedData = sequence(
    ONE,
    derValue(derTags.set, SHA256),
    sequence(derObjectIdentifier(oids.data)),
    derValue(contextTag(0), ...parts.certificates),
    derValue(derTags.set, signerInfo),
  );
  return sequence(derObjectIdentifier(oids.signedData), derValue(contextTag(0), signedData));
}

/** The bytes that the key signs: the signed attributes as a DER SET OF (RFC 5652, 5.4). */
export function signedAttributes({ certificates, messageDigest }: Omit<CmsParts, 'signature'>): Uint8Array {
  return derSetOf(derTags.set, [
    attribute(oids.contentType, derObjectIdentifier(oids.data)),
    attribute(oids.messageDigest, derValue(derTags.octetString, messageDigest)),
    attribute(oids.signingCertificateV2, sequence(sequence(...certificates.map(certificateId)))),
  ]);
}

function attribute(oid: string, value: Uint8Array): Uint8Array {
  return sequence(derObjectIdentifier(oid), derValue(derTags.set, value));
}

/** ESSCertIDv2: SHA-256 (the default, so left out), hash, issuer as a directory name, serial. */
function certificateId(certificate: Uint8Array): Uint8Array {
  const hash = createHash('sha256').update(certificate).digest();
  const { issuer, serial } = namesOf(certificate);
  const issuerSerial = sequence(sequence(derValue(contextTag(4), issuer)), serial);
  return sequence(derValue(derTags.octetString, hash), issuerSerial);
}

function issuerAndSerial(certificate: Uint8Array): Uint8Array {
  const { issuer, serial } = namesOf(certificate);
  return sequence(issuer, serial);
}

function signatureAlgorithm(kind: KeyKind): Uint8Array {
  return kind === 'rsa'
    ? sequence(derObjectIdentifier(oids.sha256WithRsa), derValue(derTags.null))
    : sequence(derObjectIdentifier(oids.ecdsaWithSha256));
}

function namesOf(certificate: Uint8Array): CertificateNames {
  const names = certificateNames(certificate);
  if (!names) throw new Error('Not a DER certificate');
  return names;
}

function retagged(encoded: Uint8Array, tag: number): Uint8Array {
  const copy = Buffer.from(encoded);
  copy[0] = tag;
  return copy;
}

/**
 * Takes a signature apart. `undefined` where the parts cannot be found; the caller must encode them again and compare,
 * as nothing is checked here but the way to the parts.
 */
export function decodeCms(bytes: Uint8Array): CmsParts | undefined {
  const signedData = childOf(childOf(readDer(bytes)?.content, 1)?.content, 0);
  const fields = signedData && readDerValues(signedData.content);
  const certificates = fields?.[3] && readDerValues(fields[3].content);
  const signerInfo = fields?.[4] && readDerValues(fields[4].content)?.[0];
  const signer = signerInfo && readDerValues(signerInfo.content);
  const digest = signer?.[3] && messageDigestOf(signer[3].content);
  if (!certificates || certificates.length === 0 || !signer || !digest || !signer[5]) return undefined;
  return {
    keyKind: Buffer.from(signer[4]!.encoded).equals(signatureAlgorithm('ec')) ? 'ec' : 'rsa',
    certificates: certificates.map(({ encoded }) => encoded),
    messageDigest: digest,
    signature: signer[5].content,
  };
}

function childOf(content: Uint8Array | undefined, place: number): ReturnType<typeof readDer> {
  return content && readDerValues(content)?.[place];
}

function messageDigestOf(attributes: Uint8Array): Uint8Array | undefined {
  const oid = Buffer.from(derObjectIdentifier(oids.messageDigest));
  const found = readDerValues(attributes)?.find(({ content }) =>
    Buffer.from(content).subarray(0, oid.length).equals(oid),
  );
  return found && childOf(childOf(found.content, 1)?.content, 0)?.content;
}
