/**
 * Rows of `clock_samples` from the records of clock daemons. What a record has beyond goes to `event_fields` with the
 * stream `clock`. None of these records names its host, so the system is the one that was given for the file.
 */
import type { Problem } from '../../../shared/problem.ts';
import { formatInstant, type UtcMicros } from '../../../shared/time.ts';
import type { ReadContext, RowSink } from '../format.ts';

/** What a record says of a clock, in the terms of `clock_samples`. */
export interface ClockReading {
  /** Seconds that the clock of the system is AHEAD of its reference. Left out where nothing was measured. */
  readonly offset_s?: number | undefined;
  readonly error_s?: number | undefined;
  readonly stratum?: number | undefined;
  readonly reference?: string | undefined;
  readonly synchronised?: boolean | undefined;
  /** The other members of the record, units in their names. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Unreadable {
  readonly kind: 'unreadable';
  /** A sentence with a full stop. */
  readonly reason: string;
}

/** A record, read: what it says of a clock, or why it cannot be read. */
export type ReadResult = { readonly kind: 'reading'; readonly sample: ClockReading } | Unreadable;

export const unreadable = (reason: string): Unreadable => ({ kind: 'unreadable', reason });
export const reading = (sample: ClockReading): ReadResult => ({ kind: 'reading', sample });

export const CLOCK_STREAM = 'clock';

/** Where the time of a record comes from. */
export type DatedBy = 'itself' | 'taken at' | 'reference time';

export class ClockRows {
  readonly #dated: Record<DatedBy, number> = { itself: 0, 'taken at': 0, 'reference time': 0 };
  #undated = 0;
  #unmeasured = 0;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {}

  add(record: number, read: ClockReading, { time, by }: { readonly time: UtcMicros; readonly by: DatedBy }): void {
    const { fields, ...sample } = read;
    this.#dated[by]++;
    if (sample.offset_s === undefined) this.#unmeasured++;
    this.sink.row('clock_samples', { time, system: this.context.system, ...sample }, record);
    this.sink.row('event_fields', { stream: CLOCK_STREAM, fields: JSON.stringify(fields) }, record);
  }

  /** Adds a row dated by the time given for the file; without one the record is rejected. */
  addUndated(record: number, read: ClockReading, raw: Uint8Array): void {
    const time = this.context.takenAt;
    if (time !== undefined) return this.add(record, read, { time, by: 'taken at' });
    this.rejectUndated(raw);
  }

  /** Rejects the current record because nothing says when it was taken. */
  rejectUndated(raw: Uint8Array): void {
    this.#undated++;
    this.sink.reject('The record has no time, and it was not said when the file was made (--taken-at TIME).', raw);
  }

  /** Says what was taken for granted. Gives a problem when nothing in the file has a time. */
  finish(whatReferenceTimeIs = 'their reference time'): Problem | undefined {
    const rows = this.#dated.itself + this.#dated['taken at'] + this.#dated['reference time'];
    if (rows === 0) return this.#undated === 0 ? undefined : undatable(this.#undated);
    for (const note of this.#notes(whatReferenceTimeIs)) this.sink.assume(note);
    return undefined;
  }

  *#notes(whatReferenceTimeIs: string): Iterable<string> {
    const { takenAt, system } = this.context;
    const byHand = this.#dated['taken at'];
    if (byHand > 0 && takenAt !== undefined)
      yield `Records without a time of their own: ${byHand}; they are dated ${formatInstant(takenAt)}, as given for the file.`;
    const byReference = this.#dated['reference time'];
    if (byReference > 0)
      yield `Reports dated by ${whatReferenceTimeIs}, because when they were taken is not in the file: ${byReference}.`;
    if (this.#unmeasured > 0)
      yield `Records that give no offset, because nothing was measured or it does not count: ${this.#unmeasured}; their offset_s is empty, not 0.`;
    if (system === undefined)
      yield 'The records do not name the system whose clock they are about, and none was given: name it with --system.';
  }
}

function undatable(records: number): Problem {
  return {
    code: 'bad_request',
    message: `The file says nothing about when it was taken: none of its ${records} records has a time.`,
    remedy: 'Say when it was taken with --taken-at TIME.',
  };
}
