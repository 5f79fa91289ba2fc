/** What a log of JSON events is: how its files are made up, how its events are told, and which rows one gives. */
import type { EvidenceRow } from '../../core/tables.ts';
import type { JsonRecord, JsonRecordOptions } from '../framing/json-records.ts';
import type { EventTimes } from './event-time.ts';
import type { Spelling } from './spelling.ts';

/** What a sign-in has beyond the spine; the columns that both have are taken from the spine. */
export type SignIn = Pick<
  EvidenceRow<'authentications'>,
  'provider' | 'application' | 'method' | 'mfa' | 'reason' | 'session'
>;

/** The rows of one event. */
export interface EventRows {
  readonly spine: EvidenceRow<'events'>;
  readonly signIn?: SignIn | undefined;
}

/** What the rows of an event may need besides the event. */
export interface EventContext {
  readonly times: EventTimes;
  /** The system given at import, for events that name none. */
  readonly system: string | undefined;
}

/** How a format's events come as a table. */
export interface EventTable {
  /**
   * Where in an event a column belongs, by what headers call it, in lower case without spaces and signs. Columns that
   * are not here are taken to be named by their place (`actor.id`).
   */
  readonly columns: Readonly<Record<string, string>>;
  /** Puts members into the shape that JSON gives them, before their names are corrected. */
  readonly shape?: (event: Record<string, unknown>) => void;
  /** What a table of this kind of header leaves open, as a sentence. */
  readonly assumes?: (names: ReadonlySet<string>) => string | undefined;
}

export interface EventFormat {
  /** "an Okta event": for messages. */
  readonly noun: string;
  /** Lists that hold events, and keys with which an event begins. */
  readonly files: JsonRecordOptions;
  readonly spelling: Spelling;
  /** Whether a value is such an event, also without a time; names as documented. */
  readonly isEvent: (value: unknown) => boolean;
  /** "eventType, and published, outcome or actor": what `isEvent` looks for, for a sentence. */
  readonly signs: string;
  /** Names that are seen in the text of a single event, however long it is. */
  readonly telling: readonly string[];
  /** Members that columns hold as they are, by the names in the record. */
  readonly inColumns: ReadonlySet<string>;
  /** How its events come as CSV; none where no exporter writes them so. */
  readonly table?: EventTable;
  /** The rows of an event, or the sentence that says why it is none. */
  readonly rows: (event: unknown, context: EventContext) => EventRows | string;
}

/** An event as it was found in a record. */
export interface FoundEvent {
  /** The record, or the event that its envelope holds. */
  readonly record: JsonRecord;
  /** Its value, names as documented. */
  readonly value: unknown;
}
