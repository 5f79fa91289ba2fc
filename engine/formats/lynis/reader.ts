/** Reads a report of Lynis, line by line. What becomes of each line stands in docs/formats/lynis.md. */
import { isUtf8 } from 'node:buffer';
import type { Problem } from '../../../shared/problem.ts';
import { ScanTimes } from '../check-results/scan-times.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { decodeText, LineSplitter, longLineReason, type LineHandler } from '../framing/lines.ts';
import { checkOf, isCheckKey, readLine, type ReportLine } from './line.ts';
import { LynisScan } from './scan.ts';
import { otherOutput } from './other-output.ts';

const HASH = 0x23;
/** Lines before start and host of the audit are known. Lynis writes them in the first dozen or so. */
const MOST_WAITING = 1_000;
/** Tests that are remembered as having a result of their own; Lynis has some 450. */
const MOST_TESTS = 100_000;

interface Waiting {
  readonly record: number;
  readonly line: ReportLine;
}

export class LynisReader implements SourceReader, LineHandler {
  readonly #lines = new LineSplitter(this);
  readonly #times: ScanTimes;
  readonly #waiting: Waiting[] = [];
  readonly #found = new Set<string>();
  #started: bigint | undefined;
  #ended: bigint | undefined;
  #startIsGiven = false;
  #scan: LynisScan | undefined;
  #first: number | undefined;
  #executed: number | undefined;
  #skipped: number | undefined;
  #problem: Problem | undefined;
  #lineNumber = 0;
  #hasHost = false;
  #hasTarget = false;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#times = new ScanTimes(context.zone, (statement) => sink.assume(statement));
  }

  push(piece: Uint8Array): void {
    if (!this.#problem) this.#lines.push(piece);
  }

  finish(): Problem | undefined {
    this.#lines.finish();
    if (this.#problem) return this.#problem;
    if (this.#started === undefined) this.#takeGivenStart();
    if (!this.#scan && this.#started !== undefined) this.#begin(this.#started);
    if (!this.#scan)
      return this.#refusal('bad_request', this.#undatedMessage, 'Say when the report was made, with --taken-at.');
    this.#end(this.#scan);
    return undefined;
  }

  #takeGivenStart(): void {
    this.#started = this.context.takenAt;
    this.#startIsGiven = this.#started !== undefined;
  }

  get #undatedMessage(): string {
    return `None of ${this.#lineNumber} lines is a report_datetime_start that can be read, and no time was given for the file.`;
  }

  #refusal(code: Problem['code'], message: string, remedy: string): Problem {
    return { code, message, where: { file: this.context.name, line: Math.max(this.#lineNumber, 1) }, remedy };
  }

  longLine(head: Uint8Array, byte: number, length: number): void {
    this.#lineNumber++;
    this.sink.record(byte, length);
    this.sink.reject(longLineReason(length), new Uint8Array(head));
  }

  line(bytes: Uint8Array, from: number, to: number, byte: number): void {
    if (this.#problem) return;
    this.#lineNumber++;
    // "# Lynis Report" says nothing that the other lines do not.
    if (bytes[from] === HASH) return;
    const raw = bytes.subarray(from, to);
    const text = decodeText(raw);
    if (this.#isOtherOutput(text)) return;
    const line = readLine(text);
    const reason = troubleOf(raw, line);
    const record = this.sink.record(byte, to - from);
    if (reason !== undefined || line === undefined)
      return this.sink.reject(reason ?? 'The line is no key=value.', new Uint8Array(raw));
    this.#take(line, record, raw);
  }

  #isOtherOutput(text: string): boolean {
    const what = this.#lineNumber <= 5 ? otherOutput(text) : undefined;
    if (what === undefined) return false;
    this.#problem = this.#refusal(
      'bad_request',
      `The file is ${what} of Lynis, which people read; what the audit found stands in its report.`,
      'Import the report instead: /var/log/lynis-report.dat, or what --report-file named.',
    );
    return true;
  }

  #take(line: ReportLine, record: number, raw: Uint8Array): void {
    if (line.key === 'report_datetime_start' && !this.#takeStart(line, raw)) return;
    if (line.key === 'report_datetime_end' && !this.#takeEnd(line, raw)) return;
    this.#first ??= record;
    if (this.#scan) return this.#give(this.#scan, { record, line });
    if (this.#waiting.length >= MOST_WAITING && this.#started === undefined) this.#takeGivenStart();
    const full = this.#waiting.length >= MOST_WAITING;
    if (full && this.#started === undefined)
      return this.sink.reject('The line stands before the start of an audit.', new Uint8Array(raw));
    this.#waiting.push({ record, line });
    if (line.key === 'hostname') this.#hasHost = true;
    if (this.#started !== undefined && (this.#hasHost || full)) this.#begin(this.#started);
  }

  #takeStart({ value }: ReportLine, raw: Uint8Array): boolean {
    const time = this.#times.read(value);
    if (time === undefined) {
      this.sink.reject(`The start ${JSON.stringify(value.slice(0, 60))} is no time.`, new Uint8Array(raw));
      return false;
    }
    if (this.#started !== undefined && this.#started !== time) {
      const message = `Line ${this.#lineNumber} is the start of a second report: ${value.slice(0, 60)}.`;
      this.#problem = this.#refusal('damaged_file', message, 'Import each report as a file of its own.');
    }
    this.#started = time;
    return true;
  }

  #takeEnd({ value }: ReportLine, raw: Uint8Array): boolean {
    const time = this.#times.read(value);
    if (time === undefined)
      this.sink.reject(`The end ${JSON.stringify(value.slice(0, 60))} is no time.`, new Uint8Array(raw));
    else this.#ended = time;
    return time !== undefined;
  }

  #begin(started: bigint): void {
    this.#scan = new LynisScan(started, this.context.system);
    const waiting = this.#waiting.splice(0);
    // The host is known before the first check is given, wherever its line stands.
    for (const { line } of waiting) this.#scan.take(line);
    for (const each of waiting) this.#give(this.#scan, each);
  }

  #give(scan: LynisScan, { record, line }: Waiting): void {
    scan.take(line);
    if (line.key === 'tests_executed') this.#executed = record;
    if (line.key === 'tests_skipped') this.#skipped = record;
    if (isCheckKey(line.key)) this.#giveCheck(scan, line, record);
    else this.sink.row('event_fields', { stream: 'lynis', fields: JSON.stringify({ [line.key]: line.value }) }, record);
  }

  #giveCheck(scan: LynisScan, line: ReportLine, record: number): void {
    this.#giveTarget(scan);
    const check = checkOf(line) as Exclude<ReturnType<typeof checkOf>, string>;
    if (this.#found.size < MOST_TESTS) this.#found.add(check.rule_id!);
    this.sink.row('config_checks', { ...this.#place(scan), ...check }, record);
  }

  /** Once the host is known that is looked at: the first check comes after it. */
  #giveTarget(scan: LynisScan): void {
    if (this.#hasTarget) return;
    this.#hasTarget = true;
    this.sink.row('scan_targets', scan.targetRow(), this.#first);
  }

  #place(scan: LynisScan): { scan_id: string; time: bigint; system: string | undefined; benchmark: string } {
    return { scan_id: scan.id, time: scan.started, system: scan.system, benchmark: scan.benchmark };
  }

  #end(scan: LynisScan): void {
    scan.finished = this.#ended;
    this.#giveTarget(scan);
    this.#giveTests(scan, scan.executed.texts, this.#executed, ['informational', 'executed']);
    this.#giveTests(scan, scan.skipped.texts, this.#skipped, ['not checked', 'skipped']);
    this.sink.row('scans', scan.row(), this.#first);
    if (scan.finished !== undefined) this.sink.sawTime(scan.finished);
    if (!scan.completed)
      this.sink.assume('The report does not say that the audit came to its end: it may hold less than was found.');
    if (this.#startIsGiven)
      this.sink.assume('The report does not say when it was made; the time that was given for the file counts.');
    if (scan.system === undefined) this.sink.assume('The report names no host, and none was given for the file.');
  }

  /** A row for each test that has none: it was executed, or skipped, and that is all that is known. */
  #giveTests(
    scan: LynisScan,
    tests: readonly string[],
    record: number | undefined,
    words: readonly [string, string],
  ): void {
    const [status, status_text] = words;
    for (const test of tests)
      if (!this.#found.has(test))
        this.sink.row('config_checks', { ...this.#place(scan), rule_id: test, status, status_text }, record);
  }
}

/** Why a line cannot be read. */
function troubleOf(raw: Uint8Array, line: ReportLine | undefined): string | undefined {
  if (!isUtf8(raw)) return 'The line is not valid UTF-8.';
  if (raw.includes(0)) return 'The line holds a NUL byte.';
  if (line === undefined) return 'The line is no key=value.';
  const check = isCheckKey(line.key) ? checkOf(line) : undefined;
  return typeof check === 'string' ? check : undefined;
}
