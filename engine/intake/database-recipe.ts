import type { Transaction } from '../store/case-database.ts';

/** A source whose rows are in the tables. */
export interface ReadSource {
  readonly sourceId: number;
  /** Selectors of the series whose samples are kept; null: of all. */
  readonly series: readonly string[] | null;
  /** IANA zone of the engagement's days. */
  readonly dayZone: string;
  /** How many rows it has, by table. */
  readonly rows: Readonly<Record<string, number>>;
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
