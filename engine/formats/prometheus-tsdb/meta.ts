/** Layer 1, meta.json. docs/formats/prometheus-tsdb/meta.md */
import type { BlockFiles } from './block-files.ts';
import { damaged, unsupported } from './damage.ts';

export interface BlockMeta {
  readonly ulid: string | undefined;
  /** Milliseconds since 1970; all samples are in `[minTimeMs, maxTimeMs)`. */
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  /** What the writer counted; `undefined` where the file has no statistics. Deleted samples are still counted. */
  readonly stats: BlockStats | undefined;
  readonly compactionLevel: number | undefined;
  /** True for a block of samples that came out of order; it overlaps others. */
  readonly fromOutOfOrder: boolean;
}

export interface BlockStats {
  readonly samples: number;
  readonly series: number;
  readonly chunks: number;
  readonly tombstones: number;
}

const LARGEST_META = 4 * 1024 * 1024;

/**
 * Reads meta.json. Throws a `ProblemError`: not JSON, no times, a maximum before the minimum (`damaged_file`), a version
 * other than 1 (`unknown_format`).
 */
export async function readMeta(files: BlockFiles, name: string, sizeBytes: number): Promise<BlockMeta> {
  if (sizeBytes > LARGEST_META) damaged(name, 0, `It has ${sizeBytes} bytes; a meta.json has at most ${LARGEST_META}.`);
  const json = parse(name, await files.read(name, 0, sizeBytes));
  const version = json['version'];
  if (version !== 1) unsupported(name, 0, `The block has version ${JSON.stringify(version)}; version 1 is read.`);
  const minTimeMs = wholeNumber(name, json, 'minTime');
  const maxTimeMs = wholeNumber(name, json, 'maxTime');
  if (maxTimeMs < minTimeMs) damaged(name, 0, `maxTime ${maxTimeMs} is before minTime ${minTimeMs}.`);
  const compaction = asObject(json['compaction']);
  const { level } = compaction ?? {};
  const hints = compaction?.['hints'];
  return {
    ulid: typeof json['ulid'] === 'string' ? json['ulid'] : undefined,
    minTimeMs,
    maxTimeMs,
    stats: readStats(name, asObject(json['stats'])),
    compactionLevel: typeof level === 'number' ? level : undefined,
    fromOutOfOrder: Array.isArray(hints) && hints.includes('from-out-of-order'),
  };
}

function parse(name: string, bytes: Uint8Array): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    damaged(name, 0, 'It is not JSON in UTF-8.');
  }
  return asObject(json) ?? damaged(name, 0, 'It is not a JSON object.');
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function wholeNumber(name: string, json: Record<string, unknown>, key: string): number {
  const value = json[key];
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  return damaged(name, 0, `"${key}" is ${JSON.stringify(value)?.slice(0, 40)}; a whole number is expected.`);
}

// Go leaves out numbers that are 0, so a count that is not there is 0 as long as there are statistics at all.
function readStats(name: string, stats: Record<string, unknown> | undefined): BlockStats | undefined {
  if (stats === undefined || Object.keys(stats).length === 0) return undefined;
  const count = (key: string): number => (stats[key] === undefined ? 0 : wholeNumber(name, stats, key));
  return {
    samples: count('numSamples'),
    series: count('numSeries'),
    chunks: count('numChunks'),
    tombstones: count('numTombstones'),
  };
}
