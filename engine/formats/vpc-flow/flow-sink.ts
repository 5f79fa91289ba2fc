import type { ReadContext, RowSink } from '../format.ts';
import { FlowNotes, type FlowSource } from './flow-source.ts';
import { readFlow } from './flow-rows.ts';

/** Where records of all shapes end: rows, or a reject; and how many did which. */
export class FlowSink {
  readonly notes: FlowNotes;
  rows = 0;
  rejects = 0;
  /** Records with the fields of a flow log, whether or not they could be read. */
  flows = 0;
  firstReason = '';

  constructor(
    private readonly sink: RowSink,
    private readonly context: Pick<ReadContext, 'system'>,
  ) {
    this.notes = new FlowNotes((statement) => sink.assume(statement));
  }

  /** Takes a record, or the sentence that says why it is none. `raw` is only asked for what is rejected. */
  take(
    source: FlowSource | string,
    at: { readonly byte: number; readonly length: number },
    raw: () => Uint8Array,
  ): void {
    const read =
      typeof source === 'string' ? source : readFlow(source, { system: this.context.system, notes: this.notes });
    if (typeof source !== 'string') this.flows++;
    this.sink.record(at.byte, at.length);
    if (typeof read === 'string') {
      this.rejects++;
      this.firstReason ||= read;
      this.sink.reject(read, raw());
      return;
    }
    this.rows++;
    this.sink.row('events', read.event);
    this.sink.row('flow_records', read.flow);
  }
}
