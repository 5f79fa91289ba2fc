import { existsSync, readdirSync } from 'node:fs';
import { z } from 'zod';
import { prometheusApi as format } from '../../../engine/formats/prometheus-api/prometheus-api.ts';
import { dumpRow, labelLine, sampleLines, type DumpRow } from '../../engine/formats/prometheus-api/rows.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from '../adapter.ts';
import { memberAt, readEvidence } from '../reading.ts';
import { compareSorted } from '../sorted-rows.ts';

/** Answers to queries, beside `promtool tsdb dump` of the blocks of the same server: in this folder, or in prometheus-tsdb. */
export const prometheusApi: Adapter = {
  folders: ['prometheus-api', 'prometheus-tsdb'],
  compare: (folder) => {
    const dumps = dumpsNear(folder);
    const answers = folder.entries.filter((entry) => /\.json(\.gz)?$/.test(entry) && isAnswer(folder.text(entry)));
    return Promise.resolve(answers.flatMap((file) => compareAnswer(folder, file, dumps)));
  },
};

// Five minutes, unless a server is told otherwise.
const LOOK_BACK_MILLIS = 300_000;

/** By its words, so that a damaged answer is one too. */
function isAnswer(text: string): boolean {
  return /"metric"\s*:/.test(text) && /"values?"\s*:/.test(text);
}

interface Dump {
  readonly name: string;
  readonly rows: readonly DumpRow[];
  /** Rows of a series in the order of time, by its labels. */
  readonly series: ReadonlyMap<string, readonly DumpRow[]>;
  /** `labels milliseconds` of the rows that are stale markers; a dump shows them as NaN, an answer not at all. */
  readonly stale: ReadonlySet<string>;
  /** When the query was asked whose answer was compared to find the markers. */
  readonly askedMillis: number | undefined;
}

function dumpsNear(folder: CorpusFolder): readonly Dump[] {
  return ['.', '../prometheus-tsdb']
    .filter((place) => existsSync(folder.path(place)))
    .flatMap((place) =>
      readdirSync(folder.path(place))
        .filter((name) => /\.dump\.txt(\.gz)?$/.test(name))
        .map((name) => readDump(folder, place, name)),
    );
}

const staleSchema = z.object({
  api_query_last_ms: z.number(),
  stale_markers: z.array(z.object({ metric: z.record(z.string(), z.string()), t: z.number() })),
});

function readDump(folder: CorpusFolder, place: string, name: string): Dump {
  const rows = folder.text(`${place}/${name}`).trimEnd().split('\n').map(dumpRow);
  const series = new Map<string, DumpRow[]>();
  for (const row of rows) {
    const ofSeries = series.get(row.labels);
    if (ofSeries) ofSeries.push(row);
    else series.set(row.labels, [row]);
  }
  for (const ofSeries of series.values()) ofSeries.sort((a, b) => a.millis - b.millis);
  const markers = `${place}/${name.replace(/\.dump\.txt(\.gz)?$/, '.stale-markers.json')}`;
  const known = existsSync(folder.path(markers)) ? staleSchema.parse(folder.json(markers)) : undefined;
  const stale = (known?.stale_markers ?? []).map(({ metric, t }) => `${labelLine(Object.entries(metric))} ${t}`);
  return { name, rows, series, stale: new Set(stale), askedMillis: known?.api_query_last_ms };
}

interface Sample {
  readonly labels: string;
  readonly millis: number;
  readonly bits: string;
}

/** Nothing is compared when no dump has a series of the answer: it is of another server, or the result of an expression. */
function compareAnswer(folder: CorpusFolder, file: string, dumps: readonly Dump[]): readonly Comparison[] {
  const { all, fate } = readEvidence(format, folder, file);
  if (all.problem !== undefined || all.rows('metric_series').length === 0) {
    const count = new FieldCount(file, 'the answer as JSON');
    count.field(0, 'file', all.problem ? fate(1) : all.rejects[0]?.reason, 'series with values');
    return [count.result()];
  }
  const samples = sampleLines(all).map(sampleOf);
  const labels = new Set(samples.map((sample) => sample.labels));
  const dump = dumps.find(({ series }) => [...labels].some((each) => series.has(each)));
  if (dump === undefined) return [];
  const count = new FieldCount(file, dump.name);
  count.field(0, 'samples', samples.length, writtenValues(folder.text(file)));
  count.field(0, 'rejects', all.rejects.length, 0);
  if (isRangeSelector(file, dump)) compareWhole(count, samples, dump);
  else samples.forEach((sample, index) => compareSample(count, index + 1, sample, dump));
  return [count.result()];
}

// Labels are JSON, so that they hold spaces.
function sampleOf(line: string): Sample {
  const [, labels = '', millis, bits = ''] = /^(.*) (\d+) (\S+)$/s.exec(line) ?? [];
  return { labels, millis: Number(millis), bits };
}

function writtenValues(text: string): number | string {
  const answer = parsed(text);
  const result = memberAt(answer, 'data', 'result') ?? memberAt(answer, 'result') ?? answer;
  if (!Array.isArray(result)) return 'no JSON of an answer';
  const lists = result.map((one) => memberAt(one, 'values') ?? [memberAt(one, 'value')]);
  return lists.reduce<number>((sum, list) => sum + (Array.isArray(list) ? list.length : 0), 0);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A range selector over everything, of which it is known when it was asked: nothing may be missing. */
function isRangeSelector(file: string, { askedMillis }: Dump): boolean {
  return /\bapi-range-vector\b/.test(file) && askedMillis !== undefined;
}

function compareWhole(count: FieldCount, samples: readonly Sample[], { rows, stale, askedMillis }: Dump): void {
  const shown = ({ labels, millis, bits }: Sample): string => `${labels} ${millis} ${bits}`;
  const there = rows.filter(({ labels, millis }) => millis <= (askedMillis ?? 0) && !stale.has(`${labels} ${millis}`));
  compareSorted(count, samples.map(shown).sort(), there.map(shown).sort());
}

/** The value of a step is the last sample at or before it, unless that is a stale marker. */
function compareSample(count: FieldCount, at: number, { labels, millis, bits }: Sample, { series, stale }: Dump): void {
  count.record();
  const last = series
    .get(labels)
    ?.filter((row) => row.millis <= millis && row.millis > millis - LOOK_BACK_MILLIS)
    .at(-1);
  const theirs = last && !stale.has(`${labels} ${last.millis}`) ? last.bits : undefined;
  count.field(at, 'value', bits, theirs);
}
