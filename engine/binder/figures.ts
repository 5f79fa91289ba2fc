/** Numbers, hashes, days and citations as they stand in print. No locale: the same text on every machine. */
import { addDays, type Day } from '../../shared/time.ts';

/** `1234567` as `1,234,567`. */
export function groupDigits(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 day`, `2 days`, `1,000 days`. */
export function countOf(value: number, one: string, many = `${one}s`): string {
  return `${groupDigits(value)} ${value === 1 ? one : many}`;
}

/** A hash in eight groups of eight: never shortened, and it can be read out. */
export function groupHash(hash: string): string {
  return (hash.match(/.{1,8}/g) ?? []).join(' ');
}

/** A hash in two lines of four groups, for columns. */
export function groupHashInTwoLines(hash: string): string {
  return `${groupHash(hash.slice(0, 32))}\n${groupHash(hash.slice(32))}`;
}

/** A fingerprint in upper-case pairs on two lines, as PDF readers and openssl show it. */
export function fingerprint(hash: string): string {
  const pairs = hash.toUpperCase().match(/../g) ?? [];
  return `${pairs.slice(0, 16).join(':')}:\n${pairs.slice(16).join(':')}`;
}

/** `S12 #345`: source 12, record 345. */
export function citationText(citation: { readonly sourceId: number; readonly record: number } | null): string {
  return citation ? `S${citation.sourceId} #${citation.record}` : '';
}

/** `2026-03-01T12:00:00Z` as `2026-03-01 12:00:00`; the column says UTC. */
export function instantInColumn(instant: string | null): string {
  return instant === null ? '' : instant.replace('T', ' ').replace(/Z$/, '');
}

/** A stretch of adjacent days, first and last included. */
export interface DayRange {
  readonly first: Day;
  readonly last: Day;
  readonly count: number;
}

/** Days in rising order as ranges. */
export function dayRanges(days: readonly Day[]): readonly DayRange[] {
  const ranges: DayRange[] = [];
  for (const day of days) {
    const before = ranges.at(-1);
    if (before && addDays(before.last, 1) === day) {
      ranges[ranges.length - 1] = { first: before.first, last: day, count: before.count + 1 };
    } else ranges.push({ first: day, last: day, count: 1 });
  }
  return ranges;
}

/** `2026-03-01` or `2026-03-01 to 03-05`; the year is said again only where it changes. */
export function dayRangeText({ first, last }: DayRange): string {
  if (first === last) return first;
  return `${first} to ${last.slice(0, 4) === first.slice(0, 4) ? last.slice(5) : last}`;
}
