/** The tables of CloudTrail events, filled column by column. */
import type { ColumnName, RowColumns } from '../../core/row-columns.ts';
import type { EvidenceRow, EvidenceTableName } from '../../core/tables.ts';
import type { RowSink } from '../format.ts';

/** A table whose rows are filled value by value, or given as an object. */
export class TableColumns<N extends EvidenceTableName> {
  private readonly known = new Map<string, number>();

  constructor(
    readonly rows: RowColumns<N>,
    names: readonly ColumnName<N>[],
  ) {
    for (const name of names) this.known.set(name, rows.column(name));
  }

  /** The number of a column, to be asked once. */
  column(name: ColumnName<N>): number {
    return this.known.get(name) ?? this.rows.column(name);
  }

  /** Adds a whole row. */
  add(row: EvidenceRow<N>, record: number): void {
    const { rows } = this;
    for (const [name, value] of Object.entries(row) as [ColumnName<N>, unknown][]) {
      if (value === undefined || value === null) continue;
      const column = this.column(name);
      if (typeof value === 'string') rows.text(column, value);
      else if (typeof value === 'boolean') rows.boolean(column, value);
      else rows.number(column, Number(value));
    }
    rows.end(record);
  }
}

const spineColumns = [
  ...(['time', 'system', 'stream', 'class', 'activity', 'code', 'actor', 'target', 'src_ip', 'outcome'] as const),
  'message',
] as const;
const detailColumns = [
  ...(['event_id', 'event_version', 'event_source', 'event_name', 'event_type', 'event_category', 'region'] as const),
  ...(['account', 'identity_type', 'identity_arn', 'identity_account', 'invoked_by', 'mfa', 'read_only'] as const),
  ...(['management_event', 'error_code', 'error_message', 'user_agent', 'request', 'response', 'resources'] as const),
] as const;

/** Where the rows of events go. */
export class EventTables {
  readonly events: TableColumns<'events'>;
  readonly details: TableColumns<'cloudtrail_records'>;
  readonly fields: TableColumns<'event_fields'>;
  readonly signIns: TableColumns<'authentications'>;

  constructor(sink: RowSink) {
    this.events = new TableColumns(sink.columns('events'), spineColumns);
    this.details = new TableColumns(sink.columns('cloudtrail_records'), detailColumns);
    this.fields = new TableColumns(sink.columns('event_fields'), ['stream', 'fields']);
    this.signIns = new TableColumns(sink.columns('authentications'), []);
  }
}
