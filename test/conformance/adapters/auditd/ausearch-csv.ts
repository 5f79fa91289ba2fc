/** `ausearch --format csv`: one row an event. */
import { auditd } from '../../../../engine/formats/auditd/auditd.ts';
import type { CollectedRow } from '../../../engine/formats/collect-rows.ts';
import { FieldCount, type Comparison, type CorpusFolder } from '../../adapter.ts';
import { oraclesBeside } from '../../oracles.ts';
import { readEvidence, type Reading } from '../../reading.ts';
import { AccountNames } from './accounts.ts';
import { recordsOf, said, valueOf, type Fields } from './fields.ts';

/*
 * Columns that are not compared: EVENT_KIND, SUBJ_KIND, ACTION and OBJ_KIND are ausearch's own words for classes and
 * activities. OBJ_SEC is the inode or the like of the object, which the comparison of every field has.
 */

/** `X.ausearch.csv` beside `X.log`, `X-ausearch.csv` beside `X-audit.log`. */
export function compareAusearchCsv(folder: CorpusFolder): readonly Comparison[] {
  return oraclesBeside(folder, /[.-]ausearch\.csv$/, (stem) => [`${stem}.log`, `${stem}-audit.log`]).map(
    ({ file, oracle }) =>
      compareEvents(readEvidence(auditd, folder, file), folder.text(oracle), new FieldCount(file, oracle)),
  );
}

type Row = Readonly<Record<string, string>>;

function compareEvents(reading: Reading, csv: string, count: FieldCount): Comparison {
  const accounts = new AccountNames();
  const events = new Map(reading.all.rows('events').map((row) => [keyOf(row), row]));
  const listed = rowsOf(csv);
  listed.forEach((theirs, index) => {
    count.record();
    const key = [theirs['NODE'], theirs['EVENT'], theirs['SERIAL_NUM']].join(' ');
    const ours = events.get(key);
    events.delete(key);
    count.field(index + 1, 'EVENT', ours ? theirs['EVENT'] : otherEvent(reading, theirs), theirs['EVENT']);
    if (ours) compareEvent(count, index + 1, { ours, records: recordsOf(reading, ours), theirs, accounts });
  });
  for (const row of events.values()) count.field(row.record, 'EVENT', row['code'], undefined);
  return count.result();
}

function keyOf(row: CollectedRow): string {
  return [row['system'] ?? '', row['code'], row['sequence']].map(String).join(' ');
}

/** The event that the record of theirs belongs to here, when it is none by itself. */
function otherEvent({ all }: Reading, theirs: Row): string {
  const record = all
    .rows('auditd_records')
    .find((row) => String(row['serial']) === theirs['SERIAL_NUM'] && row['type'] === theirs['EVENT']);
  const event = all.rows('events').find((row) => row.record === record?.['event_record']);
  return event ? `part of ${String(event['code'])}` : 'no such event';
}

// Lists of fields stand in the cells without quotes, but none of them has a comma.
function rowsOf(csv: string): readonly Row[] {
  const [header = '', ...lines] = csv.trim().split('\n');
  const names = header.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, at) => [names[at] ?? '', value])));
}

interface Compared {
  readonly ours: CollectedRow;
  readonly records: readonly Fields[];
  readonly theirs: Row;
  readonly accounts: AccountNames;
}

function compareEvent(count: FieldCount, at: number, { ours, records, theirs, accounts }: Compared): void {
  const value = (name: string): string | undefined => said(valueOf(records, name));
  const [month, day, year] = (theirs['DATE'] ?? '').split('/');
  const time = BigInt(Date.parse(`20${year}-${month}-${day}T${theirs['TIME']}Z`) || 0) / 1000n;
  count.field(at, 'TIME', (ours['time'] as bigint) / 1_000_000n, time);
  count.field(at, 'SESSION', value('ses'), said(theirs['SESSION']));
  count.field(at, 'RESULT', ours['outcome'], { success: 'success', failed: 'failure' }[theirs['RESULT'] ?? '']);
  compareSubject(count, at, { ours, records, theirs, accounts });
  const how = theirs['HOW'] ?? '';
  const program = value('exe');
  // For a script it is the name of the script.
  if (how.startsWith('/') || program === undefined) count.field(at, 'HOW', program ?? said(how), said(how));
  const object = theirs['OBJ_PRIME'] ?? '';
  if (object.startsWith('/') && valueOf(records, 'name') !== undefined)
    count.field(at, 'OBJ_PRIME', pathsOf(records).includes(object) ? object : ours['target'], object);
  else if (theirs['EVENT'] === 'USER_CMD') count.field(at, 'OBJ_PRIME', value('cmd'), object);
}

/** Which path of several is the object (of a renaming, a script) is a choice; but it is one of those of the event. */
function pathsOf(records: readonly Fields[]): readonly string[] {
  const folder = valueOf(records, 'cwd') ?? '';
  return records.flatMap(({ name }) => (name === undefined ? [] : [name, `${folder}/${name}`]));
}

/** `system` is a process that nobody logged in for. Where somebody tries to log in, the account they gave stands there. */
function compareSubject(count: FieldCount, at: number, { records, theirs, accounts }: Compared): void {
  const auid = said(valueOf(records, 'auid'));
  const subject = ['system', ''].includes(theirs['SUBJ_PRIME'] ?? '') ? undefined : theirs['SUBJ_PRIME'];
  const account = auid === undefined && subject !== undefined ? valueOf(records, 'acct') : undefined;
  if (account === undefined) count.field(at, `${theirs['EVENT']}.SUBJ_PRIME`, auid, accounts.numberOf(subject, auid));
  else count.field(at, `${theirs['EVENT']}.SUBJ_PRIME`, account, subject);
  const second = said(theirs['SUBJ_SEC']);
  const uid = said(valueOf(records, 'uid'));
  if (second !== undefined) count.field(at, 'SUBJ_SEC', uid, accounts.numberOf(second, uid));
}
