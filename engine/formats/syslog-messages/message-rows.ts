/** The rows that a syslog message gives, whatever it was framed in: one of `events`, and one for a sign-in. */
import type { UtcMicros } from '../../../shared/time.ts';
import type { EvidenceRow } from '../../core/tables.ts';
import type { RowSink } from '../format.ts';
import type { Meaning } from './meaning.ts';
import { meaningOf } from './messages.ts';
import { SshChains } from './ssh-chains.ts';

/** What every format knows of a message. */
export interface SyslogMessage {
  readonly time: UtcMicros;
  readonly received?: UtcMicros | undefined;
  readonly system: string | undefined;
  readonly program: string | undefined;
  readonly severity: string | undefined;
  readonly sequence?: bigint | undefined;
  readonly message: string | undefined;
  /** What the format itself knows of the meaning; it goes before what the text says. */
  readonly meaning?: Meaning | undefined;
}

/** Writes the rows of the messages of one source, in the order of the source. */
export class MessageRows {
  private readonly chains = new SshChains();

  constructor(
    private readonly sink: RowSink,
    private readonly stream: string,
  ) {}

  /** Adds the rows of a message, citing `record`. */
  add(said: SyslogMessage, record: number): void {
    const { program, message } = said;
    const meant =
      said.meaning ?? (program === undefined || message === undefined ? undefined : meaningOf(program, message));
    const meaning = meant && this.chains.complete(said.system, meant);
    this.sink.row('events', eventRow(said, this.stream, meaning), record);
    if (meaning?.signIn) this.sink.row('authentications', signInRow(said, this.stream, meaning), record);
  }
}

function eventRow(said: SyslogMessage, stream: string, meaning: Meaning | undefined): EvidenceRow<'events'> {
  return {
    time: said.time,
    received: said.received,
    system: said.system,
    stream,
    class: meaning?.class,
    activity: meaning?.activity,
    code: meaning?.code ?? said.program,
    actor: meaning?.actor,
    target: meaning?.target,
    src_ip: meaning?.src_ip,
    src_port: meaning?.src_port,
    dst_ip: meaning?.dst_ip,
    dst_port: meaning?.dst_port,
    outcome: meaning?.outcome,
    severity: said.severity,
    sequence: said.sequence ?? meaning?.sequence,
    message: said.message,
  };
}

function signInRow(said: SyslogMessage, stream: string, meaning: Meaning): EvidenceRow<'authentications'> {
  const { signIn } = meaning;
  return {
    time: said.time,
    system: said.system,
    stream,
    actor: meaning.actor,
    provider: signIn?.provider,
    application: signIn?.application,
    method: signIn?.method,
    mfa: signIn?.mfa,
    outcome: meaning.outcome,
    reason: signIn?.reason,
    src_ip: meaning.src_ip,
    session: signIn?.session,
  };
}
