import type { AddRows, JsonResults } from '../check-results/json-results.ts';
import { ScanTimes } from '../check-results/scan-times.ts';
import { writtenMembers } from '../event-records/written-members.ts';
import type { ReadContext, RowSink } from '../format.ts';
import type { JsonRecord, JsonRecordOptions } from '../framing/json-records.ts';
import { isProwlerOcsf, readOcsf } from './ocsf.ts';
import { isOwnJson, readOwnJson } from './own-json.ts';
import { ProwlerScans } from './scans.ts';

/** A list of findings, findings line by line, and lists in which other tools hand them on. */
export const prowlerFiles: JsonRecordOptions = {
  lists: ['findings', 'Findings', 'results', 'events', 'Records', 'value', 'data'],
  firstKeys: ['metadata', 'message', 'finding', 'AssessmentStartTime', 'Profile', 'activity_id'],
};

export function isProwlerFinding(value: unknown): boolean {
  return isProwlerOcsf(value) || isOwnJson(value);
}

/** Members that columns hold; the rest of a record goes to `event_fields` as it is written. */
const held: ReadonlySet<string> = new Set([
  ...['class_uid', 'class_name', 'category_uid', 'category_name', 'status_code', 'status_detail', 'severity', 'time'],
  ...[
    'message',
    'AssessmentStartTime',
    'CheckID',
    'CheckTitle',
    'Status',
    'StatusExtended',
    'Severity',
    'Provider',
    'Timestamp',
    'Control ID',
  ],
]);

export class ProwlerFindings implements JsonResults {
  readonly files = prowlerFiles;
  readonly noun = 'a finding of Prowler';
  readonly nouns = 'Findings of Prowler';
  readonly #times: ScanTimes;
  readonly #scans: ProwlerScans;

  constructor(
    private readonly sink: RowSink,
    context: ReadContext,
  ) {
    this.#times = new ScanTimes(context.zone, (statement) => sink.assume(statement));
    this.#scans = new ProwlerScans(sink, context);
  }

  read(record: JsonRecord): AddRows | string {
    const { value } = record;
    const finding = isOwnJson(value) ? readOwnJson(value, this.#times) : readOcsf(value, this.#times);
    if (typeof finding === 'string') return finding;
    return (number) => {
      this.#scans.add(finding, number);
      const fields = writtenMembers(record, held);
      if (fields !== undefined) this.sink.row('event_fields', { stream: 'prowler', fields }, number);
    };
  }

  finish(complete: boolean): void {
    this.#scans.finish(complete);
  }
}
