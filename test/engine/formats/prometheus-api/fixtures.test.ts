/** Answers of real servers. Their samples are compared with dumps of the same blocks in test/conformance. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bitsOf, fixture, histogramLines, labelLine, readApi, sampleLines } from './rows.ts';

const TSDB = 'test/fixtures/prometheus-tsdb';

describe('a range selector over a whole server', () => {
  it('says that its values are samples as scraped', () => {
    const collected = readApi(fixture('live-snapshot.api-range-vector.json.gz'));
    expect(collected.records).toBe(161);
    expect(collected.assumptions).toEqual([
      'Times follow no common step: values are taken as the samples that were scraped, without stale markers.',
    ]);
  });

  it('has the labels sorted, the name, and the host of the label instance', () => {
    const series = readApi(fixture('query_alerts_15m.json')).rows('metric_series')[0];
    expect(series).toMatchObject({ record: 1, name: 'ALERTS', system: '127.0.0.1', samples_kept: true });
    const labels = series?.['labels'] as string[];
    expect(labels.slice(0, 4)).toEqual(['__name__', 'ALERTS', 'alertname', 'ExporterDown']);
  });

  it('does not say that samples of one target alone were scraped, as they are as regular as steps', () => {
    expect(readApi(fixture('query_alerts_15m.json')).assumptions.join()).toContain('do not show whether');
  });
});

describe.each([
  ['query_range_special.json', 1],
  ['query_range_up.json', 5],
])('range query %s', (name, step) => {
  it('says that its values stand at its steps', () => {
    expect(readApi(fixture(name)).assumptions).toEqual([
      `Values stand at steps of ${step} s: they are taken as what a query gave at each step, each up to the look-back ` +
        'of the server old (5 minutes unless changed), so that shorter gaps do not show.',
    ]);
  });
});

describe('native histograms', () => {
  it('have the time, count and sum that the library which made the blocks gives, with the values beside them', () => {
    const collected = readApi(fixture('gen-histograms.json.gz'));
    expect(collected.rejects).toEqual([]);
    const expected = madeRows();
    expect(expected.histograms.length).toBeGreaterThan(250);
    expect(histogramLines(collected)).toEqual(expected.histograms);
    expect(expected.floats.length).toBeGreaterThan(25);
    expect(sampleLines(collected)).toEqual(expected.floats);
  });

  it('keep their buckets as the server writes them', () => {
    const written = fixture('gen-histograms.json.gz');
    const answer = JSON.parse(Buffer.from(written).toString()) as {
      data: { result: { histograms: [number, { buckets: unknown }][] }[] };
    };
    const buckets = answer.data.result.flatMap(({ histograms }) => histograms.map(([, { buckets: each }]) => each));
    const rows = readApi(written).rows('metric_histograms');
    expect(rows.map((row) => JSON.parse(row['buckets'] as string) as unknown)).toEqual(buckets);
    expect(rows[0]).toMatchObject({ counts: 'float', counter_reset: 'unknown' });
  });
});

interface MadeSeries {
  readonly labels: Record<string, string>;
  readonly rows: readonly (readonly unknown[])[];
}

// As it was asked: every 15 seconds from 1760000395 to 1760001295, so that no step is the time of a sample.
const STEPS = Array.from({ length: 61 }, (_, i) => 1_760_000_395_000 + i * 15_000);

// What the blocks give at each step: the last sample of the five minutes before it, unless that is a stale marker.
function madeRows(): { histograms: string[]; floats: string[] } {
  const made = { histograms: [] as string[], floats: [] as string[] };
  for (const { labels, rows } of madeSeries()) {
    const name = labelLine(Object.entries(labels));
    for (const step of STEPS) {
      const row = rows.filter(([millis]) => (millis as number) <= step && (millis as number) > step - 300_000).at(-1);
      if (row === undefined || isStale(row)) continue;
      if (row.length === 2) made.floats.push(`${name} ${step} ${bitsOf(doubleOf(row[1] as string))}`);
      else
        made.histograms.push(
          `${name} ${step} ${bitsOf(doubleOf(row[6] as string))} ${bitsOf(doubleOf(row[7] as string))}`,
        );
    }
  }
  return { histograms: made.histograms.sort(), floats: made.floats.sort() };
}

// A row is [ms, bits] or [ms, kind, hint, schema, zero threshold, zero count, count, sum, ...], numbers as bits.
function madeSeries(): MadeSeries[] {
  const text = gunzipSync(readFileSync(`${TSDB}/made-3.15/xor.expected.jsonl.gz`)).toString('utf8');
  const all = text
    .trimEnd()
    .split('\n')
    .map((each) => JSON.parse(each) as MadeSeries);
  return all.filter(({ labels }) => /^h_(?:int|float|gauge|gaugefloat|layout)$|^mixed$/.test(labels['__name__']!));
}

function isStale(row: readonly unknown[]): boolean {
  return row[row.length === 2 ? 1 : 7] === '7ff0000000000002';
}

function doubleOf(hex: string): number {
  return new Float64Array(new BigUint64Array([BigInt(`0x${hex}`)]).buffer)[0]!;
}

describe('answers one after the other', () => {
  it('reads vectors, scalars and empty results, rejects texts and errors', () => {
    const { records, rejects, rows, assumptions, problem } = readApi(fixture('gen-answers.jsonl'));
    expect(problem).toBeUndefined();
    expect(records).toBe(6);
    expect(rows('metric_series').map((row) => [row.record, row['name']])).toEqual([
      [1, 'h_float'],
      [2, 'regular'],
      [3, ''],
      [6, ''],
    ]);
    expect(rows('metric_samples').find(({ record }) => record === 3)).toMatchObject({
      time: 1_760_000_600_500_000n,
      value: 13,
    });
    expect(rejects.map(({ record, reason }) => [record, reason])).toEqual([
      [4, 'The result is a text, which is no value of a series.'],
      [5, expect.stringMatching(/^The answer of the server is an error, "bad_data", "invalid parameter .*\.$/)],
    ]);
    expect(assumptions).toContain('The result of 2 of 6 answers is empty: the query gave no series.');
    expect(assumptions.join()).toContain('Values of an instant query stand at the time of the query');
    expect(assumptions.join()).toContain('Values stand at steps of 50 s');
  });

  it('refuses a file that is an error and quotes it', () => {
    const { problem } = readApi(fixture('gen-error.json'));
    expect(problem).toMatchObject({
      code: 'damaged_file',
      message: 'The answer of the server is an error, "execution", "EOF".',
    });
  });

  it.each(['range', 'instant', 'scalar'])('reads what promtool prints for a query: %s', (kind) => {
    const { rejects, problem, rows } = readApi(fixture(`gen-promtool-${kind}.json`));
    expect([rejects, problem]).toEqual([[], undefined]);
    expect(rows('metric_samples').length).toBe({ range: 14, instant: 1, scalar: 1 }[kind]);
  });

  it('reads the numbers that promtool writes without an exponent as those that the API writes with one', () => {
    const values = readApi(fixture('gen-promtool-range.json'))
      .rows('metric_samples')
      .map((row) => row['value']);
    // As in the dump of the blocks: noise at 1760000490.
    expect(values).toContain(1.1616951149761618e-20);
  });
});
