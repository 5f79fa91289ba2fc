/** The systemd journal as journalctl exports it: JSON in four forms, the export format and verbose text. docs/formats/journald.md */
import type { Problem } from '../../../shared/problem.ts';
import type { UtcMicros } from '../../../shared/time.ts';
import { assertNever } from '../../../shared/states.ts';
import type { Format, ReadContext, RowSink, SourceReader } from '../format.ts';
import { alsoInUtf16 } from '../framing/utf16-text.ts';
import { repeatedMember } from '../framing/json-members.ts';
import type { JsonRecord } from '../framing/json-records.ts';
import { MessageRows } from '../syslog-messages/message-rows.ts';
import { severityOf } from '../syslog-messages/priority.ts';
import { entryOfJson, fieldsJson, isLeftOut, textOf, type JournalEntry } from './entry.ts';
import { ExportSplitter } from './export-entries.ts';
import { jsonValues, sentEvents } from './json-entries.ts';
import { meaningByNumber } from './meaning.ts';
import { HEAD_BYTES, kindOfExport, recogniseJournal, type ExportKind, type Unreadable } from './recognise.ts';
import { VerboseSplitter } from './verbose-entries.ts';

export const journald: Format = alsoInUtf16({
  id: 'journald',
  title: 'systemd journal (journalctl -o json, json-pretty, json-seq, json-sse, export and verbose)',
  version: 2,
  framing: 'spans',
  streams: ['journald'],
  recognise: recogniseJournal,
  open: (sink, context) => new JournalReader(sink, context),
});

/** Fields that a column holds, value for value. */
const IN_COLUMNS: ReadonlySet<string> = new Set(['__REALTIME_TIMESTAMP', '_SOURCE_REALTIME_TIMESTAMP', '_HOSTNAME']);

interface Told {
  readonly hasLevel: boolean;
  readonly isKernel: boolean;
}

interface Opened {
  push(piece: Uint8Array): void;
  /** A sentence about how the file ends, or the problem for which it must be refused. */
  finish(): string | Problem | undefined;
}

/** Why a form is refused, and what to do instead. */
const refusals: Readonly<Record<Unreadable, readonly [string, string]>> = {
  lines: [
    'The file is text of journalctl (-o short-full or short-unix) without sequence, boot and an offset of its times.',
    'Export the journal again with journalctl -o json --all, or as text with -o short-iso-precise.',
  ],
  file: [
    'The file is one of the systemd journal itself, which is not read.',
    'Export it with journalctl --file FILE -o json --all.',
  ],
};

class JournalReader implements SourceReader {
  private readonly rows: MessageRows;
  private opened: Opened | undefined;
  private head: Uint8Array = new Uint8Array(0);
  private entries = 0;
  private rejects = 0;
  private firstReason = '';
  private leftOut = 0;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.rows = new MessageRows(sink, 'journald');
  }

  push(piece: Uint8Array): void {
    if (this.opened) return this.opened.push(piece);
    this.head = Buffer.concat([this.head, piece]);
    if (this.head.length >= HEAD_BYTES) this.begin();
  }

  finish(): Problem | undefined {
    const ending = (this.opened ?? this.begin()).finish();
    if (typeof ending === 'object') return ending;
    if (this.entries === 0 && this.rejects > 0)
      return this.refusal(
        `None of ${this.rejects} records is an entry of a journal. Record 1: ${this.firstReason}`,
        'Import the file as the format it is, or export the journal again with journalctl -o json --all.',
      );
    if (ending !== undefined) this.sink.assume(ending);
    if (this.leftOut > 0)
      this.sink.assume(
        `Entries with values that journalctl left out because they are over 4096 bytes (null): ${this.leftOut}; an export with --all has them.`,
      );
    return undefined;
  }

  private begin(): Opened {
    const kind = kindOfExport(this.head.subarray(0, HEAD_BYTES));
    this.opened = this.open(kind);
    this.opened.push(this.head);
    this.head = new Uint8Array(0);
    return this.opened;
  }

  private open(kind: ExportKind): Opened {
    switch (kind) {
      case 'export':
        return this.openExport();
      case 'verbose':
        return this.openVerbose();
      case 'json':
      case 'sse':
        return this.openJson(kind);
      case 'lines':
      case 'file':
        return { push: () => undefined, finish: () => this.refusal(...refusals[kind]) };
      default:
        return assertNever(kind);
    }
  }

  private openVerbose(): Opened {
    const splitter = new VerboseSplitter({
      entry: (entry, byte, bytes) => this.add(entry, byte, bytes),
      damaged: (raw, span, reason) => this.reject(raw, span, reason),
    });
    return {
      push: (piece) => splitter.push(piece),
      finish: () => {
        splitter.finish();
        // They are no values that are too long, as in JSON.
        this.leftOut = 0;
        if (splitter.blobs === 0) return undefined;
        return `Entries with values of which only the size is shown (blob data): ${splitter.blobs}; an export with -o json --all has them.`;
      },
    };
  }

  private openExport(): Opened {
    const splitter = new ExportSplitter({
      entry: (entry, byte, bytes) => this.add(entry, byte, bytes),
      damaged: (raw, span, reason) => this.reject(raw, span, reason),
    });
    return {
      push: (piece) => splitter.push(piece),
      finish: () => {
        splitter.finish();
        if (!splitter.endsOpen) return undefined;
        return 'The file ends without the blank line that ends an entry: fields of its last entry, and entries after it, may be missing.';
      },
    };
  }

  private openJson(kind: 'json' | 'sse'): Opened {
    const open = kind === 'sse' ? sentEvents : jsonValues;
    const reader = open({
      record: (record) => this.addJson(record),
      damaged: (byte, bytes, reason) => this.reject(bytes, { byte, length: bytes.length }, reason),
    });
    return {
      push: (piece) => reader.push(piece),
      finish: () => {
        const ending = reader.finish();
        if (ending === 'utf-16') return this.refusal('The file is UTF-16 text, not UTF-8.', 'Convert it to UTF-8.');
        if (ending === 'complete') return undefined;
        return 'The file ends before its JSON does: entries after its end are unknown.';
      },
    };
  }

  private addJson(record: JsonRecord): void {
    const { value, byte, bytes } = record;
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return this.reject(bytes, { byte, length: bytes.length }, 'The record is not a JSON object.');
    const repeated = repeatedMember(record);
    if (repeated !== undefined) this.sink.assume('Where an entry gives a member twice, the last one counts.');
    this.add(entryOfJson(value), byte, bytes);
  }

  private add(entry: JournalEntry, byte: number, bytes: Uint8Array): void {
    const received = microsOf(entry, '__REALTIME_TIMESTAMP');
    const time = microsOf(entry, '_SOURCE_REALTIME_TIMESTAMP') ?? received;
    if (time === undefined) return this.reject(bytes, { byte, length: bytes.length }, noTime(entry));
    this.entries++;
    if ([...entry.values()].some((values) => values.includes(null))) this.leftOut++;
    const record = this.sink.record(byte, bytes.length);
    const program = programOf(entry);
    const priority = textOf(entry, 'PRIORITY');
    const hasLevel = priority !== undefined && /^[0-7]$/.test(priority);
    const said = {
      time,
      received,
      system: textOf(entry, '_HOSTNAME') ?? this.context.system,
      program,
      severity: hasLevel ? severityOf(Number(priority)) : undefined,
      sequence: sequenceOf(entry),
      message: textOf(entry, 'MESSAGE'),
      meaning: meaningByNumber(entry, program),
    };
    this.rows.add(said, record);
    const columns = this.inColumns(entry, { hasLevel, isKernel: isKernel(program) });
    this.sink.row('event_fields', { stream: 'journald', fields: fieldsJson(entry, columns) });
  }

  /** A message of several values, or of bytes that are no text, stays among the fields, too. */
  private inColumns(entry: JournalEntry, { hasLevel, isKernel }: Told): ReadonlySet<string> {
    const messages = entry.get('MESSAGE');
    const isPlain = messages?.length === 1 && typeof messages[0] === 'string';
    const more = [...(isPlain ? ['MESSAGE'] : []), ...(hasLevel ? ['PRIORITY'] : [])];
    // The code of a message of the kernel can be a word for what it means.
    const columns = new Set([...IN_COLUMNS, ...(isKernel ? [] : ['SYSLOG_IDENTIFIER']), ...more]);
    const repeated = [...columns].filter((name) => (entry.get(name)?.length ?? 0) > 1 || isLeftOut(entry, name));
    for (const name of repeated) columns.delete(name);
    return columns;
  }

  private reject(raw: Uint8Array, { byte, length }: { byte: number; length: number }, reason: string): void {
    this.rejects++;
    this.firstReason ||= reason;
    this.sink.record(byte, length);
    this.sink.reject(reason, raw.slice());
  }

  private refusal(message: string, remedy: string): Problem {
    return { code: 'damaged_file', message, where: { file: this.context.name }, remedy };
  }
}

/** The year 10000; a time of more microseconds cannot be written down. */
const TOO_LATE = 253_402_300_800_000_000n;

function microsOf(entry: JournalEntry, name: string): UtcMicros | undefined {
  const text = textOf(entry, name) ?? '';
  const micros = /^\d{1,18}$/.test(text) ? BigInt(text) : 0n;
  return micros > 0n && micros < TOO_LATE ? micros : undefined;
}

function noTime(entry: JournalEntry): string {
  const given = textOf(entry, '__REALTIME_TIMESTAMP');
  return given === undefined
    ? 'The entry has no __REALTIME_TIMESTAMP.'
    : `The __REALTIME_TIMESTAMP ${JSON.stringify(given.slice(0, 60))} is not a number of microseconds.`;
}

function isKernel(program: string | undefined): boolean {
  return program?.split('/').at(-1) === 'kernel';
}

/** What journalctl shows before the message. */
function programOf(entry: JournalEntry): string | undefined {
  const isKernel = textOf(entry, '_TRANSPORT') === 'kernel';
  return textOf(entry, 'SYSLOG_IDENTIFIER') ?? textOf(entry, '_COMM') ?? (isKernel ? 'kernel' : undefined);
}

/** Since systemd 254 the number has a field of its own; before it stands in the cursor: `s=...;i=50;b=...`, hexadecimal. */
function sequenceOf(entry: JournalEntry): bigint | undefined {
  const number = textOf(entry, '__SEQNUM') ?? '';
  if (/^\d{1,18}$/.test(number)) return BigInt(number);
  const inCursor = /(?:^|;)i=([0-9a-f]{1,15})(?:;|$)/.exec(textOf(entry, '__CURSOR') ?? '')?.[1];
  return inCursor === undefined ? undefined : BigInt(`0x${inCursor}`);
}
