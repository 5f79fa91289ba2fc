/** Findings of Prowler as CSV: the columns of versions 3, 4 and 5, with semicolons between them. */
import type { Problem } from '../../../shared/problem.ts';
import { ScanTimes } from '../check-results/scan-times.ts';
import { shown } from '../event-records/values.ts';
import type { ReadContext, Recognition, RowSink, SourceReader } from '../format.ts';
import { CsvParser, type CsvRow } from '../framing/csv.ts';
import { findPlaces, type Places } from '../framing/csv-table.ts';
import type { Finding } from './finding.ts';
import { ProwlerScans } from './scans.ts';

const columns: Readonly<Record<string, readonly string[]>> = {
  time: ['timestamp', 'assessmentstarttime'],
  provider: [],
  account: ['accountuid', 'accountid', 'subscriptionid', 'subscription', 'projectid', 'accountname'],
  version: ['prowlerversion'],
  check: ['checkid'],
  title: ['checktitle'],
  status: [],
  muted: [],
  severity: [],
  detail: ['statusextended'],
  region: ['location'],
  resource: ['resourceuid', 'resourcearn', 'resourceid', 'resourcename'],
  requirements: ['compliance'],
  finding: ['findinguid', 'finding_uid', 'findinguniqueid'],
};
const needed = ['time', 'check', 'status'];

export function recogniseProwlerTable(head: Uint8Array): Recognition {
  let places: Places = new Map();
  const parser = new CsvParser({
    header: ({ fields }) => {
      places = findPlaces(fields, columns);
      return false;
    },
    row: () => undefined,
  });
  parser.push(head);
  parser.finish();
  const own = [...needed, 'finding', 'detail', 'title', 'severity'].filter((column) => places.has(column)).length;
  const reason = `${own} of the 7 columns that findings of Prowler have are in the header.`;
  return { confidence: own === 7 ? 0.96 : 0, reason };
}

export class ProwlerTableReader implements SourceReader {
  readonly #parser: CsvParser;
  readonly #times: ScanTimes;
  readonly #scans: ProwlerScans;
  #header: readonly string[] = [];
  #places: Places = new Map();
  #problem: Problem | undefined;
  #rejects = 0;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#times = new ScanTimes(context.zone, (statement) => sink.assume(statement));
    this.#scans = new ProwlerScans(sink, context);
    this.#parser = new CsvParser({ header: (row) => this.#readHeader(row), row: (row) => this.#readRow(row) });
  }

  push(piece: Uint8Array): void {
    this.#parser.push(piece);
  }

  finish(): Problem | undefined {
    const trouble = this.#parser.finish();
    if (this.#problem) return this.#problem;
    const remedy = 'Export the findings again as CSV, or as JSON (-M json-ocsf).';
    if (trouble || this.#header.length === 0) {
      const message = trouble?.because ?? 'The file has no header line.';
      return { code: 'damaged_file', message, where: { file: this.context.name, line: trouble?.line ?? 1 }, remedy };
    }
    this.#scans.finish(this.#rejects === 0);
    return undefined;
  }

  #readHeader(row: CsvRow): boolean {
    this.#header = row.fields;
    this.#places = findPlaces(row.fields, columns);
    const missing = needed.filter((column) => !this.#places.has(column));
    if (missing.length === 0) return true;
    const names = { time: 'TIMESTAMP', check: 'CHECK_ID', status: 'STATUS' } as Readonly<Record<string, string>>;
    const wanted = missing.map((column) => names[column]).join(' and ');
    this.#problem = {
      code: 'missing_column',
      message: `The header has no column for ${wanted}.`,
      where: { file: this.context.name, line: row.line, column: wanted },
      remedy: 'Export the findings again as CSV, with the columns that Prowler writes.',
    };
    return false;
  }

  #readRow(row: CsvRow): void {
    const record = this.sink.record(row.byte, row.bytes.length);
    const finding = row.trouble ?? this.#wrongLength(row) ?? this.#findingOf(row);
    if (typeof finding !== 'string') return this.#scans.add(finding, record);
    this.#rejects++;
    this.sink.reject(finding, row.bytes.slice());
  }

  #wrongLength({ fields, line }: CsvRow): string | undefined {
    if (fields.length === this.#header.length) return undefined;
    return `Line ${line} has ${fields.length} fields, but the header has ${this.#header.length}.`;
  }

  #findingOf({ fields, line }: CsvRow): Finding | string {
    const text = (column: string): string | undefined =>
      (this.#places.get(column) ?? []).map((place) => fields[place]!.trim()).find((cell) => cell !== '');
    const [written, check, status] = [text('time'), text('check'), text('status')];
    const time = this.#times.read(written) ?? epoch(written);
    if (time === undefined) return `Line ${line}: the time ${shown(written ?? '')} cannot be read.`;
    if (check === undefined || status === undefined) return `Line ${line} has no check or no status.`;
    const resource = text('resource');
    return {
      ...{ time, check, status, account: text('account'), version: text('version'), title: text('title') },
      provider: text('provider')?.toLowerCase(),
      muted: text('muted')?.toLowerCase() === 'true',
      severity: text('severity')?.toLowerCase(),
      ...{ detail: text('detail'), region: text('region'), requirements: text('requirements') },
      resources: resource === undefined ? [] : [resource],
    };
  }
}

/** With --unix-timestamp, seconds. */
function epoch(text: string | undefined): bigint | undefined {
  return text !== undefined && /^\d{9,10}$/.test(text) ? BigInt(text) * 1_000_000n : undefined;
}
