/** Closed events as rows of `events`, and sign-ins among them also as rows of `authentications`. */
import type { RowColumns } from '../../core/row-columns.ts';
import type { Described } from './described.ts';
import { describe, outcomeOf } from './describe.ts';
import type { AuditEvent } from './event.ts';
import type { SignInRows } from './sign-ins.ts';

const filled = [
  'time',
  'system',
  'stream',
  'class',
  'activity',
  'code',
  'actor',
  'target',
  'src_ip',
  'src_port',
  'dst_ip',
  'dst_port',
  'outcome',
  'sequence',
  'message',
] as const;

export class EventRows {
  private readonly at: Readonly<Record<(typeof filled)[number], number>>;

  /** `system` is used where an event names no node. */
  constructor(
    private readonly rows: RowColumns<'events'>,
    private readonly signIns: SignInRows,
    private readonly system: string | undefined,
  ) {
    this.at = Object.fromEntries(filled.map((name) => [name, rows.column(name)])) as typeof this.at;
  }

  add(event: AuditEvent): void {
    const { rows, at } = this;
    const main = event.main ?? event.syscall;
    if (!main) throw new Error('An event without records has no row');
    const described: Described = describe(event, main);
    const outcome = outcomeOf(event, main);
    const system = event.node ?? this.system;
    rows.number(at.time, event.time);
    this.text(at.system, system);
    rows.text(at.stream, 'auditd');
    rows.text(at.code, main.type.name);
    rows.number(at.sequence, event.serial);
    this.text(at.outcome, outcome);
    this.text(at.class, described.class);
    this.text(at.activity, described.activity);
    this.text(at.actor, described.actor);
    this.text(at.target, described.target);
    this.text(at.src_ip, described.src_ip);
    this.port(at.src_port, described.src_port);
    this.text(at.dst_ip, described.dst_ip);
    this.port(at.dst_port, described.dst_port);
    this.text(at.message, described.message);
    rows.end(event.record);
    if (described.class !== 'authentication') return;
    this.signIns.add({ record: event.record, time: event.time, system, main, described, outcome });
  }

  private port(column: number, port: number | null | undefined): void {
    if (port !== undefined && port !== null) this.rows.number(column, port);
  }

  private text(column: number, text: string | null | undefined): void {
    if (text !== undefined && text !== null) this.rows.text(column, text);
  }
}
