/** The gaps of the timeline with everything that is said of them, as `timeline_state` keeps them between processes. */
import type { CaseDatabase, Transaction } from '../store/case-database.ts';
import type { Gap } from './gap.ts';

/** Keeps them in place of those that were there, with what they were made from. */
export async function keepGaps(transaction: Transaction, gaps: readonly Gap[], fingerprint: string): Promise<void> {
  await transaction.query(`DELETE FROM timeline_state WHERE part = 'gaps'`);
  // The table `gaps` has what controls ask for; proposed tickets and the records of each sentence are in none.
  await transaction.query(`INSERT INTO timeline_state VALUES ('gaps', $fingerprint, $gaps)`, {
    fingerprint,
    gaps: JSON.stringify(gaps, (_, value: unknown) => (typeof value === 'bigint' ? { [MICROS]: `${value}` } : value)),
  });
}

/** Gives what was kept, or `undefined` where that was made from something else. */
export async function readKeptGaps(database: CaseDatabase, fingerprint: string): Promise<readonly Gap[] | undefined> {
  const [row] = await database.query(
    `SELECT "value" FROM timeline_state WHERE part = 'gaps' AND fingerprint = $fingerprint`,
    { fingerprint },
  );
  return row && (JSON.parse(String(row['value']), (_, value: unknown) => instantOf(value) ?? value) as readonly Gap[]);
}

/** What JSON has in place of an instant. */
const MICROS = 'micros';

function instantOf(value: unknown): bigint | undefined {
  if (typeof value !== 'object' || value === null || !(MICROS in value)) return undefined;
  return BigInt(String(value[MICROS]));
}
