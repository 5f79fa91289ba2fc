/** Rows from the scripts ssl-enum-ciphers and ssl-cert. */
import { X509Certificate } from 'node:crypto';
import type { EvidenceRow } from '../../core/tables.ts';
import { parseInstant, type UtcMicros } from '../../../shared/time.ts';
import { childOf, childText, type ScriptNode } from './scripts.ts';

/** What every row about an endpoint begins with. */
export interface Endpoint {
  readonly scan_id: string;
  readonly time: UtcMicros | undefined;
  readonly system: string | undefined;
  readonly address: string | undefined;
  readonly port: number;
}

/** One row for each protocol version and cipher suite that the script says is accepted. */
export function tlsRows(script: ScriptNode, endpoint: Endpoint): EvidenceRow<'tls_endpoints'>[] {
  return script.children
    .filter(({ key }) => /^(?:TLS|SSL)v/.test(key))
    .flatMap((version) =>
      (childOf(version, 'ciphers')?.children ?? []).map((cipher) => ({
        ...endpoint,
        tls_version: version.key,
        cipher: childText(cipher, 'name'),
        strength: childText(cipher, 'strength'),
      })),
    );
}

/** The certificate that the script ssl-cert saw; `undefined` when its output is not structured. */
export function certificateRow(script: ScriptNode, endpoint: Endpoint): EvidenceRow<'certificates'> | undefined {
  const subject = nameOf(childOf(script, 'subject'));
  const issuer = nameOf(childOf(script, 'issuer'));
  if (subject === undefined && issuer === undefined) return undefined;
  const publicKey = childOf(script, 'pubkey');
  const validity = childOf(script, 'validity');
  const bits = childText(publicKey, 'bits');
  return {
    ...endpoint,
    subject,
    issuer,
    serial: serialOf(childText(script, 'pem')),
    key_type: childText(publicKey, 'type'),
    key_bits: bits !== undefined && /^\d{1,6}$/.test(bits) ? Number(bits) : undefined,
    signature: childText(script, 'sig_algo'),
    not_before: validityTime(childText(validity, 'notBefore')),
    not_after: validityTime(childText(validity, 'notAfter')),
    self_signed: subject !== undefined && subject === issuer,
  };
}

// The script lists the parts of a name in no particular order, so they are sorted: two equal names read the same.
function nameOf(table: ScriptNode | undefined): string | undefined {
  const parts = (table?.children ?? []).map(({ key, text }) => `${key}=${text.trim()}`);
  return parts.length === 0 ? undefined : parts.sort().join(', ');
}

// Certificates have UTC times; the script leaves the zone out.
function validityTime(text: string | undefined): UtcMicros | undefined {
  return text === undefined ? undefined : (parseInstant(text) ?? parseInstant(`${text}Z`));
}

/** The script does not print the serial number; the certificate that it prints has it. */
function serialOf(pem: string | undefined): string | undefined {
  if (pem === undefined) return undefined;
  try {
    return new X509Certificate(pem).serialNumber.toLowerCase();
  } catch {
    // A certificate that OpenSSL cannot read has no serial number to show; the row keeps what the script printed.
    return undefined;
  }
}
