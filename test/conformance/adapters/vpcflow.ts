import { isIP } from 'node:net';
import { z } from 'zod';
import { vpcFlow as format } from '../../../engine/formats/vpc-flow/vpc-flow.ts';
import { collectRows, type CollectedRow } from '../../engine/formats/collect-rows.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from '../adapter.ts';
import { asJson, asMicros, secondsAsMicros } from '../normal.ts';
import { oraclesBeside, pantherTests } from '../oracles.ts';
import { memberAt, readEvidence, type Reading } from '../reading.ts';

/** Flow logs: every field as another parser (Data Prepper) gives it; rule tests of Panther. */
export const vpcFlow: Adapter = {
  folders: ['vpcflow', 'vpc-flow'],
  compare: (folder) => Promise.resolve([...compareParsed(folder), ...comparePanther(folder)]),
};

const COLUMNS: Readonly<Record<string, string>> = {
  accountid: 'account',
  account: 'account',
  interfaceid: 'interface',
  interface: 'interface',
  srcaddr: 'src_ip',
  dstaddr: 'dst_ip',
  srcport: 'src_port',
  dstport: 'dst_port',
  protocol: 'protocol',
  packets: 'packets',
  bytes: 'bytes',
  action: 'action',
  logstatus: 'log_status',
  status: 'log_status',
  start: 'time',
  end: 'until',
  flowdirection: 'direction',
};

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** A field of a record, by any spelling of its name; those without a column are kept with the record. */
function compareField(
  count: FieldCount,
  record: number,
  row: CollectedRow | undefined,
  [name, value]: [string, unknown],
) {
  const column = COLUMNS[plain(name)];
  const theirs = value === '-' || value === null ? undefined : value;
  if (column === 'time' || column === 'until') count.field(record, name, row?.[column], timeOf(theirs));
  else if (column !== undefined) count.field(record, name, row?.[column], theirs);
  else count.field(record, name, asWord(otherField(row, name)), asWord(theirs));
}

function otherField(row: CollectedRow | undefined, name: string): unknown {
  const fields = Object.entries((fieldsOf(row) ?? {}) as object);
  return fields.find(([other]) => plain(other) === plain(name))?.[1];
}

const asWord = (value: unknown): unknown => (typeof value === 'object' ? asJson(value) : value);

function fieldsOf(row: CollectedRow | undefined): unknown {
  return typeof row?.['fields'] === 'string' ? JSON.parse(row['fields']) : undefined;
}

function timeOf(value: unknown): unknown {
  const seconds = value === undefined ? undefined : secondsAsMicros(value);
  return typeof seconds === 'bigint' ? seconds : asMicros(value);
}

const recordsSchema = z.array(z.looseObject({ start: z.union([z.number(), z.string()]) }));

/** `X.expected.json`, an object for each record, beside `X.log`. */
function compareParsed(folder: CorpusFolder): readonly Comparison[] {
  return oraclesBeside(folder, /\.expected\.json$/, (stem) => [`${stem}.log`, `${stem}.log.gz`, `${stem}.txt`]).flatMap(
    ({ file, oracle }) => {
      const records = recordsSchema.safeParse(folder.json(oracle)).data;
      if (!records) return [];
      const reading = readEvidence(format, folder, file);
      const rows = reading.all.rows('flow_records');
      const count = new FieldCount(file, oracle);
      count.field(0, 'records', rows.length, records.length);
      records.forEach((record, index) => {
        count.record();
        for (const field of Object.entries(record)) compareField(count, index + 1, rows[index], field);
      });
      return [count.result()];
    },
  );
}

/** Events have no time, and are few members of a flow; they are read one by one, with a time. */
function comparePanther(folder: CorpusFolder): readonly Comparison[] {
  return pantherTests(folder).map(({ file, oracle, expected }) => {
    const reading = readEvidence(format, folder, file);
    const lines = folder.text(file).split('\n');
    const count = new FieldCount(file, oracle);
    for (const { line } of expected) {
      count.record();
      compareLine(count, line, { reading, text: lines[line - 1] ?? '' });
    }
    return count.result();
  });
}

interface Line {
  readonly reading: Reading;
  readonly text: string;
}

function compareLine(count: FieldCount, line: number, { reading, text }: Line): void {
  const event = parsed(text);
  const fate = reading.fate(reading.recordOnLine(line));
  const reason = Object.keys(REASONS).find((each) => REASONS[each] === fate);
  count.field(line, 'record', reason ?? fate, kindOf(event));
  if (kindOf(event) !== WITHOUT_TIME || isQuery(event)) return;
  const isOcsf = memberAt(event, 'src_endpoint') !== undefined || memberAt(event, 'dst_endpoint') !== undefined;
  const dated = { ...(event as object), [isOcsf ? 'time' : 'start']: 1_772_359_200 };
  const { problem, rejects, rows } = collectRows(format, JSON.stringify(dated));
  count.field(line, 'record with a time', problem?.message ?? rejects[0]?.reason ?? 'read', 'read');
  const [row] = rows('flow_records');
  if (isOcsf) compareEndpoints(count, line, row, dated);
  else for (const field of Object.entries(dated)) compareField(count, line, row, field);
}

function compareEndpoints(count: FieldCount, line: number, row: CollectedRow | undefined, event: unknown): void {
  for (const [endpoint, side] of Object.entries({ src_endpoint: 'src', dst_endpoint: 'dst' })) {
    count.field(line, `${endpoint}.ip`, row?.[`${side}_ip`], memberAt(event, endpoint, 'ip'));
    count.field(line, `${endpoint}.port`, row?.[`${side}_port`], memberAt(event, endpoint, 'port'));
  }
  for (const [name, value] of Object.entries(event as object))
    count.field(line, name, asJson(memberAt(fieldsOf(row), name)), asJson(value));
}

const WITHOUT_TIME = 'fields of a flow without a time';
const NO_FLOW = 'no field of a flow';
const REASONS: Readonly<Record<string, string>> = {
  [WITHOUT_TIME]: 'rejected: The record has neither start nor end, so nothing says when it was.',
  [NO_FLOW]: 'rejected: The record has none of the fields of a flow log.',
};

function kindOf(event: unknown): string {
  if (typeof event !== 'object' || event === null) return 'no JSON';
  const names = Object.keys(event).map(plain);
  const isOcsf = ['src_endpoint', 'dst_endpoint'].some((name) => isIP(String(memberAt(event, name, 'ip'))) !== 0);
  const isOther = ![undefined, 4001].includes(memberAt(event, 'class_uid') as number);
  const hasField = names.some((name) => name !== 'accountid' && COLUMNS[name] !== undefined);
  if (isOther || (!isOcsf && !hasField)) return NO_FLOW;
  return names.some((name) => ['start', 'end', 'starttime', 'endtime'].includes(name)) ? 'read' : WITHOUT_TIME;
}

/** Some rules are about queries for names, which have a source, too, but are another log. */
function isQuery(event: unknown): boolean {
  return memberAt(event, 'query_name') !== undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
