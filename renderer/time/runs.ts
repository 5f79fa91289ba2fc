/** Values a day, seen as stretches: what is drawn and what the keyboard jumps over. */

/** A stretch of equal values, half-open in day indices: `[from, to)`. */
export interface Run<T> {
  readonly value: T;
  readonly from: number;
  readonly to: number;
}

/** Merges equal neighbours. The runs are ordered, adjacent and cover every index; no values give no runs. */
export function mergeRuns<T>(values: Iterable<T>): readonly Run<T>[] {
  const runs: { value: T; from: number; to: number }[] = [];
  let index = 0;
  for (const value of values) {
    const last = runs.at(-1);
    if (last && last.value === value) last.to = index + 1;
    else runs.push({ value, from: index, to: index + 1 });
    index += 1;
  }
  return runs;
}

/** The stretches of each value, in the order in which the values first appear. */
export function runsByValue<T>(values: Iterable<T>): ReadonlyMap<T, readonly Run<T>[]> {
  const byValue = new Map<T, Run<T>[]>();
  for (const run of mergeRuns(values)) {
    const runs = byValue.get(run.value);
    if (runs) runs.push(run);
    else byValue.set(run.value, [run]);
  }
  return byValue;
}

/** How often each value occurs. */
export function countValues<T>(values: Iterable<T>): ReadonlyMap<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
