/** Lengths of time as people write them. */

const LENGTH = /^([1-9]\d{0,5})\s?(s|m|h|d)$/;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const LONGEST = 731 * 86_400;

/** Seconds of a length such as `90s`, `30m`, `6h` or `2d`; `undefined` for another text or more than two years. */
export function durationSeconds(text: string): number | undefined {
  const [, count, unit] = LENGTH.exec(text.trim()) ?? [];
  const seconds = Number(count) * (SECONDS[unit ?? ''] ?? NaN);
  return seconds <= LONGEST ? seconds : undefined;
}

/** The same length in the largest unit that holds it whole: `6h` for 21600. */
export function durationText(seconds: number): string {
  const unit = ['d', 'h', 'm'].find((name) => seconds % SECONDS[name]! === 0) ?? 's';
  return `${seconds / SECONDS[unit]!}${unit}`;
}
