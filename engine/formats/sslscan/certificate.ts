import { curveBits, opensslTime, pemFacts, serialNumber, type CertificateFacts } from '../tls-scans/certificate.ts';
import type { Part } from './part.ts';

/** What `<certificate>` says; `undefined` where it names neither subject nor issuer and has no certificate in it. */
export function certificateFacts(part: Part): CertificateFacts | undefined {
  const inside = pemFacts(part.member('certificate-blob'));
  const subject = part.member('subject') ?? inside?.subject;
  const issuer = part.member('issuer') ?? inside?.issuer;
  if (subject === undefined && issuer === undefined) return undefined;
  return {
    subject,
    issuer,
    serial: serialNumber(part.member('serial')) ?? inside?.serial,
    key_type: part.memberAttribute('pk', 'type')?.toLowerCase() ?? inside?.key_type,
    key_bits: inside?.key_bits ?? keyBits(part),
    // In the full form OpenSSL's own label stands before the name.
    signature: part
      .member('signature-algorithm')
      ?.replace(/^Signature Algorithm:/, '')
      .trim(),
    not_before: opensslTime(part.member('not-valid-before')) ?? inside?.not_before,
    not_after: opensslTime(part.member('not-valid-after')) ?? inside?.not_after,
    self_signed: isSelfSigned(part) ?? inside?.self_signed ?? (subject === issuer ? true : undefined),
  };
}

/** Of a key on a curve sslscan gives the strength in bits (128 for prime256v1), which is not its size. */
function keyBits(part: Part): number | undefined {
  const bits = part.memberAttribute('pk', 'bits');
  if (part.memberAttribute('pk', 'type')?.toUpperCase() === 'EC')
    return curveBits(part.memberAttribute('pk', 'curve_name'));
  return bits !== undefined && /^\d{1,6}$/.test(bits) ? Number(bits) : undefined;
}

function isSelfSigned(part: Part): boolean | undefined {
  return ({ true: true, false: false } as Readonly<Record<string, boolean>>)[part.member('self-signed') ?? ''];
}

/** The short form of a certificate that was given in full: its validity is the same, to the second. */
export function isShortFormOf(short: CertificateFacts, full: CertificateFacts): boolean {
  return short.not_after !== undefined && short.not_after === full.not_after && short.not_before === full.not_before;
}
