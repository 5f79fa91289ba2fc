/** Reads test results of XCCDF, alone, in their benchmark or in ARF. What is a record stands in docs/formats/xccdf.md. */
import type { Problem } from '../../../shared/problem.ts';
import { ScanTimes } from '../check-results/scan-times.ts';
import { undated } from '../check-results/undated.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { XmlTokenizer, type XmlElement, type XmlHandler, type XmlTrouble } from '../framing/xml.ts';
import { NameScopes, type QualifiedName } from './names.ts';
import { isXccdfRoot } from './root.ts';
import { RuleResult } from './rule-result.ts';
import { RuleBook } from './rules.ts';
import { TestResult, type TestTimes } from './test-result.ts';

const remedy = 'Export the results again: oscap xccdf eval --results FILE, or --results-arf FILE.';

export class XccdfReader implements SourceReader, XmlHandler {
  readonly #xml = new XmlTokenizer(this);
  readonly #names = new NameScopes();
  readonly #rules = new RuleBook();
  readonly #times: ScanTimes;
  #root: string | undefined;
  #problem: Problem | undefined;
  /** A document without namespaces: its plain names are taken as XCCDF's. */
  #isPlain = false;
  readonly #benchmarks: { readonly depth: number; readonly id: string | undefined }[] = [];
  #tests = 0;
  #test: TestResult | undefined;
  /** Names of the elements that are open in the test result. */
  readonly #path: string[] = [];
  #result: RuleResult | undefined;
  #hasStrangeWord = false;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#times = new ScanTimes(context.zone, (statement) => sink.assume(statement));
  }

  push(piece: Uint8Array): void {
    this.#xml.push(piece);
  }

  finish(): Problem | undefined {
    const trouble = this.#xml.finish();
    if (this.#problem) return this.#problem;
    if (trouble?.kind === 'refused') return this.#refusal(trouble.because, trouble.byte);
    if (this.#tests === 0) return this.#noResults(trouble);
    if (trouble) this.#rejectTail(trouble);
    if (this.#test) this.#endTest(this.#test);
    this.#printAssumptions(trouble);
    return undefined;
  }

  #noResults(trouble: XmlTrouble | undefined): Problem {
    if (trouble) return this.#refusal(trouble.because, trouble.byte);
    return this.#refusal(`The file is content, not results: its <${this.#root ?? ''}> holds no TestResult.`, 0);
  }

  #refusal(message: string, byte: number): Problem {
    return { code: 'damaged_file', message, where: { file: this.context.name, byte }, remedy };
  }

  #printAssumptions(trouble: XmlTrouble | undefined): void {
    if (trouble) this.sink.assume('The file ends before its results do: what came after its end is unknown.');
    if (this.#xml.replacedText) this.sink.assume('Bytes that are no text are shown as U+FFFD.');
    if (this.#rules.full) this.sink.assume('Only the first 100000 rules of the benchmarks were read for their titles.');
    if (this.#hasStrangeWord) this.sink.assume('A word for a result that XCCDF does not have counts as unknown.');
  }

  open(element: XmlElement): void {
    if (this.#problem) return;
    const name = this.#names.open(element);
    if (element.depth === 1) this.#openRoot(name);
    if (this.#problem) return;
    if (this.#result) this.#result.open(name.name, element);
    else if (this.#test) this.#openInTest(this.#test, name.name, element);
    else if (this.#isXccdf(name) && name.name === 'TestResult') this.#openTest(element);
    else {
      if (this.#isXccdf(name) && name.name === 'Benchmark')
        this.#benchmarks.push({ depth: element.depth, id: element.attributes.get('id') });
      this.#rules.open(element, name);
    }
  }

  #isXccdf({ vocabulary }: QualifiedName): boolean {
    return vocabulary === 'xccdf' || (this.#isPlain && vocabulary === 'none');
  }

  #openRoot(name: QualifiedName): void {
    this.#root = name.name;
    this.#isPlain = name.vocabulary === 'none';
    if (!isXccdfRoot(name))
      this.#problem = this.#refusal(`The root element <${name.name}> is not one of XCCDF or ARF results.`, 0);
  }

  #openTest(element: XmlElement): void {
    const times = this.#timesOf(element);
    if (!times) return;
    this.#tests++;
    this.#test = new TestResult(element, times, this.#benchmarks.at(-1)?.id, this.context.system);
  }

  #timesOf({ attributes, byte }: XmlElement): TestTimes | undefined {
    const read = (name: string): bigint | undefined => {
      const text = attributes.get(name);
      const time = this.#times.read(text);
      if (text !== undefined && time === undefined)
        this.#problem = this.#refusal(
          `The ${name} of the test result, ${JSON.stringify(text.slice(0, 60))}, is no time.`,
          byte,
        );
      return time;
    };
    const started = read('start-time');
    const ended = read('end-time');
    const time = ended ?? started ?? this.context.takenAt;
    if (!this.#problem && time === undefined) this.#problem = undated('The results', this.context.name);
    return this.#problem || time === undefined ? undefined : { started, ended, time };
  }

  #openInTest(test: TestResult, name: string, element: XmlElement): void {
    if (name === 'rule-result' && this.#path.length === 0) {
      this.#declare(test);
      this.#result = new RuleResult(element);
      this.#xml.hold(element.byte);
      return;
    }
    this.#path.push(name);
    test.open(this.#path.join('/'), element);
  }

  /** The record of a test reaches from its start tag to its first result, which has a record of its own. */
  #declare(test: TestResult): void {
    if (test.record !== undefined) return;
    test.record = this.sink.record(test.element.byte, test.headEnd - test.element.byte);
    this.sink.row('scan_targets', test.targetRow());
    if (test.times.ended === undefined && test.times.started === undefined)
      this.sink.assume('The results do not say when they were made; the time that was given for the file counts.');
  }

  text(text: string): void {
    if (this.#result) this.#result.text(text);
    else if (this.#test) this.#test.text(text);
    else this.#rules.text(text);
  }

  close(_name: string, end: number, depth: number): void {
    if (this.#problem) return;
    this.#names.close(depth);
    if (this.#result) this.#closeInResult(this.#result, end, depth);
    else if (this.#test) this.#closeInTest(this.#test, end, depth);
    else {
      this.#rules.close(depth);
      if (this.#benchmarks.at(-1)?.depth === depth) this.#benchmarks.pop();
    }
  }

  #closeInTest(test: TestResult, end: number, depth: number): void {
    if (depth === test.element.depth) {
      test.closed = true;
      return this.#endTest(test);
    }
    test.close(this.#path.join('/'));
    this.#path.pop();
    if (this.#path.length === 0 && test.record === undefined) test.headEnd = end;
  }

  #closeInResult(result: RuleResult, end: number, depth: number): void {
    if (depth > result.element.depth) return result.close();
    const { byte } = result.element;
    this.sink.record(byte, end - byte);
    const time = this.#timeOf(result);
    if (typeof time === 'string') this.sink.reject(time, this.#xml.tail(byte).bytes.slice(0, end - byte));
    else this.#give(result, time);
    this.#result = undefined;
    this.#xml.hold(undefined);
  }

  /** When a rule was checked, or why the result cannot be read. */
  #timeOf(result: RuleResult): bigint | string {
    if (result.trouble !== undefined) return result.trouble;
    const written = result.element.attributes.get('time');
    if (written === undefined) return this.#test!.times.time;
    return (
      this.#times.read(written) ?? `The time of the rule result, ${JSON.stringify(written.slice(0, 60))}, is no time.`
    );
  }

  #give(result: RuleResult, time: bigint): void {
    const { resource, ...place } = this.#test!.place;
    const row = result.row(time, this.#rules);
    this.sink.row('config_checks', { ...place, ...row, resource: row.resource ?? resource });
    if (result.word?.toLowerCase() === 'notselected') this.#test!.excluded.add(result.rule);
    if (result.strangeWord !== undefined) this.#hasStrangeWord = true;
    if (result.shortened) this.sink.assume('What a rule result says was longer than is read; its end is left out.');
  }

  #endTest(test: TestResult): void {
    this.#declare(test);
    this.sink.row('scans', test.scanRow(), test.record);
    const { fields } = test;
    if (fields !== undefined) this.sink.row('event_fields', { stream: test.tool, fields }, test.record);
    if (test.excluded.left > 0) this.sink.assume('The list of rules that were left out ends at 100000.');
    this.#test = undefined;
    this.#path.length = 0;
  }

  /** What follows the last whole record, from the start of the result that was under way. */
  #rejectTail(trouble: XmlTrouble): void {
    if (this.#test) this.#declare(this.#test);
    const from = this.#result?.element.byte ?? trouble.byte;
    const { bytes, length } = this.#xml.tail(from);
    if (bytes.every((byte) => byte <= 0x20)) return;
    this.sink.record(from, length);
    this.sink.reject(
      trouble.kind === 'cut-off'
        ? trouble.because
        : `From byte ${trouble.byte} on the file is no XML: ${trouble.because}`,
      bytes,
    );
  }
}
