/** Reads the reports of conftest that are no JSON: TAP and JUnit. */
import { formatInstant } from '../../../shared/time.ts';
import type { Problem } from '../../../shared/problem.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { JunitReader } from './conftest-junit.ts';
import { TapReader } from './conftest-tap.ts';
import { CheckScan, undatable, type RecordChecks } from './result-scan.ts';

/** Each result is a check; the report is one scan. Without a time that a person gives, it is refused. */
export class ReportReader implements SourceReader {
  readonly #checks: CheckScan;
  readonly #report: TapReader | JunitReader;
  #results = 0;

  constructor(
    kind: 'tap' | 'junit',
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#checks = new CheckScan(sink, context);
    const result = (checks: RecordChecks, byte: number, length: number): void => {
      this.#results++;
      this.#checks.add(checks, sink.record(byte, length));
    };
    const stray = (byte: number, bytes: Uint8Array): void => {
      sink.record(byte, bytes.length);
      sink.reject('The line is no result of TAP, and follows none.', new Uint8Array(bytes));
    };
    this.#report = kind === 'tap' ? new TapReader({ result, stray }) : new JunitReader({ result });
  }

  push(piece: Uint8Array): void {
    this.#report.push(piece);
  }

  finish(): Problem | undefined {
    const trouble = this.#report.finish();
    const { takenAt, name } = this.context;
    const remedy = 'Obtain the report of conftest again.';
    if (trouble !== undefined && 'because' in trouble && (trouble.kind !== 'cut-off' || this.#results === 0))
      return { code: 'damaged_file', message: trouble.because, where: { file: name, byte: trouble.byte }, remedy };
    if (this.#results === 0)
      return { code: 'damaged_file', message: 'The report has no result.', where: { file: name }, remedy };
    if (takenAt === undefined) return undatable(this.#results, name);
    this.#say(trouble !== undefined || !this.#isComplete, formatInstant(takenAt));
    return undefined;
  }

  get #isComplete(): boolean {
    return this.#report instanceof JunitReader || this.#report.isComplete;
  }

  #say(cutOff: boolean, takenAt: string): void {
    this.#checks.finish(!cutOff);
    this.sink.assume(`Results have no time of their own; they are dated ${takenAt}, as given for the file.`);
    if (cutOff) this.sink.assume('The report ends before it is complete: results after its end are unknown.');
    if (this.#report instanceof JunitReader)
      this.sink.assume('A JUnit report of conftest gives warnings as failures: both have the status fail.');
  }
}
