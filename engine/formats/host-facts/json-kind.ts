/** An output that is JSON: how it is known, and what it says. */
import type { UtcMicros } from '../../../shared/time.ts';
import type { Fact } from './kind.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** What a record says: facts, with the time and the system that it has itself. */
export interface JsonFacts {
  readonly facts: readonly Fact[];
  readonly captured?: UtcMicros | undefined;
  readonly system?: string | undefined;
}

export interface JsonKind {
  readonly id: string;
  /** Ends "3 of the first 3 records are ...": "as lsblk -J prints them". */
  readonly as: string;
  /** The member with the list of records. */
  readonly list?: string;
  /** True for a record of it. */
  fits(record: JsonObject): boolean;
  /** True for the beginning of a document whose only record is longer than what is looked at. */
  readonly begins?: (text: string) => boolean;
  /** What the record says; a text is the reason why it is rejected. */
  read(record: JsonObject): JsonFacts | string;
}
