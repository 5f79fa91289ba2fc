/** Numbers that two tools printed of the same clock: rounded otherwise, or moments apart. */

/** Theirs where ours is as near to it as that, so that the two compare as equal; else ours. */
export function near(ours: unknown, theirs: number | undefined, tolerance: number): unknown {
  if (typeof ours !== 'number' || theirs === undefined) return ours;
  return Math.abs(ours - theirs) <= tolerance * (1 + 1e-9) + Number.EPSILON ? theirs : ours;
}

/** Half of the last digit of a span that chronyc printed: whole ns, us and ms, up to 9999 of each. */
export function halfOfPrinted(seconds: number): number {
  const size = Math.abs(seconds);
  const unit = [1e-9, 1e-6, 1e-3].find((each) => size < 9999.5 * each) ?? 1;
  return unit / 2;
}

/** The same of seconds ago: seconds, then whole minutes, hours and days. Some may have passed between two prints. */
export function halfOfAge(seconds: number): number {
  if (seconds <= 1024) return 2;
  if (seconds <= 36_000) return 32;
  return seconds <= 345_600 ? 1802 : 43_202;
}
