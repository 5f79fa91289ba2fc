/** Checks the signature of a binder, from its place in the file to the certificates that it names. */
import { createHash, verify, X509Certificate } from 'node:crypto';
import type { Verification } from '../../shared/contract.ts';
import { certificateNames } from '../core/certificate-names.ts';
import { decodeCms, encodeCms, signedAttributes, type CmsParts } from '../core/cms-form.ts';
import { readDer } from '../core/der.ts';
import { sha256 } from '../core/hash.ts';
import { checkCertificates, type Trust } from './check-certificates.ts';
import type { CheckList } from './check-list.ts';
import type { PdfFile } from './pdf-file.ts';
import { certificationPermission, findSignature, type PdfSignature } from './pdf-signature.ts';
import { latin1, nameOf } from './pdf-values.ts';

type SignatureLine = Verification['signatures'][number];

/** Makes every check of the signature; gives a line about it where the certificates can be read. */
export function checkSignature(
  file: PdfFile,
  trusted: readonly X509Certificate[] | undefined,
  checks: CheckList,
): SignatureLine[] {
  const signature = findSignature(file);
  if (typeof signature === 'string') {
    checks.failed('signature.present', signature);
    return [];
  }
  checks.passed('signature.present', 'One signature field with one signature.');
  checkCertification(file, signature, checks);
  const covered = checkRange(file, signature, checks);
  const parts = readContainer(file, signature, checks);
  if (!parts) return [];
  checkDigest(file, signature, parts, checks);
  const certificates = readCertificates(parts, checks);
  if (!certificates) return [];
  checkValue(parts, certificates[0]!, checks);
  const trust = checkCertificates(certificates, { trusted, claimedTime: signature.claimedTime }, checks);
  return [signatureLine(signature, parts, trust, covered)];
}

/** The offset after the last byte that /ByteRange names. */
function signedEnd({ byteRange }: PdfSignature): number {
  return Number(byteRange[2]) + Number(byteRange[3]);
}

/** /ByteRange must leave out the string of /Contents, delimiters included, and nothing else. */
function checkRange({ bytes }: PdfFile, signature: PdfSignature, checks: CheckList): boolean {
  const { byteRange, hole } = signature;
  const [start, first, second] = byteRange;
  const exact = byteRange.length === 4 && start === 0 && first === hole.from && second === hole.to;
  const written = byteRange.map(String).join(' ');
  checks.decide(
    'signature.range',
    exact ? undefined : `/ByteRange is ${written}; the digits stand from byte ${hole.from} to ${hole.to}.`,
    `Bytes 0 to ${hole.from} and ${hole.to} to ${bytes.length} are signed.`,
  );
  const end = signedEnd(signature);
  return checks.decide(
    'signature.whole-file',
    end === bytes.length ? undefined : `The signature ends at byte ${end}; the file has ${bytes.length} bytes.`,
    `The file has ${bytes.length} bytes.`,
  );
}

function readContainer(
  { bytes }: PdfFile,
  { hole, dictionary }: PdfSignature,
  checks: CheckList,
): CmsParts | undefined {
  const digits = latin1(bytes.subarray(hole.from + 1, hole.to - 1));
  const container = readDer(Buffer.from(digits, 'hex'));
  const used = container ? container.encoded.length * 2 : 0;
  const clean = /^[0-9a-f]*$/.test(digits) && /^0*$/.test(digits.slice(used));
  checks.decide(
    'signature.digits',
    clean
      ? undefined
      : 'There are other characters than lower-case digits, or other digits than 0 after the signature.',
    `${used / 2} bytes of signature, ${(digits.length - used) / 2} bytes of zeros.`,
  );
  const kind = nameOf(dictionary.get('SubFilter'));
  const parts = container && kind === 'ETSI.CAdES.detached' ? decodeCms(container.encoded) : undefined;
  const same = parts && container && encodesTo(parts, container.encoded);
  checks.decide(
    'signature.container',
    same ? undefined : 'The container cannot be taken apart and put together again to the same bytes.',
    'CAdES, SHA-256, one signer; the signed attributes name every certificate by its hash.',
  );
  return same ? parts : undefined;
}

function encodesTo(parts: CmsParts, encoded: Uint8Array): boolean {
  try {
    return Buffer.from(encodeCms(parts)).equals(encoded);
  } catch {
    // A certificate that is not one: the form cannot be written.
    return false;
  }
}

/** Over all bytes up to the end that /ByteRange names but the digits; that the range is right is a check of its own. */
function checkDigest(file: PdfFile, signature: PdfSignature, { messageDigest }: CmsParts, checks: CheckList): void {
  const [{ bytes }, { hole }] = [file, signature];
  const end = signedEnd(signature);
  const digest = createHash('sha256')
    .update(bytes.subarray(0, hole.from))
    .update(bytes.subarray(hole.to, end))
    .digest();
  const signed = Buffer.from(messageDigest).toString('hex');
  checks.decide(
    'signature.digest',
    digest.equals(messageDigest) ? undefined : `SHA-256 is ${digest.toString('hex')}; signed was ${signed}.`,
    `SHA-256 ${signed}.`,
  );
}

function readCertificates({ certificates }: CmsParts, checks: CheckList): readonly X509Certificate[] | undefined {
  try {
    return certificates.map((der) => {
      const certificate = new X509Certificate(der);
      // A key of a kind that is not known is found here, not in the middle of a check.
      void certificate.publicKey.asymmetricKeyType;
      return certificate;
    });
  } catch {
    checks.failed('signature.value', 'A certificate in the signature cannot be read.');
    return undefined;
  }
}

function checkValue(parts: CmsParts, signer: X509Certificate, checks: CheckList): void {
  const key = signer.publicKey;
  const sound =
    key.asymmetricKeyType === parts.keyKind && verify('sha256', signedAttributes(parts), key, parts.signature);
  checks.decide(
    'signature.value',
    sound ? undefined : 'The signature does not belong to the signed attributes and the key of the certificate.',
    parts.keyKind === 'rsa' ? 'RSA with SHA-256 (PKCS#1 v1.5).' : 'ECDSA with SHA-256.',
  );
}

/** Permission 1, named by the catalogue; and the signature must be the newest of two revisions. */
function checkCertification(file: PdfFile, signature: PdfSignature, checks: CheckList): void {
  const permission = certificationPermission(file, signature);
  const problem =
    permission !== 1 || !signature.isCertification
      ? `The signature is no certification without changes (DocMDP permission ${permission ?? 'missing'}).`
      : file.revisions !== 2
        ? `The file has ${file.revisions} revisions; a binder has two, as drawn and as signed.`
        : undefined;
  checks.decide('certification.no-change', problem, 'DocMDP permission 1; nothing was added after the signature.');
}

function signatureLine(signature: PdfSignature, parts: CmsParts, trusted: Trust, covered: boolean): SignatureLine {
  const certificate = parts.certificates[0]!;
  const names = certificateNames(certificate)!;
  return {
    signer: names.subjectName,
    issuer: names.issuerName,
    serial: names.serialHex,
    certificateSha256: sha256(certificate),
    claimedTime: signature.claimedTime,
    level: 'PAdES-B-B',
    trusted,
    coversWholeFile: covered,
  };
}
