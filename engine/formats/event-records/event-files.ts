/** Files of a log of events, as JSON or as CSV: the beginning of a file tells which it is. */
import type { Problem } from '../../../shared/problem.ts';
import type { ReadContext, Recognition, RowSink, SourceReader } from '../format.ts';
import { isJson } from '../framing/json-or-csv.ts';
import type { EventFormat } from './event-format.ts';
import { JsonEventReader } from './json-event-reader.ts';
import { recogniseEvents } from './recognise-events.ts';
import { recogniseTableEvents, TableEventReader, type TableFormat } from './table-event-reader.ts';

const HEAD_BYTES = 64 * 1024;

/** How sure a log of events is that a file is its own, as JSON or as CSV. */
export function recogniseEventFile(format: EventFormat, head: Uint8Array): Recognition {
  if (!hasTable(format) || isJson(head)) return recogniseEvents(format, head);
  const table = recogniseTableEvents(format, head);
  return table.confidence > 0 ? table : recogniseEvents(format, head);
}

/** Opens a reader for whichever it is. */
export function openEventFile(format: EventFormat, sink: RowSink, context: ReadContext): SourceReader {
  return hasTable(format) ? new EitherReader(format, sink, context) : new JsonEventReader(format, sink, context);
}

function hasTable(format: EventFormat): format is TableFormat {
  return format.table !== undefined;
}

/** Waits for what tells CSV from JSON, then hands everything on. JSON whose beginning is damaged is no table. */
class EitherReader implements SourceReader {
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #reader: SourceReader | undefined;

  constructor(
    private readonly format: TableFormat,
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {}

  push(piece: Uint8Array): void {
    if (this.#reader) return this.#reader.push(piece);
    this.#waiting.push(new Uint8Array(piece));
    this.#waitingBytes += piece.length;
    if (isJson(piece) === true && this.#waiting.length === 1) this.#open(false);
    else if (this.#waitingBytes >= HEAD_BYTES) this.#choose();
  }

  finish(): Problem | undefined {
    return (this.#reader ?? this.#choose()).finish();
  }

  #choose(): SourceReader {
    const head = Buffer.concat(this.#waiting).subarray(0, HEAD_BYTES);
    return this.#open(isJson(head) === false && recogniseTableEvents(this.format, head).confidence > 0);
  }

  #open(isTable: boolean): SourceReader {
    const { format, sink, context } = this;
    const reader = isTable ? new TableEventReader(format, sink, context) : new JsonEventReader(format, sink, context);
    this.#reader = reader;
    for (const piece of this.#waiting.splice(0)) reader.push(piece);
    return reader;
  }
}
