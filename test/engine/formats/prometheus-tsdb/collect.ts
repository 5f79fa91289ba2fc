/** Reads a snapshot and keeps everything that comes out, values as their 64 bits. */
import type { BlockFiles } from '../../../../engine/formats/prometheus-tsdb/block-files.ts';
import type { HistogramSample } from '../../../../engine/formats/prometheus-tsdb/histograms.ts';
import type { PresenceRun } from '../../../../engine/formats/prometheus-tsdb/presence.ts';
import {
  readSnapshot,
  usualLimits,
  type SnapshotOptions,
  type SnapshotReport,
} from '../../../../engine/formats/prometheus-tsdb/read-snapshot.ts';
import type { HourlyRollup } from '../../../../engine/formats/prometheus-tsdb/rollups.ts';
import type { UnreadSpan } from '../../../../engine/formats/prometheus-tsdb/series-samples.ts';
import type { SeriesInfo, SnapshotSink } from '../../../../engine/formats/prometheus-tsdb/snapshot-sink.ts';

export const STALE_BITS = 0x7ff0000000000002n;

export interface CollectedSeries {
  readonly info: SeriesInfo;
  /** In the order of time: values and stale markers as bits, histograms as they are. */
  readonly samples: { timeMs: number; bits?: bigint; histogram?: HistogramSample }[];
  readonly runs: PresenceRun[];
  readonly hours: HourlyRollup[];
  readonly unread: UnreadSpan[];
}

export interface Collected {
  readonly series: CollectedSeries[];
  readonly report: SnapshotReport;
}

export const everything: SnapshotOptions = { picks: () => true, gapFactor: 2.5, limits: usualLimits };

export async function collect(files: BlockFiles, options: SnapshotOptions = everything): Promise<Collected> {
  const series: CollectedSeries[] = [];
  const report = await readSnapshot(files, collector(series), options);
  for (const { samples } of series) samples.sort((a, b) => a.timeMs - b.timeMs);
  return { series, report };
}

function collector(series: CollectedSeries[]): SnapshotSink {
  const at = (id: number): CollectedSeries => series[id]!;
  return {
    series: (info) => void series.push({ info, samples: [], runs: [], hours: [], unread: [] }),
    floats: (id, { times, values, count }) => {
      const bits = new BigUint64Array(values.buffer, values.byteOffset, count);
      for (let i = 0; i < count; i++) at(id).samples.push({ timeMs: times[i]!, bits: bits[i]! });
    },
    histogram: (id, histogram) => void at(id).samples.push({ timeMs: histogram.timeMs, histogram }),
    staleMarker: (id, timeMs) => void at(id).samples.push({ timeMs, bits: STALE_BITS }),
    presence: (id, run) => void at(id).runs.push(run),
    rollup: (id, hour) => void at(id).hours.push(hour),
    unread: (id, span) => void at(id).unread.push(span),
    endOfSeries: () => undefined,
  };
}

/** The value that 64 bits are. */
export function valueOf(bits: bigint): number {
  return new Float64Array(new BigUint64Array([bits]).buffer)[0]!;
}

/**
 * All rows as `promtool tsdb dump` writes them, sorted: `{a="b"} value time`. Numbers are written as JavaScript does, so
 * the lines of a dump go through `dumpLine`.
 */
export function dumpRows({ series }: Collected): string[] {
  return series
    .flatMap(({ info, samples }) => {
      const labels = `{${info.labels.map(([name, value]) => `${name}=${goQuote(value)}`).join(', ')}}`;
      return samples.map(({ timeMs, bits }) => `${labels} ${shownBits(bits ?? 0n)} ${timeMs}`);
    })
    .sort();
}

// A dump shows every NaN as NaN, so these can only be compared as such.
function shownBits(bits: bigint): string {
  const value = valueOf(bits);
  return Number.isNaN(value) ? 'NaN' : bits.toString(16);
}

/** A line of `promtool tsdb dump` with its value as bits. */
export function dumpLine(line: string): string {
  const [, labels, value, time] = /^(\{.*\}) (\S+) (-?\d+)$/s.exec(line) ?? [];
  if (labels === undefined) throw new Error(`Not a line of a dump: ${line}`);
  const number = value === '+Inf' ? Infinity : value === '-Inf' ? -Infinity : Number(value);
  return `${labels} ${shownBits(new BigUint64Array(new Float64Array([number]).buffer)[0]!)} ${time}`;
}

/** Text as Go's strconv.Quote writes it. */
export function goQuote(text: string): string {
  let quoted = '';
  for (const character of text) quoted += goQuoteCharacter(character);
  return `"${quoted}"`;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

function goQuoteCharacter(character: string): string {
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0)!;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`;
  // Go shows what is a letter, mark, number, sign or symbol, and of spaces only the common one.
  if (character === ' ' || /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(character)) return character;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
