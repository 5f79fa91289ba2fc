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

/**
 * A length of time for people, rounded to the second and in its two largest units: `2 d 3 h`, `5 min 20 s`; below one
 * second in milliseconds. Takes seconds.
 */
export function lengthInWords(seconds: number): string {
  if (seconds > 0 && seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  const whole = Math.round(seconds);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([number]) => number > 0);
  const shown = first < 0 ? [] : parts.slice(first, first + 2).filter(([number]) => number > 0);
  return shown.map(([number, unit]) => `${number} ${unit}`).join(' ') || '0 s';
}
