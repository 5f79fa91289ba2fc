/** A series of a snapshot as it stands in the sealed evidence: where it is, and its samples of a stretch of time. */
import { formatInstant } from '../../shared/time.ts';
import type { FloatSamples } from '../formats/prometheus-tsdb/float-samples.ts';
import type { HistogramSample } from '../formats/prometheus-tsdb/histograms.ts';
import type { SampleTaker } from '../formats/prometheus-tsdb/merge-samples.ts';
import {
  findSeries,
  readSeriesRange,
  type SeriesInBlock,
  type TimeRange,
} from '../formats/prometheus-tsdb/read-series.ts';
import type { SeriesPlace } from '../formats/prometheus-tsdb/snapshot-sink.ts';
import type { Problem } from '../../shared/problem.ts';
import type { EvidenceCase } from './evidence-case.ts';
import { DiskFiles } from './folder-source.ts';
import type { SourceImported } from './ledger-kinds.ts';
import { sealedParts } from './replay.ts';

/** One sample: a number, with stale markers told apart, or a histogram. */
export interface FoundSample {
  readonly timeMs: number;
  readonly value: number;
  readonly isStale: boolean;
  readonly histogram: HistogramSample | undefined;
}

export interface FoundSamples {
  readonly samples: readonly FoundSample[];
  /** There are more than were asked for. */
  readonly isCut: boolean;
  readonly problems: readonly Problem[];
}

/** Thrown to end a reading that has given enough. */
class Enough extends Error {}

/** Reads series of one source, from the files that were sealed. To be closed. */
export class SealedSeries {
  private constructor(
    private readonly target: EvidenceCase,
    private readonly source: SourceImported,
    private readonly files: DiskFiles,
  ) {}

  /** Fails with `case_damaged` when the files are not there. */
  static async open(target: EvidenceCase, source: SourceImported): Promise<SealedSeries> {
    return new SealedSeries(target, source, new DiskFiles(await sealedParts(target.folder, source)));
  }

  async close(): Promise<void> {
    await this.files.close();
  }

  /** The samples of the series that is record `record`, in the order of time: at most `most`. */
  async samples(record: number, range: TimeRange, most: number): Promise<FoundSamples> {
    const taker = new Collecting(most);
    try {
      await readSeriesRange(this.files, await this.placesOf(record), range, taker);
      return { samples: taker.samples, isCut: false, problems: taker.problems };
    } catch (error) {
      if (error instanceof Enough) return { samples: taker.samples, isCut: true, problems: taker.problems };
      throw error;
    }
  }

  /** Where the series is, as a text for people: its labels, and its chunks in each block. */
  async describe(record: number): Promise<string> {
    const [series] = await this.target.database.query(
      `SELECT map_keys(labels) AS names, map_values(labels) AS texts FROM evidence.metric_series
       WHERE source_id = $source::INTEGER AND record = $record::BIGINT`,
      { source: this.source.source_id, record },
    );
    const texts = (series?.['texts'] ?? []) as readonly string[];
    const names = (series?.['names'] ?? []) as readonly string[];
    const lines = [`{${names.map((name, place) => `${name}=${JSON.stringify(texts[place])}`).join(', ')}}`];
    for (const place of await this.placesOf(record)) lines.push(...describePlace(await findSeries(this.files, place)));
    return lines.join('\n');
  }

  private async placesOf(record: number): Promise<readonly SeriesPlace[]> {
    const rows = await this.target.database.query(
      `SELECT block, ref FROM metric_places WHERE source_id = $source::INTEGER AND record = $record::BIGINT ORDER BY place`,
      { source: this.source.source_id, record },
    );
    return rows.map((row) => ({ block: String(row['block']), ref: Number(row['ref']) }));
  }
}

function describePlace({ place, entry, index, byte }: SeriesInBlock): readonly string[] {
  const head = `${index}, byte ${byte}: series ${place.ref}, ${entry.chunks.length} chunks`;
  return [
    head,
    ...entry.chunks.map(({ minTimeMs, maxTimeMs, segment, offset }) => {
      const file = `${place.block}chunks/${String(segment + 1).padStart(6, '0')}`;
      return `  ${file}, byte ${offset}: ${instant(minTimeMs)} to ${instant(maxTimeMs)}`;
    }),
  ];
}

function instant(ms: number): string {
  return formatInstant(BigInt(ms) * 1000n);
}

class Collecting implements SampleTaker {
  readonly samples: FoundSample[] = [];
  readonly problems: Problem[] = [];

  constructor(private readonly most: number) {}

  floats(floats: FloatSamples): void {
    for (let i = 0; i < floats.count; i++) {
      const isStale = floats.isStale(i);
      this.take({ timeMs: floats.times[i]!, value: floats.values[i]!, isStale, histogram: undefined });
    }
  }

  histogram(sample: HistogramSample): void {
    this.take({ timeMs: sample.timeMs, value: sample.count, isStale: sample.stale, histogram: sample });
  }

  problem(problem: Problem): void {
    this.problems.push(problem);
  }

  pause(): undefined {
    // Everything is taken at once.
  }

  private take(sample: FoundSample): void {
    if (this.samples.length >= this.most) throw new Enough();
    this.samples.push(sample);
  }
}
