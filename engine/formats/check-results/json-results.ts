/** Reads results of checks that come as JSON: what all such files have in common. */
import type { Problem } from '../../../shared/problem.ts';
import { formatInstant } from '../../../shared/time.ts';
import { repeatedMember } from '../framing/json-members.ts';
import { JsonRecordScanner, type JsonRecord, type JsonRecordOptions } from '../framing/json-records.ts';
import { shown } from '../event-records/values.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { undated } from './undated.ts';

/** Adds the rows of a record, whose number is given. */
export type AddRows = (record: number) => void;

/** What is special to the results of one tool. */
export interface JsonResults {
  readonly files: JsonRecordOptions;
  /** What a record is: `a profile of results`. */
  readonly noun: string;
  /** Several of them: `Profiles of results`. */
  readonly nouns: string;
  /**
   * Reads a record: a function that adds its rows, called with its number once it is declared, or the sentence that
   * says why it is none. `undefined`: it has no time, and none was given for the file.
   */
  read(record: JsonRecord): AddRows | string | undefined;
  /** A document ended whose records were in a list: the rest of it. */
  document?(value: unknown): void;
  /**
   * Adds what is known only at the end. `complete`: no document was cut off, and nothing was damaged. A problem: the
   * whole file is refused.
   */
  finish(complete: boolean): Problem | void;
}

export class JsonResultsReader implements SourceReader {
  readonly #scanner: JsonRecordScanner;
  #read = 0;
  #rejects = 0;
  #undated = 0;
  #firstReason = '';

  constructor(
    private readonly results: JsonResults,
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#scanner = new JsonRecordScanner(results.files, {
      record: (record) => this.#take(record),
      damaged: (byte, bytes, reason) => this.#reject(byte, bytes, reason),
      document: (value) => results.document?.(value),
    });
  }

  push(piece: Uint8Array): void {
    this.#scanner.push(piece);
  }

  finish(): Problem | undefined {
    const ending = this.#scanner.finish();
    const { noun, nouns } = this.results;
    if (ending === 'utf-16') return this.#refusal('The file is UTF-16 text, not UTF-8.');
    if (this.#undated > 0 && this.#read === 0) return undated(nouns, this.context.name);
    if (this.#read === 0 && this.#rejects > 0)
      return this.#refusal(`None of ${this.#rejects} records is ${noun}. Record 1: ${this.#firstReason}`);
    if (this.#read === 0) return this.#refusal(`The file holds no record that is ${noun}.`);
    if (ending === 'cut-off')
      this.sink.assume('The file ends before its JSON does: results after its end are unknown.');
    return this.results.finish(ending === 'complete' && this.#rejects === 0) ?? undefined;
  }

  #refusal(message: string): Problem {
    const remedy = 'Import the file as the format it is, or export the results again.';
    return { code: 'damaged_file', message, where: { file: this.context.name }, remedy };
  }

  #take(record: JsonRecord): void {
    const add = this.results.read(record);
    if (add === undefined) this.#undated++;
    if (typeof add !== 'function')
      return this.#reject(record.byte, record.bytes, add ?? 'The record has no time, and none was given for the file.');
    const repeated = repeatedMember(record);
    if (repeated !== undefined)
      this.sink.assume(`Where a record gives a member twice (${shown(repeated)}), the last one counts.`);
    this.#read++;
    add(this.sink.record(record.byte, record.bytes.length));
  }

  #reject(byte: number, bytes: Uint8Array, reason: string): void {
    this.#rejects++;
    this.#firstReason ||= reason;
    this.sink.record(byte, bytes.length);
    this.sink.reject(reason, bytes.slice());
  }
}

/** Says that the time given for the file is that of its results. */
export function assumeTakenAt(sink: RowSink, takenAt: bigint): void {
  sink.assume(`Results have no time of their own; they are dated ${formatInstant(takenAt)}, as given for the file.`);
}
