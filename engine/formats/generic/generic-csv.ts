/** Any CSV table, read as a mapping says. docs/formats/generic.md */
import type { Problem } from '../../../shared/problem.ts';
import type { Format, ReadContext, RowSink, SourceReader } from '../format.ts';
import { CsvParser, type CsvRow, type CsvTrouble } from '../framing/csv.ts';
import { alsoInUtf16 } from '../framing/utf16-text.ts';
import type { SourceValue } from './column-values.ts';
import { quoted } from './mapped-rows.ts';
import { eventsOf, MappedTables, namesOf } from './mapped-tables.ts';
import { mappingProblem, readMapping, type Mapping, type TableMapping } from './mapping.ts';
import type { MappingIssue } from './mapping-yaml.ts';
import { mappingSkeleton, noMapping } from './skeleton.ts';
import { refusedReader } from './refused-reader.ts';

export const genericCsv: Format = alsoInUtf16({
  id: 'generic-csv',
  title: 'Any CSV, with a mapping of its columns',
  version: 2,
  framing: 'spans',
  streams: [],
  usesMapping: true,
  recognise: () => ({ confidence: 0, reason: 'A CSV of any kind is read only when a mapping is given with it.' }),
  open: openCsv,
});

function openCsv(sink: RowSink, context: ReadContext): SourceReader {
  if (context.mapping === undefined) return new HeaderReader(context);
  const read = readMapping(context.mapping);
  return read.kind === 'mapping' ? new MappedCsvReader(read.mapping, sink, context) : refusedReader(read.because);
}

/** Without a mapping the header is read, and nothing else. */
class HeaderReader implements SourceReader {
  #names: readonly string[] = [];
  readonly #parser = new CsvParser({
    header: ({ fields }) => {
      this.#names = fields.map((name) => name.trim());
      return false;
    },
    row: () => undefined,
  });

  constructor(private readonly context: ReadContext) {}

  push(piece: Uint8Array): void {
    this.#parser.push(piece);
  }

  finish(): Problem {
    const trouble = this.#parser.finish();
    return trouble ? csvProblem(trouble, this.context) : noMapping(this.context.name, mappingSkeleton(this.#names));
  }
}

function csvProblem(trouble: CsvTrouble, context: ReadContext): Problem {
  return {
    code: 'damaged_file',
    message: trouble.because,
    where: { file: context.name, line: trouble.line },
    remedy: 'Export the table again as CSV in UTF-8, with a header line.',
  };
}

class MappedCsvReader implements SourceReader {
  readonly #parser: CsvParser;
  readonly #rows: MappedTables;
  readonly #events: TableMapping | undefined;
  #header: readonly string[] = [];
  /** Where the columns that the mapping names stand. */
  #places: ReadonlyMap<string, number> = new Map();
  #unmapped: readonly number[] = [];
  #problem: Problem | undefined;
  #read = 0;
  #rejected = 0;
  #firstReason = '';

  constructor(
    private readonly mapping: Mapping,
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#rows = new MappedTables(mapping, sink, context);
    this.#events = eventsOf(mapping);
    this.#parser = new CsvParser({ header: (row) => this.#readHeader(row), row: (row) => this.#readRow(row) });
  }

  push(piece: Uint8Array): void {
    this.#parser.push(piece);
  }

  finish(): Problem | undefined {
    const trouble = this.#parser.finish();
    if (this.#problem) return this.#problem;
    if (trouble) return csvProblem(trouble, this.context);
    if (this.#header.length === 0)
      return csvProblem({ line: 1, because: 'The file has no header line.' }, this.context);
    if (this.#read === 0 && this.#rejected > 0 && this.#rows.unwanted === 0) return this.#nothingRead();
    this.#rows.finish(this.#read);
    return undefined;
  }

  #nothingRead(): Problem {
    return {
      code: 'damaged_file',
      message: `None of ${this.#rejected} rows can be read as the mapping says. Row 1: ${this.#firstReason}`,
      where: { file: this.context.name },
      remedy: 'Correct the mapping and import again with --mapping FILE.',
    };
  }

  #readHeader({ fields }: CsvRow): boolean {
    this.#header = fields.map((name) => name.trim());
    const named = namesOf(this.mapping);
    const issues: MappingIssue[] = named.flatMap(({ from, place }) => this.#issueOf(from, place));
    if (this.mapping.list !== undefined)
      issues.push({ place: 'list', line: undefined, says: 'a CSV table has no list; it is for JSON' });
    if (issues.length > 0) this.#problem = this.#refusal(issues);
    this.#places = new Map(named.map(({ from }) => [from, this.#header.indexOf(from)]));
    const mapped = new Set(this.#events?.columns.map(({ from }) => this.#places.get(from ?? '')));
    this.#unmapped = this.#header.flatMap((name, i) => (mapped.has(i) || name === '' ? [] : [i]));
    return issues.length === 0;
  }

  #issueOf(from: string, place: string): MappingIssue[] {
    const count = this.#header.filter((name) => name === from).length;
    if (count === 1) return [];
    const says =
      count === 0
        ? `the file has no column ${quoted(from)}`
        : `${count} columns of the file are called ${quoted(from)}`;
    return [{ place, line: undefined, says }];
  }

  #refusal(issues: readonly MappingIssue[]): Problem {
    const { message } = mappingProblem(issues);
    const names = this.#header.slice(0, 50).map(quoted).join(', ');
    const more = this.#header.length > 50 ? ` and ${this.#header.length - 50} more` : '';
    return {
      code: 'missing_column',
      message: `${message} Its columns are ${names}${more}.`,
      where: { file: this.context.name, line: 1 },
      remedy: 'Correct the mapping and import again with --mapping FILE.',
    };
  }

  #readRow(row: CsvRow): void {
    this.sink.record(row.byte, row.bytes.length);
    const reason = row.trouble ?? this.#wrongLength(row) ?? this.#addRow(row);
    if (reason === undefined) return;
    this.#rejected++;
    this.#firstReason ||= reason;
    this.sink.reject(reason, row.bytes.slice());
  }

  /** Empty cells after the last column do no harm; anything else shifts values into columns they do not belong to. */
  #wrongLength({ fields, line }: CsvRow): string | undefined {
    const extra = fields.slice(this.#header.length);
    if (fields.length >= this.#header.length && extra.every((field) => field.trim() === '')) return undefined;
    return `Line ${line} has ${fields.length} fields, but the header has ${this.#header.length}.`;
  }

  #addRow({ fields }: CsvRow): string | undefined {
    const added = this.#rows.add((from) => this.#cell(fields, from));
    if ('because' in added) return added.because;
    this.#read++;
    if (this.#events && added.tables.includes(this.#events)) this.#keepRest(fields, this.#events);
    return undefined;
  }

  #cell(fields: readonly string[], from: string): SourceValue | undefined {
    const text = fields[this.#places.get(from)!]!.trim();
    return text === '' ? undefined : { value: text, raw: undefined };
  }

  /** What the spine of events has no column for is kept beside it; of columns with one name, the first that is filled. */
  #keepRest(fields: readonly string[], { stream }: TableMapping): void {
    const rest = new Map<string, string>();
    for (const i of this.#unmapped) {
      const text = fields[i]!.trim();
      if (text !== '' && !rest.has(this.#header[i]!)) rest.set(this.#header[i]!, text);
    }
    if (rest.size === 0) return;
    this.sink.row('event_fields', { stream, fields: objectText(rest) });
  }
}

/** An object as JSON, whatever its members are called. */
function objectText(members: ReadonlyMap<string, string>): string {
  return `{${[...members].map(([name, text]) => `${JSON.stringify(name)}:${JSON.stringify(text)}`).join(',')}}`;
}
