import { opaDecisions as format } from '../../../engine/formats/opa-decisions/opa-decisions.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from '../adapter.ts';
import { jsonRecords } from '../json-records.ts';
import { asJson, asMicros, asText } from '../normal.ts';
import { memberAt, readEvidence, type RecordRows, type Reading } from '../reading.ts';
import { compareSorted } from '../sorted-rows.ts';

/** Decisions of OPA and results of conftest, as JSON.parse gives them. */
export const opa: Adapter = {
  folders: ['opa', 'opa-decisions'],
  compare: (folder) =>
    Promise.resolve(
      folder.entries.filter((entry) => /\.jsonl?(\.gz)?$/.test(entry)).flatMap((file) => compareFile(folder, file)),
    ),
};

/** Results of conftest do not say when they were made. */
const takenAt = BigInt(Date.UTC(2026, 2, 1, 12)) * 1000n;

function compareFile(folder: CorpusFolder, file: string): readonly Comparison[] {
  const reading = readEvidence(format, folder, file, { takenAt });
  const count = new FieldCount(file, 'JSON.parse');
  for (const { record, value } of jsonRecords(folder, file, reading)) {
    // What else OPA writes: its own log, reports of its status, results of `opa eval`.
    const isConftest = memberAt(value, 'filename') !== undefined && memberAt(value, 'successes') !== undefined;
    if (!isConftest && !isDecision(value)) continue;
    count.record();
    count.field(record, 'record', reading.fate(record), 'read');
    if (isConftest) compareResult(count, record, reading, value);
    else compareDecision(count, record, reading.rowsOf(record), value);
  }
  count.field(0, 'rejects', reading.all.rejects.length, 0);
  const result = count.result();
  return result.records === 0 ? [] : [result];
}

function isDecision(value: unknown): boolean {
  return memberAt(value, 'decision_id') !== undefined && timeOf(value) !== undefined;
}

const timeOf = (decision: unknown): unknown => memberAt(decision, 'timestamp') ?? memberAt(decision, 'time');

function compareDecision(count: FieldCount, record: number, rows: RecordRows, decision: unknown): void {
  const event = rows['events'];
  const compare = (field: string, column: string, theirs: unknown): void =>
    count.field(record, field, event?.[column], asText(theirs));
  const path = memberAt(decision, 'path');
  const [, address, port] = /^\[?(.+?)\]?:(\d+)$/.exec(String(memberAt(decision, 'requested_by'))) ?? [];
  compare('timestamp', 'time', asMicros(timeOf(decision)));
  compare('path', 'code', typeof path === 'string' ? path.replace(/^\/+/, '') : 'query');
  compare('requested_by', 'src_ip', address);
  compare('port', 'src_port', port);
  const isError = memberAt(decision, 'error') !== undefined;
  const isDefined = memberAt(decision, 'result') !== undefined;
  compare('outcome', 'outcome', isError ? 'failure' : isDefined ? 'success' : undefined);
  const fields = typeof rows['event_fields']?.['fields'] === 'string' ? JSON.parse(rows['event_fields']['fields']) : {};
  // The console adds the second in which it wrote the line.
  const isConsole = memberAt(decision, 'msg') === 'Decision Log';
  const dated = memberAt(decision, 'timestamp') === undefined ? 'time' : 'timestamp';
  for (const [name, value] of Object.entries(decision as object))
    if (name !== dated && !(name === 'time' && isConsole))
      count.field(record, name, asJson(memberAt(fields, name)), asJson(value));
}

/** Lists of conftest, and what the results in them have come to. */
const LISTS: Readonly<Record<string, string>> = {
  failures: 'fail',
  warnings: 'informational',
  exceptions: 'not applicable',
  skipped: 'not checked',
};

function compareResult(count: FieldCount, record: number, reading: Reading, result: unknown): void {
  const rows = reading.all.rows('config_checks').filter((row) => row.record === record);
  for (const row of rows) {
    count.field(record, 'filename', row['resource'], memberAt(result, 'filename'));
    count.field(record, 'namespace', row['benchmark'], memberAt(result, 'namespace'));
  }
  const named = Object.entries(LISTS).flatMap(([list, status]) =>
    ((memberAt(result, list) ?? []) as readonly unknown[]).map((one) => `${status}: ${String(memberAt(one, 'msg'))}`),
  );
  // Rules that passed are counted only: one row has their number. One says so where there is no result at all.
  const passed = Number(memberAt(result, 'successes'));
  const isPass = (status: unknown): boolean => status === 'pass';
  const ours = rows.filter(({ status, status_text }) => !isPass(status) && status_text !== 'no result');
  compareSorted(
    count,
    ours.map((row) => `${String(row['status'])}: ${String(row['title'])}`).sort(),
    [...named].sort(),
  );
  const title = String(rows.find(({ status }) => isPass(status))?.['title'] ?? ': 0');
  count.field(record, 'successes', Number(/: (\d+)$/.exec(title)?.[1]), passed);
  const isNothing = rows.some(({ status_text }) => status_text === 'no result');
  count.field(record, 'no result', isNothing, named.length === 0 && passed === 0);
}
