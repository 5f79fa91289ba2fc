import type { Transaction } from '../store/case-database.ts';

/** What stages to the right give to a case database: its tables and views, and the roll-ups of a new source. */
export interface DatabaseRecipe {
  readonly statements: readonly string[];
  readonly rollUpSource: (transaction: Transaction, sourceId: number) => Promise<void>;
}
