import { fluentBit as format } from '../../../engine/formats/fluent-bit/fluent-bit.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from '../adapter.ts';
import { jsonRecords } from '../json-records.ts';
import { asJson, asMicros, asText, secondsAsMicros } from '../normal.ts';
import { memberAt, readEvidence, type RecordRows } from '../reading.ts';

/** Records that Fluent Bit collected, as JSON.parse gives them: the records that its own tests expect. */
export const fluentBit: Adapter = {
  folders: ['fluent-bit'],
  compare: (folder) =>
    Promise.resolve(
      folder.entries
        .filter((entry) => /\.(jsonl?|out)(\.gz)?$/.test(entry))
        .flatMap((file) => compareFile(folder, file)),
    ),
};

function compareFile(folder: CorpusFolder, file: string): readonly Comparison[] {
  const reading = readEvidence(format, folder, file);
  const records = jsonRecords(folder, file, reading);
  const count = new FieldCount(file, 'JSON.parse');
  count.field(0, 'records', reading.all.records, records.length);
  records.forEach(({ value }, index) => {
    const record = index + 1;
    count.record();
    count.field(record, 'record', reading.fate(record), 'read');
    compareCollected(count, record, reading.rowsOf(record), value);
  });
  return [count.result()];
}

/** `[seconds, {...}]`, or an object with a date; without one its own time counts. */
function compareCollected(count: FieldCount, record: number, rows: RecordRows, value: unknown): void {
  const [written, object] = Array.isArray(value) ? (value as [unknown, unknown]) : [memberAt(value, 'date'), value];
  const event = rows['events'];
  const time = written ?? memberAt(object, 'time');
  count.field(record, 'time', event?.['time'], typeof time === 'number' ? secondsAsMicros(time) : asMicros(time));
  const message = memberAt(object, 'log') ?? memberAt(object, 'message');
  if (message !== undefined)
    count.field(record, 'log', event?.['message'], asText(String(message).replace(/\r?\n$/, '')));
  const host = memberAt(object, 'kubernetes', 'host');
  if (host !== undefined) count.field(record, 'kubernetes.host', event?.['system'], host);
  const container = memberAt(object, 'kubernetes', 'container_name');
  if (container !== undefined) count.field(record, 'kubernetes.container_name', event?.['code'], container);
  const text = rows['event_fields']?.['fields'];
  const fields: unknown = typeof text === 'string' ? JSON.parse(text) : {};
  for (const [name, member] of Object.entries((object ?? {}) as object))
    if (name !== 'date') count.field(record, name, asJson(memberAt(fields, name)), asJson(member));
}
