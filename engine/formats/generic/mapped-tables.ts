/** The rows that a record gives to all the tables of a mapping: each that wants it gets one, or none of them does. */
import type { ReadContext, RowSink } from '../format.ts';
import { MappedRows, type FindValue } from './mapped-rows.ts';
import type { Mapping, TableMapping } from './mapping.ts';

/** Which tables got a row of a record, or a sentence why none did. */
export type Added = { readonly tables: readonly TableMapping[] } | { readonly because: string };

export class MappedTables {
  readonly #rows: readonly MappedRows[];
  /** Records that the conditions of the mapping leave out. */
  unwanted = 0;

  constructor(mapping: Mapping, sink: RowSink, context: ReadContext) {
    this.#rows = mapping.tables.map((table) => new MappedRows(table, sink, context));
  }

  /**
   * Adds the rows of the current record. A table that wants it and cannot have it leaves it out of all of them: a record
   * ends in tables or in the rejects, never in both.
   */
  add(find: FindValue): Added {
    const made = this.#rows.map((rows) => ({ rows, result: rows.make(find) }));
    const because = made.flatMap(({ result }) => (result.kind === 'row' ? [] : [result]));
    const unreadable = because.find(({ kind }) => kind === 'unreadable');
    if (unreadable) return { because: unreadable.because };
    const given = made.flatMap(({ rows, result }) => (result.kind === 'row' ? [{ rows, row: result.row }] : []));
    if (given.length === 0) {
      this.unwanted++;
      return { because: because.map((each) => each.because).join(' ') };
    }
    for (const { rows, row } of given) rows.give(row);
    return { tables: given.map(({ rows }) => rows.mapping) };
  }

  /** Says which names of the mapping no record had. `records`: how many were read. */
  finish(records: number): void {
    for (const rows of this.#rows) rows.finish(records);
  }
}

/** The names that a mapping asks the file for, and the places in the mapping that do. */
export function namesOf({ tables }: Mapping): readonly { readonly from: string; readonly place: string }[] {
  return tables.flatMap(({ columns, only }) => [
    ...columns.flatMap(({ from, place }) => (from === undefined ? [] : [{ from, place }])),
    ...(only === undefined ? [] : [{ from: only.from, place: 'only' }]),
  ]);
}

/** What fills the spine of events; what else a record has is kept beside the event. `undefined`: nothing does. */
export function eventsOf({ tables }: Mapping): TableMapping | undefined {
  return tables.find(({ table }) => table === 'events');
}
