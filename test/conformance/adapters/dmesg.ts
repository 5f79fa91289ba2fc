import { z } from 'zod';
import { dmesg as format } from '../../../engine/formats/dmesg/dmesg.ts';
import { severityOf } from '../../../engine/formats/syslog-messages/priority.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from '../adapter.ts';
import { near } from '../measured.ts';
import { asText } from '../normal.ts';
import { memberAt, readEvidence, valueAt } from '../reading.ts';

/**
 * Messages of the kernel, of a full table of connections among them: what `dmesg -J` gives, `X-J.jsonl`, beside the
 * listings of the same buffer as text. Tables of connections themselves (conntrack -L) have no reader.
 */
export const dmesg: Adapter = {
  folders: ['dmesg', 'conntrack', 'firewall-log'],
  compare: (folder) =>
    Promise.resolve(
      folder.entries
        .filter((entry) => /-J\.jsonl?(\.gz)?$/.test(entry))
        .flatMap((oracle) => {
          const stem = oracle.replace(/-J\.jsonl?(\.gz)?$/, '');
          const listings = [`${stem}.txt`, `${stem}-T.txt`, `${stem}-iso.txt`, `${stem}-x.txt`, oracle];
          const messages = messagesOf(folder.text(oracle));
          return listings
            .filter((file) => folder.entries.includes(file))
            .map((file) => compareListing(folder, { file, oracle, messages }));
        }),
    ),
};

const messageSchema = z.object({ pri: z.number(), time: z.number(), msg: z.string() });
type Message = z.infer<typeof messageSchema>;

/** An object a line, or the object with a list that dmesg prints. A line that is damaged gives a message without text. */
function messagesOf(text: string): readonly Message[] {
  const list = memberAt(parsed(text), 'dmesg');
  const values = Array.isArray(list) ? (list as unknown[]) : text.trimEnd().split('\n').map(parsed);
  return values.map((value) => messageSchema.safeParse(value).data ?? { pri: 0, time: 0, msg: '' });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

interface Listing {
  readonly file: string;
  readonly oracle: string;
  readonly messages: readonly Message[];
}

/** Listings do not say when the system booted. */
const takenAt = BigInt(Date.UTC(2026, 10, 21, 6, 25, 10)) * 1000n;

function compareListing(folder: CorpusFolder, { file, oracle, messages }: Listing): Comparison {
  const reading = readEvidence(format, folder, file, { takenAt });
  const count = new FieldCount(file, oracle);
  const timeAt = (record: number): unknown => valueAt(reading.rowsOf(record), 'events.time');
  const [start, first] = [timeAt(1), messages[0]];
  count.field(0, 'records', reading.all.records, messages.length);
  messages.forEach(({ pri, time, msg }, index) => {
    const record = index + 1;
    const rows = reading.rowsOf(record);
    count.record();
    count.field(record, 'record', reading.fate(record), 'read');
    count.field(record, 'msg', asText(valueAt(rows, 'events.message')), asText(msg));
    // Distances in time are in every form; in whole seconds where a person is to read it.
    const [ours, theirs] = [since(timeAt(record), start), micros(time) - micros(first?.time ?? 0)];
    count.field(record, 'time', near(ours, theirs, /-T\.txt$/.test(file) ? 1e6 : 0), theirs);
    if (file === oracle) count.field(record, 'pri', valueAt(rows, 'events.severity'), severityOf(pri));
  });
  return count.result();
}

const micros = (seconds: number): number => Math.round(seconds * 1e6);

function since(time: unknown, start: unknown): unknown {
  return typeof time === 'bigint' && typeof start === 'bigint' ? Number(time - start) : undefined;
}
