import { existsSync } from 'node:fs';
import { z } from 'zod';
import { openmetrics as format } from '../../../engine/formats/openmetrics/openmetrics.ts';
import { contentLines, takenAt } from '../../engine/formats/openmetrics/corpus.ts';
import { promtoolDump } from '../../engine/formats/openmetrics/promtool-dump.ts';
import { asDump, bitsOf, labelsBySeries, millisOf } from '../../engine/formats/openmetrics/samples.ts';
import { promtoolMissing } from '../../engine/formats/prometheus-tsdb/promtool.ts';
import type { Collected } from '../../engine/formats/collect-rows.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from '../adapter.ts';
import { asJson } from '../normal.ts';
import { oraclesBeside } from '../oracles.ts';
import { readEvidence } from '../reading.ts';
import { compareSorted } from '../sorted-rows.ts';

/** Expositions: Prometheus' own parser, the conformance suite of OpenMetrics, and promtool where it is installed. */
export const openmetrics: Adapter = {
  folders: ['openmetrics'],
  async compare(folder) {
    const comparisons = [...compareParsed(folder), ...compareSuites(folder)];
    if (promtoolMissing() !== undefined) return comparisons;
    for (const file of expositions(folder)) comparisons.push(await comparePromtool(folder, file));
    return comparisons;
  },
};

const read = (folder: CorpusFolder, file: string): Collected => readEvidence(format, folder, file, { takenAt }).all;

/** Lines that Prometheus' parser gave as JSON, `X.expected.jsonl` beside X: samples and metadata. */
function compareParsed(folder: CorpusFolder): readonly Comparison[] {
  return oraclesBeside(folder, /\.expected\.jsonl$/, (stem) => [stem]).map(({ file, oracle }) => {
    const count = new FieldCount(file, oracle);
    const all = read(folder, file);
    const theirs = contentLines(folder.text(oracle)).map((line) => asJson(JSON.parse(line)));
    const [ours, expected] = [ourLines(all, file.endsWith('.prom')), theirs.map(String)];
    compareSorted(count, [...ours].sort(), [...expected].sort());
    count.field(0, 'rejects', all.rejects.length, 0);
    return count.result();
  });
}

/** In the words of the parser: the Prometheus text format has no UNIT, and untyped is unknown. */
function ourLines(all: Collected, isPrometheusText: boolean): readonly string[] {
  const labels = labelsBySeries(all);
  const samples = all.rows('metric_samples').map((row) => ({
    labels: Object.fromEntries(labels.get(row['series_id']) ?? []),
    ms: row['time'] === takenAt ? null : String(millisOf(row)),
    bits: bitsOf(row['value'] as number),
  }));
  const kinds = isPrometheusText ? ['type', 'help'] : ['type', 'help', 'unit'];
  const metadata = all
    .rows('metric_metadata')
    .filter(({ kind }) => kinds.includes(String(kind)))
    .map(({ kind, name, value }) => ({ kind, name, value: value === 'untyped' ? 'unknown' : value }));
  return [...samples, ...metadata].map((line) => String(asJson(line)));
}

/** What is said of files without a fault, too. */
const NO_FAULT = [
  /^Samples without a time of their own: \d+ of \d+; they are dated /,
  /^\d+ exemplars? (was|were) read/,
];

/** Verdicts, `X.expected.json` of the files in X: a strict reader takes the file, or not. */
function compareSuites(folder: CorpusFolder): readonly Comparison[] {
  return suites(folder).map(({ suite, oracle, verdicts }) => {
    const count = new FieldCount(suite, oracle);
    Object.entries(verdicts).forEach(([name, isRight], index) => {
      count.record();
      const { problem, rejects, assumptions } = read(folder, caseFile(folder, suite, name));
      const faults = assumptions.filter((statement) => !NO_FAULT.some((pattern) => pattern.test(statement)));
      // Here every line that can be read is kept, so a fault shows by a reject or by a broken rule that is told.
      count.field(index + 1, name, problem === undefined && rejects.length + faults.length === 0, isRight);
    });
    return count.result();
  });
}

function suites(folder: CorpusFolder) {
  return folder.entries
    .filter((entry) => entry.endsWith('.expected.json'))
    .flatMap((oracle) => {
      const suite = oracle.replace(/\.expected\.json$/, '');
      const verdicts = z.record(z.string(), z.boolean()).safeParse(folder.json(oracle)).data;
      return verdicts && folder.entries.includes(suite) ? [{ suite, oracle, verdicts }] : [];
    });
}

function caseFile(folder: CorpusFolder, suite: string, name: string): string {
  const places = [`${suite}/${name}.txt`, `${suite}/${name}/metrics`, `${suite}/${name}`];
  return places.find((place) => existsSync(folder.path(place))) ?? places[0]!;
}

/** Files with samples, and the cases of the suites that have no fault. */
function expositions(folder: CorpusFolder): readonly string[] {
  const cases = suites(folder).flatMap(({ suite, verdicts }) =>
    Object.keys(verdicts)
      .filter((name) => verdicts[name])
      .map((name) => caseFile(folder, suite, name)),
  );
  const files = folder.entries.filter((entry) => /\.(prom|openmetrics|om|metrics|txt)(\.gz)?$/.test(entry));
  return [...files, ...cases].filter((file) => read(folder, file).rows('metric_samples').length > 0);
}

/** Samples through blocks and out again, to the last bit. */
async function comparePromtool(folder: CorpusFolder, file: string): Promise<Comparison> {
  const lines = contentLines(folder.text(file)).filter((line) => !line.trimStart().startsWith('#'));
  const text = lines.map((line) => `${plainLine(line)}\n`).join('');
  const theirs = await promtoolDump(text).catch(() => undefined);
  // Older versions know no names in quotes, and none takes the spaces that the Prometheus format has between labels.
  if (theirs === undefined) return new FieldCount(file, 'promtool, which refuses the text').result();
  const count = new FieldCount(file, 'promtool');
  compareSorted(count, asDump(read(folder, file)), theirs);
  return count.result();
}

const SAMPLE =
  /^\s*((?:[^"{\s]+)?\s*(?:\{(?:[^"}]|"(?:\\.|[^"\\])*")*\})?)\s*(\S+)(?:\s+([-+.\deE]+))?(?:\s+# \{.*)?\s*$/;

/**
 * A sample with a time in seconds, the one it was taken at where it has none, and without its exemplar, which promtool
 * takes only with the type of the metric.
 */
function plainLine(line: string): string {
  const [, metric, value, time] = SAMPLE.exec(line) ?? [];
  if (metric === undefined) return line;
  // Times from 1e11 on are milliseconds.
  const isMillis = Math.abs(Number(time)) >= 1e11;
  const seconds =
    time === undefined ? String(takenAt / 1_000_000n) : isMillis ? (Number(time) / 1000).toFixed(3) : time;
  return `${metric.trim()} ${value} ${seconds}`;
}
