import { z } from 'zod';
import { readSpans } from '../../../engine/formats/clocks/numbers.ts';
import { timedatectl as format } from '../../../engine/formats/timedatectl/timedatectl.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from '../adapter.ts';
import { readClocks } from '../clock-readings.ts';
import { asFlag } from '../normal.ts';
import { oraclesBeside } from '../oracles.ts';

/** Reports of timedatectl: jc, and two views of the same state. */
export const timesyncd: Adapter = {
  folders: ['timesyncd', 'timedatectl'],
  compare: (folder) => Promise.resolve([...compareJc(folder), ...compareViews(folder)]),
};

type Words = Readonly<Record<string, string>>;

interface Report {
  /** What the report says, by its labels. */
  readonly written: Words;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly sample: Readonly<Record<string, unknown>>;
}

function readReport(folder: CorpusFolder, file: string, count: FieldCount): Report {
  const { reading, clocks } = readClocks(format, folder, file);
  count.record();
  count.field(0, 'records', reading.all.records, 1);
  count.field(0, 'rejects', reading.all.rejects.length, 0);
  const configuration = reading.all.rows('config_items')[0]?.['configuration'];
  const written = typeof configuration === 'string' ? (JSON.parse(configuration) as Words) : {};
  return { written, fields: clocks[0]?.fields ?? {}, sample: clocks[0]?.sample ?? {} };
}

const jcSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
type Jc = z.infer<typeof jcSchema>;

/** `X.json` beside `X.out`: an object whose members are the labels. */
function compareJc(folder: CorpusFolder): readonly Comparison[] {
  return oraclesBeside(folder, /\.json$/, (stem) => [`${stem}.out`]).flatMap(({ file, oracle }) => {
    const theirs = jcSchema.safeParse(folder.json(oracle)).data;
    if (!theirs) return [];
    const count = new FieldCount(file, oracle);
    compareMembers(count, readReport(folder, file, count), theirs);
    return [count.result()];
  });
}

const plain = (label: string): string => label.toLowerCase().replaceAll(' ', '_');

function compareMembers(count: FieldCount, { written, fields, sample }: Report, jc: Jc): void {
  const labels = new Map(Object.entries(written).map(([label, value]) => [plain(label), value]));
  for (const [name, value] of Object.entries(jc)) {
    // A unit belongs to the number of the same name.
    if (name.endsWith('_unit')) continue;
    if (name === 'epoch_utc' && value === null) continue;
    if (name === 'epoch_utc') count.field(1, name, sample['time'], BigInt(Number(value)) * 1_000_000n);
    else if (typeof value === 'boolean')
      count.field(1, name, asFlag(labels.get(name)?.replace(/^active$/, 'yes')), value);
    else compareText(count, name, labels.get(name), `${value}${jc[`${name}_unit`] ?? ''}`);
  }
  const synchronised = jc['ntp_synchronized'] ?? jc['system_clock_synchronized'];
  if (synchronised !== undefined) count.field(1, 'synchronised', sample['synchronised'], synchronised);
  if (jc['offset'] === undefined) return;
  const span = (name: string): number | undefined => readSpans(`${jc[name]}${jc[`${name}_unit`] ?? ''}`);
  for (const name of ['offset', 'delay', 'jitter']) count.field(1, `${name}_s`, fields[`${name}_s`], span(name));
  // The offset is that of the server against the clock: negative where the clock is ahead.
  count.field(1, 'ahead', sample['offset_s'], 0 - (span('offset') ?? 0));
  count.field(1, 'stratum', sample['stratum'], jc['stratum']);
}

// A plus stands before what is not negative.
function compareText(count: FieldCount, name: string, ours: string | undefined, theirs: string): void {
  count.field(1, name, ours?.replace(/^\+/, ''), theirs.replace(/^\+/, ''));
}

/** `X-timesync-status.txt` beside `X-show-timesync*.txt` of the same moment. */
function compareViews(folder: CorpusFolder): readonly Comparison[] {
  return folder.entries
    .filter((entry) => /timesync-status\.txt$/.test(entry))
    .flatMap((file) => {
      const stem = file.replace(/timesync-status\.txt$/, '');
      const others = folder.entries.filter((entry) => entry.startsWith(`${stem}show-timesync`));
      return others.map((oracle) => compareView(folder, file, oracle));
    });
}

function compareView(folder: CorpusFolder, file: string, oracle: string): Comparison {
  const count = new FieldCount(file, oracle);
  const ours = readReport(folder, file, count);
  const shown = propertiesOf(folder.text(oracle));
  const message = messageOf(shown['NTPMessage'] ?? '');
  const compare = (label: string, theirs: string | undefined): void =>
    count.field(1, label, ours.written[label], theirs);
  compare('Server', `${shown['ServerAddress']} (${shown['ServerName']})`);
  const limits = `(min: ${shown['PollIntervalMinUSec']}; max ${shown['PollIntervalMaxUSec']})`;
  compare('Poll interval', `${shown['PollIntervalUSec']} ${limits}`);
  for (const label of ['Stratum', 'Reference', 'Version', 'Jitter']) compare(label, message[label]);
  compare('Packet count', message['PacketCount']);
  count.field(1, 'Precision', /\((-?\d+)\)$/.exec(ours.written['Precision'] ?? '')?.[1], message['Precision']);
  count.field(1, 'stratum', ours.sample['stratum'], Number(message['Stratum']));
  count.field(1, 'reference', ours.sample['reference'], shown['ServerName']);
  // The other view is read as well.
  const other = readReport(folder, oracle, count);
  for (const [name, value] of Object.entries(shown)) count.field(1, name, other.written[name] ?? '', value);
  for (const name of ['stratum', 'reference']) count.field(1, name, other.sample[name], ours.sample[name]);
  return count.result();
}

function propertiesOf(text: string): Words {
  return Object.fromEntries([...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
}

// { Leap=0, Version=4, ... }
function messageOf(text: string): Words {
  return Object.fromEntries(
    [...text.matchAll(/(\w+)=([^,}]*?) ?(?=[,}])/g)].map(([, name = '', value = '']) => [name, value]),
  );
}
