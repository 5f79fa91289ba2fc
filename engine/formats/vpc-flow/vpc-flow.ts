/** AWS VPC and transit gateway flow logs: lines, CSV, JSON and Parquet. docs/formats/vpc-flow.md */
import type { Problem } from '../../../shared/problem.ts';
import type { Format, ReadContext, RowSink, SourceReader } from '../format.ts';
import { alsoInUtf16 } from '../framing/utf16-text.ts';
import { JsonRecordScanner } from '../framing/json-records.ts';
import { decodeText, LineSplitter, longLineReason } from '../framing/lines.ts';
import { CsvFlow } from './csv-flow.ts';
import { FlowSink } from './flow-sink.ts';
import { jsonFlow, scannerOptions } from './json-flow.ts';
import { ParquetFlow } from './parquet-flow.ts';
import { recogniseVpcFlow } from './recognise.ts';
import { shapeOf, type Shape } from './shape.ts';
import { TextRecords } from './text-records.ts';

export const vpcFlow: Format = alsoInUtf16({
  id: 'vpc-flow',
  title: 'AWS VPC flow logs',
  version: 2,
  framing: 'spans',
  streams: ['vpcflow'],
  usesMapping: true,
  recognise: recogniseVpcFlow,
  open: (sink, context) => new VpcFlowReader(sink, context),
});

/** Holds the beginning of a file until its shape shows, then hands everything to the reader of that shape. */
class VpcFlowReader implements SourceReader {
  readonly #sink: FlowSink;
  readonly #lines: TextRecords;
  #head = new Uint8Array(0);
  #shape: Shape | undefined;
  #reader: SourceReader | undefined;

  constructor(
    sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#sink = new FlowSink(sink, context);
    this.#lines = new TextRecords(this.#sink.notes, context.mapping);
  }

  push(piece: Uint8Array): void {
    if (this.#shape !== undefined) return this.#reader?.push(piece);
    this.#head = Buffer.concat([this.#head, piece]);
    this.#begin(false);
  }

  finish(): Problem | undefined {
    if (this.#shape === undefined) this.#begin(true);
    if (this.#shape === 'utf-16') return this.#refusal('The file is UTF-16 text, not UTF-8.', 'Convert it to UTF-8.');
    return this.#reader?.finish() ?? this.#nothingRead();
  }

  #begin(whole: boolean): void {
    this.#shape = shapeOf(this.#head, whole);
    if (this.#shape === undefined) return;
    this.#reader = this.#readerFor(this.#shape);
    this.#reader?.push(this.#head);
    this.#head = new Uint8Array(0);
  }

  #readerFor(shape: Shape): SourceReader | undefined {
    switch (shape) {
      case 'lines':
        return new LineFlow(this.#sink, this.#lines);
      case 'json':
        return new JsonFlow(this.#sink, this.#lines);
      case 'csv':
        return new CsvFlow(this.#sink, this.#lines, this.context.name);
      case 'parquet':
        return new ParquetFlow(this.#sink, this.context.name);
      case 'utf-16':
        return undefined;
    }
  }

  /** A file in which nothing is a flow log record, nor a header line of one, is another kind of file. */
  #nothingRead(): Problem | undefined {
    const { rows, rejects, flows, firstReason } = this.#sink;
    if (rows > 0 || rejects === 0 || flows > 0 || this.#lines.headers > 0) return undefined;
    return this.#refusal(
      `None of ${rejects} records is one of a flow log. Record 1: ${firstReason}`,
      'Import the file as the format it is; for a log without a header line, give its format: ${version} ${account-id} ...',
    );
  }

  #refusal(message: string, remedy: string): Problem {
    return { code: 'damaged_file', message, where: { file: this.context.name }, remedy };
  }
}

class LineFlow implements SourceReader {
  readonly #splitter: LineSplitter;

  constructor(sink: FlowSink, lines: TextRecords) {
    this.#splitter = new LineSplitter({
      line: (bytes, from, to, byte) => {
        const record = lines.read(decodeText(bytes, from, to));
        if (record !== 'header') sink.take(record, { byte, length: to - from }, () => bytes.slice(from, to));
      },
      longLine: (head, byte, length) => sink.take(longLineReason(length), { byte, length }, () => head.slice()),
    });
  }

  push(piece: Uint8Array): void {
    this.#splitter.push(piece);
  }

  finish(): undefined {
    this.#splitter.finish();
  }
}

class JsonFlow implements SourceReader {
  readonly #scanner: JsonRecordScanner;

  constructor(
    private readonly sink: FlowSink,
    lines: TextRecords,
  ) {
    this.#scanner = new JsonRecordScanner(scannerOptions, {
      record: (record) => {
        const flow = jsonFlow(record, lines);
        const at = { byte: record.byte, length: record.bytes.length };
        sink.take(flow === 'header' ? 'The record is a header line.' : flow, at, () => record.bytes.slice());
      },
      damaged: (byte, bytes, reason) => sink.take(reason, { byte, length: bytes.length }, () => bytes.slice()),
    });
  }

  push(piece: Uint8Array): void {
    this.#scanner.push(piece);
  }

  finish(): undefined {
    if (this.#scanner.finish() === 'cut-off')
      this.sink.notes.note('The file ends before its JSON does: records after its end are unknown.');
  }
}
