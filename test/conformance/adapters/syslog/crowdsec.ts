/** CrowdSec's parsers of syslog lines: of the header, and of what programs say of log-ins. */
import type { CollectedRow } from '../../../engine/formats/collect-rows.ts';
import { FieldCount, type Comparison, type CorpusFolder } from '../../adapter.ts';
import { compareCrowdsec, crowdsecScenarios, type LineValue } from '../../crowdsec.ts';
import { asMicros } from '../../normal.ts';
import { compareNamed } from './other-names.ts';
import { asMessage, messageValue, readMessages, syslogFormat, wallClock, writtenWallClock } from './read-messages.ts';

/** How CrowdSec came to the line, and what its parser is called. */
const NOT_OF_THE_LINE = /^(logsource|datasource_\w+|service|Evt\.(?!StrTime).*)$/;

/** Names of what a parser makes of a line: `ssh_failed-auth`. */
const OUTCOMES = /^(log_type|sub_type|auth_status)$/;

const COLUMNS: readonly (readonly [RegExp, string])[] = [
  [/^(program|pid|facility)$/, '$1'],
  [/^machine$/, 'system'],
  [/^(dst_ip|DST)$/, 'dst_ip'],
  [/^(dst_port|DPT)$/, 'dst_port'],
  [/^(source_ip|src_ip|SRC|\w*client_ip|remote_addr|rhost)$/, 'src_ip'],
  [/^(\w*port|SPT)$/, 'src_port'],
  [/^(ruser|logname)$/, 'actor'],
  [/^\w*user(name)?$/, 'target'],
];

export function compareCrowdsecMessages(folder: CorpusFolder): readonly Comparison[] {
  const format = (file: string) => syslogFormat(folder, file);
  return [...compareCrowdsec(folder, { format, compareValue, compareLine }), ...compareScenarios(folder)];
}

/** Events of detections, found by their time and where they came from. */
function compareScenarios(folder: CorpusFolder): readonly Comparison[] {
  return crowdsecScenarios(folder).map(({ file, oracle, expected }) => {
    const reading = readMessages(folder, file);
    const count = new FieldCount(file, oracle);
    expected.forEach((metas, index) => {
      count.record();
      const [clock, source] = [writtenWallClock(metas.get('timestamp')), metas.get('source_ip')];
      const isIt = (row: CollectedRow): boolean =>
        wallClock(row['time']) === clock && (source ?? row['src_ip']) === row['src_ip'];
      const record = reading.all.rows('events').find(isIt)?.record ?? 0;
      for (const [name, value] of metas) compareValue(count, { line: index + 1, record, reading, name, value });
    });
    return count.result();
  });
}

function compareLine(count: FieldCount, { stage, line, record, reading, name, value }: LineValue): void {
  const ours = (column: string): unknown => messageValue(reading.rowsOf(record), column);
  if (name === 'message') count.field(line, name, asMessage(ours('message')), asMessage(value));
  else if (stage !== 's01-parse') count.field(line, name, reading.fate(record) === 'read', value);
  // Its parsers know signs of attacks; here more is understood.
  else if (value === true) count.field(line, 'understood', ours('class') !== undefined, true);
}

function compareValue(count: FieldCount, { line, record, reading, name, value }: Omit<LineValue, 'stage'>): void {
  if (NOT_OF_THE_LINE.test(name)) return;
  const rows = reading.rowsOf(record);
  const time = messageValue(rows, 'time');
  if (name === 'timestamp8601') return count.field(line, name, time, asMicros(value));
  // Without the year, which is the one in which the test was written.
  if (['timestamp', 'MarshaledTime', 'Evt.StrTime'].includes(name))
    return count.field(line, name, wallClock(time), writtenWallClock(value));
  if (OUTCOMES.test(name)) return compareOutcome(count, line, messageValue(rows, 'outcome'), String(value));
  const known = COLUMNS.find(([pattern]) => pattern.test(name));
  compareNamed(count, { record: line, rows, name, value }, known && name.replace(known[0], known[1]));
}

// ssh_failed-auth, pam_user_lock, auth_success. A connection that ended before any log-in has no outcome.
function compareOutcome(count: FieldCount, line: number, ours: unknown, type: string): void {
  if (/fail|lock/.test(type)) count.field(line, 'outcome', ours, 'failure');
  if (/success/.test(type)) count.field(line, 'outcome', ours, 'success');
}
