/** Reads an output of lines: by the kind that its head shows, line by line or report by report. */
import type { Problem } from '../../../shared/problem.ts';
import { HeldRecord } from '../clocks/held-records.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { FactLines, quoted, type FactLine, type FactLineHandler } from './fact-lines.ts';
import type { FactRows } from './fact-rows.ts';
import { oddShape, type KindContext, type LineKind, type LineReading, type ReportKind, type TextKind } from './kind.ts';
import { isPrompt } from './prompt.ts';

export interface TextSource {
  readonly rows: FactRows;
  readonly sink: RowSink;
  readonly context: ReadContext;
  readonly head: readonly string[];
}

/** Gives the reader of one kind of output. */
export function openText(kind: TextKind, source: TextSource): SourceReader {
  const context: KindContext = {
    head: source.head,
    captured: source.context.takenAt,
    assume: (statement) => source.sink.assume(statement),
  };
  const handler =
    kind.framing === 'lines'
      ? new LineRecords(kind, source.rows, context)
      : new ReportRecords(kind, source.rows, context);
  return new TextReader(handler, source);
}

interface RecordsOfLines extends FactLineHandler {
  end(): void;
}

class TextReader implements SourceReader {
  readonly #lines: FactLines;

  constructor(
    private readonly records: RecordsOfLines,
    private readonly source: TextSource,
  ) {
    this.#lines = new FactLines(records);
  }

  push(piece: Uint8Array): void {
    this.#lines.push(piece);
  }

  finish(): Problem | undefined {
    const hasNoEnd = this.#lines.finish();
    this.records.end();
    const problem = this.source.rows.finish();
    if (!problem && hasNoEnd)
      this.source.sink.assume('The last line has no line end: the output may have been cut off there.');
    return problem;
  }
}

/** A message of a program that stands among its output. */
const MESSAGE =
  /^(?:[\w./-]+: (?:.*(?:denied|not permitted|avoiding|truncated|cannot|can't|failed|error|warning|No such|Invalid)|WARNING)|\((?:Not all processes|No info could)|will not be shown, you would have)/i;

const LONGEST = 4000;
const LONGEST_OF_LONG = 256 * 1024;

/** Each line is a record, with those that it goes on in. */
class LineRecords implements RecordsOfLines {
  readonly #read: (line: string) => LineReading;
  #held: HeldRecord | undefined;
  #isFirst = true;

  constructor(
    private readonly kind: LineKind,
    private readonly rows: FactRows,
    context: KindContext,
  ) {
    this.#read = kind.open(context);
  }

  textLine(line: FactLine): void {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    const odd = oddShape(line.text, this.kind.hasLongLines ? LONGEST_OF_LONG : LONGEST);
    if (odd !== undefined) return this.badLine(line, odd);
    if (isFirst && isPrompt(line.text)) return this.rows.heading(line, this.kind.id);
    const held = this.#held;
    const goesOn = this.kind.goesOn?.(line.text) ?? false;
    if (held) held.add({ ...line, hasNoEnd: false });
    else if (goesOn) this.#held = new HeldRecord({ ...line, hasNoEnd: false });
    else return this.#take(line, line.text, () => line.bytes);
    if (!goesOn || this.#held?.isFull === true) this.end();
  }

  badLine(line: FactLine, reason: string): void {
    this.end();
    this.#isFirst = false;
    this.rows.reject(line, reason, this.#shown(line.bytes));
  }

  #shown(raw: Uint8Array): Uint8Array {
    return this.kind.isSecret ? Buffer.from(`(${raw.length} bytes that may hold the hash of a password)`) : raw;
  }

  end(): void {
    const held = this.#held;
    this.#held = undefined;
    if (!held) return;
    const text = held.texts.map((each) => each.replace(/\\$/, '')).join(' ');
    this.#take({ byte: held.byte, length: held.length }, text, () => held.raw());
  }

  #take(span: { readonly byte: number; readonly length: number }, text: string, raw: () => Uint8Array): void {
    const reading = this.#read(text);
    if (reading.kind === 'heading') return this.rows.heading(span, this.kind.id);
    if (reading.kind === 'comment') return this.rows.comment();
    if (reading.kind === 'rejected') {
      const reason = MESSAGE.test(text)
        ? `The line is a message of a program, no output: ${quoted(text)}.`
        : reading.reason;
      return this.rows.reject(span, reason, this.#shown(raw()));
    }
    const facts = reading.facts.map((each) =>
      reading.hidesText === true ? each : { ...each, fields: { ...each.fields, text } },
    );
    this.rows.record(span, this.kind.id, facts);
  }
}

/** All lines up to the next report are one record. */
class ReportRecords implements RecordsOfLines {
  #held: HeldRecord | undefined;
  #damage = '';
  #isFirst = true;

  constructor(
    private readonly kind: ReportKind,
    private readonly rows: FactRows,
    private readonly context: KindContext,
  ) {}

  textLine(line: FactLine): void {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    const odd = oddShape(line.text, LONGEST_OF_LONG);
    if (odd !== undefined) return this.badLine(line, odd);
    if (isFirst && isPrompt(line.text)) return this.rows.heading(line, this.kind.id);
    if (this.#held && (this.#held.isFull || this.kind.begins?.(line.text, this.#held.texts) === true)) this.end();
    this.#add(line);
  }

  badLine(line: FactLine, reason: string): void {
    this.#isFirst = false;
    if (this.#held?.isFull === true || line.bytes.length < line.length) {
      this.end();
      return this.rows.reject(line, reason, line.bytes);
    }
    this.#damage ||= `${reason} The report that it stands in is not taken.`;
    this.#add(line);
  }

  #add(line: FactLine): void {
    const whole = { ...line, hasNoEnd: false };
    if (this.#held) this.#held.add(whole);
    else this.#held = new HeldRecord(whole);
  }

  end(): void {
    const held = this.#held;
    this.#held = undefined;
    if (!held) return;
    const facts = this.#damage || this.kind.read(held.texts, this.context);
    this.#damage = '';
    if (typeof facts === 'string') return this.rows.reject(held, facts, held.raw());
    this.rows.record(held, this.kind.id, facts);
  }
}
