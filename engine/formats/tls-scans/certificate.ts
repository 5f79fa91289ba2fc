/** What a certificate in PEM says, and times as OpenSSL prints them. */
import { X509Certificate } from 'node:crypto';
import type { EvidenceRow } from '../../core/tables.ts';
import { parseInstant, type UtcMicros } from '../../../shared/time.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
// Nov 21 06:35:11 2026 GMT; a day below 10 has a space before it.
const OPENSSL_TIME = /^([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{2}:\d{2}:\d{2}) (\d{4}) (?:GMT|UTC)$/;

/** The instant of a time as OpenSSL prints it; `undefined` for other text. */
export function opensslTime(text: string | undefined): UtcMicros | undefined {
  const [, name = '', day = '', clock, year] = OPENSSL_TIME.exec(text?.trim() ?? '') ?? [];
  const month = MONTHS.indexOf(name) + 1;
  if (month === 0) return undefined;
  return parseInstant(`${year}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}T${clock}Z`);
}

export type CertificateFacts = Omit<EvidenceRow<'certificates'>, 'scan_id' | 'time' | 'system' | 'address' | 'port'>;

// What a scanner writes may have lost its line breaks.
const PEM = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]{1,65536})-----END CERTIFICATE-----/;

/** What the first certificate in a text says of itself; `undefined` where there is none that can be read. */
export function pemFacts(text: string | undefined): CertificateFacts | undefined {
  const body = PEM.exec(text ?? '')?.[1];
  if (body === undefined) return undefined;
  try {
    return factsOf(new X509Certificate(Buffer.from(body.replace(/\s/g, ''), 'base64')));
  } catch {
    // A certificate that OpenSSL cannot read says nothing here; the row keeps what the scanner printed of it.
    return undefined;
  }
}

function factsOf(certificate: X509Certificate): CertificateFacts {
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    serial: certificate.serialNumber.toLowerCase(),
    key_type: asymmetricKeyType,
    key_bits: asymmetricKeyDetails?.modulusLength ?? curveBits(asymmetricKeyDetails?.namedCurve),
    not_before: opensslTime(certificate.validFrom),
    not_after: opensslTime(certificate.validTo),
    self_signed: certificate.subject === certificate.issuer,
  };
}

const CURVE_BITS: Readonly<Record<string, number>> = {
  ...{ prime192v1: 192, secp224r1: 224, prime256v1: 256, secp256r1: 256, 'P-256': 256, secp256k1: 256 },
  ...{ secp384r1: 384, 'P-384': 384, secp521r1: 521, 'P-521': 521 },
};

/** The size of keys on a curve; `undefined` where the curve is not known here. */
export function curveBits(curve: string | undefined): number | undefined {
  return curve !== undefined && Object.hasOwn(CURVE_BITS, curve) ? CURVE_BITS[curve] : undefined;
}

// The names are undefined where the certificate has none, whatever the types say.
function oneLine(name: string | undefined): string | undefined {
  return name?.split('\n').join(', ') || undefined;
}

/** Hexadecimal digits of a serial number, lower case, without colons; `undefined` for other text. */
export function serialNumber(text: string | undefined): string | undefined {
  const digits = text?.trim().replaceAll(':', '').toLowerCase();
  return digits !== undefined && /^[0-9a-f]{1,128}$/.test(digits) ? digits : undefined;
}
