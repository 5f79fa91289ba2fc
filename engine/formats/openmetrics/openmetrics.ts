/**
 * What a Prometheus exporter shows: OpenMetrics 1.0 and the Prometheus text format 0.0.4. Each line is a record: it ends
 * in `metric_samples`, in `metric_metadata` or in the rejects. See docs/formats/openmetrics.md.
 */
import type { Problem } from '../../../shared/problem.ts';
import type { Format, ReadContext, RowSink, SourceReader } from '../format.ts';
import { LineSplitter, longLineReason, type LineHandler } from '../framing/lines.ts';
import { MetricRows } from '../metrics/metric-rows.ts';
import { FamilyRules } from './family-rules.ts';
import { notesOn, type FileFacts } from './file-notes.ts';
import { HeldLines } from './held-lines.ts';
import { readHashLine, type MetadataLine } from './metadata-line.ts';
import { recognise } from './recognise.ts';
import { RuleBreaks } from './rule-breaks.ts';
import { splitSample, type SampleLine } from './sample-line.ts';
import { onlyInOpenMetrics } from './sample-rules.ts';
import { shown, skipSpaces, unreadable, type Unreadable } from './scan.ts';
import { SeriesMemory, type LastSample, type Series } from './series-memory.ts';
import { FileTimes } from './times.ts';
import { decodeLine } from './utf8.ts';

export const openmetrics: Format = {
  id: 'openmetrics',
  title: 'Prometheus and OpenMetrics exposition text',
  version: 1,
  framing: 'lines',
  streams: ['prometheus'],
  recognise,
  open: (sink, context) => new ExpositionReader(sink, context),
};

const LF = 10;
const untidy = (): string => 'Spaces or commas are not as OpenMetrics has them';

class ExpositionReader implements SourceReader, LineHandler {
  readonly #splitter = new LineSplitter(this);
  readonly #rows: MetricRows;
  readonly #series = new SeriesMemory();
  readonly #times = new FileTimes();
  readonly #breaks = new RuleBreaks();
  readonly #families = new FamilyRules(this.#breaks, this.#series);
  readonly #facts: FileFacts = {
    samples: 0,
    undated: 0,
    duplicates: 0,
    exemplars: 0,
    hasEof: false,
    onlyOpenMetrics: undefined,
    isCutShort: false,
  };
  #held: HeldLines | undefined = new HeldLines();
  #lastByte = LF;
  #lastWasEof = false;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#rows = new MetricRows(sink, context);
  }

  push(piece: Uint8Array): void {
    this.#lastByte = piece[piece.length - 1] ?? this.#lastByte;
    this.#splitter.push(piece);
  }

  finish(): Problem | undefined {
    this.#splitter.finish();
    this.#release();
    this.#families.finish();
    const facts = this.#facts;
    if (this.context.takenAt === undefined && facts.samples > 0 && facts.undated === facts.samples)
      return undatable(facts.samples);
    facts.isCutShort = this.#lastByte !== LF && !this.#lastWasEof;
    for (const note of notesOn(facts, this.#times, this.context.takenAt)) this.sink.assume(note);
    for (const sentence of this.#breaks.tell(facts.hasEof)) this.sink.assume(sentence);
    return undefined;
  }

  line(bytes: Uint8Array, from: number, to: number, byte: number): void {
    if (!this.#held) return this.#take(bytes, from, to, byte);
    this.#held.hold(bytes, from, to, byte);
    if (this.#held.isFull) this.#release();
  }

  longLine(head: Uint8Array, byte: number, length: number): void {
    this.#release();
    this.sink.record(byte, length);
    this.#lastWasEof = false;
    this.sink.reject(longLineReason(length), head);
  }

  /** Takes the lines that were held back, the unit of their times being known now. */
  #release(): void {
    const held = this.#held;
    if (!held) return;
    this.#held = undefined;
    this.#times.settle(held.times());
    for (const { bytes, byte } of held.lines) this.#take(bytes, 0, bytes.length, byte);
  }

  #take(bytes: Uint8Array, from: number, to: number, byte: number): void {
    const record = this.sink.record(byte, to - from);
    const text = decodeLine(bytes, from, to);
    const problem =
      text === undefined ? unreadable('The line has bytes that are not UTF-8.') : this.#read(text, record);
    if (problem) this.sink.reject(problem.reason, bytes.subarray(from, to));
  }

  #read(text: string, record: number): Unreadable | undefined {
    const { hasEof } = this.#facts;
    const isHash = text.charAt(skipSpaces(text, 0)) === '#';
    this.#lastWasEof = false;
    const problem = isHash ? this.#hashLine(text, record) : this.#sampleLine(text, record);
    if (hasEof && !problem) this.#breaks.note('nothing_after', record, () => 'A line stands after # EOF');
    return problem;
  }

  #hashLine(text: string, record: number): Unreadable | undefined {
    const line = readHashLine(text);
    if (line.kind === 'unreadable') return line;
    if (!line.isTidy) this.#breaks.note('spacing', record, untidy);
    if (line.kind === 'eof') {
      this.#facts.hasEof = true;
      this.#lastWasEof = true;
      this.sink.row('metric_metadata', { kind: 'eof' }, record);
    } else if (line.kind === 'comment') {
      this.#breaks.note('no_comment', record, () => `A comment begins "${shown(text, 20)}"`);
      this.sink.row('metric_metadata', { kind: 'comment', value: line.value }, record);
    } else this.#metadata(line, record);
    return undefined;
  }

  #metadata(line: MetadataLine, record: number): void {
    const { name, kind, value } = line;
    this.#families.metadata(line, record);
    if (kind === 'unit') this.#facts.onlyOpenMetrics ??= 'a UNIT';
    if (kind === 'type' && onlyInOpenMetrics.has(value)) this.#facts.onlyOpenMetrics ??= `the type ${value}`;
    this.sink.row('metric_metadata', { name, kind, value }, record);
  }

  #sampleLine(text: string, record: number): Unreadable | undefined {
    const line = splitSample(text);
    if (line.kind === 'unreadable') return line;
    const spelling = this.#series.find(line.series);
    if (spelling.kind === 'unreadable') return spelling;
    const { series } = spelling;
    const micros = this.#timeOf(line);
    if (typeof micros !== 'bigint') return micros;
    const sample = { micros, value: line.value, record, hasOwnTime: line.time !== '' };
    const again = series.last && this.#seenAgain(series.last, sample);
    if (again) return again;
    if (!line.isTidy || !spelling.isTidy) this.#breaks.note('spacing', record, untidy);
    this.#checkRules(line, series, sample);
    series.last = sample;
    this.#keep(line.series, series, sample);
    return undefined;
  }

  /** Its first sample makes the series known, under the number of its record; later ones only name it. */
  #keep(text: string, series: Series, { record, micros, value }: LastSample): void {
    if (series.id !== undefined)
      return this.sink.row('metric_samples', { series_id: series.id, time: micros, value }, record);
    this.#rows.sample(record, this.#series.labelsOf(text), micros, value);
    series.id = this.sink.seriesId(record);
  }

  #timeOf({ time }: SampleLine): bigint | Unreadable {
    if (time !== '') {
      const read = this.#times.read(time);
      if (read.kind === 'unreadable') return read;
      this.#facts.samples++;
      return read.micros;
    }
    this.#facts.samples++;
    this.#facts.undated++;
    return (
      this.context.takenAt ??
      unreadable('The sample has no time, and it was not said when the file was made (--taken-at TIME).')
    );
  }

  #seenAgain(last: LastSample, { micros, value }: LastSample): Unreadable | undefined {
    if (micros !== last.micros) return undefined;
    if (!Object.is(value, last.value))
      return unreadable(
        `Record ${last.record} has the value ${numberText(last.value)} for this series at this time, not ${numberText(value)}.`,
      );
    this.#facts.duplicates++;
    return unreadable(`Record ${last.record} is the same sample; it is kept once.`);
  }

  #checkRules(line: SampleLine, series: Series, sample: LastSample): void {
    const { exemplarCharacters } = line;
    const { record, micros, value } = sample;
    if (exemplarCharacters !== undefined) {
      this.#facts.exemplars++;
      this.#facts.onlyOpenMetrics ??= 'exemplars';
    }
    if (series.last) this.#checkOrder(line.series, series.last, sample);
    this.#families.sample({ text: line.series, series, value, micros, exemplarCharacters, record });
  }

  #checkOrder(series: string, last: LastSample, { micros, hasOwnTime, record }: LastSample): void {
    if (last.hasOwnTime !== hasOwnTime)
      this.#breaks.note('time_alike', record, () => `Series ${shown(series)} has samples with and without a time`);
    else if (micros < last.micros)
      this.#breaks.note('time_forward', record, () => `Series ${shown(series)} goes back in time`);
  }
}

function undatable(samples: number): Problem {
  return {
    code: 'bad_request',
    message: `The file says nothing about when it was scraped: none of its ${samples} samples has a time.`,
    remedy: 'Say when it was made with --taken-at TIME.',
  };
}

const numberText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));
