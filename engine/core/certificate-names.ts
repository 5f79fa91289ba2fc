/** Names in an X.509 certificate (RFC 5280, 4.1), read from its DER: what a program prints differs between builds. */
import { contextTag, derObjectIdentifier, derTags, readDer, readDerValues, type DerValue } from './der.ts';

export interface CertificateNames {
  /** Encodings of issuer and serial number, as they stand in the certificate. */
  readonly issuer: Uint8Array;
  readonly serial: Uint8Array;
  /** Serial number in lower-case hex, without leading zeros. */
  readonly serialHex: string;
  /** Common names; `(no common name)` where there is none. */
  readonly subjectName: string;
  readonly issuerName: string;
}

/** Gives a certificate's names; `undefined` where the bytes are not a strict DER certificate to their last byte. */
export function certificateNames(certificate: Uint8Array): CertificateNames | undefined {
  const outer = readDer(certificate);
  if (!outer || outer.tag !== derTags.sequence || outer.encoded.length !== certificate.length) return undefined;
  const tbs = readDerValues(outer.content)?.[0];
  const fields = (tbs && readDerValues(tbs.content)) ?? [];
  // version [0], serialNumber, signature, issuer, validity, subject, ...
  const [serial, , issuer, , subject] = fields.slice(fields[0]?.tag === contextTag(0) ? 1 : 0);
  if (serial?.tag !== derTags.integer || issuer?.tag !== derTags.sequence || !subject) return undefined;
  return {
    issuer: issuer.encoded,
    serial: serial.encoded,
    serialHex: Buffer.from(serial.content)
      .toString('hex')
      .replace(/^(00)+(?=.)/, ''),
    subjectName: commonName(subject),
    issuerName: commonName(issuer),
  };
}

const COMMON_NAME = Buffer.from(derObjectIdentifier('2.5.4.3'));

/** Name is SEQUENCE OF SET OF SEQUENCE { type, value }. */
function commonName(name: DerValue): string {
  const sets = readDerValues(name.content) ?? [];
  const pairs = sets.flatMap(({ content }) => readDerValues(content) ?? []);
  for (const pair of pairs) {
    const [type, value] = readDerValues(pair.content) ?? [];
    if (type && value && COMMON_NAME.equals(type.encoded)) return directoryText(value);
  }
  return '(no common name)';
}

/** BMPString is UTF-16 big-endian, UTF8String UTF-8, the older kinds one byte a character. */
function directoryText({ tag, content }: DerValue): string {
  const bytes = Buffer.from(content);
  if (tag === 0x0c) return bytes.toString('utf8');
  if (tag === 0x1e) return bytes.length % 2 === 0 ? bytes.swap16().toString('utf16le') : bytes.toString('latin1');
  return bytes.toString('latin1');
}
