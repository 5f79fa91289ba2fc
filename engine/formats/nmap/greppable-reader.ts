import type { Problem } from '../../../shared/problem.ts';
import { MICROS_PER_SECOND, type UtcMicros } from '../../../shared/time.ts';
import { BoundedList } from '../check-results/bounded-list.ts';
import { scanId } from '../check-results/scan-id.ts';
import { ScanTimes } from '../check-results/scan-times.ts';
import { undated } from '../check-results/undated.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { decodeText, LineSplitter, longLineReason } from '../framing/lines.ts';
import { excludedBy } from './arguments.ts';
import { commentFacts, hostLine, portEntries, type CommentFacts, type HostLine } from './greppable.ts';

const MAX_TARGETS = 100_000;

/** Reads the greppable output, docs/formats/nmap.md. */
export class GreppableReader implements SourceReader {
  readonly #times: ScanTimes;
  readonly #targets = new BoundedList(MAX_TARGETS);
  readonly #lines = new LineSplitter({
    line: (bytes, from, to, byte) => this.#line(bytes.subarray(from, to), byte),
    longLine: (head, byte, length) => this.#reject(byte, length, longLineReason(length), head),
  });
  #facts: CommentFacts = {};
  #started: UtcMicros | undefined;
  #id: string | undefined;
  /** Record of the line that begins the scan, else the first that was read. */
  #first = 0;
  #undated = false;
  #address = '';
  #second = false;
  #isTerminal = false;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#times = new ScanTimes(context.zone, (statement) => sink.assume(statement));
  }

  push(piece: Uint8Array): void {
    this.#lines.push(piece);
  }

  finish(): Problem | undefined {
    this.#lines.finish();
    const where = { file: this.context.name };
    const remedy = 'Export the scan again with nmap -oX; one scan a file.';
    if (this.#second) return { code: 'damaged_file', message: 'The file holds more than one scan.', where, remedy };
    if (this.#isTerminal)
      return { code: 'damaged_file', message: 'The file is what nmap shows on the terminal (-oN).', where, remedy };
    if (this.#undated) return undated('Results of nmap', this.context.name);
    if (this.#first === 0)
      return { code: 'damaged_file', message: 'The file holds no XML or greppable output of nmap.', where, remedy };
    this.#giveScan();
    return undefined;
  }

  #giveScan(): void {
    const { tool = 'nmap', version, scope, arguments: called } = this.#facts;
    const finished = this.#times.read(this.#facts.finished);
    if (this.#started === undefined) this.sink.assume('The scan does not say when it started.');
    if (finished === undefined) this.sink.assume('The file does not say that the scan finished.');
    if (scope === undefined) this.sink.assume('The file does not say which ports were scanned beside those it lists.');
    const row = { scan_id: this.#scanId(), tool, version, started: this.#started ?? this.context.takenAt, finished };
    const completed = finished !== undefined;
    const targets = this.#targets.texts;
    const excluded = excludedBy(called);
    this.sink.row('scans', { ...row, completed, scope, targets, excluded, arguments: called }, this.#first);
  }

  #scanId(): string {
    const { tool = 'nmap', arguments: called } = this.#facts;
    return (this.#id ??= scanId(tool, this.#started ?? this.context.takenAt, [called]));
  }

  #line(bytes: Uint8Array, byte: number): void {
    const text = decodeText(bytes);
    if (text.startsWith('Nmap scan report for ')) this.#isTerminal = true;
    if (text.startsWith('#')) return this.#comment(text, bytes, byte);
    const host = hostLine(text);
    if (host === undefined) return this.#reject(byte, bytes.length, 'The line is no host of greppable output.', bytes);
    const ports = portEntries(host.fields.get('Ports') ?? '');
    if (typeof ports === 'string') return this.#reject(byte, bytes.length, ports, bytes);
    const record = this.sink.record(byte, bytes.length);
    this.#first ||= record;
    this.#giveHost(host, ports);
  }

  /** The line that begins the scan is a record; what other comments say is told with it. */
  #comment(text: string, bytes: Uint8Array, byte: number): void {
    const facts = commentFacts(text);
    if (facts.tool !== undefined && this.#facts.tool !== undefined) this.#second = true;
    this.#facts = { ...this.#facts, ...facts };
    if (facts.tool === undefined) return;
    const record = this.sink.record(byte, bytes.length);
    this.#first ||= record;
    this.#started = this.#times.read(facts.started);
    if (this.#started !== undefined) this.sink.sawTime(this.#started);
  }

  #giveHost(host: HostLine, ports: Exclude<ReturnType<typeof portEntries>, string>): void {
    const { address, name: system, fields, seconds } = host;
    const own = seconds === undefined ? undefined : BigInt(seconds) * MICROS_PER_SECOND;
    const time = own ?? this.#started ?? this.context.takenAt;
    if (time === undefined) this.#undated = true;
    const at = { scan_id: this.#scanId(), time, system, address };
    const status = fields.get('Status');
    // Of a host there is a line with its status and one with its ports; masscan writes one for each port.
    const isNew = address !== this.#address;
    this.#address = address;
    this.#targets.add(address);
    if (status !== undefined || isNew) this.sink.row('scan_targets', { ...at, ...stateOf(status) });
    for (const port of ports) this.sink.row('open_ports', { ...at, ...port });
    if (status === undefined && !isNew && ports.length === 0)
      this.sink.row('event_fields', { stream: 'nmap', fields: JSON.stringify(Object.fromEntries(fields)) });
  }

  #reject(byte: number, length: number, reason: string, raw: Uint8Array): void {
    this.sink.record(byte, length);
    this.sink.reject(reason, raw.slice());
  }
}

/** A host whose ports are listed without a status has answered. */
function stateOf(status: string | undefined): { readonly state: string; readonly reason?: string } {
  if (status === undefined) return { state: 'up', reason: 'ports are listed' };
  const word = status.toLowerCase();
  return word === 'up' || word === 'down' ? { state: word } : { state: 'unknown', reason: status };
}
