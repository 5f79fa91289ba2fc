import type { FieldCount } from './adapter.ts';

/** Compares two sorted lists of rows: a row that one of them lacks differs from nothing, and the others still meet. */
export function compareSorted(count: FieldCount, ours: readonly string[], theirs: readonly string[]): void {
  let [i, j] = [0, 0];
  while (i < ours.length || j < theirs.length) {
    const [a, b] = [ours[i], theirs[j]];
    count.record();
    const takesOurs = b === undefined || (a !== undefined && a <= b);
    const takesTheirs = a === undefined || (b !== undefined && b <= a);
    count.field(Math.max(i, j) + 1, 'row', takesOurs ? a : undefined, takesTheirs ? b : undefined);
    if (takesOurs) i++;
    if (takesTheirs) j++;
  }
}
