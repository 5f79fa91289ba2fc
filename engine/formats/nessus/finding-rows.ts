/** The rows of one result: vulnerabilities, a check of a configuration, or a port that was found open. */
import type { UtcMicros } from '../../../shared/time.ts';
import type { RowSink } from '../format.ts';
import { checkOf, type ComplianceFields } from './compliance.ts';
import type { Finding } from './finding.ts';
import type { HostNames } from './host.ts';
import { packageOf } from './package.ts';

/** The host of a result: names, when it was looked at, and in which scan. */
export interface LookedAt extends HostNames {
  readonly scan_id: string;
  readonly time: UtcMicros;
}

/** Plugins of this family say which ports are open, and nothing else. */
const SCANNERS = 'port scanners';

/** Adds the rows of results to the record under way, and remembers which ports of the host it has told. */
export class FindingRows {
  readonly #ports = new Set<string>();

  constructor(private readonly sink: RowSink) {}

  /** The next host begins, and none of those before comes again. */
  nextHost(): void {
    this.#ports.clear();
  }

  add(finding: Finding, compliance: ComplianceFields, host: LookedAt): void {
    const { port } = finding;
    const isScanner = finding.family?.toLowerCase() === SCANNERS && port !== undefined && port > 0;
    this.#addPort(finding, host, isScanner);
    if (isScanner) return;
    const check = checkOf(finding, compliance);
    if (check) {
      const { scan_id, time, system, address, resource } = host;
      this.sink.row('config_checks', { scan_id, time, system: system ?? address, resource, ...check });
    } else this.#addVulnerabilities(finding, host);
  }

  /** A plugin that found something at a port found the port open. It is told once; port scanners each say it. */
  #addPort({ port, protocol, service }: Finding, { resource: _, ...host }: LookedAt, always: boolean): void {
    if (port === undefined || port === 0 || protocol === undefined) return;
    const key = `${host.address ?? host.system} ${protocol}/${port}`;
    if (this.#ports.has(key) && !always) return;
    this.#ports.add(key);
    // A question mark stands behind a service that was guessed.
    const name = service?.replace(/\?$/, '');
    this.sink.row('open_ports', { ...host, port, protocol, state: 'open', service: name });
  }

  /** One row a CVE, so that each has its own age; the plugin is among the other ids. */
  #addVulnerabilities(finding: Finding, host: LookedAt): void {
    const { pluginId, cves, references, port } = finding;
    const others = cves.length === 0 ? references : [pluginId, ...references];
    for (const id of cves.length === 0 ? [pluginId] : cves)
      this.sink.row('vulnerabilities', {
        ...host,
        port: port === 0 ? undefined : port,
        protocol: port === 0 ? undefined : finding.protocol,
        vulnerability_id: id,
        aliases: others.length === 0 ? undefined : others,
        ...packageOf(finding),
        severity: finding.severity,
        cvss: finding.cvss,
        cvss_vector: finding.vector,
        status: finding.status,
        title: finding.pluginName,
      });
  }
}
