/** The rows of a syslog file, value by value: `events`, `syslog_records`, and `authentications` for a sign-in. */
import { columnNumbers, setNumber, setText, type ColumnNumbers, type RowColumns } from '../../core/row-columns.ts';
import type { RowSink } from '../format.ts';
import type { Meaning } from './meaning.ts';
import type { SyslogMessage } from './message-rows.ts';
import { NOWHERE, wholeNumberIn, type MessageStretches } from './message-stretches.ts';
import { isProgramKnown, mayBeOfAnyProgram, meaningOf } from './messages.ts';
import { NameMemo } from './name-memo.ts';
import { facilityOf, severityOf } from './priority.ts';
import { SshChains } from './ssh-chains.ts';

/** Messages are looked at this far, in bytes: more than any phrase needs, so that a long one does not become a text. */
const LOOKED_AT_BYTES = 128 * 1024;
/** Programs of which it is remembered whether they are known; more than any real file has. */
const MOST_PROGRAMS = 1000;
const LONGEST_REMEMBERED = 255;

/** A message that was read as text. */
export interface ReadMessage extends SyslogMessage {
  readonly facility: string | undefined;
  /** A process number; other process ids have no column. */
  readonly pid: number | undefined;
}

/** Writes the rows of the messages of one source, in the order of the source. */
export class MessageColumns {
  private readonly chains = new SshChains();
  private readonly names = new NameMemo();
  private readonly programs = new Map<string, boolean>();
  private readonly events: RowColumns<'events'>;
  private readonly at: ColumnNumbers<'events'>;
  private readonly signIns: RowColumns<'authentications'>;
  private readonly signInAt: ColumnNumbers<'authentications'>;
  private readonly records: RowColumns<'syslog_records'>;
  private readonly recordAt: ColumnNumbers<'syslog_records'>;

  constructor(
    sink: Pick<RowSink, 'columns'>,
    private readonly stream: string,
  ) {
    this.events = sink.columns('events');
    this.signIns = sink.columns('authentications');
    this.records = sink.columns('syslog_records');
    this.at = columnNumbers('events', this.events);
    this.signInAt = columnNumbers('authentications', this.signIns);
    this.recordAt = columnNumbers('syslog_records', this.records);
  }

  /** The host of a message; `undefined` where it names none. The same string for the same host, mostly. */
  hostOf({ bytes, hostFrom, hostTo }: MessageStretches): string | undefined {
    return hostFrom === NOWHERE ? undefined : this.names.textOf(bytes, hostFrom, hostTo);
  }

  /** Adds the rows of a message of `system`, citing `record`. */
  addStretches(said: MessageStretches, system: string | undefined, record: number): void {
    const { events, at, records, recordAt } = this;
    const { bytes, programFrom, programTo, textFrom, textTo } = said;
    const program = programFrom === NOWHERE ? undefined : this.names.textOf(bytes, programFrom, programTo);
    const meaning = program === undefined ? undefined : this.meaningOf(said, program, system);
    if (textFrom !== NOWHERE) events.bytes(at.message, bytes, textFrom, textTo);
    const severity = said.priority === NOWHERE ? undefined : severityOf(said.priority);
    this.endEvent({ time: said.time, system, program, severity, sequence: said.sequence, meaning, record });
    if (said.priority !== NOWHERE) records.text(recordAt.facility, facilityOf(said.priority)!);
    if (program !== undefined) records.text(recordAt.program, program);
    const pid = wholeNumberIn(bytes, said.processFrom, said.processTo);
    if (!Number.isNaN(pid)) records.number(recordAt.pid, pid);
    records.end(record);
  }

  /** Adds the rows of a message that was read as text, citing `record`. */
  add(said: ReadMessage, record: number): void {
    const { events, at, records, recordAt } = this;
    const { system, program, message, severity, facility, pid } = said;
    const meant = program === undefined || message === undefined ? undefined : meaningOf(program, message);
    const meaning = meant && this.chains.complete(system, meant);
    if (said.received !== undefined) events.number(at.received, Number(said.received));
    setText(events, at.message, message);
    const sequence = said.sequence === undefined ? NaN : Number(said.sequence);
    this.endEvent({ time: Number(said.time), system, program, severity, sequence, meaning, record });
    setText(records, recordAt.facility, facility);
    setText(records, recordAt.program, program);
    setNumber(records, recordAt.pid, pid);
    records.end(record);
  }

  private meaningOf(said: MessageStretches, program: string, system: string | undefined): Meaning | undefined {
    const { bytes, textFrom, textTo } = said;
    if (textFrom === NOWHERE || !(this.isKnown(program) || mayBeOfAnyProgram(bytes, textFrom, textTo)))
      return undefined;
    const meant = meaningOf(program, bytes.toString('utf8', textFrom, Math.min(textTo, textFrom + LOOKED_AT_BYTES)));
    return meant && this.chains.complete(system, meant);
  }

  private isKnown(program: string): boolean {
    const known = this.programs.get(program);
    if (known !== undefined) return known;
    const isKnown = isProgramKnown(program);
    if (this.programs.size >= MOST_PROGRAMS) this.programs.clear();
    if (program.length <= LONGEST_REMEMBERED) this.programs.set(program, isKnown);
    return isKnown;
  }

  /** Sets the rest of the row of the event and ends it; adds the sign-in that it is. */
  private endEvent(event: EventParts): void {
    const { events, at } = this;
    const { time, system, program, severity, sequence, meaning, record } = event;
    events.number(at.time, time);
    setText(events, at.system, system);
    events.text(at.stream, this.stream);
    setText(events, at.code, meaning?.code ?? program);
    setText(events, at.severity, severity);
    if (!Number.isNaN(sequence)) events.number(at.sequence, sequence);
    else if (meaning?.sequence !== undefined && meaning.sequence !== null)
      events.number(at.sequence, Number(meaning.sequence));
    if (meaning) this.setMeaning(meaning);
    events.end(record);
    if (meaning?.signIn) this.addSignIn(event, meaning);
  }

  private setMeaning(meaning: Meaning): void {
    const { events, at } = this;
    setText(events, at.class, meaning.class);
    setText(events, at.activity, meaning.activity);
    setText(events, at.actor, meaning.actor);
    setText(events, at.target, meaning.target);
    setText(events, at.src_ip, meaning.src_ip);
    setNumber(events, at.src_port, meaning.src_port);
    setText(events, at.dst_ip, meaning.dst_ip);
    setNumber(events, at.dst_port, meaning.dst_port);
    setText(events, at.outcome, meaning.outcome);
  }

  private addSignIn({ time, system, record }: EventParts, meaning: Meaning): void {
    const { signIns, signInAt: at } = this;
    const { signIn } = meaning;
    signIns.number(at.time, time);
    setText(signIns, at.system, system);
    signIns.text(at.stream, this.stream);
    setText(signIns, at.actor, meaning.actor);
    setText(signIns, at.provider, signIn?.provider);
    setText(signIns, at.application, signIn?.application);
    setText(signIns, at.method, signIn?.method);
    if (signIn?.mfa !== undefined && signIn.mfa !== null) signIns.boolean(at.mfa, signIn.mfa);
    setText(signIns, at.outcome, meaning.outcome);
    setText(signIns, at.reason, signIn?.reason);
    setText(signIns, at.src_ip, meaning.src_ip);
    setText(signIns, at.session, signIn?.session);
    signIns.end(record);
  }
}

interface EventParts {
  readonly time: number;
  readonly system: string | undefined;
  readonly program: string | undefined;
  readonly severity: string | undefined;
  /** NaN where the message has none. */
  readonly sequence: number;
  readonly meaning: Meaning | undefined;
  readonly record: number;
}
