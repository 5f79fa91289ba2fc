import type { Problem } from '../../../shared/problem.ts';
import { formatInstant } from '../../../shared/time.ts';
import { BoundedList } from '../check-results/bounded-list.ts';
import { scanId } from '../check-results/scan-id.ts';
import { undated } from '../check-results/undated.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { XmlTokenizer, type XmlElement, type XmlHandler, type XmlTrouble } from '../framing/xml.ts';
import { targetName } from '../tls-scans/endpoint.ts';
import { TestedVersions } from '../tls-scans/tested-versions.ts';
import { checkOf } from './checks.ts';
import { EndpointTest } from './endpoint-test.ts';
import { Part } from './part.ts';

const MAX_TARGETS = 100_000;

/** Reads one file of sslscan. What is a record stands in docs/formats/sslscan.md. */
export class SslscanReader implements SourceReader, XmlHandler {
  readonly #xml = new XmlTokenizer(this);
  readonly #targets = new BoundedList(MAX_TARGETS);
  readonly #tested = new TestedVersions();
  #id: string | undefined;
  #root: XmlElement | undefined;
  #notSslscan: string | undefined;
  #ownTests = 0;
  #test: EndpointTest | undefined;
  #part: Part | undefined;
  #records = 0;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {}

  /** Known with the first endpoint: the same scan exported twice has the same id. */
  #scanId(attributes?: ReadonlyMap<string, string>): string {
    const parts = [this.#root?.attributes.get('version'), attributes?.get('host'), attributes?.get('port')];
    return (this.#id ??= scanId('sslscan', this.context.takenAt, parts));
  }

  push(piece: Uint8Array): void {
    this.#xml.push(piece);
  }

  finish(): Problem | undefined {
    const trouble = this.#xml.finish();
    if (this.#notSslscan !== undefined) return this.#refusal(this.#notSslscan, 0);
    if (trouble?.kind === 'refused') return this.#refusal(trouble.because, trouble.byte);
    if (!this.#root) return this.#refusal(trouble?.because ?? 'The file holds no scan.', trouble?.byte ?? 0);
    if (this.context.takenAt === undefined) return undated('The results of sslscan', this.context.name);
    if (trouble) this.#rejectTail(trouble);
    this.#test?.end();
    this.#giveScan(this.#root, this.context.takenAt, trouble !== undefined);
    return undefined;
  }

  #refusal(message: string, byte: number): Problem {
    const where = { file: this.context.name, byte };
    return { code: 'damaged_file', message, where, remedy: 'Export the scan again with sslscan --xml=FILE.' };
  }

  #giveScan(root: XmlElement, takenAt: bigint, cutOff: boolean): void {
    const scope = this.#tested.text;
    this.sink.assume(`The scan has no time of its own; it is dated ${formatInstant(takenAt)}, as given for the file.`);
    if (cutOff) this.sink.assume('The file ends before its scan does: what came after its end is unknown.');
    if (this.#xml.replacedText) this.sink.assume('Bytes that are no text are shown as U+FFFD.');
    if (this.#ownTests === 0) this.sink.assume('The file names no endpoint: nothing was reached, or all was left out.');
    if (scope === undefined && this.#ownTests > 0)
      this.sink.assume('The file does not say which versions were tested: one that is not named may not have been.');
    if (this.#targets.left > 0) this.sink.assume(`The list of targets ends at ${MAX_TARGETS}; each has its own row.`);
    const row = {
      scan_id: this.#scanId(),
      tool: 'sslscan',
      version: root.attributes.get('version'),
      started: takenAt,
      finished: cutOff ? undefined : takenAt,
      completed: !cutOff,
      scope: scope === undefined ? undefined : `versions ${scope}`,
      targets: this.#targets.texts,
    };
    this.sink.row('scans', row, 1);
  }

  open(element: XmlElement): void {
    if (this.#notSslscan !== undefined) return;
    const { depth, name } = element;
    if (this.#part) this.#part.open(element);
    else if (depth === 1) this.#openRoot(element);
    else if (depth === 2 && name === 'ssltest') this.#openTest(element);
    // What stands in the list of certificates is one each.
    else if (depth !== 3 || name !== 'certificates') this.#openPart(element);
  }

  #openRoot(element: XmlElement): void {
    this.#root = element;
    if (element.name !== 'document') {
      this.#notSslscan = `The root element is <${element.name}>, not <document>.`;
      return;
    }
    this.#records = this.sink.record(element.byte, element.end - element.byte);
    if (this.context.takenAt !== undefined) this.sink.sawTime(this.context.takenAt);
  }

  #openTest(element: XmlElement): void {
    this.#ownTests++;
    this.#records = this.sink.record(element.byte, element.end - element.byte);
    const of = {
      scan_id: this.#scanId(element.attributes),
      time: this.context.takenAt ?? 0n,
      system: this.context.system,
      record: this.#records,
      tested: this.#tested,
    };
    this.#test = new EndpointTest(element, of, this.sink);
    this.#targets.add(targetName(this.#test.endpoint));
  }

  #openPart(element: XmlElement): void {
    this.#xml.hold(element.byte);
    this.#part = new Part(element);
  }

  text(text: string): void {
    this.#part?.text(text);
  }

  close(_name: string, end: number, depth: number): void {
    if (this.#part && depth > this.#part.depth) this.#part.closeMember(depth);
    else if (this.#part) this.#closePart(this.#part, end);
    else if (depth === 2 && this.#test) {
      this.#test.end();
      this.#test = undefined;
    }
  }

  #closePart(part: Part, end: number): void {
    this.#part = undefined;
    this.#records = this.sink.record(part.byte, end - part.byte);
    if (part.shortened) this.sink.assume(`What stands in <${part.name}> was longer than is read; its end is left out.`);
    const wrong = this.#test ? this.#test.add(part, this.#records) : this.#outside(part);
    if (wrong !== undefined) this.sink.reject(wrong, this.#xml.tail(part.byte).bytes.slice(0, end - part.byte));
    this.#xml.hold(undefined);
  }

  /** What sslscan could not reach has no test of its own, but may have an error. */
  #outside(part: Part): string | undefined {
    if (part.name !== 'error') return `<${part.name.slice(0, 60)}> stands outside of a test of an endpoint.`;
    const { takenAt: time, system } = this.context;
    this.sink.row('config_checks', { scan_id: this.#scanId(), time, system, ...checkOf(part) });
    return undefined;
  }

  /** What follows the last whole record, from the start of the record that was under way. */
  #rejectTail(trouble: XmlTrouble): void {
    const from = this.#part?.byte ?? trouble.byte;
    const { bytes, length } = this.#xml.tail(from);
    if (bytes.every((byte) => byte <= 0x20)) return;
    this.sink.record(from, length);
    const damaged = `From byte ${trouble.byte} on the file is no XML: ${trouble.because}`;
    this.sink.reject(trouble.kind === 'cut-off' ? trouble.because : damaged, bytes);
  }
}
