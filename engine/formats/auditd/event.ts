/**
 * The lines of one event, joined by node, time and serial. The kernel writes them together but other events may come
 * in between, and not every daemon writes the record that ends an event (EOE) to the file. So an event closes at EOE,
 * when a line of the same node is two seconds younger, when 64 others opened after it, or at the end of the file: the
 * rule of `ausearch`, and bounded.
 */
import type { AuditRecord } from './record.ts';
import type { AuditLine } from './line.ts';
import { decodeText } from '../framing/lines.ts';
import { hexBytes } from './decode.ts';
import type { Field } from './fields.ts';

const MOST_OPEN = 64;
const OPEN_MICROS = 2_000_000n;
/** Of one event's command line; the rest stands in its EXECVE lines. */
const LONGEST_COMMAND = 64 * 1024;
const MOST_PATHS = 32;

/** What is kept of an event until it closes. */
export interface AuditEvent {
  /** Record number of its first line. */
  readonly record: number;
  readonly line: AuditLine;
  /** The record that says what the event is; `undefined` while only an EOE is there. */
  main: AuditRecord | undefined;
  syscall: AuditRecord | undefined;
  cwd: string | undefined;
  proctitle: string | undefined;
  socket: AuditRecord | undefined;
  readonly paths: AuditRecord[];
  readonly command: CommandLine;
}

/** Records that only go with others. BPRM_FCAPS and the like explain a system call. */
const COMPANIONS = new Set(
  (
    'SYSCALL PATH CWD PROCTITLE EXECVE SOCKADDR SOCKETCALL EOE BPRM_FCAPS CAPSET IPC IPC_SET_PERM OBJ_PID FD_PAIR ' +
    'MMAP MQ_OPEN MQ_SENDRECV MQ_NOTIFY MQ_GETSETATTR OPENAT2 TIME_INJOFFSET TIME_ADJNTPVAL KERN_MODULE URINGOP ' +
    'MAC_TASK_CONTEXTS MAC_OBJ_CONTEXTS'
  ).split(' '),
);

/** Types that user space writes: each is an event by itself. */
const SINGLE =
  /^(?:USER|DAEMON|CRED|ADD|DEL|GRP|SERVICE|SYSTEM|ACCT|CHGRP|CHUSER|ROLE|USYS|CRYPTO|VIRT|LABEL|RESP|DEV)_/;

/** Joins records to events and hands each over once it is complete. */
export class EventJoiner {
  private readonly open = new Map<string, AuditEvent>();

  constructor(private readonly complete: (event: AuditEvent) => void) {}

  /** Takes the next record; gives the record number of the first line of its event. */
  add(line: AuditLine, audit: AuditRecord, record: number): number {
    if (SINGLE.test(line.type)) {
      const event = startEvent(line, record);
      join(event, line, audit);
      this.complete(event);
      return record;
    }
    const key = `${line.stamp} ${line.node ?? ''}`;
    const event = this.open.get(key) ?? this.start(key, line, record);
    join(event, line, audit);
    if (line.type === 'EOE') this.close(key, event);
    return event.record;
  }

  /** Hands over what is still open. */
  finish(): void {
    for (const [key, event] of this.open) this.close(key, event);
  }

  private start(key: string, line: AuditLine, record: number): AuditEvent {
    this.closeOld(line);
    const event = startEvent(line, record);
    this.open.set(key, event);
    return event;
  }

  private closeOld({ node, time }: AuditLine): void {
    for (const [key, event] of this.open) {
      const isOld = event.line.node === node && event.line.time + OPEN_MICROS <= time;
      if (isOld || this.open.size >= MOST_OPEN) this.close(key, event);
      else if (event.line.node === node) break;
    }
  }

  private close(key: string, event: AuditEvent): void {
    this.open.delete(key);
    // An EOE whose event closed before it is a record, not one more event.
    if (event.main) this.complete(event);
  }
}

function startEvent(line: AuditLine, record: number): AuditEvent {
  const nothing = { main: undefined, syscall: undefined, cwd: undefined, proctitle: undefined, socket: undefined };
  return { record, line, ...nothing, paths: [], command: new CommandLine() };
}

function join(event: AuditEvent, { type }: AuditLine, audit: AuditRecord): void {
  if (type === 'EOE') return;
  if (type === 'SYSCALL') event.syscall ??= audit;
  else if (type === 'PATH' && event.paths.length < MOST_PATHS) event.paths.push(audit);
  else if (type === 'CWD') event.cwd ??= audit.columns.cwd ?? undefined;
  else if (type === 'PROCTITLE') event.proctitle ??= audit.others['proctitle'];
  else if (type === 'SOCKADDR') event.socket ??= audit;
  else if (type === 'EXECVE') for (const argument of audit.args) event.command.add(argument);
  if (!event.main || rank(type) < rank(event.main.columns.type ?? '')) event.main = audit;
}

/** The lower, the more a record says what its event is; of equals the first counts. */
function rank(type: string): number {
  return !COMPANIONS.has(type) ? 0 : type === 'SYSCALL' ? 1 : 2;
}

/** The arguments of a command, put together from EXECVE records: `a0`, `a1`, then `a2[0]`, `a2[1]` of a long one. */
export class CommandLine {
  private readonly args = new Map<number, Uint8Array[]>();
  private kept = 0;
  private isCut = false;

  add({ key, value, isQuoted }: Field): void {
    const bytes = (isQuoted ? undefined : hexBytes(value)) ?? encoder.encode(value);
    if (this.kept + bytes.length > LONGEST_COMMAND) {
      this.isCut = true;
      return;
    }
    this.kept += bytes.length;
    const number = Number.parseInt(key.name.slice(1), 10);
    const pieces = this.args.get(number);
    if (pieces) pieces.push(bytes);
    else this.args.set(number, [bytes]);
  }

  /** The command line as a shell would take it; `undefined` without arguments. */
  text(): string | undefined {
    if (this.args.size === 0) return undefined;
    const numbers = [...this.args.keys()].sort((a, b) => a - b);
    const words = numbers.map((number) => quoteArgument(decodePieces(this.args.get(number) ?? [])));
    return words.join(' ') + (this.isCut ? ' [cut]' : '');
  }
}

const encoder = new TextEncoder();

function decodePieces(pieces: readonly Uint8Array[]): string {
  const bytes = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return decodeText(bytes);
}

/** Single quotes around an argument that is empty or has white space or quotes in it. */
function quoteArgument(argument: string): string {
  return argument !== '' && !/[\s'"]/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
