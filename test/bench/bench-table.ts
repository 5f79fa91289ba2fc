/** What a benchmark prints: figures in columns, and one file of JSON beside it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Prints rows below their titles; the first column to the left, the others to the right. */
export function sayTable(titles: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = titles.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  for (const row of [titles, ...rows]) {
    const cells = row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)));
    say(cells.join('  ').trimEnd());
  }
}

/** Writes `out/bench/NAME.json`; gives its path. */
export function saveResults(name: string, results: unknown): string {
  const folder = join('out', 'bench');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  writeFileSync(path, `${JSON.stringify(results, undefined, 2)}\n`);
  return path;
}

/** The middle value; of two middle values their mean. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
