/** jc, `X.json` or `X-streaming.json` beside `X.out`: an entry for every line that is not blank. */
import { z } from 'zod';
import { severityOf } from '../../../../engine/formats/syslog-messages/priority.ts';
import { FieldCount, type Comparison, type CorpusFolder } from '../../adapter.ts';
import { asJson, asMicros } from '../../normal.ts';
import { oraclesBeside } from '../../oracles.ts';
import type { RecordRows } from '../../reading.ts';
import { asMessage, messageValue, nil, readMessages, wallClock, writtenWallClock } from './read-messages.ts';

const unparsableSchema = z.object({ unparsable: z.string() });
const oldSchema = z.object({
  priority: z.number().nullable(),
  date: z.string(),
  hostname: z.string().nullable(),
  tag: z.string().nullable(),
  content: z.string().nullable(),
});
const newSchema = z.object({
  priority: z.number().nullable(),
  timestamp: z.string().nullable(),
  hostname: z.string().nullable(),
  appname: z.string().nullable(),
  proc_id: z.union([z.number(), z.string()]).nullable(),
  msg_id: z.string().nullable(),
  structured_data: z.array(z.object({ identity: z.string(), parameters: z.record(z.string(), z.string()) })).nullable(),
  message: z.string().nullable(),
});
const entriesSchema = z.array(z.union([unparsableSchema, newSchema, oldSchema]));
type Entry = z.infer<typeof entriesSchema>[number];

export function compareJc(folder: CorpusFolder): readonly Comparison[] {
  return oraclesBeside(folder, /(-streaming)?\.json$/, (stem) => [`${stem}.out`]).flatMap(({ file, oracle }) => {
    const entries = entriesSchema.safeParse(folder.json(oracle)).data;
    if (!entries) return [];
    const reading = readMessages(folder, file);
    const count = new FieldCount(file, oracle);
    count.field(0, 'records', reading.all.records, entries.length);
    entries.forEach((entry, index) => {
      count.record();
      const fate = reading.fate(index + 1);
      const isRead = fate === 'read' || !('unparsable' in entry);
      count.field(index + 1, 'record', isRead ? fate : 'rejected', 'unparsable' in entry ? 'rejected' : 'read');
      if (fate === 'read') compareEntry(count, index + 1, reading.rowsOf(index + 1), entry);
    });
    return [count.result()];
  });
}

function compareEntry(count: FieldCount, record: number, rows: RecordRows, entry: Entry): void {
  const ours = (name: string): unknown => messageValue(rows, name);
  const compare = (field: string, a: unknown, b: unknown): void => count.field(record, field, a, nil(b));
  if ('unparsable' in entry) return;
  compare('hostname', ours('system'), entry.hostname);
  compare('severity', ours('severity'), severityOf(entry.priority ?? undefined));
  if ('content' in entry) {
    compare('date', wallClock(ours('time')), writtenWallClock(entry.date));
    // jc ends the tag at the first character that is no letter or digit, and leaves the rest in the content.
    const program = String(ours('program') ?? '');
    const [tag = ''] = /^\w*/.exec(program) ?? [];
    const id = ours('pid') === undefined ? '' : `[${String(ours('pid'))}]: `;
    compare('tag', nil(tag), entry.tag);
    compare(
      'content',
      asMessage(program.slice(tag.length) + id + String(ours('message') ?? '')),
      asMessage(entry.content),
    );
    return;
  }
  const elements = entry.structured_data?.map(({ identity, parameters }) => [identity, parameters] as const);
  compare('timestamp', ours('time'), asMicros(entry.timestamp));
  compare('appname', ours('program'), entry.appname);
  compare('proc_id', ours('pid') ?? ours('procid'), entry.proc_id);
  compare('msg_id', ours('msgid'), entry.msg_id);
  compare('structured_data', asJson(ours('structured_data')), asJson(elements && Object.fromEntries(elements)));
  compare('message', asMessage(ours('message')), asMessage(entry.message));
}
