/** Rows and oracles in one form, so that they can be compared as text. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { prometheusApi } from '../../../../engine/formats/prometheus-api/prometheus-api.ts';
import { collectRows, type Collected } from '../collect-rows.ts';

export const FIXTURES = 'test/fixtures/prometheus-api';

export function fixture(name: string): Uint8Array {
  const bytes = readFileSync(`${FIXTURES}/${name}`);
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

export function readApi(content: string | Uint8Array | readonly Uint8Array[]): Collected {
  return collectRows(prometheusApi, content);
}

/** The bits of a double in hex; every NaN is the same, as the API and promtool write all of them alike. */
export function bitsOf(value: number): string {
  return Number.isNaN(value) ? 'NaN' : new BigUint64Array(new Float64Array([value]).buffer)[0]!.toString(16);
}

/** One line a sample: labels as JSON, milliseconds, bits. Sorted. */
export function sampleLines(collected: Collected): string[] {
  const labels = labelsById(collected);
  return collected
    .rows('metric_samples')
    .map((row) => `${labels.get(row['series_id'])} ${millis(row['time'])} ${bitsOf(row['value'] as number)}`)
    .sort();
}

/** One line a histogram: labels, milliseconds, bits of count and sum. Sorted. */
export function histogramLines(collected: Collected): string[] {
  const labels = labelsById(collected);
  return collected
    .rows('metric_histograms')
    .map((row) => {
      const numbers = [row['count'], row['sum']].map((number) => bitsOf(number as number));
      return `${labels.get(row['series_id'])} ${millis(row['time'])} ${numbers.join(' ')}`;
    })
    .sort();
}

export function labelsById(collected: Collected): Map<unknown, string> {
  return new Map(
    collected.rows('metric_series').map((row) => [row['series_id'], labelText(row['labels'] as string[])]),
  );
}

function labelText(flat: readonly string[]): string {
  return labelLine(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1]!] as const] : [])));
}

/** Labels in one order, whatever order they are given in. */
export function labelLine(labels: readonly (readonly [string, string])[]): string {
  return JSON.stringify([...labels].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function millis(micros: unknown): bigint {
  if ((micros as bigint) % 1000n !== 0n) throw new Error(`${micros as bigint} is no whole millisecond`);
  return (micros as bigint) / 1000n;
}

export interface DumpRow {
  readonly labels: string;
  readonly millis: number;
  readonly bits: string;
}

// Label names of these servers are plain; values are written as Go quotes them, which JSON reads where nothing is odd.
const DUMP_LINE = /^\{(.*)\} (\S+) (-?\d+)$/s;
const DUMP_LABEL = /(?:^|, )([a-zA-Z_][a-zA-Z0-9_]*)=("(?:[^"\\]|\\.)*")/gs;

/** A line of `promtool tsdb dump`: `{a="b", c="d"} value milliseconds`. */
export function dumpRow(line: string): DumpRow {
  const [, labels, value, time] = DUMP_LINE.exec(line) ?? [];
  if (labels === undefined) throw new Error(`Not a line of a dump: ${line}`);
  const pairs = [...labels.matchAll(DUMP_LABEL)].map(([, name, text]) => [name!, unquoted(text!)] as const);
  return { labels: labelLine(pairs), millis: Number(time), bits: bitsOf(numberOf(value!)) };
}

// Go also writes \x01, \U0001f600 and \a, which JSON does not have.
function unquoted(text: string): string {
  const asJson = text
    .replace(/\\x([0-9a-f]{2})/g, '\\u00$1')
    .replace(/\\U([0-9a-f]{8})/g, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16)))
    .replace(/\\a/g, '\\u0007')
    .replace(/\\v/g, '\\u000b');
  return JSON.parse(asJson) as string;
}

function numberOf(text: string): number {
  return text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text);
}
