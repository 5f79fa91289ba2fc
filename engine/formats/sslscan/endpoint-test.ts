/** One `<ssltest>`: the rows of its elements, and what is known of it when it ends. */
import type { UtcMicros } from '../../../shared/time.ts';
import type { RowSink } from '../format.ts';
import type { XmlElement } from '../framing/xml.ts';
import type { CertificateFacts } from '../tls-scans/certificate.ts';
import { nameAndAddress, portNumber, tlsVersion, type Endpoint } from '../tls-scans/endpoint.ts';
import { OfferedVersions, type TestedVersions } from '../tls-scans/tested-versions.ts';
import { certificateFacts, isShortFormOf } from './certificate.ts';
import { checkOf, isEnabled, protocolVersion } from './checks.ts';
import type { Part } from './part.ts';

const MAX_FULL_CERTIFICATES = 100;

export interface TestOf {
  readonly scan_id: string;
  readonly time: UtcMicros;
  /** Given for the file, where the test names no host. */
  readonly system: string | undefined;
  /** Record of its start tag. */
  readonly record: number;
  readonly tested: TestedVersions;
}

export class EndpointTest {
  readonly endpoint: Endpoint;
  readonly #offered = new OfferedVersions();
  readonly #full: CertificateFacts[] = [];
  #answers = 0;
  #error: string | undefined;

  constructor(
    { attributes }: XmlElement,
    private readonly of: TestOf,
    private readonly sink: RowSink,
  ) {
    const texts = ['host', 'sniname', 'ip'].map((name) => attributes.get(name));
    const { scan_id, time, system } = of;
    this.endpoint = { scan_id, time, ...nameAndAddress(texts, system), port: portNumber(attributes.get('port')) };
  }

  /** Adds the rows of an element, which is the current record. The sentence why it is none, where it cannot. */
  add(part: Part, record: number): string | undefined {
    if (part.name === 'cipher') return this.#cipher(part);
    if (part.name === 'certificate') return this.#certificate(part);
    if (part.name === 'protocol') this.#protocol(part, record);
    if (part.name === 'error') this.#error ??= part.texts().join(' ') || undefined;
    this.#check(part);
    return undefined;
  }

  #check(part: Part): void {
    const { scan_id, time, system, address, port } = this.endpoint;
    const resource = port === undefined ? undefined : `${address ?? system ?? ''}:${port}`;
    const check = checkOf(part);
    this.sink.row('config_checks', { scan_id, time, system: system ?? address, resource, ...check });
    if (part.name !== 'heartbleed' || check.status !== 'fail') return;
    const vulnerability_id = 'CVE-2014-0160';
    this.sink.row('vulnerabilities', {
      ...this.endpoint,
      protocol: 'tcp',
      vulnerability_id,
      status: check.status_text,
      title: check.title,
    });
  }

  #protocol(part: Part, record: number): void {
    const version = protocolVersion(part);
    this.of.tested.add(version);
    if (version !== undefined && isEnabled(part)) this.#offered.offered({ version, record, grade: undefined });
  }

  #cipher(part: Part): string | undefined {
    const status = part.attributes.get('status')?.toLowerCase();
    const cipher = part.attributes.get('cipher');
    if (cipher === undefined || cipher === '') return 'The cipher has no name.';
    if (status !== 'accepted' && status !== 'preferred') {
      this.#check(part);
      return undefined;
    }
    const written = part.attributes.get('sslversion');
    const version = tlsVersion(written) ?? written;
    if (version !== undefined) this.#offered.hasSuite(version);
    this.#answers++;
    this.sink.row('tls_endpoints', {
      ...this.endpoint,
      tls_version: version,
      cipher,
      strength: part.attributes.get('strength'),
    });
    return undefined;
  }

  #certificate(part: Part): string | undefined {
    const facts = certificateFacts(part);
    if (facts === undefined) return 'The certificate has neither a subject nor an issuer.';
    this.#answers++;
    if (part.attributes.get('type') === 'short' && this.#full.some((full) => isShortFormOf(facts, full)))
      this.#check(part);
    else this.sink.row('certificates', { ...this.endpoint, ...facts });
    if (part.attributes.get('type') === 'full' && this.#full.length < MAX_FULL_CERTIFICATES) this.#full.push(facts);
    for (const edge of ['before', 'after'] as const)
      if (part.member(`not-valid-${edge}`) !== undefined && facts[`not_${edge}`] === undefined)
        this.sink.assume('A validity time of a certificate that is not written as OpenSSL does is left out.');
    return undefined;
  }

  /** Adds what is known once all of it was read. */
  end(): void {
    const { record } = this.of;
    const { system, address, port, scan_id, time } = this.endpoint;
    for (const { version, record: cited } of this.#offered.withoutSuites()) {
      this.#answers++;
      this.sink.row('tls_endpoints', { ...this.endpoint, tls_version: version }, cited);
    }
    const up = this.#answers > 0;
    const reason = up ? 'answered in TLS' : (this.#error ?? 'no answer in TLS is reported');
    this.sink.row('scan_targets', { scan_id, time, system, address, state: up ? 'up' : 'unknown', reason }, record);
    if (up && port !== undefined)
      this.sink.row('open_ports', { ...this.endpoint, protocol: 'tcp', state: 'open' }, record);
  }
}
