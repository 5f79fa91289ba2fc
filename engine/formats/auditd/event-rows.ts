/** Closed events as rows of `events`, and sign-ins among them also as rows of `authentications`. */
import { columnNumbers, setNumber, setText, type ColumnNumbers, type RowColumns } from '../../core/row-columns.ts';
import type { Described } from './described.ts';
import { describe, outcomeOf } from './describe.ts';
import type { AuditEvent } from './event.ts';
import type { SignInRows } from './sign-ins.ts';

export class EventRows {
  private readonly at: ColumnNumbers<'events'>;

  /** `system` is used where an event names no node. */
  constructor(
    private readonly rows: RowColumns<'events'>,
    private readonly signIns: SignInRows,
    private readonly system: string | undefined,
  ) {
    this.at = columnNumbers('events', rows);
  }

  add(event: AuditEvent): void {
    const { rows, at } = this;
    const main = event.main ?? event.syscall;
    if (!main) throw new Error('An event without records has no row');
    const described: Described = describe(event, main);
    const outcome = outcomeOf(event, main);
    const system = event.node ?? this.system;
    rows.number(at.time, event.time);
    setText(rows, at.system, system);
    rows.text(at.stream, 'auditd');
    rows.text(at.code, main.type.name);
    rows.number(at.sequence, event.serial);
    setText(rows, at.outcome, outcome);
    setText(rows, at.class, described.class);
    setText(rows, at.activity, described.activity);
    setText(rows, at.actor, described.actor);
    setText(rows, at.target, described.target);
    setText(rows, at.src_ip, described.src_ip);
    setNumber(rows, at.src_port, described.src_port);
    setText(rows, at.dst_ip, described.dst_ip);
    setNumber(rows, at.dst_port, described.dst_port);
    setText(rows, at.message, described.message);
    rows.end(event.record);
    if (described.class !== 'authentication') return;
    this.signIns.add({ record: event.record, time: event.time, system, main, described, outcome });
  }
}
