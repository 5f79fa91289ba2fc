/**
 * The lines of one event, joined by node, time and serial. The kernel writes them together but other events may come
 * in between, and not every daemon writes the record that ends an event (EOE) to the file. So an event closes at EOE,
 * when a line of the same node is two seconds younger, when 64 others opened after it, or at the end of the file: the
 * rule of `ausearch`, and bounded.
 */
import { CommandLine } from './command-line.ts';
import { slots } from './keys.ts';
import type { LineHead } from './line-head.ts';
import type { AuditRecord, DescribedRecord } from './audit-record.ts';
import type { RecordReader } from './record.ts';

const MOST_OPEN = 64;
const OPEN_MICROS = 2_000_000;
/** Paths of one event that a description sees; all are in its lines. */
export const MOST_PATHS = 32;

export interface EventPath {
  readonly name: string | undefined;
  /** It is the folder of what the event was about. */
  readonly isParent: boolean;
}

/** What is kept of an event until it closes. */
export class AuditEvent {
  readonly node: string | undefined;
  /** UTC microseconds. */
  readonly time: number;
  readonly serial: number;
  /** The record that says what the event is; `undefined` while only an EOE is there. */
  main: DescribedRecord | undefined;
  syscall: DescribedRecord | undefined;
  cwd: string | undefined;
  proctitle: string | undefined;
  socket: DescribedRecord | undefined;
  readonly paths: EventPath[] = [];
  command: CommandLine | undefined;
  private readonly seconds: number;
  private readonly fraction: number;
  private readonly secondsDigits: number;
  private readonly fractionDigits: number;
  private readonly serialDigits: number;

  constructor(
    head: LineHead,
    /** Record number of its first line. */
    readonly record: number,
  ) {
    this.node = head.node;
    this.time = head.time;
    this.serial = head.serial;
    this.seconds = head.seconds;
    this.fraction = head.fraction;
    this.secondsDigits = head.secondsDigits;
    this.fractionDigits = head.fractionDigits;
    this.serialDigits = head.serialDigits;
  }

  /** The line has the node of this event, and its stamp as it is written: `1.50:7` is another than `1.5:7`. */
  has(head: LineHead): boolean {
    return (
      this.serial === head.serial &&
      this.seconds === head.seconds &&
      this.fraction === head.fraction &&
      this.secondsDigits === head.secondsDigits &&
      this.fractionDigits === head.fractionDigits &&
      this.serialDigits === head.serialDigits &&
      (this.node ?? '') === (head.node ?? '')
    );
  }
}

/** What a description asks of an event. */
export type DescribedEvent = Pick<AuditEvent, 'main' | 'syscall' | 'cwd' | 'proctitle' | 'socket' | 'paths'> & {
  readonly command: Pick<CommandLine, 'text'> | undefined;
};

/** Joins records to events and hands each over once it is complete. */
export class EventJoiner {
  /** In the order in which they began. */
  private readonly open: AuditEvent[] = [];

  constructor(private readonly complete: (event: AuditEvent) => void) {}

  /** Takes the record that was read last; gives the record number of the first line of its event. */
  add(head: LineHead, read: RecordReader, record: number): number {
    if (head.type.isSingle) {
      const event = new AuditEvent(head, record);
      event.main = read.record;
      this.complete(event);
      return record;
    }
    const event = this.find(head) ?? this.start(head, record);
    join(event, read);
    if (head.type.name === 'EOE') this.close(this.open.indexOf(event));
    return event.record;
  }

  /** Hands over what is still open. */
  finish(): void {
    while (this.open.length > 0) this.close(0);
  }

  private find(head: LineHead): AuditEvent | undefined {
    for (let at = this.open.length - 1; at >= 0; at--) {
      const event = this.open[at]!;
      if (event.has(head)) return event;
    }
    return undefined;
  }

  private start(head: LineHead, record: number): AuditEvent {
    this.closeOld(head);
    const event = new AuditEvent(head, record);
    this.open.push(event);
    return event;
  }

  private closeOld({ node, time }: LineHead): void {
    for (let at = 0; at < this.open.length;) {
      const event = this.open[at]!;
      const isOld = event.node === node && time - event.time >= OPEN_MICROS;
      if (isOld || this.open.length >= MOST_OPEN) this.close(at);
      else if (event.node === node) break;
      else at++;
    }
  }

  private close(at: number): void {
    const [event] = this.open.splice(at, 1);
    // An EOE whose event closed before it is a record, not one more event.
    if (event?.main) this.complete(event);
  }
}

/** Keeps of a record what a description of its event may ask for: the record itself is another one with the next line. */
function join(event: AuditEvent, { record, fields }: RecordReader): void {
  const { type } = record;
  let kept: DescribedRecord | undefined;
  if (type.name === 'EOE') return;
  if (type.name === 'SYSCALL') event.syscall ??= kept = record.copy();
  else if (type.isPath) addPath(event, record);
  else if (type.name === 'CWD') event.cwd ??= record.get(slots.cwd);
  else if (type.name === 'PROCTITLE') event.proctitle ??= record.get(slots.proctitle);
  else if (type.name === 'SOCKADDR') event.socket ??= kept = record.copy();
  else if (type.isExecve) (event.command ??= new CommandLine()).addAll(fields);
  if (!event.main || type.rank < event.main.type.rank) event.main = kept ?? record.copy();
}

function addPath(event: AuditEvent, record: AuditRecord): void {
  if (event.paths.length >= MOST_PATHS) return;
  const isParent = record.get(slots.nametype) === 'PARENT' || record.get(slots.objtype) === 'PARENT';
  event.paths.push({ name: record.get(slots.name), isParent });
}
