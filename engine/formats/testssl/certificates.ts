/** Certificates of one endpoint, each told by several findings. */
import { parseInstant } from '../../../shared/time.ts';
import { pemFacts, serialNumber, type CertificateFacts } from '../tls-scans/certificate.ts';
import type { Finding } from './finding.ts';

const MAX_CERTIFICATES = 200;

// cert_notAfter, cert_notAfter <cert#2>, intermediate_cert_notAfter <#1>, cert, intermediate_cert <#1>
const CERTIFICATE_ID = /^(intermediate_)?cert(?:_(\w+))?(?: <(?:cert)?(#\d+)>)?$/;

interface Told {
  readonly record: number;
  readonly said: Map<string, string>;
  inside?: { readonly facts: CertificateFacts; readonly record: number };
}

export interface ToldCertificate {
  readonly facts: CertificateFacts;
  /** The record that has the certificate itself, else the first that says something of it. */
  readonly record: number;
}

export class ToldCertificates {
  readonly #told = new Map<string, Told>();

  add(finding: Finding, record: number): void {
    const [match, intermediate = '', what = '', number = ''] = CERTIFICATE_ID.exec(finding.id) ?? [];
    if (match === undefined || what === 'numbers') return;
    const key = intermediate + number;
    const told = this.#told.get(key) ?? { record, said: new Map<string, string>() };
    if (!this.#told.has(key) && this.#told.size >= MAX_CERTIFICATES) return;
    this.#told.set(key, told);
    const facts = what === '' ? pemFacts(finding.finding) : undefined;
    if (facts) told.inside ??= { facts, record };
    else if (!told.said.has(what)) told.said.set(what, finding.finding);
  }

  all(): readonly ToldCertificate[] {
    return [...this.#told.values()].flatMap((told) => {
      const facts = factsOf(told);
      const isTold = facts.subject !== undefined || facts.serial !== undefined || facts.not_after !== undefined;
      return isTold ? [{ facts, record: told.inside?.record ?? told.record }] : [];
    });
  }
}

/** The certificate itself counts before what testssl writes of it, which is shorter. */
function factsOf({ said, inside }: Told): CertificateFacts {
  const [, type, bits] = /^(\w+) (\d{2,6}) bits?\b/.exec(said.get('keySize') ?? '') ?? [];
  const name = said.get('commonName');
  const trust = said.get('chain_of_trust') ?? '';
  const serial = said.get('serialNumber') ?? said.get('serial');
  const told: CertificateFacts = {
    subject: name === undefined || /\bno\b.*\b(?:CN|commonName)\b/i.test(name) ? undefined : `CN=${name}`,
    issuer: said.get('caIssuers'),
    serial: serialNumber(serial),
    key_type: type?.toLowerCase(),
    key_bits: bits === undefined ? undefined : Number(bits),
    signature: said.get('signatureAlgorithm'),
    not_before: minuteOf(said.get('notBefore')),
    not_after: minuteOf(said.get('notAfter')),
    self_signed: /self[- ]signed\b(?! CA)/i.test(trust) ? true : undefined,
  };
  return { ...told, ...definedOf(inside?.facts) };
}

function definedOf(facts: CertificateFacts = {}): CertificateFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

// 2026-11-21 06:35, in UTC.
function minuteOf(text: string | undefined): bigint | undefined {
  const [, day, minute] = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2})/.exec(text ?? '') ?? [];
  return day === undefined ? undefined : parseInstant(`${day}T${minute}:00Z`);
}
