/** Samples that were read, as lines that can be compared with those of other tools. */
import type { Collected, CollectedRow } from '../collect-rows.ts';
import { goQuote } from '../prometheus-tsdb/collect.ts';

/** Labels of each series by its identity, names in order. */
export function labelsBySeries(collected: Collected): ReadonlyMap<unknown, readonly (readonly [string, string])[]> {
  return new Map(collected.rows('metric_series').map((row) => [row['series_id'], pairs(row['labels'] as string[])]));
}

function pairs(flat: readonly string[]): readonly (readonly [string, string])[] {
  const all: [string, string][] = [];
  for (let at = 0; at < flat.length; at += 2) all.push([flat[at]!, flat[at + 1]!]);
  return all;
}

/** The 64 bits of a value; every NaN is one. */
export function bitsOf(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return new BigUint64Array(new Float64Array([value]).buffer)[0]!.toString(16);
}

/** Milliseconds of a row's time; fails on one that is not whole. */
export function millisOf(row: CollectedRow): bigint {
  const micros = row['time'] as bigint;
  if (micros % 1000n !== 0n) throw new Error(`Not a whole millisecond: ${micros}`);
  return micros / 1000n;
}

/** All samples as `promtool tsdb dump` writes them, values as bits, sorted. */
export function asDump(collected: Collected): readonly string[] {
  const labels = labelsBySeries(collected);
  return collected
    .rows('metric_samples')
    .map((row) => {
      const shown = (labels.get(row['series_id']) ?? []).map(([name, value]) => `${name}=${goQuote(value)}`);
      return `{${shown.join(', ')}} ${bitsOf(row['value'] as number)} ${millisOf(row)}`;
    })
    .sort();
}
