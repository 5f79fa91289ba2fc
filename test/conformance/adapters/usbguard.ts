import { usbguard as format } from '../../../engine/formats/usbguard/usbguard.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from '../adapter.ts';
import { secondsAsMicros } from '../normal.ts';
import { memberAt, readEvidence, type Reading } from '../reading.ts';
import { compareSorted } from '../sorted-rows.ts';

/** USBGuard's audit log: the fields of its lines as they stand there, and the devices that its own tool listed. */
export const usbguard: Adapter = {
  folders: ['usbguard'],
  compare: (folder) => {
    const logs = folder.entries.filter((entry) => /audit.*\.log(\.gz)?$/.test(entry));
    return Promise.resolve([
      ...logs.map((file) => compareLines(folder, file)),
      ...logs.flatMap((file) => listingsOf(folder, file).map((oracle) => compareListing(folder, file, oracle))),
    ]);
  },
};

/** `[seconds.millis] (A) uid=0 pid=1 result='SUCCESS' name='value' ... type='Device.Insert'` */
function compareLines(folder: CorpusFolder, file: string): Comparison {
  const reading = readEvidence(format, folder, file);
  const count = new FieldCount(file, 'its words');
  const lines = folder.text(file).trimEnd().split('\n');
  count.field(0, 'records', reading.all.records, lines.length);
  lines.forEach((line, index) => {
    const record = index + 1;
    const event = reading.rowsOf(record)['events'];
    count.record();
    count.field(record, 'record', reading.fate(record), 'read');
    count.field(record, 'time', event?.['time'], secondsAsMicros(/^\[([\d.]+)\]/.exec(line)?.[1]));
    const words = new Map(
      [...line.matchAll(WORD)].map(([, name = '', quoted, plain]) => [name, quoted ?? plain ?? '']),
    );
    for (const [name, value] of words) {
      if (name === 'type') count.field(record, name, event?.['code'], value);
      else if (name === 'result') count.field(record, name, event?.['outcome'], value.toLowerCase());
      else if (name === 'uid') count.field(record, name, event?.['actor'], value === '0' ? 'root' : value);
      else count.field(record, name, memberOf(reading, record, name), value);
    }
  });
  return count.result();
}

const WORD = /([\w.]+)=(?:'((?:[^'\\]|\\.)*)'|(\S+))(?= |$)/g;

/** Names have dots in them. */
function memberOf(reading: Reading, record: number, name: string): unknown {
  const fields = reading.rowsOf(record)['event_fields']?.['fields'];
  return typeof fields === 'string' ? memberAt(JSON.parse(fields), name) : undefined;
}

/** `X-list-devices*.txt` beside a log whose name begins with X. */
function listingsOf(folder: CorpusFolder, file: string): readonly string[] {
  return folder.entries.filter((entry) => {
    const stem = /^(.*)list-devices.*\.txt$/.exec(entry)?.[1];
    return stem !== undefined && file.startsWith(stem);
  });
}

/** One made at the end has the devices that are left; any other those that were ever there, as they last were. */
function compareListing(folder: CorpusFolder, file: string, oracle: string): Comparison {
  const reading = readEvidence(format, folder, file);
  const lines = folder.text(oracle).trimEnd().split('\n');
  const count = new FieldCount(file, oracle);
  const ours = devicesAfter(reading, /end/.test(oracle));
  count.field(0, 'rejects', reading.all.rejects.length, 0);
  compareSorted(count, [...ours.keys()].sort(), lines.map(ruleOf).sort());
  // What the devices are called, part by part.
  lines.forEach((line, index) => {
    const device = ours.get(ruleOf(line));
    for (const [name, value] of attributesOf(line)) count.field(index + 1, name, memberAt(device, name), value);
  });
  return count.result();
}

// `7: block id ...`
const ruleOf = (line: string): string => line.replace(/^\d+: /, '');

/** The rule of each device by its place, and the device as it is read. */
function devicesAfter(reading: Reading, isEnd: boolean): ReadonlyMap<string, unknown> {
  const devices = new Map<string, readonly [string, unknown]>();
  for (const { record, code, outcome } of reading.all.rows('events')) {
    const place = String(memberOf(reading, record, 'device.system_name'));
    const rule = String(memberOf(reading, record, 'device.rule'));
    const device = memberOf(reading, record, 'device');
    const decided = String(memberOf(reading, record, 'target.new'));
    if (code === 'Device.Remove') {
      if (isEnd) devices.delete(place);
    } else if (code === 'Policy.Device.Update' && outcome === 'success')
      devices.set(place, [rule.replace(/^\w+/, decided), { ...(device as object), target: decided }]);
    else if (!devices.has(place)) devices.set(place, [rule, device]);
  }
  return new Map(devices.values());
}

const NAMES: Readonly<Record<string, string>> = { 'via-port': 'port' };

/** The target, and what stands in quotes or plain behind a name. */
function attributesOf(line: string): readonly (readonly [string, string])[] {
  const rule = ruleOf(line);
  const found = [...rule.matchAll(/ (id|serial|name|hash|via-port) (?:"((?:[^"\\]|\\.)*)"|(\S+))/g)];
  const attributes = found.map(
    ([, name = '', quoted, plain]) => [NAMES[name] ?? name, quoted?.replaceAll('\\"', '"') ?? plain ?? ''] as const,
  );
  return [['target', rule.split(' ')[0]!], ...attributes];
}
