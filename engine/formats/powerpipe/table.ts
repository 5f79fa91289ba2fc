/** The CSV of Powerpipe and Steampipe: a row a result; columns after `status` are dimensions and tags. */
import type { Problem } from '../../../shared/problem.ts';
import { assumeTakenAt } from '../check-results/json-results.ts';
import { undated } from '../check-results/undated.ts';
import type { ReadContext, Recognition, RowSink, SourceReader } from '../format.ts';
import { CsvParser, type CsvRow } from '../framing/csv.ts';
import { describeDimensions, statusOf } from './control.ts';
import { RunScan } from './scans.ts';

const needed = ['control_id', 'reason', 'resource', 'status'];
const known = [
  ...['group_id', 'title', 'description', 'control_id', 'control_title', 'control_description', 'severity'],
  ...['reason', 'resource', 'status'],
];

export function recogniseRunTable(head: Uint8Array): Recognition {
  let header: readonly string[] = [];
  const parser = new CsvParser({
    header: ({ fields }) => {
      header = fields.map((name) => name.trim());
      return false;
    },
    row: () => undefined,
  });
  parser.push(head);
  parser.finish();
  const own = known.filter((name) => header.includes(name)).length;
  const reason = `${own} of the ${known.length} columns that results of Powerpipe have are in the header.`;
  const sure = needed.every((name) => header.includes(name)) && header.includes('group_id');
  return { confidence: sure ? 0.86 + 0.01 * own : 0, reason };
}

export class RunTableReader implements SourceReader {
  readonly #parser: CsvParser;
  #header: readonly string[] = [];
  #scan: RunScan | undefined;
  #problem: Problem | undefined;
  #rejects = 0;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#parser = new CsvParser({ header: (row) => this.#readHeader(row), row: (row) => this.#readRow(row) });
  }

  push(piece: Uint8Array): void {
    this.#parser.push(piece);
  }

  finish(): Problem | undefined {
    const trouble = this.#parser.finish();
    if (this.#problem) return this.#problem;
    if (trouble || this.#header.length === 0)
      return this.#refusal('damaged_file', trouble?.because ?? 'The file has no header line.', trouble?.line ?? 1);
    if (!this.#scan && this.#rejects > 0)
      return this.#refusal('damaged_file', `None of ${this.#rejects} rows can be read.`, 2);
    if (!this.#scan) return this.#refusal('damaged_file', 'The file has a header and no result.', 1);
    this.#scan.finish(this.#rejects === 0 ? this.context.takenAt : undefined);
    assumeTakenAt(this.sink, this.context.takenAt!);
    return undefined;
  }

  #refusal(code: Problem['code'], message: string, line: number): Problem {
    const remedy = 'Export the results again as CSV with a header, or as JSON.';
    return { code, message, where: { file: this.context.name, line }, remedy };
  }

  #readHeader({ fields, line }: CsvRow): boolean {
    this.#header = fields.map((name) => name.trim());
    const missing = needed.filter((name) => !this.#header.includes(name));
    if (missing.length > 0)
      this.#problem = this.#refusal('missing_column', `The header has no column ${missing.join(' and ')}.`, line);
    else if (this.context.takenAt === undefined)
      this.#problem = undated('Results of Powerpipe and Steampipe as CSV', this.context.name);
    return this.#problem === undefined;
  }

  #readRow(row: CsvRow): void {
    const record = this.sink.record(row.byte, row.bytes.length);
    const cell = (name: string): string | undefined => row.fields[this.#header.indexOf(name)]?.trim() || undefined;
    const reason = row.trouble ?? this.#troubleOf(row, cell('control_id'));
    if (reason !== undefined) {
      this.#rejects++;
      return this.sink.reject(reason, row.bytes.slice());
    }
    this.#scan ??= new RunScan(this.sink, this.context, this.context.takenAt!, 'table');
    const { text, account } = describeDimensions(this.#dimensionsOf(row));
    const word = cell('status');
    this.#scan.ran(cell('group_id'));
    this.#scan.add(
      {
        ...{ control: cell('control_id')!, title: cell('control_title'), severity: cell('severity')?.toLowerCase() },
        ...{ benchmark: cell('group_id'), resource: cell('resource'), word, status: statusOf(word), account },
        detail: [cell('reason'), text].filter((part) => part !== undefined).join('\n') || undefined,
      },
      record,
    );
  }

  #troubleOf({ fields, line }: CsvRow, control: string | undefined): string | undefined {
    if (fields.length !== this.#header.length)
      return `Line ${line} has ${fields.length} fields, but the header has ${this.#header.length}.`;
    return control === undefined ? `Line ${line} names no control.` : undefined;
  }

  #dimensionsOf({ fields }: CsvRow): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    this.#header.forEach((name, place) => {
      if (!known.includes(name)) found.set(name, fields[place]!.trim());
    });
    return found;
  }
}
