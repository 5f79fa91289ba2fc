import type { Transaction } from '../store/case-database.ts';

/** A source whose rows are in the tables. */
export interface ReadSource {
  readonly sourceId: number;
  /** Selectors of the series whose samples are kept; null: of all. */
  readonly series: readonly string[] | null;
  /** IANA zone of the engagement's days. */
  readonly dayZone: string;
  /** Path as given, and the path in its archive; left out for rows that come of no file. */
  readonly originalPath?: string;
  readonly member?: string | null;
  /** SHA-256 of its decompressed content. */
  readonly contentSha256?: string;
  /** When the file was made, UTC microseconds, as a person says. */
  readonly takenAt?: bigint | null;
  /** System that the file is of where its records name none. */
  readonly system?: string | null;
  /** How many rows it has, by table; where nobody says, it may have rows of any. */
  readonly rows?: Readonly<Record<string, number>>;
}

/** What stages to the right give to a case database: its tables and views, and the roll-ups of a new source. */
export interface DatabaseRecipe {
  readonly statements: readonly string[];
  readonly rollUpSource: (transaction: Transaction, source: ReadSource) => Promise<readonly string[]>;
  /** Selectors of the series whose samples are kept where nobody says otherwise. */
  readonly seriesToKeep: () => Promise<readonly string[]>;
  /** Selectors of series that are kept whatever else is asked for: the timeline rests on them. */
  readonly seriesAlwaysKept: readonly string[];
}
