/** Checks the certificates in a signature: their chain, their use, and whether they lead to one that is trusted. */
import { X509Certificate } from 'node:crypto';
import type { Verification } from '../../shared/contract.ts';
import { fail } from '../../shared/problem.ts';
import type { CheckList } from './check-list.ts';

export type Trust = Verification['signatures'][number]['trusted'];

/** Extended usages of which a signing certificate has one, where it has any. */
const SIGNING_USAGES: Readonly<Record<string, string>> = {
  '1.3.6.1.5.5.7.3.4': 'emailProtection',
  '1.3.6.1.5.5.7.3.36': 'documentSigning',
  '1.2.840.113583.1.1.5': 'Adobe authentic documents',
  '1.3.6.1.4.1.311.10.3.12': 'Microsoft document signing',
  '2.5.29.37.0': 'any',
};

/**
 * Reads certificates that a person trusts: DER, or PEM with one or more in it.
 * Fails (throws) with `bad_request` where there is none.
 */
export function readTrusted(files: readonly Uint8Array[]): readonly X509Certificate[] {
  return files.flatMap((file) => {
    const pems = Buffer.from(file)
      .toString('latin1')
      .match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
    try {
      return (pems ?? [Buffer.from(file)]).map((certificate) => new X509Certificate(certificate));
    } catch {
      return fail({
        code: 'bad_request',
        message: `A file of ${file.length} bytes that was given as trusted is not a certificate.`,
        remedy: 'Give an X.509 certificate, as DER (.cer) or PEM.',
      });
    }
  });
}

interface Question {
  readonly trusted: readonly X509Certificate[] | undefined;
  /** RFC 3339; `null` where the signature claims none. */
  readonly claimedTime: string | null;
}

/** Makes the three checks of certificates; the signing one comes first. Gives whether the chain is trusted. */
export function checkCertificates(chain: readonly X509Certificate[], question: Question, checks: CheckList): Trust {
  checks.decide('certificate.chain', brokenLink(chain), chainText(chain));
  checks.decide(
    'certificate.use',
    wrongUse(chain[0]!, question.claimedTime),
    'Key usage and validity fit the claimed time.',
  );
  return checkTrust(chain, question.trusted, checks);
}

function brokenLink(chain: readonly X509Certificate[]): string | undefined {
  for (let place = 0; place + 1 < chain.length; place += 1) {
    const [subject, issuer] = [chain[place]!, chain[place + 1]!];
    if (!issuer.ca) return `Certificate ${place + 2} of ${chain.length} may not issue certificates.`;
    if (!issued(issuer, subject)) return `Certificate ${place + 1} of ${chain.length} is not issued by the next.`;
  }
  return undefined;
}

function chainText(chain: readonly X509Certificate[]): string {
  const last = chain.at(-1)!;
  const end = issued(last, last) ? 'The last one issued itself.' : 'The issuer of the last one is not in the file.';
  return `${chain.length} ${chain.length === 1 ? 'certificate' : 'certificates'}. ${end}`;
}

function issued(issuer: X509Certificate, subject: X509Certificate): boolean {
  return subject.checkIssued(issuer) && subject.verify(issuer.publicKey);
}

function wrongUse(signer: X509Certificate, claimedTime: string | null): string | undefined {
  // Node gives the extended usages as `keyUsage`.
  const usages = signer.keyUsage ?? [];
  if (usages.length > 0 && !usages.some((usage) => usage in SIGNING_USAGES)) {
    return `The certificate is for ${usages.join(', ')}, none of which is signing documents.`;
  }
  if (claimedTime === null) return 'The signature claims no time.';
  const [from, to, at] = [signer.validFrom, signer.validTo, claimedTime].map((text) => Date.parse(text)) as [
    number,
    number,
    number,
  ];
  if (at >= from && at <= to) return undefined;
  return `The certificate is valid from ${iso(from)} to ${iso(to)}; the claimed time is ${claimedTime}.`;
}

function iso(millis: number): string {
  return new Date(millis).toISOString().replace('.000Z', 'Z');
}

/** Trusted: one of the chain is given, byte for byte, or one that is given issued the last of the chain. */
function checkTrust(
  chain: readonly X509Certificate[],
  trusted: readonly X509Certificate[] | undefined,
  checks: CheckList,
): Trust {
  if (!trusted || trusted.length === 0) {
    checks.notDone('certificate.trust', 'No trusted certificate was given: compare the fingerprint by another way.');
    return 'no trust list given';
  }
  const anchor = trusted.find((candidate) => chain.some(({ raw }) => raw.equals(candidate.raw)));
  const above = trusted.find((candidate) => candidate.ca && issued(candidate, chain.at(-1)!));
  const found = anchor ?? above;
  checks.decide(
    'certificate.trust',
    found ? undefined : `None of the ${trusted.length} certificates given is in the chain or issued it.`,
    found ? `Leads to the certificate with SHA-256 ${found.fingerprint256.replaceAll(':', '').toLowerCase()}.` : '',
  );
  return found ? 'trusted' : 'untrusted';
}
