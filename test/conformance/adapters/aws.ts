import { awsCli as format } from '../../../engine/formats/aws-cli/aws-cli.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from '../adapter.ts';
import { asJson, asText } from '../normal.ts';
import { pantherTests } from '../oracles.ts';
import { memberAt, readEvidence, type Reading } from '../reading.ts';

/**
 * Answers of the command line as its documentation shows them, and snapshots of resources, one a line, beside what
 * JSON.parse gives. Answers that name nothing are named by the file here: which call it was of is in their name.
 */
export const aws: Adapter = {
  folders: ['aws-api-examples', 'aws-resource-snapshots'],
  compare: (folder) =>
    Promise.resolve([
      ...pantherTests(folder).map((pair) => compareLines(folder, pair)),
      ...folder.entries
        .filter((file) => file.endsWith('.json') && !file.endsWith('.expected.json'))
        .map((file) => compareAnswer(folder, file)),
    ]),
};

const takenAt = 1_774_980_000_000_000n;

/** A rule test stands for a resource on its line; what the resource is, JSON.parse tells. */
function compareLines(folder: CorpusFolder, { file, oracle, expected }: PantherPair): Comparison {
  const reading = readEvidence(format, folder, file, { takenAt });
  const count = new FieldCount(file, oracle);
  const lines = folder.text(file).split('\n');
  for (const { line } of expected) {
    const theirs = parsed(lines[line - 1] ?? '');
    count.record();
    const record = reading.recordOnLine(line);
    const fate = reading.fate(record);
    // What a rule test cut down to a single member says of nothing what it is.
    const members = Object.keys(theirs ?? { one: 1, two: 2 });
    const isNamed = members.length > 1 || members[0] === 'Policy';
    count.field(line, 'record', fate === 'read' ? fate : 'rejected', isNamed ? 'read' : 'rejected');
    if (fate === 'read' && theirs !== undefined) compareResource(count, line, { reading, record: record!, theirs });
  }
  return count.result();
}

type PantherPair = ReturnType<typeof pantherTests>[number];

interface Pair {
  readonly reading: Reading;
  readonly record: number;
  readonly theirs: object;
}

function compareResource(count: FieldCount, line: number, { reading, record, theirs }: Pair): void {
  const row = reading.rowsOf(record)['config_items'];
  count.field(line, 'configuration', asJson(parsed(String(row?.['configuration']))), asJson(theirs));
  const said = (name: string): unknown => asText(memberAt(theirs, name));
  if (said('AccountId') !== undefined) count.field(line, 'AccountId', row?.['account'], said('AccountId'));
  if (said('Region') !== undefined) count.field(line, 'Region', row?.['region'], said('Region'));
  if (said('Name') !== undefined) count.field(line, 'Name', row?.['resource_name'], said('Name'));
  // Whatever names it is a text that stands directly in it.
  const texts = Object.values(theirs).filter((each): each is string => typeof each === 'string');
  const id = String(row?.['resource_id']);
  const isOfAccount = id === row?.['resource_type'];
  count.field(
    line,
    'identity',
    isOfAccount ||
      texts.some((each) => each === id || each.includes(`arn:aws:s3:::${id}`)) ||
      id === memberAt(theirs, 'Recorder', 'Name'),
    true,
  );
}

/** Members of an answer that describe what it is of; the others say how much there is of it. */
function compareAnswer(folder: CorpusFolder, file: string): Comparison {
  const call = file.replace(/\.json$/, '').replace(/^[a-z0-9]+-/, '');
  const reading = readEvidence(format, folder, file, { takenAt, name: `${call}/a-resource.json` });
  const count = new FieldCount(file, 'JSON.parse');
  const answer = parsed(folder.text(file));
  if (answer === undefined) {
    count.field(0, 'answer', reading.all.rejects.length === 0 ? 'read' : 'damaged', 'read');
    return count.result();
  }
  const rows = reading.all.rows('config_items');
  if (reading.all.rows('scans').length > 0) compareFindings(count, reading, answer);
  else {
    const expected = resourcesOf(answer);
    count.field(0, 'resources', reading.all.problem === undefined ? rows.length : 'refused', expected.length);
    expected.forEach((theirs, index) => {
      count.record();
      const text = rows[index]?.['configuration'];
      count.field(index + 1, 'configuration', typeof text === 'string' ? asJson(parsed(text)) : '', asJson(theirs));
      count.field(index + 1, 'captured', rows[index]?.['captured'], takenAt);
    });
  }
  return count.result();
}

/** The elements of the only list of objects, the only object in it, or the answer itself. */
function resourcesOf(answer: object): readonly unknown[] {
  const members = Object.entries(answer) as [string, unknown][];
  const lists = members.flatMap(([, value]) =>
    Array.isArray(value) && typeof value[0] === 'object' ? [value as unknown[]] : [],
  );
  if (members.length === 1 && lists.length === 1) return lists[0]!;
  const [name, only] = members.length === 1 ? members[0]! : ['', undefined];
  const isWrapper = /^(?:Role|Table|PasswordPolicy|SummaryMap|BackupDescription|ContinuousBackupsDescription)$/.test(
    name,
  );
  return [isWrapper ? only : answer];
}

function compareFindings(count: FieldCount, reading: Reading, answer: unknown): void {
  const findings = memberAt(answer, 'imageScanFindings', 'findings') as readonly unknown[];
  const found = reading.all.rows('vulnerabilities');
  count.field(0, 'findings', found.length, findings.length);
  findings.forEach((finding, index) => {
    count.record();
    count.field(index + 1, 'name', found[index]?.['vulnerability_id'], memberAt(finding, 'name'));
    count.field(index + 1, 'severity', found[index]?.['severity'], String(memberAt(finding, 'severity')).toLowerCase());
    count.field(index + 1, 'description', found[index]?.['title'], memberAt(finding, 'description'));
  });
}

function parsed(text: string): object | undefined {
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}
