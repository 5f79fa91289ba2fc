/** Metrics as people ask for them: targets, series, and samples of a stretch of time, kept in the database or not. */
import { describeProblem } from '../shared/problem.ts';
import { formatInstant, type Interval } from '../shared/time.ts';
import { parseSelector } from './formats/prometheus-tsdb/selector.ts';
import type { Label } from './formats/prometheus-tsdb/labels.ts';
import type { EvidenceCase } from './intake/evidence-case.ts';
import { SealedSeries, type FoundSample } from './intake/find-series.ts';
import { findFormat } from './formats/registry.ts';
import type { CaseDatabase } from './store/case-database.ts';
import type { SqlRow } from './store/sql-values.ts';
import { findScrapedTargets } from './timeline/scrape-gaps.ts';

export interface TargetLine {
  readonly system: string;
  readonly job: string;
  readonly instance: string;
  readonly interval_ms: number | null;
  readonly first: string | null;
  readonly last: string | null;
  readonly asked: number | null;
  readonly answered: number | null;
}

/** The targets that were scraped, with what was learned of each. Times are RFC 3339. */
export async function readTargets({ database }: EvidenceCase): Promise<readonly TargetLine[]> {
  return (await findScrapedTargets(database)).map(({ intervalMs, first, last, ...known }) => ({
    system: known.system,
    job: known.job,
    instance: known.instance,
    asked: known.asked,
    answered: known.answered,
    interval_ms: intervalMs,
    first: first === null ? null : formatInstant(first),
    last: last === null ? null : formatInstant(last),
  }));
}

export interface SeriesLine {
  readonly source_id: number;
  readonly record: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly system: string | null;
  readonly samples: number;
  readonly samples_kept: boolean;
  readonly interval_ms: number | null;
  readonly first: string | null;
  readonly last: string | null;
}

/** The series that a selector picks, or all, in the order of source and record. Fails with `bad_request`. */
export async function readSeriesList(
  { database }: EvidenceCase,
  selector: string | undefined,
): Promise<readonly SeriesLine[]> {
  const { matchers, picks } = selector === undefined ? { matchers: [], picks: () => true } : parseSelector(selector);
  // Equal labels are looked for in the database, so that one series of many is found fast; the rest is judged here.
  const equal = matchers.filter(({ operator, value }) => operator === '=' && value !== '');
  const where = equal.map((_, i) => `AND s.labels[$name${i}] = $value${i}`).join(' ');
  const values = equal.flatMap(({ name, value }, i): [string, string][] => [
    [`name${i}`, name],
    [`value${i}`, value],
  ]);
  const rows = await database.query(
    `WITH found AS (SELECT * FROM metric_series s WHERE true ${where})
     SELECT s.source_id, s.record, s.system, s.samples_kept, map_keys(s.labels) AS names, map_values(s.labels) AS texts,
       sum(p.samples)::BIGINT AS samples, arg_max(p.interval_ms, p.samples) AS interval_ms,
       min(p."from") AS first, max(p."to") AS last
     FROM found s LEFT JOIN metric_presence p USING (series_id)
     GROUP BY ALL ORDER BY s.source_id, s.record`,
    Object.fromEntries(values),
  );
  return rows
    .map((row) => ({ row, labels: labelsOf(row) }))
    .filter(({ labels }) => picks(labels))
    .map(({ row, labels }) => ({
      source_id: Number(row['source_id']),
      record: Number(row['record']),
      labels: Object.fromEntries(labels),
      system: row['system'] === null ? null : String(row['system']),
      samples: Number(row['samples'] ?? 0),
      samples_kept: row['samples_kept'] === true,
      interval_ms: row['interval_ms'] === null ? null : Number(row['interval_ms']),
      first: row['first'] === null ? null : formatInstant(row['first'] as bigint),
      last: row['last'] === null ? null : formatInstant((row['last'] as bigint) - 1000n),
    }));
}

function labelsOf(row: SqlRow): readonly Label[] {
  const texts = (row['texts'] ?? []) as readonly string[];
  return ((row['names'] ?? []) as readonly string[]).map((name, place): Label => [name, texts[place] ?? '']);
}

export interface SampleRequest extends Interval {
  readonly selector: string;
  /** Samples of one series at the most. */
  readonly most: number;
}

export interface SampleLine {
  readonly time: string;
  /** NaN and infinities as Prometheus writes them; `null` for a stale marker; the count of a histogram. */
  readonly value: number | 'NaN' | '+Inf' | '-Inf' | null;
  readonly stale?: true;
}

export interface SeriesSamplesFound {
  readonly source_id: number;
  readonly record: number;
  readonly labels: Readonly<Record<string, string>>;
  /** `evidence`: read from the sealed file now; `database`: kept at import. */
  readonly from: 'evidence' | 'database';
  readonly samples: readonly SampleLine[];
  /** There are more than were asked for. */
  readonly cut: boolean;
  readonly problems: readonly string[];
}

/**
 * The samples that a selector picks in a stretch of time, series by series. Those of a snapshot are read from its sealed
 * blocks, whether they were kept at import or not; stale markers show. Fails with `bad_request`, and `case_damaged`.
 */
export async function* readSamples(
  target: EvidenceCase,
  { selector, most, ...range }: SampleRequest,
): AsyncGenerator<SeriesSamplesFound> {
  const list = await readSeriesList(target, selector);
  for (const source of target.sources) {
    const series = list.filter(({ source_id }) => source_id === source.source_id);
    if (series.length === 0) continue;
    if (findFormat(source.format)?.framing !== 'folder') {
      for (const one of series) yield samplesKept(target.database, one, { ...range, most });
      continue;
    }
    const sealed = await SealedSeries.open(target, source);
    try {
      for (const one of series) {
        const range_ms = { fromMs: millisFrom(range.from), toMs: millisFrom(range.to) };
        const found = await sealed.samples(one.record, range_ms, most);
        const problems = found.problems.map(describeProblem);
        yield { ...keyOf(one), from: 'evidence', samples: found.samples.map(lineOf), cut: found.isCut, problems };
      }
    } finally {
      await sealed.close();
    }
  }
}

/** The first millisecond that is not before an instant. */
function millisFrom(micros: bigint): number {
  return Number((micros + 999n) / 1000n);
}

async function samplesKept(
  database: CaseDatabase,
  series: SeriesLine,
  { from, to, most }: Omit<SampleRequest, 'selector'>,
): Promise<SeriesSamplesFound> {
  const rows = await database.query(
    `SELECT time, value FROM (
       SELECT m.time, m.value FROM metric_samples m JOIN metric_series s USING (series_id)
       WHERE s.source_id = $source::INTEGER AND s.record = $record::BIGINT
       UNION ALL SELECT m.time, m.count FROM metric_histograms m JOIN metric_series s USING (series_id)
       WHERE s.source_id = $source::INTEGER AND s.record = $record::BIGINT)
     WHERE time >= $from AND time < $to ORDER BY time LIMIT $most::BIGINT`,
    { source: series.source_id, record: series.record, from: { micros: from }, to: { micros: to }, most: most + 1 },
  );
  const samples = rows.slice(0, most).map((row) => ({
    time: formatInstant(row['time'] as bigint),
    value: shownValue(Number(row['value'])),
  }));
  return { ...keyOf(series), from: 'database', samples, cut: rows.length > most, problems: [] };
}

function keyOf({ source_id, record, labels }: SeriesLine): Pick<SeriesSamplesFound, 'source_id' | 'record' | 'labels'> {
  return { source_id, record, labels };
}

function lineOf({ timeMs, value, isStale }: FoundSample): SampleLine {
  const time = formatInstant(BigInt(timeMs) * 1000n);
  return isStale ? { time, value: null, stale: true } : { time, value: shownValue(value) };
}

function shownValue(value: number): SampleLine['value'] {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return value;
  return value > 0 ? '+Inf' : '-Inf';
}
