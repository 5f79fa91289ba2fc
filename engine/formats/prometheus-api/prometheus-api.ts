/** Results of queries as the HTTP API of Prometheus gives them, and as promtool prints them. docs/formats/prometheus-api.md */
import type { Problem } from '../../../shared/problem.ts';
import { memberOf } from '../cloudtrail/members.ts';
import type { Format, ReadContext, RowSink, SourceReader } from '../format.ts';
import { JsonRecordScanner, type JsonRecord } from '../framing/json-records.ts';
import { MetricRows } from '../metrics/metric-rows.ts';
import { isErrorAnswer, isOtherAnswer, otherAnswer, scannerOptions } from './answers.ts';
import { KnownSeries } from './known-series.ts';
import { AnswerNotes, errorOf } from './notes.ts';
import { recognisePrometheusApi } from './recognise.ts';
import { readScalar, readSeries, type ApiSeries } from './series.ts';

export const prometheusApi: Format = {
  id: 'prometheus-api',
  title: 'Prometheus HTTP API: results of query and query_range',
  version: 1,
  framing: 'spans',
  streams: ['prometheus'],
  recognise: recognisePrometheusApi,
  open: (sink, context) => new PrometheusApiReader(sink, context),
};

/** `[time, "value"]`, which waits for the end of its answer: only then it is known to be a number and no text. */
interface Tuple {
  readonly byte: number;
  readonly bytes: Uint8Array;
  readonly value: unknown;
}

class PrometheusApiReader implements SourceReader {
  readonly #scanner: JsonRecordScanner;
  readonly #rows: MetricRows;
  readonly #known = new KnownSeries();
  readonly #notes: AnswerNotes;
  #tuple: Tuple | undefined;
  #records = 0;
  #rejects = 0;
  #firstReason = '';
  #firstError: string | undefined;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#rows = new MetricRows(sink, context);
    this.#notes = new AnswerNotes(sink);
    this.#scanner = new JsonRecordScanner(scannerOptions, {
      record: (record) => this.#read(record),
      damaged: (byte, bytes, reason) => this.#damaged(byte, bytes, reason),
      document: (around) => this.#endOfAnswer(around),
    });
  }

  push(piece: Uint8Array): void {
    this.#scanner.push(piece);
  }

  finish(): Problem | undefined {
    const ending = this.#scanner.finish();
    if (ending === 'utf-16') return this.#refusal('The file is UTF-16 text, not UTF-8.', 'Convert it to UTF-8.');
    this.#readTuple(undefined);
    const problem = this.#withoutSeries(ending === 'cut-off');
    if (problem !== undefined) return problem;
    this.#notes.finish();
    if (ending === 'cut-off') this.sink.assume('The file ends before its JSON does: series after its end are unknown.');
    return undefined;
  }

  /** Why the file is refused, when it has no series. An empty result is no reason. */
  #withoutSeries(isCutOff: boolean): Problem | undefined {
    if (this.#records > this.#rejects) return undefined;
    const again = 'Ask the server again, or import the file as the format it is.';
    if (this.#firstError !== undefined)
      return this.#refusal(
        `The answer of the server is an error${this.#firstError}.`,
        'Correct the query and ask again.',
      );
    if (this.#rejects > 0)
      return this.#refusal(`None of ${this.#rejects} records is a series. Record 1: ${this.#firstReason}`, again);
    if (isCutOff) return this.#refusal('The file ends before its first series.', again);
    return this.#notes.answers > 0 ? undefined : this.#refusal('The file holds no JSON.', again);
  }

  #refusal(message: string, remedy: string): Problem {
    return { code: 'damaged_file', message, where: { file: this.context.name }, remedy };
  }

  #read(record: JsonRecord): void {
    this.#readTuple(undefined);
    const { value, byte, bytes } = record;
    if (Array.isArray(value)) {
      this.#tuple = { byte, bytes: bytes.slice(), value };
      this.#notes.element();
      return;
    }
    if (isErrorAnswer(value)) return this.#readError(record);
    this.#notes.element();
    this.#declare(byte, bytes);
    if (isOtherAnswer(value)) return this.#reject(otherAnswer(value), bytes);
    this.#take(readSeries(record), bytes);
  }

  #readError({ value, byte, bytes }: JsonRecord): void {
    const error = errorOf(value);
    this.#firstError ??= error;
    this.#declare(byte, bytes);
    this.#reject(`The answer of the server is an error${error}.`, bytes);
  }

  #endOfAnswer(around: unknown): void {
    this.#readTuple(memberOf(around, 'data', 'resultType'));
    this.#notes.answer(around);
  }

  /** Reads the tuple that waits, if one does. promtool prints one without a type, and never that of a text. */
  #readTuple(resultType: unknown): void {
    const tuple = this.#tuple;
    if (tuple === undefined) return;
    this.#tuple = undefined;
    this.#declare(tuple.byte, tuple.bytes);
    if (resultType === 'string') this.#reject('The result is a text, which is no value of a series.', tuple.bytes);
    else this.#take(readScalar(tuple.value), tuple.bytes);
  }

  #damaged(byte: number, bytes: Uint8Array, reason: string): void {
    this.#readTuple(undefined);
    this.#notes.element();
    this.#declare(byte, bytes);
    this.#reject(reason, bytes);
  }

  #take(series: ApiSeries | string, bytes: Uint8Array): void {
    if (typeof series === 'string') return this.#reject(series, bytes);
    const admitted = this.#known.admit(series, this.#records);
    if (typeof admitted === 'string') return this.#reject(admitted, bytes);
    this.#notes.series(series, admitted.goesOn);
    if (admitted.shared !== undefined) this.#notes.sharedSample();
    const { times } = series.samples.floats;
    const from = admitted.shared === 'first' ? 1 : 0;
    const to = admitted.shared === 'last' ? times.length - 1 : times.length;
    this.#addRows(series, from, to);
  }

  #addRows({ labels, samples: { floats, histograms } }: ApiSeries, from: number, to: number): void {
    const record = this.#records;
    for (let i = from; i < to; i++)
      this.#rows.sample(record, labels, BigInt(floats.times[i]!) * 1000n, floats.values[i]!);
    for (let i = 0; i < histograms.times.length; i++)
      this.#rows.histogram(record, labels, BigInt(histograms.times[i]!) * 1000n, histograms.values[i]!);
  }

  #declare(byte: number, bytes: Uint8Array): void {
    this.#records = this.sink.record(byte, bytes.length);
  }

  #reject(reason: string, bytes: Uint8Array): void {
    this.#rejects++;
    this.#firstReason ||= reason;
    this.sink.reject(reason, bytes.slice());
  }
}
