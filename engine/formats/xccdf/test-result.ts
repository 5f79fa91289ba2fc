/** One TestResult: the scan itself, and the system that it looked at. */
import type { EvidenceRow } from '../../core/tables.ts';
import type { UtcMicros } from '../../../shared/time.ts';
import { BoundedList } from '../check-results/bounded-list.ts';
import { scanId } from '../check-results/scan-id.ts';
import { isIpAddress } from '../framing/ip-address.ts';
import type { XmlElement } from '../framing/xml.ts';
import { BoundedText } from './text.ts';

const MOST_TARGETS = 10_000;
const MOST_EXCLUDED = 100_000;
const MOST_TEXT = 8_000;
/** Facts and values of a benchmark are hundreds at most. */
const MOST_FIELDS_LENGTH = 256 * 1024;

const SCANNER_NAME = /^urn:xccdf:fact:(?:scanner|tool):name$/;
const SCANNER_VERSION = /^urn:xccdf:fact:(?:scanner|tool):version$/;
/** Identities of a host's own side of the network, under which nobody else knows it. */
const LOOPBACK = /^(?:127\.|::1$|(?:0:){7}1$|fe80:)/i;

export interface TestTimes {
  readonly started: UtcMicros | undefined;
  /** The end as the file gives it. */
  readonly ended: UtcMicros | undefined;
  /** What dates results without a time of their own. */
  readonly time: UtcMicros;
}

interface Score {
  readonly system: string;
  readonly score: number;
  readonly most: number;
}

export class TestResult {
  readonly targets = new BoundedList(MOST_TARGETS);
  readonly excluded = new BoundedList(MOST_EXCLUDED);
  readonly #names: string[] = [];
  readonly #addresses: string[] = [];
  readonly #scores: Score[] = [];
  readonly #fields: { readonly name: string; readonly value: string }[] = [];
  #fieldsLength = 0;
  #benchmark: { readonly id: string | undefined; readonly href: string | undefined } | undefined;
  #profile: string | undefined;
  #id: string | undefined;
  #scanner: string | undefined;
  #version: string | undefined;
  #open: { readonly element: XmlElement; readonly path: string; readonly text: BoundedText } | undefined;
  /** End of the part before the first result. */
  headEnd: number;
  /** Its record; undefined as long as it is not declared. */
  record: number | undefined;
  closed = false;

  constructor(
    readonly element: XmlElement,
    readonly times: TestTimes,
    /** The id of the benchmark around it. */
    private readonly around: string | undefined,
    private readonly fallbackSystem: string | undefined,
  ) {
    this.headEnd = element.end;
  }

  /** An element in it, outside of rule results; `path` begins below TestResult. */
  open(path: string, element: XmlElement): void {
    const { attributes } = element;
    if (path === 'benchmark') this.#benchmark ??= { id: attributes.get('id'), href: attributes.get('href') };
    else if (path === 'profile') this.#profile ??= attributes.get('idref');
    if (!this.#open) this.#open = { element, path, text: new BoundedText(MOST_TEXT) };
    else if (path.startsWith('target-facts/') || path.startsWith('target-identifier/'))
      this.#open = { element, path, text: new BoundedText(MOST_TEXT) };
  }

  text(text: string): void {
    this.#open?.text.add(text);
  }

  close(path: string): void {
    if (this.#open?.path !== path) return;
    const { element, text } = this.#open;
    this.#open = undefined;
    if (text.trimmed !== undefined) this.#take(path, element.attributes, text.trimmed);
  }

  #take(path: string, attributes: ReadonlyMap<string, string>, text: string): void {
    if (path === 'target') this.#names.push(text);
    else if (path === 'target-address') this.#addresses.push(text);
    else if (path === 'score') this.#takeScore(attributes, text);
    else if (path === 'target-facts/fact') this.#takeFact(attributes.get('name') ?? '', text);
    else if (path === 'set-value') this.#keepField(`set-value ${attributes.get('idref') ?? ''}`, text);
    else if (path === 'identity') this.#keepField('identity', identityText(attributes, text));
    else if (['organization', 'remark', 'title'].includes(path)) this.#keepField(path, text);
    if (path === 'target' || path === 'target-address') this.targets.add(text);
  }

  #takeFact(name: string, text: string): void {
    if (SCANNER_NAME.test(name)) this.#scanner ??= text;
    else if (SCANNER_VERSION.test(name)) this.#version ??= text;
    this.#keepField(name, text);
  }

  #keepField(name: string, value: string): void {
    this.#fieldsLength += name.length + value.length;
    if (this.#fieldsLength <= MOST_FIELDS_LENGTH) this.#fields.push({ name, value });
  }

  #takeScore(attributes: ReadonlyMap<string, string>, text: string): void {
    const score = numberIn(text);
    // XCCDF gives 100 as the maximum where none is said.
    const most = numberIn(attributes.get('maximum') ?? '100');
    const system = attributes.get('system') ?? '';
    if (score !== undefined && most !== undefined) this.#scores.push({ system, score, most });
  }

  /** Taken once, when the part before the results is known. */
  get id(): string {
    const { attributes } = this.element;
    return (this.#id ??= scanId(this.tool, this.times.started ?? this.times.time, [
      attributes.get('id'),
      this.benchmark,
      this.#profile,
      this.#names[0],
    ]));
  }

  /** OpenSCAP by its name; other tools that write XCCDF have one stream together. */
  get tool(): string {
    const by = `${this.element.attributes.get('test-system') ?? ''} ${this.#scanner ?? ''}`;
    return /open-?scap/i.test(by) || /open-scap/.test(this.element.attributes.get('id') ?? '') ? 'openscap' : 'xccdf';
  }

  get benchmark(): string | undefined {
    return this.#benchmark?.id ?? this.around ?? this.#benchmark?.href;
  }

  /** A target that is a URL is an image or a file system: `docker-image://...`. */
  get #place(): { readonly system: string | undefined; readonly resource: string | undefined } {
    const [name] = this.#names;
    const isResource = name?.includes('://') === true;
    return { system: isResource ? undefined : (name ?? this.fallbackSystem), resource: isResource ? name : undefined };
  }

  scanRow(): EvidenceRow<'scans'> {
    const score = this.#scores.find(({ system }) => /:default$/.test(system)) ?? this.#scores[0];
    const version = this.element.attributes.get('version');
    return {
      scan_id: this.id,
      tool: this.tool,
      version: this.#version ?? testSystemVersion(this.element.attributes.get('test-system')),
      started: this.times.started,
      finished: this.closed ? this.times.ended : undefined,
      completed: this.closed && this.times.ended !== undefined,
      scope: [this.benchmark, version].filter((part) => part !== undefined).join(' ') || undefined,
      targets: this.targets.texts,
      excluded: this.excluded.filled,
      profile: this.#profile ?? this.benchmark,
      score: score?.score,
      score_most: score?.most,
    };
  }

  targetRow(): EvidenceRow<'scan_targets'> {
    const addresses = this.#addresses.filter((address) => isIpAddress(address));
    const address = addresses.find((each) => !LOOPBACK.test(each)) ?? addresses[0];
    return { scan_id: this.id, time: this.times.time, ...this.#place, address, state: 'up' };
  }

  /** What a result of a rule has from the test that it belongs to. */
  get place(): Pick<EvidenceRow<'config_checks'>, 'scan_id' | 'system' | 'benchmark'> & {
    resource?: string | undefined;
  } {
    return { scan_id: this.id, ...this.#place, benchmark: this.benchmark };
  }

  /** Who ran it, facts of the target, values that the profile sets, all scores; `undefined` where there are none. */
  get fields(): string | undefined {
    const scores = this.#scores.map(({ system, score, most }) => ({
      name: `score ${system}`,
      value: `${score} of ${most}`,
    }));
    const all = [...this.#fields, ...scores];
    if (all.length === 0) return undefined;
    const grouped = new Map<string, string[]>();
    for (const { name, value } of all) grouped.set(name, [...(grouped.get(name) ?? []), value]);
    return JSON.stringify(
      Object.fromEntries([...grouped].map(([name, values]) => [name, values.length === 1 ? values[0] : values])),
    );
  }
}

function identityText(attributes: ReadonlyMap<string, string>, text: string): string {
  const flags = ['authenticated', 'privileged'].filter(
    (name) => attributes.get(name) === 'true' || attributes.get(name) === '1',
  );
  return flags.length === 0 ? text : `${text} (${flags.join(', ')})`;
}

function numberIn(text: string): number | undefined {
  return /^[+-]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})$/.test(text.trim()) ? Number(text) : undefined;
}

// cpe:/a:redhat:openscap:1.3.7 or cpe:2.3:a:vendor:product:1.2:...
function testSystemVersion(cpe: string | undefined): string | undefined {
  return /^cpe:(?:\/[aho]|2\.3:[aho]):[^:]*:[^:]*:([^:*-][^:]*)/.exec(cpe ?? '')?.[1];
}
