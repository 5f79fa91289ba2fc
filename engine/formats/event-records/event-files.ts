/** Files of a log of events, as JSON or as CSV: the beginning of a file tells which it is. */
import type { ReadContext, Recognition, RowSink, SourceReader } from '../format.ts';
import { HeadReader } from '../framing/head-reader.ts';
import { isJson } from '../framing/json-or-csv.ts';
import type { EventFormat } from './event-format.ts';
import { JsonEventReader } from './json-event-reader.ts';
import { recogniseEvents } from './recognise-events.ts';
import { recogniseTableEvents, TableEventReader, type TableFormat } from './table-event-reader.ts';

/** How sure a log of events is that a file is its own, as JSON or as CSV. */
export function recogniseEventFile(format: EventFormat, head: Uint8Array): Recognition {
  if (!hasTable(format) || isJson(head)) return recogniseEvents(format, head);
  const table = recogniseTableEvents(format, head);
  return table.confidence > 0 ? table : recogniseEvents(format, head);
}

/** Opens a reader for whichever it is. */
export function openEventFile(format: EventFormat, sink: RowSink, context: ReadContext): SourceReader {
  const json = (): SourceReader => new JsonEventReader(format, sink, context);
  if (!hasTable(format)) return json();
  // JSON whose beginning is damaged is no table.
  const isTable = (head: Uint8Array): boolean =>
    isJson(head) === false && recogniseTableEvents(format, head).confidence > 0;
  return new HeadReader((head) => (isTable(head) ? new TableEventReader(format, sink, context) : json()));
}

function hasTable(format: EventFormat): format is TableFormat {
  return format.table !== undefined;
}
