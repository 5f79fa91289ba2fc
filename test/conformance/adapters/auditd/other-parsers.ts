/** CrowdSec, plaso and Insights on audit logs. */
import { auditd } from '../../../../engine/formats/auditd/auditd.ts';
import type { CollectedRow } from '../../../engine/formats/collect-rows.ts';
import { FieldCount, type Comparison, type CorpusFolder } from '../../adapter.ts';
import { compareCrowdsec, crowdsecScenarios } from '../../crowdsec.ts';
import { asFlag, asMicros, secondsAsMicros } from '../../normal.ts';
import { insightsAsserts, plasoTests } from '../../oracles.ts';
import { readEvidence } from '../../reading.ts';
import { fieldsOf, said, type Fields } from './fields.ts';

/** CrowdSec's way to the line, and the stamp as text and its first word; the parts of the stamp are compared. */
const NOT_OF_THE_RECORD = ['program', 'datasource_path', 'datasource_type', 'msg', 'msg_type'];

/** Names of CrowdSec's meta fields that are others in the log. */
const META: Readonly<Record<string, string>> = {
  auditd_eventid: 'serial',
  event_inc_id: 'serial',
  log_type: 'syscall_name',
};

export function compareCrowdsecLines(folder: CorpusFolder): readonly Comparison[] {
  return compareCrowdsec(folder, {
    format: auditd,
    compareValue: (count, { line, record, reading, name, value }) =>
      compareMeta(count, { at: line, row: reading.rowsOf(record)['auditd_records'], name, value }),
  });
}

/** A value of theirs, and our row of the record. */
interface Value {
  readonly at: number;
  readonly row: CollectedRow | undefined;
  readonly name: string;
  readonly value: unknown;
}

function compareMeta(count: FieldCount, { at, row, name, value }: Value): void {
  if (NOT_OF_THE_RECORD.includes(name)) return;
  const fields = fieldsOf(row);
  const seconds = secondsAsMicros(value);
  if (name === 'timestamp' && typeof seconds === 'bigint') count.field(at, name, row?.['time'], seconds);
  else if (name === 'timestamp' || name === 'MarshaledTime')
    count.field(at, name, wholeSeconds(row?.['time']), wholeSeconds(asMicros(value)));
  else if (name === 'success') count.field(at, name, asFlag(fields[name]), asFlag(value));
  else count.field(at, name, said(fields[META[name] ?? name]), said(value));
}

// CrowdSec cuts off what is below a second where it writes a date.
function wholeSeconds(time: unknown): unknown {
  return typeof time === 'bigint' ? (time / 1_000_000n) * 1_000_000n : time;
}

/** The events of a detection: meta fields of records that are known by serial. */
export function compareScenarios(folder: CorpusFolder): readonly Comparison[] {
  return crowdsecScenarios(folder).map(({ file, oracle, expected }) => {
    const rows = new Map(
      readEvidence(auditd, folder, file)
        .all.rows('auditd_records')
        .filter((row) => row['type'] === 'SYSCALL')
        .map((row) => [String(row['serial']), row]),
    );
    const count = new FieldCount(file, oracle);
    expected.forEach((metas, index) => {
      count.record();
      const row = rows.get(metas.get('auditd_eventid') ?? '');
      for (const [name, value] of metas) compareMeta(count, { at: index + 1, row, name, value });
    });
    return count.result();
  });
}

const PLASO: Readonly<Record<string, string>> = {
  audit_serial: 'serial',
  audit_type: 'type',
  audit_login_identifier: 'auid',
  audit_session_identifier: 'ses',
  executable: 'exe',
  exit_code: 'exit',
  group_identifier: 'gid',
  parent_process_identifier: 'ppid',
  process_name: 'comm',
  security_context: 'subj',
  system_call: 'syscall',
  user_identifier: 'uid',
  effective_user_identifier: 'euid',
  effective_group_identifier: 'egid',
  architecture: 'arch',
  terminal: 'tty',
};

export function comparePlasoLines(folder: CorpusFolder): readonly Comparison[] {
  return plasoTests(folder).map(({ file, oracle, expected }) => {
    const { all } = readEvidence(auditd, folder, file);
    const count = new FieldCount(file, oracle);
    count.field(0, 'records', all.rows('auditd_records').length, expected.counts.event_data);
    count.field(0, 'rejects', all.rejects.length, expected.counts.extraction_warning);
    for (const { event_index, values } of expected.expect) {
      count.record();
      const row = all.rows('auditd_records')[event_index];
      for (const [name, value] of Object.entries(values))
        comparePlasoValue(count, { at: event_index + 1, row, name, value });
    }
    return count.result();
  });
}

function comparePlasoValue(count: FieldCount, { at, row, name, value }: Value): void {
  const fields = fieldsOf(row);
  // The name of plaso's own kind of event.
  if (name === 'data_type') return;
  if (name === 'last_written_time') count.field(at, name, row?.['time'], asMicros(value));
  else if (name === 'success') count.field(at, name, asFlag(fields[name]), asFlag(value));
  else if (name === 'message_body') compareBody(count, at, fields, String(value));
  else count.field(at, name, fields[PLASO[name] ?? name], value);
}

/** The text after the stamp: the fields in it, one by one, or words that belong to none. */
function compareBody(count: FieldCount, at: number, fields: Fields, body: string): void {
  const pairs = [...body.matchAll(/(?:\b(old|new) )?\b([\w-]+)=(\S+)/g)];
  if (pairs.length === 0) count.field(at, 'message_body', fields['text'], body);
  for (const [, side, name = '', value] of pairs)
    count.field(at, `message_body.${name}`, said(fields[side === 'old' ? `old-${name}` : name]), said(value));
}

const INSIGHTS: Readonly<Record<string, string>> = { msg_ID: 'serial' };

/** `logs[0] == {'timestamp': '1506487181.009', ...}`: the fields of a line. */
export function compareInsightsLines(folder: CorpusFolder): readonly Comparison[] {
  return insightsAsserts(folder).map(({ file, oracle, expected }) => {
    const { all, recordOnLine } = readEvidence(auditd, folder, file);
    const rows = new Map(all.rows('auditd_records').map((row) => [row.record, row]));
    const count = new FieldCount(file, oracle);
    for (const { assert = '' } of expected) {
      const [, index, members] = /^logs\[(\d+)\] == \{(.*)\}$/s.exec(assert) ?? [];
      if (index === undefined) continue;
      count.record();
      const row = rows.get(recordOnLine(Number(index) + 1) ?? 0);
      for (const [, name = '', value = ''] of (members ?? '').matchAll(/'(\w+)': '([^']*)'/g))
        compareInsightsValue(count, { at: Number(index) + 1, row, name, value });
    }
    return count.result();
  });
}

function compareInsightsValue(count: FieldCount, { at, row, name, value }: Value): void {
  const fields = fieldsOf(row);
  if (name === 'timestamp') count.field(at, name, row?.['time'], secondsAsMicros(value));
  // What Insights leaves as it is: the decision of SELinux.
  else if (name === 'unparsed')
    count.field(at, name, `avc:  ${fields['seresult']}  { ${fields['seperms']} } for`, value);
  else count.field(at, name, said(fields[INSIGHTS[name] ?? name]), said(value));
}
