import type { UtcMicros } from '../../../shared/time.ts';
import type { Problem } from '../../../shared/problem.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { CsvParser, type CsvRow } from '../framing/csv.ts';
import { missingColumns, placesOf, type CsvColumn, type CsvPlaces } from './csv-columns.ts';
import { FindingRows } from './finding-rows.ts';
import { cvesIn, newestScore, severityWord, type Finding } from './finding.ts';
import { namesOf, type HostNames } from './host.ts';
import { portOf } from './item.ts';
import { MAX_KEPT_TEXT } from './text.ts';
import { readScanTime } from './times.ts';

const MAX_TARGETS = 100_000;

/** A table is one scan. */
const SCAN_ID = 'nessus';

interface Target {
  readonly names: HostNames;
  readonly record: number;
  time: UtcMicros;
}

/** Reads a table of findings: each row is a record. Such a table does not say what was looked at without findings. */
export class NessusCsvReader implements SourceReader {
  readonly #parser: CsvParser;
  readonly #rows: FindingRows;
  readonly #targets = new Map<string, Target>();
  #places: CsvPlaces | undefined;
  #header: readonly string[] = [];
  #problem: Problem | undefined;
  #dated = 0;
  #undated = 0;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#rows = new FindingRows(sink);
    this.#parser = new CsvParser({ header: (row) => this.#readHeader(row), row: (row) => this.#readRow(row) });
  }

  push(piece: Uint8Array): void {
    this.#parser.push(piece);
  }

  finish(): Problem | undefined {
    const trouble = this.#parser.finish();
    if (this.#problem) return this.#problem;
    const file = this.context.name;
    const remedy = 'Export the findings again as CSV in UTF-8.';
    if (trouble) return { code: 'damaged_file', message: trouble.because, where: { file, line: trouble.line }, remedy };
    if (!this.#places)
      return { code: 'damaged_file', message: 'The file has no header line.', where: { file }, remedy };
    if (this.#dated === 0 && this.context.takenAt === undefined) return this.#undatable();
    if (this.#targets.size > 0) this.#giveScan();
    return undefined;
  }

  #undatable(): Problem {
    return {
      code: 'bad_request',
      message: `The table has no time when hosts were looked at, in ${this.#undated} rows, and none was given for it.`,
      where: { file: this.context.name },
      remedy: 'Say when the scan was made, with --taken-at, or export it as .nessus.',
    };
  }

  #readHeader(row: CsvRow): boolean {
    this.#header = row.fields;
    this.#places = placesOf(row.fields);
    const missing = missingColumns(this.#places);
    if (missing.length === 0) return true;
    this.#problem = {
      code: 'missing_column',
      message: `The header has no column for ${missing.join(' and ')}.`,
      where: { file: this.context.name, line: row.line },
      remedy: 'Export the findings with plugin, name, severity and host.',
    };
    return false;
  }

  #readRow(row: CsvRow): void {
    const record = this.sink.record(row.byte, row.bytes.length);
    const reason = row.trouble ?? this.#wrongLength(row) ?? this.#addRow(row.fields, record);
    if (reason !== undefined) this.sink.reject(reason, row.bytes.slice());
  }

  #wrongLength({ fields, line }: CsvRow): string | undefined {
    const [has, wants] = [fields.length, this.#header.length];
    const extra = fields.slice(wants).some((field) => field.trim() !== '');
    return has < wants || extra ? `Line ${line} has ${has} columns; the header has ${wants}.` : undefined;
  }

  #addRow(fields: readonly string[], record: number): string | undefined {
    const cell = (column: CsvColumn): string | undefined =>
      this.#places![column].map((i) => fields[i]!.trim()).find((text) => text !== '' && text !== 'N/A');
    const finding = findingOf(cell);
    if (typeof finding === 'string') return finding;
    const names = hostOf(cell);
    if (names.address === undefined && names.system === undefined) return 'The row names no host.';
    const time = this.#timeOf(cell('time'));
    if (typeof time === 'string') return time;
    const target = this.#target(names, record, time);
    this.#rows.add(finding, new Map(), { scan_id: SCAN_ID, time, ...target.names });
    return undefined;
  }

  #timeOf(text: string | undefined): UtcMicros | string {
    const read = readScanTime(text, this.context.zone);
    if (read?.wallClock) this.sink.assume(`Times without an offset are taken in ${this.context.zone}.`);
    if (read) this.#dated++;
    else this.#undated++;
    if (text !== undefined && !read)
      return `${JSON.stringify(text.slice(0, 60).toWellFormed())} is not a time that can be read.`;
    return read?.time ?? this.context.takenAt ?? 'The row does not say when the host was looked at.';
  }

  #target(names: HostNames, record: number, time: UtcMicros): Target {
    const key = names.resource ?? names.address ?? names.system!;
    const known = this.#targets.get(key);
    if (known) {
      if (time > known.time) known.time = time;
      return known;
    }
    const target = { names, record, time };
    this.#targets.set(key, target);
    return target;
  }

  #giveScan(): void {
    const { sink } = this;
    const targets = [...this.#targets];
    const reason = 'the table has findings of it';
    for (const [, { names, record, time }] of targets)
      sink.row('scan_targets', { scan_id: SCAN_ID, time, ...names, state: 'up', reason }, record);
    const listed = targets.slice(0, MAX_TARGETS).map(([key]) => key);
    sink.row('scans', { scan_id: SCAN_ID, tool: 'nessus', targets: listed }, targets[0]![1].record);
    sink.assume(
      'A table of findings does not say when a scan began, whether it finished, and what it looked at besides.',
    );
    if (this.#undated > 0 && this.context.takenAt !== undefined)
      sink.assume('Rows that do not say when the host was looked at have the time given for the file.');
  }
}

type CellOf = (column: CsvColumn) => string | undefined;

function hostOf(cell: CellOf): HostNames {
  const address = cell('address');
  const properties = new Map<string, string>();
  const set = (name: string, text: string | undefined): void => void (text === undefined || properties.set(name, text));
  set('host-ip', address);
  set('host-fqdn', cell('otherName')?.replace(/^[^\\]*\\/, ''));
  set('mac-address', cell('hardware'));
  // A NetBIOS name has its domain before it.
  return namesOf(cell('host')?.replace(/^[^\\]*\\/, '') ?? address, properties);
}

function findingOf(cell: CellOf): Finding | string {
  const pluginId = cell('plugin');
  if (pluginId === undefined) return 'The row has no plugin.';
  const port = portOf(cell('port'));
  if (port === 'none')
    return `The port ${JSON.stringify(cell('port')?.slice(0, 60).toWellFormed())} is not 0 to 65535.`;
  const risk = cell('risk');
  const severity = severityWord(risk);
  const isResult = /^(?:PASSED|FAILED|WARNING|ERROR|SKIPPED)$/i.test(risk ?? '');
  if (severity === undefined && !isResult)
    return `The severity ${JSON.stringify((risk ?? '').slice(0, 60).toWellFormed())} is none that Nessus has.`;
  return {
    pluginId,
    pluginName: cell('name'),
    family: cell('family'),
    severity,
    port,
    protocol: /^(?:tcp|udp|icmp|sctp)$/i.exec(cell('protocol') ?? '')?.[0].toLowerCase(),
    service: undefined,
    cves: cvesIn(cell('cve')),
    references: referencesOf(cell),
    cpes: (cell('cpe') ?? '').split(/[\s,]+/).filter((each) => each !== ''),
    ...newestScore([
      [cell('cvss4'), cell('cvss4Vector')],
      [cell('cvss3'), cell('cvss3Vector')],
      [cell('cvss2'), cell('cvss2Vector')],
    ]),
    output: cell('output')?.slice(0, MAX_KEPT_TEXT).toWellFormed(),
    description: cell('description')?.slice(0, MAX_KEPT_TEXT).toWellFormed(),
    status: isResult ? risk : cell('accepted') === undefined ? cell('state')?.toLowerCase() : 'risk accepted',
  };
}

function referencesOf(cell: CellOf): readonly string[] {
  const parts = (text: string | undefined): readonly string[] =>
    (text ?? '').split(/[,;\n]+/).flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
  const others = parts(cell('references'))
    .map((each) => each.replace(/^([A-Z-]+) ?#/, '$1:'))
    .filter((each) => !/^(?:CWE|CVE)\b/i.test(each));
  // Spreadsheets take several numbers for one with thousands: 1,184,933,065 were 11849 and 33065, or others.
  const bugs = /^\d{1,3}(?:,\d{3})+$/.test(cell('bugs') ?? '') ? undefined : cell('bugs');
  return [...new Set([...parts(bugs).map((id) => `BID:${id}`), ...others])];
}
