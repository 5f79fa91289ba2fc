/** The tables of CloudTrail events, filled column by column. */
import { columnNumbers, type ColumnName, type ColumnNumbers, type RowColumns } from '../../core/row-columns.ts';
import type { EvidenceRow, EvidenceTableName } from '../../core/tables.ts';
import type { RowSink } from '../format.ts';

/** A table whose rows are filled value by value, or given as an object. */
export class TableColumns<N extends EvidenceTableName> {
  readonly at: ColumnNumbers<N>;

  constructor(
    table: N,
    readonly rows: RowColumns<N>,
  ) {
    this.at = columnNumbers(table, rows);
  }

  /** Adds a whole row. */
  add(row: EvidenceRow<N>, record: number): void {
    const { rows } = this;
    for (const [name, value] of Object.entries(row) as [ColumnName<N>, unknown][]) {
      if (value === undefined || value === null) continue;
      const column = this.at[name];
      if (typeof value === 'string') rows.text(column, value);
      else if (typeof value === 'boolean') rows.boolean(column, value);
      else rows.number(column, Number(value));
    }
    rows.end(record);
  }
}

/** Where the rows of events go. */
export class EventTables {
  readonly events: TableColumns<'events'>;
  readonly details: TableColumns<'cloudtrail_records'>;
  readonly fields: TableColumns<'event_fields'>;
  readonly signIns: TableColumns<'authentications'>;

  constructor(sink: RowSink) {
    this.events = new TableColumns('events', sink.columns('events'));
    this.details = new TableColumns('cloudtrail_records', sink.columns('cloudtrail_records'));
    this.fields = new TableColumns('event_fields', sink.columns('event_fields'));
    this.signIns = new TableColumns('authentications', sink.columns('authentications'));
  }
}
