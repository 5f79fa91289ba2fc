/** The findings about one endpoint: the rows of each, and what is known when the last was read. */
import type { RowSink } from '../format.ts';
import { targetName, type Endpoint } from '../tls-scans/endpoint.ts';
import { OfferedVersions, type TestedVersions } from '../tls-scans/tested-versions.ts';
import { ToldCertificates } from './certificates.ts';
import { cvesOf, isUntested, statusOf, type Finding } from './finding.ts';
import { isOffered, suitesOf, versionOf } from './suites.ts';

const MAX_SUITES = 20_000;

export class EndpointFindings {
  readonly #offered = new OfferedVersions();
  readonly #certificates = new ToldCertificates();
  readonly #suites = new Set<string>();
  #service: string | undefined;
  #problem: string | undefined;
  #answers = 0;

  constructor(
    readonly endpoint: Endpoint,
    private readonly record: number,
    private readonly of: { readonly sink: RowSink; readonly tested: TestedVersions },
  ) {}

  get name(): string | undefined {
    return targetName(this.endpoint);
  }

  service(name: string | undefined): void {
    this.#service ??= name;
    if (name !== undefined) this.#answers++;
  }

  add(finding: Finding, record: number): void {
    const status = isUntested(finding) ? 'not checked' : statusOf(finding.severity);
    giveCheck(this.of.sink, this.endpoint, { finding, record, status });
    if (status === 'error') this.#problem ??= finding.finding;
    if (status === 'pass' || status === 'fail') this.#answers++;
    if (finding.id === 'service') this.service(finding.finding);
    if (status === 'fail') this.#vulnerabilities(finding, record);
    this.#version(finding, status, record);
    this.#ciphers(finding, record);
    this.#certificates.add(finding, record);
  }

  #vulnerabilities(finding: Finding, record: number): void {
    const { sink } = this.of;
    for (const id of cvesOf(finding)) {
      const others = cvesOf(finding).filter((each) => each !== id);
      sink.row(
        'vulnerabilities',
        {
          ...this.endpoint,
          protocol: 'tcp',
          vulnerability_id: id,
          aliases: [finding.id, ...others],
          severity: finding.severity.toLowerCase(),
          status: finding.finding,
          title: finding.id,
        },
        record,
      );
    }
  }

  #version(finding: Finding, status: string, record: number): void {
    const version = versionOf(finding);
    if (version === undefined || status === 'not checked' || status === 'error') return;
    this.of.tested.add(version);
    if (isOffered(finding)) this.#offered.offered({ version, record, grade: finding.severity.toLowerCase() });
  }

  #ciphers(finding: Finding, record: number): void {
    const suites = suitesOf(finding);
    for (const cipher of suites?.ciphers ?? []) {
      const key = `${suites!.version ?? ''} ${cipher}`;
      if (this.#suites.has(key) || this.#suites.size >= MAX_SUITES) continue;
      this.#suites.add(key);
      if (suites!.version !== undefined) this.#offered.hasSuite(suites!.version);
      const strength = suites!.graded ? finding.severity.toLowerCase() : undefined;
      this.of.sink.row('tls_endpoints', { ...this.endpoint, tls_version: suites!.version, cipher, strength }, record);
    }
  }

  end(): void {
    const { sink } = this.of;
    const { system, address, port, scan_id, time } = this.endpoint;
    for (const { version, record, grade } of this.#offered.withoutSuites())
      sink.row('tls_endpoints', { ...this.endpoint, tls_version: version, strength: grade }, record);
    for (const { facts, record } of this.#certificates.all())
      sink.row('certificates', { ...this.endpoint, ...facts }, record);
    const up = this.#answers > 0;
    const reason = up ? 'answered' : (this.#problem ?? 'no answer is reported');
    sink.row('scan_targets', { scan_id, time, system, address, state: up ? 'up' : 'unknown', reason }, this.record);
    if (up && port !== undefined)
      sink.row('open_ports', { ...this.endpoint, protocol: 'tcp', state: 'open', service: this.#service }, this.record);
  }
}

/** A finding as a check, also where it is about no endpoint. */
export function giveCheck(
  sink: RowSink,
  endpoint: Endpoint,
  { finding, record, status }: { finding: Finding; record: number; status: string },
): void {
  const { scan_id, time, system, address } = endpoint;
  const [cve, cwe, hint] = [finding.cve, finding.cwe, finding.hint].map((text) => (text ? ` [${text}]` : ''));
  const row = {
    scan_id,
    time,
    system: system ?? address,
    resource: targetName({ ...endpoint, system: address ?? system }),
    rule_id: finding.id,
    title: finding.id,
    status,
    status_text: finding.severity,
    severity: finding.severity.toLowerCase(),
    detail: `${finding.finding}${cve}${cwe}${hint}`,
  };
  sink.row('config_checks', row, record);
}
