/** One ReportItem while its elements are read. */
import type { XmlElement } from '../framing/xml.ts';
import { cvesIn, newestScore, severityWord, type Finding } from './finding.ts';
import { KeptText } from './text.ts';

const MAX_IN_LIST = 5000;
const COMPLIANCE = 'cm:compliance-';

const single = new Set([
  'cvss4_base_score',
  'cvss4_vector',
  'cvss3_base_score',
  'cvss3_vector',
  'cvss_base_score',
  'cvss_vector',
  // As web application scans have them.
  'cvssv4',
  'cvssv4_vector',
  'cvssv3',
  'cvssv3_vector',
  'cvss',
  'risk_factor',
  'plugin_output',
  'plugin_name',
  'description',
]);

const lists = new Set(['cve', 'bid', 'xref', 'cpe']);

/** References that name a kind of weakness or a chapter, not this vulnerability. */
const KINDS = /^(?:CWE|CVE|OWASP|WASC|CAPEC|HIPAA|PCI|NIST|ISO|CIS|DISA|CEA-ID)/i;

export class Item {
  readonly byte: number;
  readonly #attributes: ReadonlyMap<string, string>;
  readonly #texts = new Map<string, string>();
  readonly #lists = new Map<string, string[]>();
  readonly compliance = new Map<string, string>();
  #text: KeptText | undefined;
  /** True once a text was longer than is kept. */
  shortened = false;

  constructor(element: XmlElement) {
    this.byte = element.byte;
    this.#attributes = element.attributes;
  }

  open(name: string): void {
    const wanted = single.has(name) || lists.has(name) || name.startsWith(COMPLIANCE);
    this.#text = wanted ? new KeptText() : undefined;
  }

  text(text: string): void {
    this.#text?.add(text);
  }

  close(name: string): void {
    if (this.#text?.shortened) this.shortened = true;
    const text = this.#text?.text ?? '';
    this.#text = undefined;
    if (text === '') return;
    if (lists.has(name)) this.#addTo(name, text);
    else if (name.startsWith(COMPLIANCE)) this.#addCompliance(name.slice(COMPLIANCE.length), text);
    else if (!this.#texts.has(name)) this.#texts.set(name, text);
  }

  #addTo(name: string, text: string): void {
    const list = this.#lists.get(name) ?? [];
    this.#lists.set(name, list);
    if (list.length < MAX_IN_LIST) list.push(text);
    else this.shortened = true;
  }

  #addCompliance(name: string, text: string): void {
    if (this.compliance.size < MAX_IN_LIST && !this.compliance.has(name)) this.compliance.set(name, text);
  }

  /** What the item says, or why it cannot be read. */
  finding(): Finding | string {
    const attribute = (name: string): string | undefined => this.#attributes.get(name) || undefined;
    const text = (name: string): string | undefined => this.#texts.get(name);
    const pluginId = attribute('pluginID');
    if (pluginId === undefined) return 'The item has no pluginID.';
    const written = attribute('port');
    const port = portOf(written);
    if (port === 'none') return `The port ${JSON.stringify(written?.slice(0, 60).toWellFormed())} is not 0 to 65535.`;
    const said = attribute('severity');
    const severity = severityWord(said ?? text('risk_factor'));
    if (said !== undefined && severity === undefined)
      return `The severity ${JSON.stringify(said.slice(0, 60).toWellFormed())} is not 0 to 4.`;
    if (severity === undefined && this.compliance.size === 0)
      return 'The item has neither a severity nor a risk factor.';
    return {
      pluginId,
      pluginName: attribute('pluginName') ?? text('plugin_name'),
      family: attribute('pluginFamily'),
      severity,
      port,
      protocol: attribute('protocol')?.toLowerCase(),
      service: attribute('svc_name'),
      cves: cvesIn([...this.#list('cve'), ...this.#list('xref').filter((each) => /^CVE[:-]/i.test(each))].join(' ')),
      references: this.#references(),
      cpes: this.#list('cpe').flatMap((each) => each.split(/\s+/)),
      ...newestScore([
        [text('cvss4_base_score') ?? text('cvssv4'), text('cvss4_vector') ?? text('cvssv4_vector')],
        [text('cvss3_base_score') ?? text('cvssv3'), text('cvss3_vector') ?? text('cvssv3_vector')],
        [text('cvss_base_score') ?? text('cvss'), text('cvss_vector')],
      ]),
      output: text('plugin_output'),
      description: text('description'),
      status: undefined,
    };
  }

  #list(name: string): readonly string[] {
    return this.#lists.get(name) ?? [];
  }

  #references(): readonly string[] {
    const bugs = this.#list('bid').map((id) => `BID:${id}`);
    return [...new Set([...bugs, ...this.#list('xref').filter((each) => !KINDS.test(each))])];
  }
}

/** A port, 0 for the host as a whole; `none` for text that is none. */
export function portOf(text: string | undefined): number | undefined | 'none' {
  const written = text?.trim() ?? '';
  if (written === '') return undefined;
  return /^\d{1,5}$/.test(written) && Number(written) <= 65_535 ? Number(written) : 'none';
}
