import type { UtcMicros } from '../../../shared/time.ts';
import type { Problem } from '../../../shared/problem.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { XmlTokenizer, type XmlElement, type XmlHandler, type XmlTrouble } from '../framing/xml.ts';
import type { Finding } from './finding.ts';
import { FindingRows } from './finding-rows.ts';
import { credentialsSaid, namesOf, propertiesRead, timesOf, type HostNames, type HostTimes } from './host.ts';
import { Item } from './item.ts';
import { Policy } from './policy.ts';
import { Run } from './run.ts';
import { KeptText } from './text.ts';

const ROOT = 'NessusClientData_v2';
const PING = '10180';
const SCAN_INFORMATION = '19506';

interface Host {
  readonly byte: number;
  readonly name: string | undefined;
  readonly properties: Map<string, string>;
  record: number | undefined;
  rejected: boolean;
  names: HostNames;
  times: HostTimes;
  dead: boolean;
  hasPort: boolean;
}

/** Reads one report. What is a record stands in docs/formats/nessus.md. */
export class NessusXmlReader implements SourceReader, XmlHandler {
  readonly #xml = new XmlTokenizer(this);
  readonly #policy = new Policy();
  readonly #run = new Run(this.#policy);
  readonly #rows: FindingRows;
  #root: XmlElement | undefined;
  #part = '';
  #headDeclared = false;
  #host: Host | undefined;
  #property: { name: string; text: KeptText } | undefined;
  #item: Item | undefined;
  #timeless = 0;
  #unauthenticated = 0;
  #shortened = false;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#rows = new FindingRows(sink);
  }

  push(piece: Uint8Array): void {
    this.#xml.push(piece);
  }

  finish(): Problem | undefined {
    const trouble = this.#xml.finish();
    const root = this.#root?.name;
    if (root !== undefined && root !== ROOT)
      return this.#refusal(`The root element is <${root.slice(0, 60)}>, not <${ROOT}>.`, 0);
    if (trouble?.kind === 'refused') return this.#refusal(trouble.because, trouble.byte);
    if (root === undefined) return this.#refusal(trouble?.because ?? 'The file holds no report.', trouble?.byte ?? 0);
    this.#declareHead(trouble?.byte ?? this.#endOfHead);
    if (trouble) this.#rejectTail(trouble);
    const undated = this.#undated();
    if (undated) return undated;
    this.#giveMissing();
    this.#say(trouble);
    this.sink.row('scans', this.#run.row(trouble === undefined, this.context.takenAt), 1);
    return undefined;
  }

  #refusal(message: string, byte: number): Problem {
    const remedy = 'Export the scan again as .nessus (version 2).';
    return { code: 'damaged_file', message, where: { file: this.context.name, byte }, remedy };
  }

  /** A report in which no host says when it was looked at. */
  #undated(): Problem | undefined {
    const none = this.#run.hosts === 0 || this.#timeless === this.#run.hosts;
    if (!none || this.context.takenAt !== undefined) return undefined;
    const message =
      this.#run.hosts === 0
        ? 'The report has no host, and so no time of the scan; none was given for it.'
        : `None of the ${this.#run.hosts} hosts of the report has HOST_START or HOST_END, and no time was given for it.`;
    const remedy = 'Say when the scan was made, with --taken-at.';
    return { code: 'bad_request', message, where: { file: this.context.name }, remedy };
  }

  #say(trouble: XmlTrouble | undefined): void {
    const { hosts, unfinished } = this.#run;
    const { sink } = this;
    if (trouble) sink.assume('The file ends before its report does: what came after its end is unknown.');
    if (unfinished > 0)
      sink.assume(
        `Hosts without an end: ${unfinished} of ${hosts}. The scan was cut short; what it does not name there may be there.`,
      );
    if (this.#unauthenticated > 0)
      sink.assume(
        `Hosts that were looked at from outside only, without credentials: ${this.#unauthenticated} of ${hosts}.`,
      );
    if (this.#xml.replacedText) sink.assume('Bytes that are no text are shown as U+FFFD.');
    if (this.#shortened) sink.assume('Texts of results that are longer than 65536 characters are cut there.');
  }

  open(element: XmlElement): void {
    const { name, depth } = element;
    if (depth === 1) this.#root = element;
    if (this.#root?.name !== ROOT) return;
    if (depth === 2) this.#openPart(element);
    else if (this.#part === 'Policy') this.#policy.open(name);
    else if (this.#part !== 'Report') return;
    else if (depth === 3 && name === 'ReportHost') this.#openHost(element);
    else if (depth === 4 && this.#host && name === 'ReportItem') this.#openItem(element, this.#host);
    else if (depth === 5 && this.#item) this.#item.open(name);
    else if (depth === 5 && this.#host && name === 'tag') this.#openProperty(element);
  }

  #openPart({ name, attributes }: XmlElement): void {
    this.#part = name;
    if (name === 'Report') this.#run.report ??= attributes.get('name');
  }

  /** What stands before the first host says how the scan was made: it is the record of the scan. */
  #declareHead(end: number): void {
    if (this.#headDeclared || !this.#root) return;
    this.#headDeclared = true;
    this.sink.record(this.#root.byte, end - this.#root.byte);
  }

  #endOfHead = 0;

  #openHost({ byte, attributes }: XmlElement): void {
    this.#declareHead(byte);
    this.#xml.hold(byte);
    this.#rows.nextHost();
    this.#host = {
      byte,
      name: attributes.get('name'),
      properties: new Map(),
      record: undefined,
      rejected: false,
      names: namesOf(attributes.get('name'), new Map()),
      times: { start: undefined, end: undefined, wallClock: false },
      dead: false,
      hasPort: false,
    };
  }

  #openProperty({ attributes }: XmlElement): void {
    const name = attributes.get('name') ?? '';
    if (propertiesRead.has(name)) this.#property = { name, text: new KeptText() };
  }

  #openItem(element: XmlElement, host: Host): void {
    this.#declareHost(host, element.byte);
    this.#xml.hold(element.byte);
    this.#item = new Item(element);
  }

  text(text: string): void {
    if (this.#part === 'Policy') this.#policy.text(text);
    else if (this.#property) this.#property.text.add(text);
    else this.#item?.text(text);
  }

  close(name: string, end: number, depth: number): void {
    if (this.#part === 'Policy' && depth > 2) return this.#policy.close(name);
    if (depth <= 2) {
      this.#endOfHead = end;
      this.#part = '';
    } else if (depth === 5 && this.#property && this.#host) this.#closeProperty(this.#property, this.#host);
    else if (depth === 5) this.#item?.close(name);
    else if (depth === 4 && this.#item && this.#host) this.#closeItem(this.#item, this.#host, end);
    else if (depth === 3 && this.#host) this.#closeHost(this.#host, end);
  }

  #closeProperty({ name, text }: { name: string; text: KeptText }, host: Host): void {
    if (text.text !== '' && !host.properties.has(name)) host.properties.set(name, text.text);
    this.#property = undefined;
  }

  /** The record of a host reaches from its start tag to its first item, or to its end where it has none. */
  #declareHost(host: Host, end: number): void {
    if (host.record !== undefined) return;
    host.record = this.sink.record(host.byte, end - host.byte);
    host.names = namesOf(host.name, host.properties);
    host.times = timesOf(host.properties, this.context.zone);
    const { system, address, resource } = host.names;
    this.#run.sawHost(resource ?? address ?? system, [host.name, system, address]);
    this.#run.sawTimes(host.times.start, host.times.end);
    if (host.times.end === undefined) this.#run.unfinished++;
    if (host.times.wallClock) this.sink.assume(`HOST_START and HOST_END are taken in ${this.context.zone}.`);
    const isTimeless = host.times.start === undefined && host.times.end === undefined;
    if (isTimeless) this.#timeless++;
    const reason = this.#hostTrouble(host);
    host.rejected = reason !== undefined;
    if (reason !== undefined) this.sink.reject(reason, this.#bytes(host.byte, end));
    else if (isTimeless)
      this.sink.assume('Hosts that do not say when they were looked at have the time given for the file.');
  }

  #hostTrouble(host: Host): string | undefined {
    if (host.names.address === undefined && host.names.system === undefined)
      return 'The host has neither name nor address.';
    return this.#timeOf(host) === undefined
      ? 'The host has neither HOST_START nor HOST_END that can be read.'
      : undefined;
  }

  #timeOf({ times }: Host): UtcMicros | undefined {
    return times.end ?? times.start ?? this.context.takenAt;
  }

  #bytes(from: number, to: number): Uint8Array {
    return this.#xml.tail(from).bytes.slice(0, to - from);
  }

  #closeItem(item: Item, host: Host, end: number): void {
    this.#item = undefined;
    this.sink.record(item.byte, end - item.byte);
    if (item.shortened) this.#shortened = true;
    const time = this.#timeOf(host);
    const finding = item.finding();
    if (typeof finding === 'string') this.sink.reject(finding, this.#bytes(item.byte, end));
    else if (host.rejected || time === undefined)
      this.sink.reject('The host of this item was not read.', this.#bytes(item.byte, end));
    else {
      this.#note(finding, host);
      this.#rows.add(finding, item.compliance, { scan_id: this.#run.id, time, ...host.names });
    }
    this.#xml.hold(undefined);
  }

  #note({ pluginId, output = '', port = 0 }: Finding, host: Host): void {
    if (port > 0) host.hasPort = true;
    if (pluginId === PING && /\bconsidered as dead\b/.test(output)) host.dead = true;
    if (pluginId !== SCAN_INFORMATION) return;
    this.#run.version ??= /^Nessus version *: *(\S{1,60})/m.exec(output)?.[1];
    const credentialed = /^Credentialed checks *: *(yes|no)\b/m.exec(output)?.[1];
    if (credentialed !== undefined && !host.properties.has('Credentialed_Scan'))
      host.properties.set('Credentialed_Scan', credentialed === 'yes' ? 'true' : 'false');
  }

  #closeHost(host: Host, end: number): void {
    this.#declareHost(host, end);
    this.#giveHost(host, host.times.end === undefined ? 'the report has no end of the scan of this host' : undefined);
    this.#host = undefined;
    this.#xml.hold(undefined);
  }

  /** `unfinished`: why it is not known whether the host was looked at as a whole. */
  #giveHost(host: Host, unfinished: string | undefined): void {
    if (host.rejected || host.record === undefined) return;
    const credentials = credentialsSaid(host.properties);
    const dead = (host.dead || host.properties.get('ping_failed') !== undefined) && !host.hasPort;
    if (!dead && credentials?.startsWith('un')) this.#unauthenticated++;
    const state = dead ? 'down' : unfinished === undefined ? 'up' : 'unknown';
    const reason = dead ? 'did not answer to pings' : [unfinished, credentials].filter(Boolean).join('; ') || undefined;
    this.sink.row(
      'scan_targets',
      { scan_id: this.#run.id, time: this.#timeOf(host), ...host.names, state, reason },
      host.record,
    );
  }

  /** Hosts that were asked for and have no result: most often they did not answer. */
  #giveMissing(): void {
    const time = this.#run.row(true, this.context.takenAt).started;
    for (const target of this.#run.missing()) {
      const address = namesOf(target, new Map());
      const reason = 'asked for, but the report has nothing on it';
      this.sink.row('scan_targets', { scan_id: this.#run.id, time, ...address, state: 'unknown', reason }, 1);
    }
  }

  /** What follows the last whole record, from the start of the record that was under way. */
  #rejectTail(trouble: XmlTrouble): void {
    const host = this.#host;
    if (host?.record !== undefined) this.#giveHost(host, 'the file ends before this host does');
    const from = this.#item?.byte ?? (host && host.record === undefined ? host.byte : trouble.byte);
    const { bytes, length } = this.#xml.tail(from);
    if (length === 0 || bytes.every((byte) => byte <= 0x20)) return;
    this.sink.record(from, length);
    const isCut = trouble.kind === 'cut-off';
    this.sink.reject(
      isCut ? trouble.because : `From byte ${trouble.byte} on the file is no XML: ${trouble.because}`,
      bytes,
    );
  }
}
