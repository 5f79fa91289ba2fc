/** Lines of syslog files as rows: the usual ones straight from bytes, the others by way of text. */
import type { MessageColumns } from '../syslog-messages/message-columns.ts';
import { SecondMemo } from '../syslog-messages/second-memo.ts';
import { readSyslogLine, type NotALine, type SyslogLine } from './header.ts';
import type { HostNotes } from './host-notes.ts';
import type { LineClock } from './line-clock.ts';
import { QuickLine } from './quick-line.ts';

/** What the lines of one source share. */
export interface LineContext {
  readonly columns: MessageColumns;
  readonly clock: LineClock;
  readonly hosts: HostNotes;
  /** The system of lines that name no host. */
  readonly system: string | undefined;
}

const PID = /^\d{1,15}$/;

export class LineRows {
  private readonly quick = new QuickLine();
  private readonly times = new SecondMemo();

  constructor(private readonly context: LineContext) {}

  /** Adds the rows of a line that is of the usual shape; false where it is not, and nothing was done. */
  addQuickly(bytes: Buffer, from: number, to: number, record: number): boolean {
    const { quick } = this;
    if (!quick.read(bytes, from, to)) return false;
    const { columns, clock, hosts, system } = this.context;
    const host = columns.hostOf(quick);
    hosts.add(host, record);
    if (quick.isInstant) clock.sawOffset(quick.offset);
    else quick.time = clock.microsOf(quick);
    columns.addStretches(quick, host ?? system, record);
    return true;
  }

  /** Reads the text of any line. */
  read(text: string): SyslogLine | NotALine {
    return readSyslogLine(text, this.context.hosts.known, this.times);
  }

  /** Adds the rows of a line that was read as text. */
  add(line: SyslogLine, record: number): void {
    const { columns, clock, hosts, system } = this.context;
    const { host, program, processId, severity, facility, sequence, clockMark, message } = line;
    hosts.add(host, record);
    if (clockMark !== undefined) clock.sawMark(clockMark);
    const pid = processId !== undefined && PID.test(processId) ? Number(processId) : undefined;
    const time = clock.instantOf(line.time);
    columns.add({ time, system: host ?? system, program, severity, facility, sequence, pid, message }, record);
  }
}
