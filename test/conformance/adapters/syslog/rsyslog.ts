/** rsyslog's own parse of the messages that it wrote down: `X.json`, an object a line, beside `X.<layout>.log`. */
import { z } from 'zod';
import { collectRows } from '../../../engine/formats/collect-rows.ts';
import { severityNamed } from '../../../../engine/formats/syslog-messages/priority.ts';
import { FieldCount, type Comparison, type CorpusFolder } from '../../adapter.ts';
import { asMicros } from '../../normal.ts';
import type { RecordRows } from '../../reading.ts';
import {
  asMessage,
  messageValue,
  nil,
  readMessages,
  syslogFormat,
  wallClock,
  writtenWallClock,
} from './read-messages.ts';

const messageSchema = z.object({
  timereported: z.string(),
  hostname: z.string(),
  facility: z.string(),
  severity: z.string(),
  syslogtag: z.string(),
  app_name: z.string().default('-'),
  procid: z.string(),
  msgid: z.string().default('-'),
  structured_data: z.string().default('-'),
  msg: z.string(),
  rawmsg: z.string().default(''),
});
type Message = z.infer<typeof messageSchema>;

/**
 * What a line of the log has of its message. A traditional line has a wall clock, and no year; `asSent` is what came in
 * over the network or the local socket, from which rsyslog takes less than it knows.
 */
type Layout = 'RFC 5424' | 'dated' | 'traditional' | 'as sent';

export function compareRsyslog(folder: CorpusFolder): readonly Comparison[] {
  return folder.entries
    .filter((entry) => /\.json(\.gz)?$/.test(entry))
    .flatMap((oracle) => {
      const messages = messagesOf(folder.text(oracle));
      const stem = oracle.replace(/\.json(\.gz)?$/, '');
      const files = folder.entries.filter((entry) => entry.startsWith(`${stem}.`) && /\.log(\.gz)?$/.test(entry));
      return messages.length === 0 ? [] : files.map((file) => compareFile(folder, { file, oracle, messages }));
    });
}

function messagesOf(text: string): readonly Message[] {
  if (!text.startsWith('{"timereported"')) return [];
  return text
    .trimEnd()
    .split('\n')
    .map((line) => messageSchema.parse(JSON.parse(line)));
}

interface Logged {
  readonly file: string;
  readonly oracle: string;
  readonly messages: readonly Message[];
}

function compareFile(folder: CorpusFolder, { file, oracle, messages }: Logged): Comparison {
  const count = new FieldCount(file, oracle);
  const reading = readMessages(folder, file);
  const joined = /^The line holds (\d+) messages with priorities/.exec(reading.all.rejects[0]?.reason ?? '')?.[1];
  if (reading.all.records === 1 && joined !== undefined) {
    count.field(1, 'messages without line ends', Number(joined), messages.length);
    comparePriorities(count, folder, file, messages);
    return count.result();
  }
  messages.forEach((message, index) => {
    const record = index + 1;
    count.record();
    const fate = reading.fate(record);
    count.field(record, 'record', fate, 'read');
    if (fate !== 'read') return;
    compareMessage(count, {
      record,
      message,
      rows: reading.rowsOf(record),
      layout: layoutOf(reading.rawText(record), message),
    });
  });
  count.field(0, 'records', reading.all.records, messages.length);
  return count.result();
}

function layoutOf(line: string, { rawmsg }: Message): Layout {
  if (/^<\d+>\d+ /.test(line)) return 'RFC 5424';
  if (line.trimEnd() === rawmsg.trimEnd()) return 'as sent';
  return /^(<\d+>)?\d/.test(line) ? 'dated' : 'traditional';
}

interface Compared {
  readonly record: number;
  readonly message: Message;
  readonly rows: RecordRows;
  readonly layout: Layout;
}

function compareMessage(count: FieldCount, one: Compared): void {
  const { record, message, rows, layout } = one;
  const ours = (name: string): unknown => messageValue(rows, name);
  const isFull = layout === 'RFC 5424';
  const isDated = isFull || layout === 'dated' || (/^<\d+>\d{4}-/.test(message.rawmsg) && layout === 'as sent');
  const time = isDated ? ours('time') : wallClock(ours('time'));
  count.field(record, 'time', time, (isDated ? asMicros : writtenWallClock)(message.timereported));
  count.field(record, 'message', asMessage(ours('message')), asMessage(message.msg));
  // The name in the tag is as written, that of RFC 5424 as rsyslog made it: without a slash and letters beyond ASCII.
  const program = isFull ? nil(message.app_name) : nil(/^[^ [:]*/.exec(message.syslogtag)?.[0]);
  count.field(record, 'program', ours('program'), program);
  // rsyslog asks the kernel which process wrote to the local socket, and puts its own host name there.
  if (layout !== 'as sent') {
    count.field(record, 'host', ours('system'), nil(message.hostname));
    const isNumber = /^\d+$/.test(message.procid);
    // What is no number has a place in RFC 5424 only.
    const procid = isFull || isNumber ? nil(message.procid) : undefined;
    count.field(record, 'procid', ours('pid') ?? ours('procid'), procid);
  }
  if (isFull) {
    count.field(record, 'msgid', ours('msgid'), nil(message.msgid));
    count.field(record, 'structured_data', elements(ours('structured_data')), nil(message.structured_data));
  }
  if (isFull || layout === 'as sent') comparePriority(count, record, rows, message);
}

function comparePriority(count: FieldCount, record: number, rows: RecordRows, message: Message): void {
  count.field(record, 'facility', messageValue(rows, 'facility'), message.facility);
  count.field(record, 'severity', messageValue(rows, 'severity'), severityNamed(message.severity) ?? message.severity);
}

/** A file that was sent without line ends, with them. */
function comparePriorities(count: FieldCount, folder: CorpusFolder, file: string, messages: readonly Message[]): void {
  const text = folder.text(file).replace(/(?!^)<(?=\d{1,3}>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d )/g, '\n<');
  const { rows, rejects } = collectRows(syslogFormat(folder, file), text);
  count.field(0, 'rejects', rejects.length, 0);
  messages.forEach((message, index) => {
    count.record();
    const ofRecord = { events: rows('events')[index], syslog_records: rows('syslog_records')[index] };
    compareMessage(count, { record: index + 1, message, rows: ofRecord, layout: 'traditional' });
    comparePriority(count, index + 1, ofRecord, message);
  });
}

/** Elements of structured data as RFC 5424 writes them. */
function elements(ours: unknown): unknown {
  if (typeof ours !== 'object' || ours === null) return ours;
  return Object.entries(ours as Record<string, Record<string, string>>)
    .map(([id, params]) => {
      const all = Object.entries(params).map(([name, value]) => ` ${name}="${value.replace(/["\\\]]/g, '\\$&')}"`);
      return `[${id}${all.join('')}]`;
    })
    .join('');
}
