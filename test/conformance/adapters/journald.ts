import { journald as format } from '../../../engine/formats/journald/journald.ts';
import { syslog3164 } from '../../../engine/formats/syslog-3164/syslog-3164.ts';
import { severityOf } from '../../../engine/formats/syslog-messages/priority.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from '../adapter.ts';
import { asJson, asMicros } from '../normal.ts';
import { readEvidence, valueAt, type RecordRows } from '../reading.ts';

/** Exports of the journal: each form against `journalctl --all -o json`, -o verbose and --header of the same journal. */
export const journald: Adapter = {
  folders: ['journald'],
  compare: (folder) =>
    Promise.resolve([
      ...exportsOf(folder).flatMap((file) => compareWithJson(folder, file)),
      ...printed(folder, /\.?-?verbose\.txt$/).flatMap(({ oracle, file }) => compareVerbose(folder, file, oracle)),
      ...printed(folder, /-header\.txt$/).flatMap(({ oracle, file }) => compareHeader(folder, file, oracle)),
      ...folder.entries
        .filter((entry) => /short-iso-precise/.test(entry))
        .flatMap((file) => compareShort(folder, file)),
    ]),
};

type Entry = Readonly<Record<string, unknown>>;

/** Files that the reader takes: JSON in its forms, and the export format. */
function exportsOf(folder: CorpusFolder): readonly string[] {
  return folder.entries.filter((entry) => /\.(json|jsonl|export|txt)(\.gz)?$/.test(entry) && isExport(folder, entry));
}

function isExport(folder: CorpusFolder, file: string): boolean {
  return format.recognise(folder.bytes(file).subarray(0, 65_536)).confidence > 0;
}

/** Prints of the end of a journal only. */
const PART = /[-._](pretty|sse|seq|tail|last|verbose)\b/;

const isLines = (text: string): boolean => /^\{.*"__REALTIME_TIMESTAMP".*\}$/.test(text.slice(0, text.indexOf('\n')));

/** JSON of the whole journal that a file is of, `X-all.json` of X; where there is none, `X.json` of another form. */
function wholeOf(folder: CorpusFolder, file: string): string | undefined {
  const whole = folder.entries.filter((entry) => /\.jsonl?(\.gz)?$/.test(entry) && isLines(folder.text(entry)));
  const isOf = (entry: string): boolean => file.startsWith(entry.replace(/(-all)?\.jsonl?(\.gz)?$/, ''));
  return whole.find((entry) => entry.includes('-all.') && isOf(entry)) ?? whole.find(isOf);
}

/** A file without such a one beside it, if it has JSON lines, is compared with what JSON.parse gives. */
function compareWithJson(folder: CorpusFolder, file: string): readonly Comparison[] {
  const oracle = wholeOf(folder, file) ?? (isLines(folder.text(file)) ? file : undefined);
  if (oracle === undefined) return [];
  const reading = readEvidence(format, folder, file);
  const count = new FieldCount(file, oracle === file ? 'JSON.parse' : oracle);
  const theirs = entriesOf(folder.text(oracle));
  const isPart = PART.test(file);
  if (!isPart) count.field(0, 'entries', reading.all.records, theirs.length);
  count.field(0, 'rejects', reading.all.rejects.length, 0);
  // A part of a journal is its end.
  theirs.slice(isPart ? -reading.all.records : 0).forEach((entry, index) => {
    count.record();
    count.field(index + 1, 'record', reading.fate(index + 1), 'read');
    compareEntry(count, index + 1, reading.rowsOf(index + 1), entry);
  });
  return [count.result()];
}

/** A line that is damaged gives an entry without fields. */
function entriesOf(text: string): readonly Entry[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      try {
        return JSON.parse(line) as Entry;
      } catch {
        return {};
      }
    });
}

const COLUMNS: Readonly<Record<string, string>> = {
  __REALTIME_TIMESTAMP: 'events.received',
  _SOURCE_REALTIME_TIMESTAMP: 'events.time',
  _HOSTNAME: 'events.system',
  SYSLOG_IDENTIFIER: 'events.code',
  MESSAGE: 'events.message',
  PRIORITY: 'events.severity',
};

function compareEntry(count: FieldCount, record: number, rows: RecordRows, entry: Entry): void {
  for (const [name, value] of Object.entries(entry)) compareField(count, record, rows, { name, value });
  const more = Object.keys(fieldsOf(rows)).filter((name) => !Object.hasOwn(entry, name));
  count.field(record, 'other fields', more.join(' '), '');
}

interface Field {
  readonly name: string;
  readonly value: unknown;
}

function compareField(count: FieldCount, record: number, rows: RecordRows, { name, value }: Field): void {
  const fields = fieldsOf(rows);
  const isKept = Object.hasOwn(fields, name);
  const ours = isKept ? fields[name] : valueAt(rows, COLUMNS[name] ?? '');
  // Where a message of the kernel is understood, the code is what it means.
  if (name === 'SYSLOG_IDENTIFIER' && value === 'kernel' && ours !== 'kernel') return;
  // Without --all journalctl writes null for what is longer than 4096 bytes.
  const isLeftOut = (isKept && ours === null) || value === null;
  if (isLeftOut && Math.max(asShown(ours).length, asShown(value).length) > LEFT_OUT_FROM) return;
  const theirs = name === 'PRIORITY' && !isKept ? severityOf(Number(value)) : value;
  count.field(record, name, asShown(ours), asShown(theirs));
}

const LEFT_OUT_FROM = 4096;

function fieldsOf(rows: RecordRows): Entry {
  const text = rows['event_fields']?.['fields'];
  return typeof text === 'string' ? (JSON.parse(text) as Entry) : {};
}

/** Text; bytes as the text that they are; several values as JSON. */
function asShown(value: unknown): string {
  const isBytes = Array.isArray(value) && value.length > 0 && value.every((byte) => typeof byte === 'number');
  if (isBytes) return Buffer.from(value as number[]).toString('utf8');
  // In print a line end at the end of a value is that of the line.
  return typeof value === 'object' ? String(asJson(value) ?? 'null') : String(value).replace(/\n$/, '');
}

interface Printed {
  readonly oracle: string;
  readonly file: string;
}

/** What else journalctl printed of a journal, beside the first export of the whole of it. */
function printed(folder: CorpusFolder, ending: RegExp): readonly Printed[] {
  return folder.entries
    .filter((entry) => ending.test(entry))
    .flatMap((oracle) => {
      const stem = oracle.replace(ending, '');
      const whole = exportsOf(folder).filter((file) => file.startsWith(stem) && !PART.test(file));
      return whole[0] === undefined ? [] : [{ oracle, file: whole[0] }];
    });
}

/** The last entries, the time before each and its fields below, four spaces in. */
function compareVerbose(folder: CorpusFolder, file: string, oracle: string): readonly Comparison[] {
  const reading = readEvidence(format, folder, file);
  const entries = verboseEntries(folder.text(oracle));
  const count = new FieldCount(file, oracle);
  entries.forEach(({ time, cursor, fields }, index) => {
    const record = reading.all.records - entries.length + index + 1;
    const rows = reading.rowsOf(record);
    count.record();
    count.field(record, 'time', valueAt(rows, 'events.time'), time);
    count.field(record, '__CURSOR', fieldsOf(rows)['__CURSOR'], cursor);
    for (const [name, value] of fields) compareField(count, record, rows, { name, value });
  });
  return [count.result()];
}

interface VerboseEntry {
  readonly time: unknown;
  readonly cursor: string;
  readonly fields: ReadonlyMap<string, unknown>;
}

function verboseEntries(text: string): readonly VerboseEntry[] {
  return text.split(/^(?=\S)/m).flatMap((part) => {
    const [head = '', ...lines] = part.trimEnd().split('\n');
    const [, date, clock, cursor] = /^\w{3} ([\d-]+) ([\d:.]+) UTC \[(.*)\]$/.exec(head) ?? [];
    if (cursor === undefined) return [];
    const pairs = lines.map((line) => /^ {4}(\w+)=(.*)$/.exec(line));
    const names = pairs.map((pair) => pair?.[1]);
    // Values of several lines, of several values, and of bytes (`[16B blob data]`) are not printed as they are.
    const plain = pairs.flatMap((pair, at) => {
      const [, name = '', value = ''] = pair ?? [];
      const isWhole = pair !== null && (at + 1 === pairs.length || pairs[at + 1] !== null);
      const isSingle = names.filter((other) => other === name).length === 1;
      return isWhole && isSingle && !value.endsWith('blob data]') ? [[name, value] as const] : [];
    });
    return [{ time: asMicros(`${date} ${clock}`), cursor, fields: new Map<string, unknown>(plain) }];
  });
}

/** The header of the journal's file: how many entries, their numbers, and when the first and the last came. */
function compareHeader(folder: CorpusFolder, file: string, oracle: string): readonly Comparison[] {
  const header = new Map(
    [...folder.text(oracle).matchAll(/^([^:]+): (.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
  const { all } = readEvidence(format, folder, file);
  const events = all.rows('events');
  const count = new FieldCount(file, oracle);
  count.record();
  const compare = (name: string, ours: unknown, pattern: RegExp, base = 10): void => {
    const value = pattern.exec(header.get(name) ?? '')?.[1];
    if (value !== undefined) count.field(0, name, ours, base === 16 ? BigInt(`0x${value}`) : BigInt(value));
  };
  compare('Entry objects', all.records, /^(\d+)$/);
  compare('Head sequential number', events[0]?.['sequence'], /^(\d+)/);
  compare('Tail sequential number', events.at(-1)?.['sequence'], /^(\d+)/);
  compare('Head realtime timestamp', events[0]?.['received'], /\(([0-9a-f]+)\)$/, 16);
  compare('Tail realtime timestamp', events.at(-1)?.['received'], /\(([0-9a-f]+)\)$/, 16);
  return [count.result()];
}

// journalctl takes colours out of what it prints in lines.
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g');

/** The lines of -o short-iso-precise, read as the syslog file that they look like. */
function compareShort(folder: CorpusFolder, file: string): readonly Comparison[] {
  const stem = file.replace(/[.-]?short-iso-precise.*/, '');
  const whole = exportsOf(folder).find((entry) => entry.startsWith(stem) && !PART.test(entry));
  if (whole === undefined) return [];
  const lines = readEvidence(syslog3164, folder, file).all;
  const count = new FieldCount(file, whole);
  // An entry without a message has no line, and the further lines of a message have no header.
  const shown = readEvidence(format, folder, whole)
    .all.rows('events')
    .filter(({ message }) => message !== undefined);
  count.field(0, 'lines', lines.rows('events').length, shown.length);
  lines.rows('events').forEach((line, index) => {
    const entry = shown[index];
    count.record();
    count.field(index + 1, 'time', line['time'], entry?.['time']);
    count.field(index + 1, 'host', line['system'], entry?.['system']);
    count.field(index + 1, 'program', line['code'], entry?.['code']);
    const message = String(line['message'] ?? '').trim();
    const first = String(entry?.['message'] ?? '')
      .replace(COLOURS, '')
      .split('\n')[0]
      ?.trim();
    if (!message.endsWith('blob data]')) count.field(index + 1, 'message', message, first);
  });
  return [count.result()];
}
